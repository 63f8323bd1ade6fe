"""After all talks: what the database and the clinic have, beside what they should have."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from actions.records.store import Records
from actions.records.tables import handoffs, outbox, turns
from bot.trackers import ONCE
from tests.fakes.clinic import Clinic
from tests.faults.people import Held
from tests.faults.seen import difference, is_safety, last_record, rows_of_people, seen, talk_of


@dataclass
class Verdict:
    """Each list names the conversation and what is wrong with it."""

    turns: int = 0
    """Acknowledged: their right answer arrived."""
    handoffs: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or wrong."""
        return not (self.lost or self.doubled or self.wrong)


def judge(records: Records, people: Iterable[Held], clinic: Clinic) -> Verdict:
    """Compare all talks with what was acknowledged, and with the same talks without faults.

    Args:
        records: of the bot, which has stopped.
        people: what they were told.
        clinic: what it has received.
    """
    verdict, rows = Verdict(), rows_of_people(records)
    for held in people:
        verdict.turns += held.answered
        if held.wrong:
            verdict.wrong.append(held.wrong)
        if held.given_up:
            verdict.lost.append(f"never answered: {held.given_up}")
        _judge_talk(records, held, verdict)
        if held.answered == len(held.path.steps):
            _judge_rows(held, rows.get(records.person(held.sender), {}), verdict)
    _judge_posts(records, clinic, verdict)
    return verdict


def _judge_talk(records: Records, held: Held, verdict: Verdict) -> None:
    """The stored answers, the stored messages, and what was written down."""
    person, about = records.person(held.sender), f"{held.path.name} of {held.sender}"
    mine = sa.select(turns.c.message_id, turns.c.answer).where(turns.c.sender_id == person)
    with records.reading() as connection:
        stored = {row.message_id: row.answer for row in connection.execute(mine)}
    for at, step in enumerate(held.path.steps[: held.answered]):
        answer = stored.get(f"{ONCE}m{at}")
        if answer is None:
            verdict.lost.append(f"no answer stored to m{at}: {about}")
        elif seen(as_items(json.loads(answer))) != step.seen:
            verdict.wrong.append(f"another answer stored to m{at}: {about}")
    events = talk_of(records, person)
    worked = answered_messages(events)
    wanted = [f"{ONCE}m{at}" for at in range(held.answered)]
    if [id for id in dict.fromkeys(worked) if id in wanted] != wanted:
        verdict.lost.append(f"messages {worked} are stored, in this order: {about}")
    verdict.doubled += [f"{id} worked {times} times: {about}" for id, times in Counter(worked).items() if times > 1]
    if held.answered == len(held.path.steps) and last_record(events) != held.path.record:
        verdict.wrong.append(f"another record: {about}\n{difference(held.path.record, last_record(events))}")


def answered_messages(events: list[dict[str, Any]]) -> list[str]:
    """The ids of the messages that a talk holds with an answer, as often as it does."""
    found: list[str] = []
    said: str | None = None
    answer: list[dict[str, Any]] = []
    for event in [*events, {"event": "user"}]:
        if event["event"] == "user":
            if said is not None and answer and not is_safety(answer):
                found.append(said)
            said, answer = event.get("message_id"), []
        elif event["event"] == "bot":
            answer.append({"custom": (event.get("data") or {}).get("custom") or {}})
    return found


def as_items(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored messages as the REST channel shows them."""
    items: list[dict[str, Any]] = []
    for message in messages:
        said = {key: message[key] for key in ("text", "buttons") if message.get(key)}
        items += [said] if said else []
        items += [{"custom": message["custom"]}] if message.get("custom") else []
    return items


def _judge_rows(held: Held, rows: Mapping[str, int], verdict: Verdict) -> None:
    """Results, plans, consents, hand-offs and so on: as many as without faults."""
    for table in {**held.path.rows, **rows}:
        want, have = held.path.rows.get(table, 0), rows.get(table, 0)
        if have < want:
            verdict.lost.append(f"{have} rows of {table}, not {want}: {held.path.name} of {held.sender}")
        elif have > want:
            verdict.doubled.append(f"{have} rows of {table}, not {want}: {held.path.name} of {held.sender}")


def _judge_posts(records: Records, clinic: Clinic, verdict: Verdict) -> None:
    """Each hand-off arrived, once, and nothing else did."""
    with records.reading() as connection:
        written = set(connection.execute(sa.select(handoffs.c.reference)).scalars())
        posts = dict(connection.execute(sa.select(outbox.c.key, outbox.c.state)).all())
    verdict.handoffs = len(written)
    arrived = {key.partition(".")[0] for key in clinic.taken}
    verdict.lost += [f"hand-off {reference} did not arrive" for reference in sorted(written - arrived)]
    verdict.lost += [f"post {key} is {state}" for key, state in posts.items() if state != "sent"]
    verdict.doubled += [f"{reference} arrived and is not written" for reference in sorted(arrived - written)]
    verdict.doubled += [f"{key} was taken {times} times" for key, times in clinic.taken.items() if times > 1]
    verdict.doubled += [f"{key} came with different bodies" for key, bodies in clinic.bodies.items() if len(bodies) > 1]
