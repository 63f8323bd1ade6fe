"""The person's rights: a copy of everything, and its deletion, which proves itself by looking everywhere."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.records.__main__ import main
from actions.records.effects import Assessed, Erased, HandedOff, Memory, Reminded
from actions.records.store import Records
from actions.records.tables import deletions, handoffs, people, replies, sessions
from tests.databases import SECRET
from tests.records.everything import SAID, counts, days_later, fill, places_of

ONE, OTHER = "web:one-7c1f", "web:other-93ab"


@pytest.fixture(autouse=True)
def _clinic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEEWISE_WEBHOOK_URL", "https://clinic.test/in")


def test_every_table_is_filled_so_that_the_tests_below_look_at_all_of_them(records: Records) -> None:
    fill(records, ONE, "one")
    assert [name for name, count in counts(records).items() if count == 0] == []


def test_the_sender_stands_nowhere_but_sealed(records: Records) -> None:
    fill(records, ONE, "one")
    assert places_of(records, ONE) == set()
    assert records.export(ONE)["people"][0]["address"] == ONE


def test_a_deletion_leaves_nothing_of_the_person_in_any_table(records: Records) -> None:
    fill(records, ONE, "one")
    filled = counts(records)
    fill(records, OTHER, "other")
    records.apply("web", ONE, [Erased("receipt-1")])
    assert places_of(records, ONE, records.person(ONE), "K-one", "plan-one") == set()
    assert records.memory(ONE) == Memory()
    assert counts(records) == filled, "what is left is the other person's"
    assert records.receipt("receipt-1") == filled


def test_a_deletion_is_the_last_word_of_its_turn(records: Records) -> None:
    records.apply("web", ONE, [Assessed("soon", (), {}, "1"), Erased("receipt-1"), Reminded(3)])
    assert places_of(records, records.person(ONE)) == set()
    assert records.receipt("receipt-1") == {}


def test_a_deletion_that_comes_twice_keeps_its_receipt(records: Records) -> None:
    fill(records, ONE, "one")
    for _ in range(2):
        records.apply("web", ONE, [Erased("receipt-1")])
    assert (records.receipt("receipt-1") or {})["people"] == 1
    assert records.receipt("receipt-2") is None


def test_what_is_deleted_is_gone_from_the_file_too(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path / 'records.db'}", SECRET)
    fill(records, ONE, "one")

    def stored() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.iterdir())

    wanted = [SAID.encode(), records.person(ONE).encode()]
    assert [text in stored() for text in wanted] == [True, True]
    records.apply("web", ONE, [Erased("receipt-1")])
    assert [text in stored() for text in wanted] == [False, False]


def test_the_copy_holds_everything_and_can_be_read(records: Records) -> None:
    fill(records, ONE, "one")
    fill(records, OTHER, "other")
    copy = json.loads(json.dumps(records.export(ONE)))
    assert copy["sender"] == ONE
    assert {name for name, rows in copy.items() if rows} == {"sender", "talk", *counts(records)}
    assert copy["handoffs"][0]["contact"] == SAID
    assert copy["talk"] == [{"from": "person", "text": SAID}, {"from": "bot", "text": "I see."}]
    assert copy["check_ins"][0]["day"] == "2026-03-01"
    assert "other" not in json.dumps(copy)
    assert records.person(ONE) not in json.dumps(copy)


def test_people_not_seen_for_long_are_forgotten_with_everything(records: Records) -> None:
    fill(records, ONE, "one")
    filled = counts(records)
    days_later(records, 100)
    fill(records, OTHER, "other")
    gone = records.purge(records.now() - timedelta(days=50))
    assert gone == filled
    assert places_of(records, records.person(ONE), "K-one", "plan-one") == set()
    assert counts(records) == filled
    with records.reading() as connection:
        assert connection.execute(sa.select(deletions.c.counts)).scalars().all() == [filled]


@pytest.mark.parametrize("seen_by", ["people", "talk_events"])
def test_whoever_talks_or_is_known_counts_as_seen(records: Records, seen_by: str) -> None:
    fill(records, ONE, "one")
    stale, column = ("talk_events", "at") if seen_by == "people" else ("people", "last_seen")
    with records.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {stale} SET {column} = '2001-01-01 00:00:00.000000'"))
    assert records.purge(records.now() - timedelta(days=1)).get("people") is None
    assert records.memory(ONE).open_handoff == "K-one"


def test_for_ever_is_for_ever(records: Records) -> None:
    fill(records, ONE, "one")
    days_later(records, 20000)
    assert "people" not in records.purge(datetime.min)


def test_sign_ins_that_ran_out_and_answers_of_last_week_go(records: Records) -> None:
    with records.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO turns VALUES ('x', 'once:old', 5, '')"))
        for token, hours in (("old", -1), ("new", 1)):
            expires = records.now() + timedelta(hours=hours)
            connection.execute(sa.insert(sessions).values(token=token, name="ana", csrf="c", expires_at=expires))
        connection.execute(sa.text("INSERT INTO turns VALUES ('x', 'once:new', :at, '')"), {"at": 4e9})
    assert records.purge(datetime.min) == {"sessions": 1, "turns": 1}
    assert places_of(records, "new") == {"sessions.token", "turns.message_id"}


def test_an_address_goes_when_nobody_needs_it_any_more(records: Records) -> None:
    records.apply("web", ONE, [HandedOff("K-one", "soon", "", {})])
    with records.engine.begin() as connection:
        connection.execute(sa.update(handoffs).values(status="closed"))
        row = {"id": "r", "person": records.person(ONE), "at": records.now(), "text": ""}
        connection.execute(sa.insert(replies), row)
    for delivered in (False, True):
        if delivered:
            records.mark_delivered(["r"])
        records.purge(datetime.min)
        with records.reading() as connection:
            assert (connection.execute(sa.select(people.c.address)).scalar() is None) == delivered


def test_no_words_and_no_ids_in_the_log(records: Records, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        fill(records, ONE, "one")
        records.export(ONE)
        with pytest.raises(TypeError):
            records.apply("web", ONE, [SAID])  # type: ignore[list-item]
        records.apply("web", ONE, [Erased("receipt-1")])
        records.purge(records.now())
    assert [text for text in (SAID, ONE, records.person(ONE)) if text in caplog.text] == []


def test_the_command_line(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("KNEEWISE_SECRET", "pR7xLq2vT9mZc4Wd8KsY1nBf6HjGtEuA")
    fill(Records(), ONE, "one")
    outcome = {}
    for command in (["export", ONE], ["delete", ONE], ["purge"]):
        assert main(command) == 0
        outcome[command[0]] = json.loads(capsys.readouterr().out)
    assert outcome["export"]["handoffs"][0]["reference"] == "K-one"
    assert outcome["delete"]["deleted"]["handoffs"] == 1
    assert outcome["purge"] == {}
    monkeypatch.setenv("KNEEWISE_KEEP_DAYS", "soon")
    assert main(["purge"]) == 2
    assert "KNEEWISE_KEEP_DAYS is 'soon'" in capsys.readouterr().err
