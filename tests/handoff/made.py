"""Hand-offs to deliver, and the time they happen in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any

import sqlalchemy as sa

from actions.handoff.settings import Settings
from actions.handoff.summary import content
from actions.records import tables
from actions.records.effects import Assessed, HandedOff
from actions.records.store import Records
from actions.triage import assess, load_protocol
from tests.fakes.clinic import SECRET

TODAY = date(2026, 3, 1)
FINDINGS: Mapping[str, Any] = {
    "calf_swollen_or_tender": "yes", "breathless_or_chest_pain": "no", "age": 46, "side": "left", "pain_now": 5,
}  # fmt: skip
WORDS = ("my left calf is huge & <hot>", "since the flight")
CONTACT = "ask for Sam, 020 7946 0000"


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, 0)

    def __call__(self) -> datetime:
        return self.time

    def unix(self) -> float:
        """The same as Unix time."""
        return self.time.replace(tzinfo=timezone.utc).timestamp()

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


@cache
def summary() -> Mapping[str, Any]:
    """The content of a hand-off."""
    protocol = load_protocol()
    return content(FINDINGS, assess(FINDINGS, protocol), protocol, WORDS, ("Be seen today.",), TODAY)


def hand_off(
    records: Records,
    *references: str,
    targets: Iterable[str] = ("webhook",),
    level: str = "urgent",
    contact: str = CONTACT,
) -> None:
    """What a turn does when a person agrees to be handed over, once for each reference."""
    records._targets = lambda: list(targets)
    for reference in references:
        assessed = Assessed(level, ("RF07",), {**FINDINGS, "age": 46}, "0.2.0")
        sent = HandedOff(reference, level, contact, summary())
        records.apply("web", f"web:{reference}", [assessed, sent])


def post_of(records: Records, key: str) -> Mapping[str, Any]:
    """A row of the outbox."""
    with records.reading() as connection:
        return connection.execute(sa.select(tables.outbox).where(tables.outbox.c.key == key)).mappings().one()


def settings(url: str = "", **changed: Any) -> Settings:
    """To a receiver on this machine, with short times."""
    usual = {"webhook_url": url, "webhook_secret": SECRET, "allow_http": True, "timeout": 5.0}
    return Settings(**{**usual, **changed})
