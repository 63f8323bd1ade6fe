"""One clock for all workers: that of the database server, whatever the machine's own clock says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from actions import known
from actions.records.store import Records, utc_now
from tests.databases import SECRET, migrated, new_postgres


def test_a_wrong_clock_of_this_machine_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.records.store.utc_now", lambda: utc_now() + timedelta(days=500))
    records = Records(new_postgres(migrated()), SECRET)
    asks = sa.text("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
    with records.reading() as connection:
        before = connection.execute(asks).scalar_one()
        told = [records.now() for _ in range(3)]
        after = connection.execute(asks).scalar_one()
    records.engine.dispose()
    leeway = timedelta(seconds=0.5)
    assert before - leeway < told[0] <= told[1] <= told[2] < after + leeway


def test_it_is_asked_anew_with_each_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records(new_postgres(migrated()), SECRET)
    monkeypatch.setattr("actions.records.database.time.monotonic", lambda: 0.0)
    records.engine.dispose()
    with records.reading() as connection:
        asked = connection.execute(sa.text("SELECT clock_timestamp() AT TIME ZONE 'UTC'")).scalar_one()
    stood_still = records.now()
    assert asked - timedelta(seconds=0.5) < stood_still <= asked
    assert records.now() == stood_still
    records.engine.dispose()


def test_the_day_of_a_turn_is_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ahead(date):
        @classmethod
        def today(cls) -> date:
            return date.today() + timedelta(days=500)

    records = Records(new_postgres(migrated()), SECRET)
    monkeypatch.delenv("KNEEWISE_TODAY", raising=False)
    monkeypatch.setattr("actions.known.date", Ahead)
    monkeypatch.setattr(known._Open, "records", records)
    assert abs((known.today() - records.now().date()).days) <= 1
    records.engine.dispose()
