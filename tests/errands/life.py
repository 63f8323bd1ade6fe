"""A person who comes back on other days: their memory is what earlier turns had written."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from actions.answers import Heard, Message
from actions.cards import Card, payload
from actions.dialogue import Talk
from actions.record import Record
from actions.records.effects import CheckedIn, Effect, HandedOff, Memory, PastCheckIn, Reminded
from actions.triage import Protocol
from tests.test_dialogue import finished

MONDAY = date(2026, 1, 5)


class Life:
    """One person from a result on.

    Args:
        protocol: the project's.
        told: what is not quiet about the knee.
    """

    def __init__(self, protocol: Protocol, receiving: bool = True, can_remind: bool = True, **told: Any):
        self.protocol, self.today = protocol, MONDAY
        self.record = finished(protocol, **told).record
        self.record.seen_on = self.today.isoformat()
        self.receiving, self.can_remind = receiving, can_remind
        self.check_ins: dict[date, PastCheckIn] = {}
        self.handoffs: dict[str, HandedOff] = {}
        self.taken_over_by: str | None = None
        self.effects: list[Effect] = []

    def later(self, days: int) -> Life:
        """Let days go by."""
        self.today += timedelta(days=days)
        return self

    def says(self, text: str, *heard: Heard, wish: str = "report") -> list[Card]:
        """The answer to a message."""
        self.record = Record.from_json(json.loads(json.dumps(self.record.to_json())))
        past = tuple(self.check_ins[day] for day in sorted(self.check_ins))
        memory = Memory(check_ins=past, open_handoff=next(iter(self.handoffs), None), receiving=self.receiving,
                        can_remind=self.can_remind, taken_over_by=self.taken_over_by)  # fmt: skip
        talk = Talk(self.record, Message(text, wish, heard), self.protocol, self.today, memory)
        shown = talk.reply(wish)
        self.effects = talk.effects
        for effect in talk.effects:
            self._remember(effect)
        return shown

    def taps(self, question: str, value: object) -> list[Card]:
        """The answer to a button."""
        return self.says(payload(question, value), wish="answer")

    def checks_in(
        self, now: int, worst: int, morning: int = 0, sessions: int = 3, ticks: tuple[str, ...] = ()
    ) -> list[Card]:
        """A whole check-in by taps."""
        self.says("/checkin", wish="check_in")
        self.taps("pain_now", now)
        self.taps("pain_worst", worst)
        shown = self.taps("sessions_done", sessions)
        if sessions:
            shown = self.taps("pain_next_morning", morning)
        assert asked(shown) == "check_in_screen"
        return self.taps("check_in_screen", list(ticks))

    def _remember(self, effect: Effect) -> None:
        if isinstance(effect, CheckedIn):
            self.check_ins[effect.day] = PastCheckIn(effect.day, effect.answers, effect.step)
        elif isinstance(effect, HandedOff):
            self.handoffs.setdefault(effect.reference, effect)
        elif isinstance(effect, Reminded):
            self.can_remind = True


def asked(shown: list[Card]) -> str | None:
    """What the last card asks."""
    data = shown[-1].data or {}
    return data["id"] if data.get("kind") == "question" else None


def of_kind(shown: list[Card], kind: str) -> dict[str, Any] | None:
    """The data of the last card of a kind."""
    return next((card.data for card in reversed(shown) if card.kind == kind), None)


def words(shown: list[Card]) -> str:
    """Everything that was said."""
    return "\n".join(card.text for card in shown)
