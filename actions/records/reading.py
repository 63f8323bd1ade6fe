"""What is known of a person before a turn: few queries by index, on one connection."""

from __future__ import annotations

import json
from datetime import datetime

import sqlalchemy as sa

from actions.records.effects import Memory, PastCheckIn
from actions.records.tables import assessments, check_ins, handoffs, plans, reminders, replies
from actions.records.writing import CLOSED

MOST_CHECK_INS = 400
MOST_ASSESSED = 20
TAKEN_OVER = "taken_over"

PERSON, NOW = sa.bindparam("person"), sa.bindparam("now", type_=sa.DateTime)
CHECK_INS = (
    sa.select(check_ins.c.day, sa.cast(check_ins.c.answers, sa.Text), check_ins.c.step)
    .where(check_ins.c.person == PERSON)
    .order_by(check_ins.c.day.desc())
    .limit(MOST_CHECK_INS)
)
PLAN = sa.select(plans.c.content).where(plans.c.person == PERSON).order_by(plans.c.at.desc()).limit(1)
OPEN_HANDOFFS = (
    sa.select(handoffs.c.reference, handoffs.c.status, handoffs.c.by)
    .where(handoffs.c.person == PERSON, handoffs.c.status != CLOSED)
    .order_by(handoffs.c.created_at.desc())
)
REMINDER = sa.select(reminders.c.every_days).where(reminders.c.person == PERSON)
REPLIES = (
    sa.select(replies.c.id, replies.c.text)
    .where(replies.c.person == PERSON, replies.c.delivered_at.is_(None))
    .where(sa.or_(replies.c.leased_until.is_(None), replies.c.leased_until < NOW))
    .order_by(replies.c.at)
)
ASSESSED = (
    sa.select(assessments.c.at, assessments.c.level)
    .where(assessments.c.person == PERSON)
    .order_by(assessments.c.at.desc())
    .limit(MOST_ASSESSED)
)


def memory_of(connection: sa.engine.Connection, person: str, now: datetime, diary: bool = True) -> Memory:
    """What is known of a person.

    Args:
        connection: reads only.
        person: the key.
        now: in UTC; a reply that is being delivered at this time is not shown.
        diary: with the check-ins, of which there may be hundreds.
    """
    who = {"person": person}
    open = connection.execute(OPEN_HANDOFFS, who).all()
    waiting = connection.execute(REPLIES, {**who, "now": now}).all()
    past = connection.execute(ASSESSED, who).all()
    return Memory(
        check_ins=_past_check_ins(connection, person) if diary else (),
        plan=connection.execute(PLAN, who).scalar(),
        open_handoff=next((reference for reference, _, _ in open), None),
        taken_over_by=next((by for _, status, by in open if status == TAKEN_OVER), None),
        reminder_days=connection.execute(REMINDER, who).scalar() or 0,
        replies=tuple((id, text) for id, text in waiting),
        assessed=tuple((at.date().isoformat(), level) for at, level in reversed(past)),
    )


def _past_check_ins(connection: sa.engine.Connection, person: str) -> tuple[PastCheckIn, ...]:
    """Oldest first. A year of answers is read from JSON at once: row by row takes three times as long."""
    rows = connection.execute(CHECK_INS, {"person": person}).all()
    if not rows:
        return ()
    days, texts, steps = zip(*reversed(rows))
    return tuple(map(PastCheckIn, days, json.loads(f"[{','.join(texts)}]"), steps))
