"""What a person saw of an answer, so that two runs of the same conversation can be compared."""

from __future__ import annotations

import json
import re
from typing import Any

import sqlalchemy as sa

from actions.records.store import Records
from actions.records.tables import metadata, talk_events
from bot.history import record_in

MADE_UP = [
    (re.compile(r"\bK-[2-9A-Z]{5}-[2-9A-Z]{5}\b"), "K-reference"),
    (re.compile(r"/(plan|my-data|progress)/[\w=-]+"), r"/\1/secret"),
    (re.compile(r"\b[0-9a-f]{16}\b"), "receipt"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?\b"), "a day"),
    (re.compile(r"\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? "), ""),
    (re.compile(r"\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December)"
                r"( \d{4})?\b"), "a day"),
]  # fmt: skip
"""What is drawn by lot or told by the calendar, and so differs from one run to the next."""
OF_ITS_RUN = ("plan_id", "plan_made_on", "seen_on", "remembered")
"""Of the record of a talk: the same."""
AROUND = 200


def masked(text: str) -> str:
    """A text without what differs from run to run."""
    for pattern, put in MADE_UP:
        text = pattern.sub(put, text)
    return text


def seen(items: list[dict[str, Any]]) -> str:
    """An answer of the REST channel: every text, button and card, in order."""
    shown = [{key: value for key, value in item.items() if key != "recipient_id"} for item in items]
    return masked(json.dumps(shown, sort_keys=True, ensure_ascii=False))


def difference(expected: str, came: str) -> str:
    """Where two answers part."""
    at = next(
        (at for at, (one, other) in enumerate(zip(expected, came)) if one != other), min(len(expected), len(came))
    )
    part = slice(max(0, at - AROUND), at + AROUND)
    return f"  expected …{expected[part]}…\n  came     …{came[part]}…"


def kinds(items: list[dict[str, Any]]) -> list[str]:
    """The kinds of the cards of an answer."""
    return [str(item["custom"]["card"]["kind"]) for item in items if "card" in (item.get("custom") or {})]


def is_safety(items: list[dict[str, Any]]) -> bool:
    """Whether something failed, and the person was told what to do meanwhile."""
    return "safety" in kinds(items)


def record_as_kept(record: dict[str, Any] | None) -> str:
    """The record of a talk without what differs from run to run."""
    if record is None:
        return "none"
    kept = {key: value for key, value in record.items() if key not in OF_ITS_RUN}
    return masked(json.dumps(kept, sort_keys=True, ensure_ascii=False))


def rows_of_people(records: Records) -> dict[str, dict[str, int]]:
    """How many rows each person has in each table that is about people, talks excepted: {person: {table: rows}}."""
    found: dict[str, dict[str, int]] = {}
    with records.reading() as connection:
        for table in metadata.sorted_tables:
            if "person" not in table.c:
                continue
            query = sa.select(table.c.person, sa.func.count()).group_by(table.c.person)
            for person, amount in connection.execute(query):
                found.setdefault(person, {})[table.name] = amount
    return found


def talk_of(records: Records, person: str) -> list[dict[str, Any]]:
    """Every stored event of one talk, oldest first."""
    query = sa.select(talk_events.c.data).where(talk_events.c.sender_id == person).order_by(talk_events.c.number)
    with records.reading() as connection:
        return [event for data in connection.execute(query).scalars() for event in json.loads(data)]


def last_record(events: list[dict[str, Any]]) -> str:
    """The record that a talk ends with, to compare."""
    return record_as_kept(record_in(events))
