"""What a turn brought about is written once, together, and remembered; the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions.records import tables
from actions.records.effects import Assessed, CheckedIn, Erased, HandedOff, Memory, Planned, Reminded
from actions.records.store import Records
from tests.databases import SECRET

ASSESSED = Assessed("urgent", ("RF07",), {"calf_swollen_or_tender": "yes"}, "1.2")
PLANNED = Planned("plan-1", "1.2", {"load": ["run less"]})
HANDED_OFF = HandedOff("K-7", "urgent", "ask for Sam, 020 7946 0000", {"words": ["my calf is huge"]})
DAY = date(2026, 3, 1)
CHECKED_IN = CheckedIn(DAY, {"pain_now": 4}, "stay")


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, 0)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock(records: Records) -> Clock:
    """The time of the records."""
    made = Clock()
    records.clock = made
    return made


def rows(records: Records, table: sa.Table) -> list[Mapping[str, Any]]:
    with records.reading() as connection:
        return list(connection.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings())


def everything(records: Records) -> dict[str, Any]:
    """All rows of all tables; what is sealed is new each time, and so stands opened."""
    stored = {table.name: [dict(row) for row in rows(records, table)] for table in tables.metadata.sorted_tables}
    for row in stored["people"]:
        row["address"] = row["address"] and records.unseal(row["address"])
    for row in stored["handoffs"]:
        row["contact"] = records.unseal(row["contact"])
    return stored


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path / 'new.db'}", SECRET)
    records.apply("web", "web:1", [ASSESSED])
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 3, "the file, and what is written ahead of it"


def test_nothing_is_known_of_somebody_new(records: Records) -> None:
    assert records.memory("web:new") == Memory()


def test_what_was_written_is_remembered(records: Records, clock: Clock) -> None:
    records.apply("web", "web:1", [ASSESSED, PLANNED, CHECKED_IN, HANDED_OFF, Reminded(3)])
    memory = records.memory("web:1")
    assert [(one.day, one.answers, one.step) for one in memory.check_ins] == [(DAY, {"pain_now": 4}, "stay")]
    assert memory.plan == PLANNED.content
    assert memory.open_handoff == "K-7"
    assert memory.reminder_days == 3
    assert memory.assessed == (("2026-03-01", "urgent"),)
    assert records.memory("web:2") == Memory()


@pytest.mark.parametrize("effect", [ASSESSED, PLANNED, CHECKED_IN, HANDED_OFF, Reminded(3), Reminded(0)], ids=repr)
def test_a_second_time_changes_nothing(records: Records, clock: Clock, effect: Any) -> None:
    records.apply("web", "web:1", [Reminded(2), effect])
    before = everything(records)
    records.apply("web", "web:1", [effect])
    assert everything(records) == before


def test_the_same_result_on_another_day_is_another_result(records: Records, clock: Clock) -> None:
    records.apply("web", "web:1", [ASSESSED])
    clock.time += timedelta(days=1)
    records.apply("web", "web:1", [ASSESSED])
    assert records.memory("web:1").assessed == (("2026-03-01", "urgent"), ("2026-03-02", "urgent"))


def test_a_second_check_in_of_a_day_takes_the_place_of_the_first(records: Records) -> None:
    records.apply("web", "web:1", [CHECKED_IN])
    records.apply("web", "web:1", [CheckedIn(DAY, {"pain_now": 1}, "up")])
    assert [(one.answers, one.step) for one in records.memory("web:1").check_ins] == [({"pain_now": 1}, "up")]


def test_check_ins_come_oldest_first_and_the_last_400(records: Records) -> None:
    days = [DAY + timedelta(days=number) for number in range(410)]
    records.apply("web", "web:1", [CheckedIn(day, {}, "stay") for day in reversed(days)])
    assert [one.day for one in records.memory("web:1").check_ins] == days[10:]


def test_a_plan_of_somebody_else_is_not_overwritten(records: Records) -> None:
    records.apply("web", "web:1", [PLANNED])
    records.apply("web", "web:2", [Planned("plan-1", "1.2", {"load": ["mine now"]})])
    assert records.memory("web:1").plan == PLANNED.content


def test_the_last_plan_is_remembered(records: Records, clock: Clock) -> None:
    records.apply("web", "web:1", [PLANNED])
    clock.time += timedelta(days=7)
    records.apply("web", "web:1", [Planned("plan-0", "1.3", {"load": ["run more"]})])
    assert records.memory("web:1").plan == {"load": ["run more"]}


@pytest.mark.parametrize(
    ("level", "urgency"), [("ambulance", 0), ("emergency_department", 1), ("urgent", 2), ("self_care", 5)]
)
def test_the_more_urgent_the_smaller_the_number(records: Records, level: str, urgency: int) -> None:
    records.apply("web", "web:1", [HandedOff("K-1", level, "", {})])
    assert [row["urgency"] for row in rows(records, tables.handoffs)] == [urgency]


def test_a_hand_off_is_written_with_what_is_to_be_sent(database_url: str) -> None:
    def body(target: str, handoff: Mapping[str, Any]) -> str:
        return f"{target}:{handoff['reference']}:{handoff['contact']}:{json.dumps(handoff['content'])}"

    records = Records(database_url, SECRET, targets=lambda: ["webhook", "slack"], body_of=body)
    records.apply("web", "web:1", [ASSESSED, HANDED_OFF])
    records.apply("web", "web:1", [HANDED_OFF])
    posts = rows(records, tables.outbox)
    words = '{"words": ["my calf is huge"]}'
    assert [(post["key"], post["state"], post["attempts"]) for post in posts] == [
        ("K-7.slack", "waiting", 0), ("K-7.webhook", "waiting", 0)
    ]  # fmt: skip
    assert posts[0]["body"] == f"slack:K-7:{HANDED_OFF.contact}:{words}"
    assert [row["assessment"] for row in rows(records, tables.handoffs)] == [rows(records, tables.assessments)[0]["id"]]


def test_targets_are_those_that_are_set_up(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEEWISE_WEBHOOK_URL", "https://clinic.test/in")
    monkeypatch.delenv("KNEEWISE_CLINICIANS_SLACK", raising=False)
    records = Records(database_url, SECRET)
    records.apply("web", "web:1", [HANDED_OFF])
    assert [(post["target"], json.loads(post["body"])) for post in rows(records, tables.outbox)] == [
        ("webhook", HANDED_OFF.content)
    ]


def test_contact_and_address_are_stored_sealed(records: Records) -> None:
    records.apply("web", "web:1", [HANDED_OFF])
    contact, address = rows(records, tables.handoffs)[0]["contact"], rows(records, tables.people)[0]["address"]
    assert (records.unseal(contact), records.unseal(address)) == (HANDED_OFF.contact, "web:1")
    assert "Sam" not in contact
    assert "web:1" not in address


def test_no_address_is_kept_without_need(records: Records) -> None:
    records.apply("web", "web:1", [ASSESSED, PLANNED, CHECKED_IN])
    assert [row["address"] for row in rows(records, tables.people)] == [None]


@pytest.mark.parametrize(("others", "kept"), [([], False), ([HANDED_OFF], True)], ids=["alone", "open hand-off"])
def test_stopping_reminders_drops_the_address_that_nothing_else_needs(
    records: Records, others: list[Any], kept: bool
) -> None:
    records.apply("web", "web:1", [*others, Reminded(3)])
    records.apply("web", "web:1", [Reminded(0)])
    assert rows(records, tables.reminders) == []
    assert [row["address"] is not None for row in rows(records, tables.people)] == [kept]


def test_each_consent_is_kept_with_its_end(records: Records, clock: Clock) -> None:
    for effects in ([Reminded(3)], [Reminded(5)], [Reminded(0)], [Reminded(1)]):
        records.apply("web", "web:1", effects)
        clock.time += timedelta(days=1)
    consents = sorted(rows(records, tables.consents), key=lambda row: row["given_at"])
    assert [(row["given_at"].day, row["withdrawn_at"] and row["withdrawn_at"].day) for row in consents] == [
        (1, 3), (4, None)
    ]  # fmt: skip


def test_the_next_reminder_is_so_many_days_away(records: Records, clock: Clock) -> None:
    records.apply("web", "web:1", [Reminded(3)])
    assert [row["next_at"] for row in rows(records, tables.reminders)] == [datetime(2026, 3, 4, 12, 0)]


def test_a_reminder_wished_for_again_comes_no_later(records: Records, clock: Clock) -> None:
    records.apply("web", "web:1", [Reminded(3)])
    clock.time += timedelta(days=1)
    records.apply("web", "web:1", [Reminded(3)])
    assert [row["next_at"] for row in rows(records, tables.reminders)] == [datetime(2026, 3, 4, 12, 0)]
    records.apply("web", "web:1", [Reminded(5)])
    assert [row["next_at"] for row in rows(records, tables.reminders)] == [datetime(2026, 3, 7, 12, 0)]


def test_a_hand_off_that_comes_again_goes_to_no_further_target(database_url: str) -> None:
    set_up = ["webhook"]
    records = Records(database_url, SECRET, targets=lambda: set_up)
    records.apply("web", "web:1", [HANDED_OFF])
    set_up.append("slack")
    records.apply("web", "web:1", [HANDED_OFF])
    assert [post["key"] for post in rows(records, tables.outbox)] == ["K-7.webhook"]


def test_who_has_taken_over_is_known_and_what_waits_to_be_said(records: Records, clock: Clock) -> None:
    records.apply("web", "web:1", [HANDED_OFF])
    person = records.person("web:1")
    with records.engine.begin() as connection:
        connection.execute(sa.update(tables.handoffs).values(status="taken_over", by="ana"))
        for id, leased in (
            ("r1", None),
            ("r2", clock() + timedelta(minutes=1)),
            ("r3", clock() - timedelta(minutes=1)),
        ):
            row = {"id": id, "person": person, "at": clock(), "text": f"text {id}", "leased_until": leased}
            connection.execute(sa.insert(tables.replies), row)
    memory = records.memory("web:1")
    assert memory.taken_over_by == "ana"
    assert sorted(memory.replies) == [("r1", "text r1"), ("r3", "text r3")]
    records.mark_delivered(["r1", "r3"])
    assert records.memory("web:1").replies == ()
    with records.engine.begin() as connection:
        connection.execute(sa.update(tables.handoffs).values(status="closed"))
    assert (records.memory("web:1").open_handoff, records.memory("web:1").taken_over_by) == (None, None)


def test_one_failing_effect_undoes_all_of_the_turn(records: Records) -> None:
    with pytest.raises(ValueError, match="no level"):
        records.apply("web", "web:1", [ASSESSED, HandedOff("K-1", "very_bad", "", {})])
    stored = everything(records)
    assert {name for name, found in stored.items() if found} == {"secret_checks"}


def test_many_at_once_lose_nothing_and_double_nothing(records: Records) -> None:
    def work(number: int) -> None:
        sender = f"web:{number % 3}"
        effects = [ASSESSED, CheckedIn(DAY + timedelta(days=number // 6), {"n": number}, "up"),
                   HandedOff(f"K-{sender}", "soon", "", {}), Reminded(2)]  # fmt: skip
        records.apply("web", sender, effects)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(60)))
    stored = everything(records)
    counts = {name: len(stored[name]) for name in ("people", "assessments", "check_ins", "handoffs", "consents")}
    assert counts == {"people": 3, "assessments": 3, "check_ins": 30, "handoffs": 3, "consents": 6}


def test_a_deletion_beside_writing_leaves_all_or_nothing(records: Records) -> None:
    def work(number: int) -> None:
        effects = [Erased(f"receipt-{number}")] if number % 5 == 4 else [ASSESSED, PLANNED, HANDED_OFF]
        records.apply("web", "web:1", effects)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    stored = everything(records)
    assert len({len(stored[name]) for name in ("people", "assessments", "plans", "handoffs")}) == 1


def test_what_reads_first_and_writes_then_waits_for_its_turn(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path / 'records.db'}", SECRET)
    records.apply("web", "web:1", [Reminded(1)])
    days = tables.reminders.c.every_days

    def one_more(_: int) -> None:
        with records.engine.begin() as connection:
            before = connection.execute(sa.select(days)).scalar()
            connection.execute(sa.update(tables.reminders).values(every_days=before + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one_more, range(80)))
    assert records.memory("web:1").reminder_days == 81
