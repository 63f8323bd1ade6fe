"""Workers are kept running, and stop together; the command here is a small program instead of the bot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.workers import workers_wanted
from tests.servers import ROOT

SHARED = {"DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://x"}
SUPERVISE = """
import asyncio, os, sys
from bot.workers import Workers
sys.exit(asyncio.run(Workers(3, [sys.executable, "-c", sys.argv[1]], os.environ).run()))
"""
WORKER = """
import asyncio, os
from bot.workers import NUMBER, when_alone
async def work():
    over = asyncio.Event()
    when_alone(over.set)
    print("up", os.environ[NUMBER], os.environ.get("KNEEWISE_INBOX_PORT"), os.getpid(), flush=True)
    await over.wait()
asyncio.run(work())
"""


class Run:
    """A supervisor and what its workers print."""

    def __init__(self, folder: Path, worker: str):
        self._out = folder / "out"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "KNEEWISE_INBOX_PORT": "5006"}
        with self._out.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISE, worker], env=environment, stdout=out, stderr=out
            )

    def up(self, amount: int) -> list[list[str]]:
        """Number, inbox and process of each worker that came up, once there are so many."""
        end = time.monotonic() + 60
        while True:
            lines = [line.split()[1:] for line in self._out.read_text().splitlines() if line.startswith("up")]
            if len(lines) >= amount:
                return lines
            assert time.monotonic() < end, self._out.read_text()
            time.sleep(0.05)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path, WORKER)
    yield made
    made.process.kill()


def is_there(process: str) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def gone(processes: list[str]) -> bool:
    end = time.monotonic() + 20
    while any(is_there(process) for process in processes):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_one_that_is_killed_is_started_again_and_all_stop_together(run: Run) -> None:
    first = run.up(3)
    assert {number: inbox for number, inbox, _ in first} == {"0": "5006", "1": "off", "2": "off"}
    os.kill(int(next(process for number, _, process in first if number == "1")), signal.SIGKILL)
    again = run.up(4)
    assert again[3][0] == "1"
    run.process.terminate()
    assert run.process.wait(30) == 0
    assert gone([process for *_, process in again])


def test_workers_end_with_a_supervisor_that_is_killed(run: Run) -> None:
    processes = [process for *_, process in run.up(3)]
    run.process.kill()
    assert gone(processes)


def test_workers_that_cannot_start_are_not_tried_for_ever(tmp_path: Path) -> None:
    assert Run(tmp_path, "import sys; sys.exit(3)").process.wait(30) == 3


@pytest.mark.parametrize(
    ("environ", "amount"),
    [
        ({}, 1),
        ({"KNEEWISE_WORKERS": "4", **SHARED}, 4),
        ({"KNEEWISE_WORKERS": "4"}, 1),
        ({"KNEEWISE_WORKERS": "4", "DATABASE_URL": "sqlite:///x.db", "REDIS_URL": "redis://x"}, 1),
        ({"KNEEWISE_WORKERS": "4", "DATABASE_URL": "postgresql://x/y"}, 1),
    ],
)
def test_several_need_what_they_share(environ: dict[str, str], amount: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert workers_wanted(environ) == amount
    assert ("REDIS_URL" in capsys.readouterr().err) == (amount == 1 and "KNEEWISE_WORKERS" in environ)


@pytest.mark.parametrize("given", ["0", "-1", "many", "65", "2.5"])
def test_a_wrong_number_is_told(given: str) -> None:
    with pytest.raises(ValueError, match="from 1 to 64"):
        workers_wanted({"KNEEWISE_WORKERS": given, **SHARED})
