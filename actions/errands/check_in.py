"""A check-in: what was told becomes a step of the plan, findings, and words; and the card of how it went. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from actions import cards
from actions.cards import Card
from actions.record import Record
from actions.records.effects import CheckedIn, Memory
from actions.selfcare.progress import Decision, Entry, decide, last_session, trend
from actions.wording import content, fill, say

MOST_ENTRIES = 60
"""Days on a progress card; the picture shows all."""


@dataclass(frozen=True)
class Taken:
    """What one check-in leads to."""

    entry: Entry
    decision: Decision
    findings: dict[str, Any]
    """What it changes in the record."""
    last_session: dict[str, Any]
    steps_up: int

    def effect(self, step: str) -> CheckedIn:
        """What is kept of it."""
        return CheckedIn(self.entry.day, self.entry.answers, step)

    def card(self) -> Card:
        """What it means, and why, in words."""
        rules = content("check_in.yml")
        lines = [say("check_in_noted"), *[f"{reason.text} {reason.why}" for reason in self.decision.reasons]]
        if self.decision.reds:
            lines.append(say("check_in_reds"))
        elif self.decision.trend in ("worse", "better"):
            lines.append(fill(rules[self.decision.trend]["text"]))
        if self.decision.weeks_no_better:
            lines.append(fill(rules["no_better"]["text"], weeks=self.decision.weeks_no_better))
        return Card("\n".join(lines))


def take(record: Record, memory: Memory, today: date) -> Taken:
    """Make sense of a check-in that is complete.

    Args:
        record: with the answers of the errand and the findings of the screen.
        memory: the check-ins before.
        today: the day of this one.
    """
    rules = content("check_in.yml")
    asked = [entry["id"] for entry in rules["questions"]]
    numbers = {id: record.told[id] for id in asked if record.told.get(id, cards.NOT_SURE) != cards.NOT_SURE}
    ticked = {id: record.findings[id] for id in rules["screen"]["findings"] if id in record.findings}
    entry = Entry(today, {**numbers, **ticked})
    past = [Entry(one.day, one.answers) for one in memory.check_ins]
    decision = decide(entry, past, rules, content("load.yml"))
    moved = record.steps_up + {"up": 1, "down": -1}.get(decision.step, 0)
    return Taken(entry, decision, _findings(decision, numbers, record.findings), last_session(entry), max(0, moved))


def _findings(decision: Decision, numbers: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What the check-in says in terms of the record, so that the protocol decides what it means."""
    new: dict[str, Any] = {id: numbers[id] for id in ("pain_now", "pain_worst") if id in numbers}
    if decision.trend is not None:
        new["trend"] = decision.trend
    if decision.weeks_no_better:
        new["trend"] = "worse" if decision.trend == "worse" else "same"
    if decision.weeks_no_better or decision.trend == "worse":
        # The weeks of check-ins are weeks of self-care, and of pain.
        for id in ("self_care_weeks", "duration_weeks"):
            before = known.get(id)
            new[id] = max(decision.weeks, before if isinstance(before, (int, float)) else 0)
    return new


def progress_card(memory: Memory) -> Card | None:
    """How the worst pain went from day to day; None before the first check-in."""
    entries = [Entry(one.day, one.answers) for one in memory.check_ins]
    told = [(entry.day, entry.pain) for entry in entries if entry.pain is not None]
    if not told:
        return None
    way = trend(entries, content("check_in.yml"))
    words = say(f"progress_{way or 'first'}")
    first, last = told[0], told[-1]
    span = say("progress_span", first=f"{first[1]:g}", since=_day(first[0]), last=f"{last[1]:g}", until=_day(last[0]),
               count=len(told))  # fmt: skip
    spans = [span] if way else []
    listed = [f"{_day(day)}: {pain:g}" for day, pain in told[-7:]]
    data: dict[str, Any] = {
        "kind": "progress",
        "entries": [{"date": day.isoformat(), "pain": pain} for day, pain in told[-MOST_ENTRIES:]],
        "image": f"{memory.chart_address}.svg" if memory.chart_address else None,
        "picture": f"{memory.chart_address}.png" if memory.chart_address else None,
        "alt": " ".join([say("progress_alt"), *spans, words]),
        "trend": way or "unknown",
    }
    return Card("\n".join([words, *spans, *listed]), data)


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
