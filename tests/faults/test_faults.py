"""One fault of each kind while people talk: nothing is lost, doubled or wrong, and nobody restarts the bot.

Slow because workers have to load, and to be killed and load again. How soon people have their answers is measured by
`make faults` on a quiet machine, not here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actions import known
from tests.faults.judge import answered_messages
from tests.faults.paths import Step, paths, replayed
from tests.faults.people import judged
from tests.faults.report import told
from tests.faults.running import THE_SAME, Plan, run
from tests.faults.seen import seen
from tests.scale.site import NGINX

SAFETY = (
    '[{"recipient_id": "x", "text": "call 112"}, {"custom": {"card": {"kind": "safety", "text": "999, 112 or 911"}}}]'
)


@pytest.fixture
def same_settings(agent: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As the bot with faults has them; who receives hand-offs is known anew, before and after."""
    for name, value in THE_SAME.items():
        monkeypatch.setenv(name, value)
    known.use(agent.tracker_store.records)
    yield
    monkeypatch.undo()
    known.use(agent.tracker_store.records)


@pytest.mark.skipif(not Path(NGINX).exists(), reason="needs nginx")
def test_one_fault_of_each_kind(
    agent: Any, loop: asyncio.AbstractEventLoop, tmp_path: Path, same_settings: None
) -> None:
    stop, lines = asyncio.Event(), []

    def log(line: str) -> None:
        lines.append(line)
        if sum(line.startswith("fault: ") for line in lines) >= KINDS:
            stop.set()

    async def work() -> None:
        found = await paths(agent, 20, random.Random(1))
        outcome = await run(Plan(1000, 1.5, seed=1, workers=2, people=4), found, tmp_path, stop, log)
        assert outcome.verdict.holds, told(outcome)
        assert outcome.verdict.turns > 50
        assert {fault.kind for fault in outcome.faults if fault.mended is not None} >= ALWAYS
        assert "nothing" not in outcome.measured.outcomes
        assert (outcome.recovered, outcome.exit_code) == (True, 0)

    loop.run_until_complete(asyncio.wait_for(work(), 900))


KINDS = 14
ALWAYS = {
    "worker killed", "database killed", "database connection killed", "Redis killed", "database slow", "database stalls",
    "model file broken", "worker blocked", "action: raise", "action: raise inside", "action: hang", "action: nonsense",
}  # fmt: skip


def test_two_plays_without_faults_are_the_same_on_another_day(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a difference in the run with faults would say nothing."""

    async def work() -> None:
        for path in await paths(agent, 12, random.Random(7)):
            assert await replayed(agent, path) == path

    monkeypatch.setenv("KNEEWISE_TODAY", "2027-02-03")
    loop.run_until_complete(work())


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, '[{"recipient_id": "x", "text": "yes"}]', "right"),
        (200, '[{"recipient_id": "x", "text": "no"}]', "wrong"),
        (200, '[{"recipient_id": "x", "text": "yes"}, {"recipient_id": "x", "text": "yes"}]', "wrong"),
        (200, "[]", "wrong"),
        (200, SAFETY, "safety card"),
        (503, '{"error": {"text": "call your emergency number"}}', "told that it is down"),
        (502, "<html>", "wrong"),
    ],
)
def test_an_answer_is_judged(status: int, text: str, outcome: str) -> None:
    step = Step("?", seen([{"recipient_id": "y", "text": "yes"}]))
    assert judged(status, text, step) == outcome


def test_a_message_counts_as_often_as_it_was_answered() -> None:
    said = [{"event": "user", "message_id": id} for id in ("a", "b", "b", "a")]
    good, failed = {"event": "bot", "text": "x"}, {"event": "bot", "data": {"custom": {"card": {"kind": "safety"}}}}
    assert answered_messages([said[0], good, said[1], failed, said[2], good, good, said[3], good]) == ["a", "b", "a"]
