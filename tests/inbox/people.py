"""Hand-offs of invented people, made by the real engine and the real summary."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from actions.handoff.summary import content
from actions.records.effects import HandedOff
from actions.records.store import Records
from actions.records.tables import handoffs
from actions.triage import assess, load_protocol

VIGNETTES = Path(__file__).parents[1] / "vignettes"
PROTOCOL = load_protocol()
LEVELS = ("ambulance", "emergency_department", "urgent", "soon", "routine", "self_care")
NUMBERS = itertools.count(1)


@cache
def invented(level: str) -> tuple[dict[str, Any], ...]:
    """What would be handed over about each vignette of a level."""
    told = yaml.safe_load((VIGNETTES / f"{level}.yml").read_text(encoding="utf-8"))
    asked = {id: "no" for id, finding in PROTOCOL.findings.items() if finding.red_flag and not finding.watched}
    made = []
    for one in told:
        findings = {**asked, **one["facts"]}
        words = [one["words"].strip()]
        result = assess(findings, PROTOCOL)
        made.append(content(findings, result, PROTOCOL, words, ["Rest the knee today."], datetime(2026, 11, 22).date()))
    return tuple(made)


def hand_off(
    records: Records,
    level: str = "urgent",
    reference: str | None = None,
    changed: Mapping[str, Any] | None = None,
    contact: str = "07700 900123, after five",
    sender: str | None = None,
) -> str:
    """Store one hand-off the way the talk does.

    Args:
        records: where.
        level: of the vignette it is taken from.
        reference: its reference; a new one when None.
        changed: parts of the content that are to be otherwise.
        contact: in the person's words.
        sender: the person; a new one when None.

    Returns:
        The reference.
    """
    number = next(NUMBERS)
    reference = reference or f"K{number:05}"
    whole = {**invented(level)[number % len(invented(level))], **(changed or {})}
    effect = HandedOff(reference, level, contact, whole)
    records.apply("web", sender or f"web:{number}", [effect])
    return reference


def fill(records: Records, amount: int, now: datetime) -> None:
    """Store many hand-offs in one go: every level and status, the oldest a week old.

    Args:
        records: where.
        amount: how many.
        now: the time of the newest.
    """
    with records.engine.begin() as connection:
        connection.execute(sa.insert(handoffs), list(_rows(records, amount, now)))


def _rows(records: Records, amount: int, now: datetime) -> Iterator[dict[str, Any]]:
    from datetime import timedelta

    contact = records.seal("by phone")
    statuses = ("waiting", "acknowledged", "taken_over", "closed")
    for number in range(amount):
        level = LEVELS[number % len(LEVELS)]
        status = statuses[number // len(LEVELS) % len(statuses)]
        at = now - timedelta(days=7) * (number / amount)
        yield {
            "reference": f"M{number:06}", "person": f"{number:064x}", "created_at": at, "changed_at": at, "level": level,
            "urgency": LEVELS.index(level), "status": status, "by": None if status == "waiting" else "Dr Ng",
            "contact": contact, "content": invented(level)[number % len(invented(level))],
        }  # fmt: skip
