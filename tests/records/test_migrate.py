"""The tables come by migration: from nothing, from an older file, by many processes at once; never with a foreign secret."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from actions.records.database import make_engine
from actions.records.effects import CheckedIn
from actions.records.identity import BadSecret
from actions.records.store import Records
from actions.records.tables import metadata, plan_links, talk_events, turns
from bot.channels.queue import Delivery, Queue
from tests.databases import SECRET

ROOT = Path(__file__).resolve().parents[2]
OPEN = """
import sys
from actions.records.store import Records
from bot.channels.queue import Delivery, Queue
from tests.databases import SECRET
print("ready", flush=True)
sys.stdin.readline()
print(Records(sys.argv[1], SECRET).person("web:1"))
"""
OLD = (
    "CREATE TABLE talk_events (sender_id VARCHAR(255) NOT NULL, number INTEGER NOT NULL, amount INTEGER NOT NULL, "
    "data TEXT NOT NULL, PRIMARY KEY (sender_id, number))",
    "CREATE TABLE plan_links (secret VARCHAR(64) NOT NULL PRIMARY KEY, sender_id VARCHAR(255) NOT NULL)",
    "CREATE INDEX ix_plan_links_sender_id ON plan_links (sender_id)",
)
OLD_TURNS = (
    "CREATE TABLE turns (sender_id VARCHAR(255) NOT NULL, message_id VARCHAR(160) NOT NULL, at FLOAT NOT NULL, "
    "answer TEXT NOT NULL, PRIMARY KEY (sender_id, message_id))",
)
BEFORE_0003 = (
    "DROP TABLE channel_waiting", "DROP TABLE channel_taken",
    "CREATE TABLE telegram_updates (id VARCHAR(64) NOT NULL PRIMARY KEY, at TIMESTAMP NOT NULL)",
    "CREATE INDEX ix_telegram_updates_at ON telegram_updates (at)",
    "CREATE TABLE telegram_waiting (id VARCHAR(64) NOT NULL PRIMARY KEY, number BIGINT NOT NULL, chat VARCHAR(64) NOT NULL, "
    "body TEXT NOT NULL, at TIMESTAMP NOT NULL, worker VARCHAR(32), held_until TIMESTAMP, sent INTEGER NOT NULL)",
    "CREATE INDEX ix_telegram_waiting_chat ON telegram_waiting (chat)",
    "CREATE TABLE slack_taken (key VARCHAR(64) NOT NULL PRIMARY KEY, at BIGINT NOT NULL)",
    "INSERT INTO slack_taken VALUES ('abc', 5)",
    "INSERT INTO telegram_updates VALUES ('9:7', '2026-11-22 20:00:00')",
    "INSERT INTO telegram_updates VALUES ('9:6', '2026-11-22 19:00:00')",
    "UPDATE alembic_version SET version_num = '0002_telegram'",
)  # fmt: skip


def rows(records: Records, table: sa.Table) -> list[Mapping[str, Any]]:
    with records.reading() as connection:
        return list(connection.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings())


def run_old(url: str, *statements: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_the_revisions_make_exactly_the_tables_of_the_code(database_url: str) -> None:
    records = Records(database_url, SECRET)
    with records.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_opening_again_keeps_everything(database_url: str) -> None:
    day = datetime(2026, 3, 1).date()
    Records(database_url, SECRET).apply("web", "web:1", [CheckedIn(day, {}, "stay")])
    assert [one.day for one in Records(database_url, SECRET).memory("web:1").check_ins] == [day]


@pytest.mark.parametrize("also", [(), OLD_TURNS], ids=["without turns", "with turns"])
def test_talks_of_an_older_version_are_taken_over(database_url: str, also: tuple[str, ...]) -> None:
    data = json.dumps([{"event": "user", "text": "hello", "timestamp": 1767225600.5}, {"event": "action"}])
    quoted = "', '".join(("web:1", data))
    filled = [f"INSERT INTO talk_events (sender_id, data, number, amount) VALUES ('{quoted}', {number}, 2)"
              for number in (0, 2)]  # fmt: skip
    filled += ["INSERT INTO talk_events VALUES ('tg:2', 0, 0, '[]')", "INSERT INTO plan_links VALUES ('s', 'tg:2')"]
    filled += ["INSERT INTO turns VALUES ('web:1', 'once:m', 5.5, '[]')"] if also else []
    run_old(database_url, *OLD, *also, *filled)
    records = Records(database_url, SECRET)
    one, two = records.person("web:1"), records.person("tg:2")
    talks = rows(records, talk_events)
    assert sorted((row["sender_id"], row["number"], row["amount"], row["data"]) for row in talks) == sorted(
        [(one, 0, 2, data), (one, 2, 2, data), (two, 0, 0, "[]")]
    )
    times = {row["at"] for row in talks if row["sender_id"] == one}
    assert times == {datetime(2026, 1, 1, 0, 0, 0, 500000)}, "2026-01-01 is 1767225600 in Unix time"
    assert [(row["secret"], row["sender_id"]) for row in rows(records, plan_links)] == [("s", two)]
    kept = [(row["sender_id"], row["message_id"], row["at"]) for row in rows(records, turns)]
    assert kept == ([(one, "once:m", 5.5)] if also else [])
    with records.engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_migration_that_fails_leaves_the_old_tables_as_they_were(database_url: str) -> None:
    run_old(database_url, *OLD, "INSERT INTO talk_events VALUES ('web:1', 0, 1, 'no JSON')")
    with pytest.raises(json.JSONDecodeError):
        Records(database_url, SECRET)
    engine = make_engine(database_url)
    with engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"talk_events", "plan_links"}
        assert connection.exec_driver_sql("SELECT sender_id, data FROM talk_events").all() == [("web:1", "no JSON")]


def test_four_processes_that_start_at_once(database_url: str) -> None:
    run_old(database_url, *OLD, "INSERT INTO talk_events VALUES ('web:1', 0, 0, '[]')")
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, database_url], cwd=ROOT, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]  # fmt: skip
    assert [process.stdout.readline() for process in started] == ["ready\n"] * 4  # type: ignore[union-attr]
    for process in started:
        process.stdin.write("go\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    ended = [process.communicate(timeout=60) for process in started]
    records = Records(database_url, SECRET)
    assert [out.strip() for out, _ in ended] == [records.person("web:1")] * 4, [error for _, error in ended]
    assert [row["sender_id"] for row in rows(records, talk_events)] == [records.person("web:1")]


def test_another_secret_is_refused(database_url: str) -> None:
    Records(database_url, SECRET)
    with pytest.raises(BadSecret, match="written with another secret"):
        Records(database_url, b"another secret that nobody knows")


def test_what_waits_on_telegram_waits_in_the_new_queue(database_url: str) -> None:
    """A database of the revision before, with an update that nobody has answered yet, and one of Slack's old table."""
    before = Records(database_url, SECRET)
    run_old(database_url, *BEFORE_0003, f"INSERT INTO telegram_waiting VALUES ('9:7', 7, '{before.person('tg:1')}', "
            f"'{before.seal('words')}', '2026-11-22 20:00:00', 'gone', '2026-11-22 20:00:15', 2)")  # fmt: skip
    before.engine.dispose()
    records = Records(database_url, SECRET)
    queue = Queue(records, "telegram", "new")
    ana = records.person("tg:1")
    deliveries = [Delivery((f"9:{number}",), "tg:1", number, "again") for number in (7, 6, 8)]
    assert queue.take(deliveries) == ["known", "known", "new"]
    work = queue.next(ana)
    assert work is not None
    assert (work.number, work.body, work.sent, work.since) == (7, "words", 2, datetime(2026, 11, 22, 20))
    with records.engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
