"""Several workers on one port: started, and started again when one ends, until all are to stop.

Each is a process of its own with a model of its own; the system spreads new connections over those that listen, and a
worker listens as soon as it can answer. Nothing of Rasa is loaded here, so this process stays small.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from prometheus_client.multiprocess import mark_process_dead

from bot.beats import BEAT, Beats

WORKERS, NUMBER = "KNEEWISE_WORKERS", "KNEEWISE_WORKER"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
ONCE_ONLY = {"KNEEWISE_INBOX_PORT": "off", "KNEEWISE_TELEGRAM_POLLING": "0"}
"""Settings of all workers but the first: what one process has to do alone."""
SECONDS_TO_STOP = 20.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
"""Seconds before a worker that ended is started again; twice as long each time that it did not live long."""
SECONDS_OF_A_LIFE = 60.0


def workers_wanted(environ: Mapping[str, str]) -> int:
    """How many workers to start: `KNEEWISE_WORKERS`, if what they share is set up; says so when it is not.

    Args:
        environ: the settings.

    Raises:
        ValueError: it is not a number of workers.
    """
    given = environ.get(WORKERS) or "1"
    if not given.isdigit() or not 1 <= int(given) <= 64:
        raise ValueError(f"{WORKERS} must be a number from 1 to 64, not {given!r}")
    shared = environ.get("DATABASE_URL", "").startswith("postgres") and environ.get("REDIS_URL")
    if int(given) > 1 and not shared:
        print(f"One worker is started, not {given}: several need DATABASE_URL (PostgreSQL) and REDIS_URL.",
              file=sys.stderr, flush=True)  # fmt: skip
        return 1
    return int(given)


def is_worker() -> bool:
    """Whether this process is one of several."""
    return NUMBER in os.environ


def shared_socket(host: str, port: int) -> socket.socket:
    """A socket of this worker on the port of all; connections come once it listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((host, port))
    return made


def when_alone(end: Callable[[], None]) -> None:
    """Call `end` when the process that started this worker is gone, however it went."""
    loop = asyncio.get_running_loop()

    def look() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            end()

    loop.add_reader(0, look)


class Workers:
    """Runs workers.

    Args:
        amount: how many.
        command: what starts one.
        environ: their settings.
    """

    def __init__(self, amount: int, command: list[str], environ: Mapping[str, str]):
        self._amount, self._command, self._environ = amount, command, dict(environ)
        self._stopping = asyncio.Event()
        self._never_started: set[int] = set()
        self._code = 0
        self._folder = tempfile.mkdtemp(prefix="kneewise-metrics-")

    async def run(self) -> int:
        """Run them until a signal to stop, or until one cannot start at all.

        Returns:
            The exit code.
        """
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stopping.set)
        try:
            await asyncio.gather(*(self._keep(number) for number in range(self._amount)))
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
        return self._code

    async def _keep(self, number: int) -> None:
        """One worker after the other in one place."""
        pause, first = SHORTEST_PAUSE, True
        while not self._stopping.is_set():
            begun = time.monotonic()
            code = await self._one(number)
            lived = time.monotonic() - begun > SECONDS_OF_A_LIFE
            if first and code > 0 and not lived and not self._stopping.is_set():
                self._could_not_start(number, code)
            first = False
            if self._stopping.is_set():
                return
            pause = SHORTEST_PAUSE if lived else min(2 * pause, LONGEST_PAUSE)
            print(f"Worker {number} ended ({code}); the next one starts in {pause:.0f} s.", file=sys.stderr, flush=True)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    def _could_not_start(self, number: int, code: int) -> None:
        """Give up once no worker could start at all: each has said why, and a further try changes nothing.

        As long as another one serves, it is tried again: the database may come back, or the model be whole again.
        """
        self._never_started.add(number)
        if len(self._never_started) == self._amount:
            self._code = code
            self._stopping.set()

    async def _one(self, number: int) -> int:
        """Run one worker to its end; its exit code."""
        settings = {**self._environ, NUMBER: str(number), METRICS_FOLDER: self._folder}
        if number:
            settings |= ONCE_ONLY
        beats = Beats()
        settings[BEAT] = str(beats.writes)
        worker = await asyncio.create_subprocess_exec(
            *self._command, env=settings, stdin=asyncio.subprocess.PIPE, pass_fds=[beats.writes]
        )
        beats.listen()
        stopping, ended = asyncio.ensure_future(self._stopping.wait()), asyncio.ensure_future(worker.wait())
        still = asyncio.ensure_future(beats.stand_still())
        await asyncio.wait([stopping, ended, still], return_when=asyncio.FIRST_COMPLETED)
        for waited in (stopping, still):
            waited.cancel()
        if self._stopping.is_set() and not ended.done():
            worker.terminate()
            await asyncio.wait([ended], timeout=SECONDS_TO_STOP)
        if not ended.done():
            worker.kill()
        code = await ended
        beats.close()
        mark_process_dead(worker.pid, self._folder)
        return code


def check_port(host: str, port: int) -> None:
    """Raise `OSError` when another program has the port, which sharing it would hide."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind((host, port))
