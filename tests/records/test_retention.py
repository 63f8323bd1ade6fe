"""People are forgotten after the days that are set, once a day, whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from actions.records.effects import Assessed, Memory
from actions.records.retention import keep_days, keep_purging, keep_since
from actions.records.store import Records
from tests.records.everything import days_later

ASSESSED = Assessed("soon", (), {}, "1")


class Waits:
    """Stands for a day's wait: sets the clock forward instead, and ends the task after some."""

    def __init__(self, records: Records, days: int):
        self.records, self.days = records, days
        self.known: list[bool] = []

    async def __call__(self, seconds: float) -> None:
        """Note whether the person is still known, then it is a day later."""
        self.known.append(self.records.memory("web:1") != Memory())
        days_later(self.records, seconds / 86400)
        if len(self.known) == self.days:
            raise asyncio.CancelledError


def purged(records: Records, days: int) -> list[bool]:
    """On which of so many days the person is still known."""
    waits = Waits(records, days)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(keep_purging(records, waits))
    return waits.known


@pytest.mark.parametrize(("setting", "days"), [(None, 365), ("", 365), ("30", 30), (" 0 ", 0)])
def test_days_that_are_set(monkeypatch: pytest.MonkeyPatch, setting: str | None, days: int) -> None:
    monkeypatch.delenv("KNEEWISE_KEEP_DAYS", raising=False)
    if setting is not None:
        monkeypatch.setenv("KNEEWISE_KEEP_DAYS", setting)
    assert keep_days() == days


@pytest.mark.parametrize("setting", ["-1", "1.5", "a year", "99999999", "²"])
def test_what_is_no_number_of_days(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("KNEEWISE_KEEP_DAYS", setting)
    with pytest.raises(ValueError, match="whole number of days"):
        keep_days()


def test_since_when_people_are_kept() -> None:
    now = datetime(2026, 3, 10)
    assert keep_since(now, 9) == datetime(2026, 3, 1)
    assert keep_since(now, 0) == datetime.min


def test_somebody_is_forgotten_on_the_day_after_the_last(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEEWISE_KEEP_DAYS", "3")
    records.apply("web", "web:1", [ASSESSED])
    days_later(records, 0.5)
    assert purged(records, 6) == [True, True, True, False, False, False]


def test_nobody_is_forgotten_when_people_are_kept_for_ever(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEEWISE_KEEP_DAYS", "0")
    records.apply("web", "web:1", [ASSESSED])
    days_later(records, 4000)
    assert purged(records, 2) == [True, True]


def test_a_purge_that_fails_is_tried_again(
    records: Records, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("KNEEWISE_KEEP_DAYS", "1")
    records.apply("web", "web:1", [ASSESSED])
    days_later(records, 2)
    purge, tries = records.purge, []

    def fails_first(before: datetime) -> Any:
        tries.append(before)
        if len(tries) == 1:
            raise OperationalError("DELETE FROM people WHERE person = 'secret'", {}, Exception("disk is full"))
        return purge(before)

    monkeypatch.setattr(records, "purge", fails_first)
    with caplog.at_level(logging.INFO):
        assert purged(records, 2) == [True, False]
    assert tries[1] - tries[0] == timedelta(days=1)
    assert "purge failed: OperationalError" in caplog.text
    assert "secret" not in caplog.text
