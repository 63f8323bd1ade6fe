"""The core of one turn: what is known, what comes next, and how it is shown. No Rasa."""

from __future__ import annotations

import json
import secrets
from datetime import date
from hashlib import sha256
from typing import Any

from actions import cards
from actions.answers import Message
from actions.cards import OPENING, Card
from actions.record import Record
from actions.records.effects import Assessed, Effect, Memory, Planned
from actions.selfcare.cards import plan_card, side_of
from actions.selfcare.plan import Plan, make_plan, may_have_plan
from actions.triage.engine import next_step
from actions.triage.model import Assessment, Level, Protocol, Question
from actions.wording import plan_address, say


def plan_of(record: Record, protocol: Protocol) -> Plan:
    """The plan as it stands: for what was told, the last check-in, and the steps it went up.

    Args:
        record: of somebody who was given a plan.
        protocol: the checked protocol.
    """
    made_on = date.fromisoformat(str(record.plan_made_on))
    return make_plan(record.findings, protocol, made_on, record.last_session or None, record.steps_up)


class Turn:
    """One turn with one person.

    Args:
        record: what is remembered of the talk; it is changed in place.
        message: what was just said.
        protocol: the checked protocol.
        today: for the review date of a plan, and the day of a check-in.
        memory: what is known of the person beyond the talk.
    """

    def __init__(self, record: Record, message: Message, protocol: Protocol, today: date, memory: Memory | None = None):
        self.record = record
        self.message = message
        self.protocol = protocol
        self.today = today
        self.memory = memory or Memory()
        self.cards: list[Card] = []
        self.effects: list[Effect] = []
        """What is to be written beyond the talk."""
        self.changed: dict[str, Any] = {}
        self.heard_now: dict[str, Any] = {}
        """Everything this message told, changed or not."""
        self.answered = False
        self._chose = False
        """The person chose one of the opening options."""
        self._quiet = False
        """The person has the turn: no question follows."""
        self.erase = False
        """Everything stored of this person is to be deleted."""

    def _errand_on(self) -> bool:
        """Go on with what is being done besides the triage; False when there is nothing."""
        raise NotImplementedError

    def _offer_to_fit(self) -> None:
        """Offer to put the person's own numbers into the plan."""
        raise NotImplementedError

    def _errand_missed(self) -> bool:
        """Deal with a message that did not answer an errand's question; False when none waits."""
        raise NotImplementedError

    def _next(self) -> Question | Assessment:
        return next_step(self.record.findings, self.protocol, frozenset(self.record.doubts))

    def _go_on(self, step: Question | Assessment) -> None:
        """Ask the next question or give the result; ask again when the message did not answer."""
        if self._quiet:
            return
        if isinstance(step, Assessment):
            if self._is_news(step):
                self._result(step)
                if self.record.errand == "handoff":
                    self._errand_on()
            elif not self._errand_missed() and not self._errand_on():
                self._nothing_new(step)
            return
        if self.record.errand == "handoff" and self.answered:
            self._errand_on()
            if self.record.errand is not None:
                return
        missed = self.record.pending is not None and not self.answered and not self.changed
        if missed and self.record.pending == step.id:
            self._missed(step)
            return
        if any(id in self.record.doubts for id in step.asks) and any(id in self.changed for id in step.asks):
            self.cards.append(cards.plain("noted_doubt"))
        self._ask(step)

    def _ask(self, asked: Question) -> None:
        """Show a question; one that was just shown comes in its other wording, never twice the same."""
        again = self.record.pending == asked.id
        plainly = (not self.record.worded_plainly) if again else asked.plainer
        asked = Question(asked.id, asked.asks, plainer=plainly)
        self.record.worded_plainly = plainly
        self.record.pending = asked.id
        self.record.asks = list(asked.asks)
        if asked.id in self.protocol.screens:
            self.record.shown[asked.id] = list(asked.asks)
        self.cards.append(cards.question(asked, self.protocol))

    def _missed(self, step: Question) -> None:
        self.record.misses += 1
        keys = {1: "not_understood", 2: "not_understood_again"}
        empty = not self.message.text.strip()
        self.cards.append(cards.plain("empty" if empty else keys.get(self.record.misses, "stuck")))
        self._ask(step)

    def _question_again(self) -> list[Card]:
        """The pending question once more, after something else was answered."""
        before, self.cards = self.cards, []
        step = self._next()
        if isinstance(step, Question) and (self.record.pending is not None or self.record.findings):
            self._ask(step)
        elif isinstance(step, Assessment):
            if self._is_news(step):
                self._result(step)
            else:
                self._errand_on()
        again, self.cards = self.cards, before
        return again

    def _is_news(self, step: Assessment) -> bool:
        """Whether a result is to be shown: it is new, or something that is no errand's business has changed."""
        if self.record.result is None or self.record.result != step.level.id:
            return True
        return bool(self.changed) and self.record.errand is None

    def _result(self, step: Assessment) -> None:
        """Show the result, and what may follow it: the plan, or a hand-off."""
        record = self.record
        record.pending, record.asks, record.misses = None, [], 0
        same = record.result == step.level.id
        record.result = step.level.id
        self.cards.append(cards.assessment(step, self.protocol, record.findings))
        rules = tuple(rule.id for rule in step.because)
        self.effects.append(Assessed(step.level.id, rules, dict(record.findings), step.protocol))
        if may_have_plan(step, record.findings):
            if not same:
                self.cards.append(self._plan())
                self._offer_to_fit()
            return
        if record.errand != "handoff":
            record.errand, record.told = None, {}
            if not same and step.level > Level.SELF_CARE and self.memory.receiving and not self.memory.open_handoff:
                self.cards.append(Card(say("handoff_offer"), None, ((say("handoff_offer_yes"), "/human"),)))

    def _plan(self) -> Card:
        """The plan, with the address of its printable page; the first day stays when the plan is shown again."""
        record = self.record
        if record.plan_id is None or record.plan_made_on is None:
            record.plan_id, record.plan_made_on = secrets.token_urlsafe(16), self.today.isoformat()
        made = plan_of(record, self.protocol)
        card = plan_card(made, plan_address(record.plan_id), side_of(record.findings))
        # What was shown is what is kept; the address is not, for it opens the page.
        kept = {key: value for key, value in (card.data or {}).items() if key not in ("kind", "page")}
        # Not by the address: a turn that is worked again after a failure draws another one for the same plan.
        name = sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:32]
        self.effects.append(Planned(name, made.version, kept))
        return card

    def _headline_again(self, step: Assessment) -> None:
        headline = cards.headline(step.level, self.protocol)
        self.cards.append(cards.plain("still", headline=headline))

    def _nothing_new(self, step: Assessment) -> None:
        if not self.message.text.strip():
            self.cards.append(cards.plain("empty"))
        if step.level >= Level.EMERGENCY_DEPARTMENT:
            self._result(step)
            return
        self._headline_again(step)
        self.cards.append(cards.plain("go_on"))

    def _again(self, start: bool = False) -> None:
        """After an aside: back to the pending question, or a result that the aside has brought.

        Args:
            start: begin the triage when nothing is pending yet.
        """
        untold = self.record.pending is None and not self.record.findings and not self.record.result
        if self.record.pending == OPENING or (start and untold):
            self._open_question()
        else:
            self.cards += self._question_again()

    def _ask_or_open(self) -> None:
        step = self._next()
        if not self.record.findings and self.record.pending in (None, OPENING):
            self._open_question()
        elif isinstance(step, Question):
            self._ask(step)
        else:
            self._result(step)

    def _open_question(self) -> None:
        self.record.pending, self.record.asks = OPENING, []
        self.cards.append(cards.opening_question())
