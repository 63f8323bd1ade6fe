"""What one turn brings about beyond the talk: made by the pure talk, written by `Records.apply` in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Union


@dataclass(frozen=True)
class Assessed:
    """The person was shown a result."""

    level: str
    rules: tuple[str, ...]
    findings: Mapping[str, Any]
    protocol_version: str


@dataclass(frozen=True)
class Planned:
    """The person was shown a plan."""

    id: str
    """The same for the same content; it stands for this person only."""
    version: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class CheckedIn:
    """The person told how it is today; a second time on the same day takes the place of the first."""

    day: date
    answers: Mapping[str, Any]
    step: str
    """up, stay, down, rest, or assess."""


@dataclass(frozen=True)
class HandedOff:
    """The person agreed to send this hand-off; the same reference twice is one hand-off."""

    reference: str
    level: str
    contact: str
    """How the person wants to be reached, in their own words; sealed before it is stored."""
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Reminded:
    """The person wants to be asked every so many days; 0 stops it."""

    every_days: int


@dataclass(frozen=True)
class Erased:
    """Everything of this person is to be deleted, in every table; the receipt's id is shown to them."""

    receipt: str


Effect = Union[Assessed, Planned, CheckedIn, HandedOff, Reminded, Erased]


@dataclass(frozen=True)
class PastCheckIn:
    """A check-in of before."""

    day: date
    answers: Mapping[str, Any]
    step: str


@dataclass(frozen=True)
class Memory:
    """What is known of a person before the turn."""

    check_ins: tuple[PastCheckIn, ...] = ()
    """Oldest first, the last 400 at most."""
    plan: Mapping[str, Any] | None = None
    """Content of the last plan."""
    open_handoff: str | None = None
    """Reference of a hand-off that is not closed."""
    taken_over_by: str | None = None
    """The clinician who talks to the person now."""
    reminder_days: int = 0
    replies: tuple[tuple[str, str], ...] = ()
    """Undelivered replies for this person, (id, text), for channels that cannot start a talk."""
    receiving: bool = False
    """There is somebody to hand over to: a clinician's account, a webhook or a Slack channel is set up."""
    can_remind: bool = False
    """The channel can start a talk."""
    data_address: str | None = None
    """Where everything stored of the person can be fetched for a short time, when they ask for it."""
    chart_address: str | None = None
    """Where the picture of their check-ins is, without its ending."""
    assessed: tuple[tuple[str, str], ...] = ()
    """(ISO date, level) of past results, oldest first, the last 20 at most."""
