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


ONE_CANNOT_START = """
import os, sys
from pathlib import Path
tries = Path(os.environ["TRIES"])
if os.environ["KNEEWISE_WORKER"] == "1" and len(tries.read_text()) < 2:
    tries.write_text(tries.read_text() + "x")
    sys.exit(3)
"""


def test_one_that_cannot_start_is_tried_again_while_others_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tries").touch()
    monkeypatch.setenv("TRIES", str(tmp_path / "tries"))
    run = Run(tmp_path, ONE_CANNOT_START + WORKER)
    assert {number for number, *_ in run.up(3)} == {"0", "1", "2"}
    run.process.terminate()
    assert run.process.wait(30) == 0


STANDS_STILL = """
import asyncio, os, time
from pathlib import Path
from bot import beats
async def work():
    print("up", os.environ["KNEEWISE_WORKER"], "-", os.getpid(), flush=True)
    asyncio.ensure_future(beats.keep_beating(int(os.environ[beats.BEAT])))
    await asyncio.sleep(0.5)
    if os.environ["KNEEWISE_WORKER"] == "2" and not Path(os.environ["BLOCKED"]).exists():
        Path(os.environ["BLOCKED"]).touch()
        time.sleep(1000)
    await asyncio.Event().wait()
asyncio.run(work())
"""


def test_one_that_stands_still_is_ended_and_the_next_one_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOCKED", str(tmp_path / "blocked"))
    monkeypatch.setattr(
        "tests.scale.test_workers.SUPERVISE", "from bot import beats; beats.SECONDS_STILL = 2.0\n" + SUPERVISE
    )
    run = Run(tmp_path, STANDS_STILL)
    first = run.up(4)
    assert first[3][0] == "2"
    assert not is_there(next(process for number, _, process in first if number == "2"))
    run.process.terminate()
    assert run.process.wait(30) == 0


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
