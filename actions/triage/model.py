"""What the protocol is made of: levels, findings, screens, rules, presentations, and what the engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Literal, Union

from actions.triage.conditions import Condition

Kind = Literal["yes_no", "one_of", "any_of", "number"]
Value = Union[str, int, float, "list[str]"]
Findings = Mapping[str, Value]


class Level(IntEnum):
    """A level of care; the larger, the more urgent."""

    SELF_CARE = 0
    ROUTINE = 1
    SOON = 2
    URGENT = 3
    EMERGENCY_DEPARTMENT = 4
    AMBULANCE = 5

    @property
    def id(self) -> str:
        """The name used in the vocabulary, `emergency_department` for example."""
        return self.name.lower()

    @classmethod
    def of(cls, level_id: str) -> Level:
        """The level named `level_id`; ValueError when there is none of that name."""
        try:
            return cls[level_id.upper()]
        except KeyError:
            raise ValueError(f"no level {level_id!r}; levels are {[level.id for level in cls]}") from None


@dataclass(frozen=True)
class Option:
    """One choice that a question offers."""

    value: str
    title: str


@dataclass(frozen=True)
class Finding:
    """One thing that may be true of a person, as `clinical/findings.yml` describes it."""

    id: str
    kind: Kind
    red_flag: bool
    """A `yes` can raise the level on its own or with others, and never lowers it."""
    watched: bool
    """Never asked, only heard: missing from the record means it was not said."""
    title: str
    """The words of its tick box, and of the line that says back what was understood."""
    denied: str
    """How its absence is said back, `no fever` for example; empty where it never is."""
    prompt: str
    plainer: str
    """The second wording, for a person who was not sure or was not understood."""
    why: str
    options: tuple[Option, ...]
    unit: str
    low: float
    high: float
    sources: tuple[str, ...]
    line: int
    said: str = ""
    """How its value is said back, with {value} in it; empty for the title and the value."""


@dataclass(frozen=True)
class Screen:
    """Related findings asked together on one card: tick what is true, or none of these."""

    id: str
    prompt: str
    plainer: str
    why: str
    findings: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Step:
    """One place in the order of questions: a finding or a screen, and when it may be asked."""

    ask: str
    when: Condition | None
    line: int


@dataclass(frozen=True)
class Rule:
    """Findings that, together, call for at least a certain level of care."""

    id: str
    case: str
    """Tells apart the levels that one rule can lead to; empty where there is only one."""
    name: str
    when: Condition
    level: Level
    say: str
    """The reason in the words a person reads."""
    because: str
    do: tuple[str, ...]
    """What this person should do beside what the level says."""
    sources: tuple[str, ...]
    reviewed_by: str | None
    reviewed_on: str | None
    line: int

    @property
    def key(self) -> str:
        """Unique name: the id, with the case where there is one."""
        return f"{self.id}/{self.case}" if self.case else self.id


@dataclass(frozen=True)
class Clue:
    """Something that speaks for or against a presentation."""

    when: Condition
    say: str


@dataclass(frozen=True)
class Presentation:
    """A pattern that the findings may fit: never a diagnosis."""

    id: str
    name: str
    fits_when: Condition
    level: Level
    say: str
    speaks_for: tuple[Clue, ...]
    speaks_against: tuple[Clue, ...]
    sources: tuple[str, ...]
    reviewed_by: str | None
    reviewed_on: str | None
    line: int


@dataclass(frozen=True)
class LevelText:
    """What a person is told at one level."""

    headline: str
    actions: tuple[str, ...]
    safety_net: tuple[str, ...]


@dataclass(frozen=True)
class Protocol:
    """A checked protocol: everything the engine decides from."""

    version: str
    findings: Mapping[str, Finding]
    screens: Mapping[str, Screen]
    order: tuple[Step, ...]
    rules: tuple[Rule, ...]
    """Red flags, scope gates, and one rule for each presentation above self-care; most urgent first."""
    presentations: tuple[Presentation, ...]
    levels: Mapping[Level, LevelText]
    sources: Mapping[str, str]
    """Source id to its title."""

    @cached_property
    def home_of(self) -> Mapping[str, str]:
        """The first screen that asks for each finding, for those that stand in one."""
        homes: dict[str, str] = {}
        for screen in self.screens.values():
            for finding in screen.findings:
                homes.setdefault(finding, screen.id)
        return homes


@dataclass(frozen=True)
class Question:
    """What to ask next."""

    id: str
    """A finding id, or the id of a screen."""
    asks: tuple[str, ...]
    """The finding ids that the answer will settle."""
    plainer: bool = False
    """The person was not sure before: use the second wording."""


@dataclass(frozen=True)
class Assessment:
    """Where the talk has led: one level of care, and why."""

    level: Level
    because: tuple[Rule, ...]
    """Rules that hold, most urgent first, one for each rule id."""
    fits: tuple[Presentation, ...]
    protocol: str
    """The version of the protocol that decided."""
