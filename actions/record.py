"""What is remembered of one talk: findings, what was asked, and the way back. Kept in one Rasa slot as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_STEPS_BACK = 24
MOST_LINES_SAID = 8
LONGEST_LINE_SAID = 200
MOST_SECOND_ASKS = 5
"""A person who is not sure is asked once more in plainer words, at most this often in one talk (20 questions in all)."""


@dataclass
class Record:
    """One person's record. JSON in, JSON out; unknown keys of an older record are dropped."""

    findings: dict[str, Any] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    """Ids answered `not_sure` that are to be asked once more."""
    retried: list[str] = field(default_factory=list)
    """Ids that were asked in plainer words already."""
    second_asks: int = 0
    """Cards that were asked in plainer words."""
    pending: str | None = None
    """The card that waits for an answer."""
    asks: list[str] = field(default_factory=list)
    """The finding ids on that card, in the order of its options."""
    shown: dict[str, list[str]] = field(default_factory=dict)
    """Screen id to the finding ids it last showed, so that a late tap means what the person saw."""
    worded_plainly: bool = False
    """The pending card was last shown in its second wording."""
    misses: int = 0
    """Answers in a row that did not fit the pending card."""
    steps: list[dict[str, Any]] = field(default_factory=list)
    """For `back`: the values that each turn changed, as they were before."""
    result: str | None = None
    """The level last shown, once there is one."""
    plan_id: str | None = None
    """The secret in the address of the printable plan, once there is a plan."""
    plan_made_on: str | None = None
    """The day the plan was made, as ISO date."""
    errand: str | None = None
    """What is being done besides the triage: `plan`, `check_in` or `handoff`."""
    told: dict[str, Any] = field(default_factory=dict)
    """Answers that belong to the errand and are no findings."""
    last_session: dict[str, Any] = field(default_factory=dict)
    """Pain of the last check-in (`pain_during`, `pain_after`, `pain_next_morning`); the plan follows it."""
    steps_up: int = 0
    """How often a check-in has moved the plan up, less the times it went down; never below 0."""
    said: list[str] = field(default_factory=list)
    """A few of the person's own lines, for a hand-off: the first, and those that told a finding."""
    alarming: list[str] = field(default_factory=list)
    """Those of them that told a red flag."""
    remembered: bool = False
    """Something about this person is in the records beyond the talk."""
    seen_on: str | None = None
    """The day of the last message, as ISO date."""
    opened: bool = False
    """The introduction was given."""
    deleting: bool = False
    """Asked whether to delete everything."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Record:
        """A record from what the slot holds; a new one when it holds nothing."""
        known = {key: value for key, value in (data or {}).items() if key in cls.__dataclass_fields__}
        return cls(**deepcopy(known))

    def to_json(self) -> dict[str, Any]:
        """Plain data for the slot."""
        return asdict(self)

    def take(self, new: Mapping[str, Any]) -> dict[str, Any]:
        """Write findings down, and remember how to go back.

        Args:
            new: finding id to its value, `not_sure` included.

        Returns:
            Those that were not known like this before.
        """
        changed = {id: value for id, value in new.items() if self.findings.get(id) != value}
        again = [id for id, value in new.items() if value == "not_sure"]
        before = {id: self.findings.get(id) for id in new if id in changed or id in self.doubts}
        asked_before = {"doubts": list(self.doubts), "retried": list(self.retried), "second_asks": self.second_asks}
        asked_again = [id for id in new if id in self.doubts]
        self.second_asks += bool(asked_again)
        self.retried += asked_again
        self.doubts = [id for id in self.doubts if id not in asked_again]
        if self.second_asks < MOST_SECOND_ASKS:
            self.doubts += [id for id in again if id not in self.retried]
        self.findings.update(changed)
        if before:
            self.steps = [*self.steps, {"before": before, "pending": self.pending, **asked_before}][-MOST_STEPS_BACK:]
        return changed

    def quote(self, line: str, alarming: bool = False) -> None:
        """Keep a line that the person said; the first stays, the oldest of the others goes when there are many.

        Args:
            line: as it was written.
            alarming: it told a red flag.
        """
        line = " ".join(line.split())[:LONGEST_LINE_SAID]
        if line and line not in self.said:
            self.said = [*self.said[:1], *[*self.said[1:], line][-(MOST_LINES_SAID - 1) :]]
            self.alarming = [one for one in [*self.alarming, *[line] * alarming] if one in self.said]

    def end_errand(self) -> None:
        """Nothing is being done besides the triage any more, and no card of it waits."""
        self.errand, self.told, self.pending, self.misses = None, {}, None, 0

    def forget_what_is_old(self, lasting: frozenset[str]) -> None:
        """Only what stays true over weeks is kept; everything else is to be asked again.

        Args:
            lasting: ids of the findings that are kept, unless they are not sure.
        """
        kept = {id: value for id, value in self.findings.items() if id in lasting and value != "not_sure"}
        fresh = Record(
            findings=kept, opened=True, remembered=self.remembered, plan_id=self.plan_id, plan_made_on=self.plan_made_on,
            last_session=self.last_session, steps_up=self.steps_up,
        )  # fmt: skip
        self.__dict__.update(fresh.__dict__)

    def told_in_words(self, ids: set[str]) -> None:
        """What was told in words is no longer settled by a card shown before: a late tap of "none" leaves it."""
        self.shown = {card: [id for id in on_card if id not in ids] for card, on_card in self.shown.items()}

    def step_back(self) -> dict[str, Any] | None:
        """Undo the last turn that changed anything.

        Returns:
            The findings as they were before it took them back; None when there is nothing to undo.
        """
        if not self.steps:
            return None
        step = self.steps.pop()
        undone = {id: self.findings[id] for id in step["before"] if id in self.findings}
        for id, value in step["before"].items():
            if value is None:
                self.findings.pop(id, None)
            else:
                self.findings[id] = value
        self.doubts, self.retried = list(step["doubts"]), list(step["retried"])
        self.second_asks = step["second_asks"]
        self.result = None
        self.misses = 0
        return undone


KINDS: dict[str, type | tuple[type, ...]] = {
    key: type(value) if value is not None else (str, type(None)) for key, value in asdict(Record()).items()
}
"""What each field holds, as the slot has it."""


def is_whole(data: Any) -> bool:
    """Whether a slot's value is a record that can be read again."""
    return isinstance(data, Mapping) and all(isinstance(data.get(key), kind) for key, kind in KINDS.items())
