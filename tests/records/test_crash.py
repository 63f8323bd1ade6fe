"""A process killed in the middle of writing leaves the turn as if it had not been, and the turns before untouched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from actions.records.store import Records
from tests.databases import SECRET
from tests.records.everything import counts

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys
import sqlalchemy as sa
from actions.records.effects import Assessed, HandedOff, Planned, Reminded
from actions.records.store import Records
from actions.records.writing import plain_body
from tests.databases import SECRET

url, where = sys.argv[1:]

def stop(place):
    if place == where:
        print("here", flush=True)
        sys.stdin.readline()

def body(target, handoff):
    if handoff["reference"] == "K-2":
        stop("between hand-off and outbox")
    return plain_body(target, handoff)

def turn(number):
    return [Assessed("urgent", (), {"age": number}, "1"), Planned(f"plan-{number}", "1", {}),
            HandedOff(f"K-{number}", "urgent", "", {}), Reminded(number)]

records = Records(url, SECRET, targets=lambda: ["webhook"], body_of=body)
records.apply("web", "web:1", turn(1))
sa.event.listen(records.engine, "commit", lambda _: stop("before the commit"))
records.apply("web", "web:1", turn(2))
stop("after the commit")
"""
ONE_TURN = {"people": 1, "assessments": 1, "plans": 1, "handoffs": 1, "outbox": 1, "consents": 2, "reminders": 1}
TWO_TURNS = {"people": 1, "assessments": 2, "plans": 2, "handoffs": 2, "outbox": 2, "consents": 3, "reminders": 1}


@pytest.mark.parametrize(
    ("where", "left"),
    [("between hand-off and outbox", ONE_TURN), ("before the commit", ONE_TURN), ("after the commit", TWO_TURNS)],
)
def test_killed(database_url: str, where: str, left: dict[str, int]) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, database_url, where], cwd=ROOT, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "here\n"
    child.kill()
    child.wait(30)
    records = Records(database_url, SECRET)
    assert {name: count for name, count in counts(records).items() if count} == left
    assert records.memory("web:1").reminder_days == (1 if left == ONE_TURN else 2)
