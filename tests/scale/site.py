"""nginx, workers, PostgreSQL and Valkey on loopback, as deploy/ puts them together."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

from tests.servers import ROOT

NGINX = "/usr/sbin/nginx"
SECONDS_TO_START = 180
DEPLOY = ROOT / "deploy"


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def nginx_folder(folder: Path, listens: int, to: int) -> Path:
    """The project's nginx.conf with a listener and an upstream of this test.

    Args:
        folder: where it goes.
        listens: the port of nginx.
        to: the port of the bot.
    """
    shutil.copy(DEPLOY / "nginx.conf", folder / "nginx.conf")
    (folder / "listen.conf").write_text(f"listen 127.0.0.1:{listens};\n")
    (folder / "upstream.conf").write_text(f"upstream kneewise {{ server 127.0.0.1:{to}; keepalive 32; }}\n")
    return folder


def nginx_command(folder: Path, *more: str) -> list[str]:
    """What runs nginx on a folder's configuration."""
    return [
        NGINX,
        "-p",
        str(folder),
        "-c",
        str(folder / "nginx.conf"),
        "-g",
        f"daemon off; pid {folder}/nginx.pid;",
        *more,
    ]


class Site:
    """So many workers behind nginx.

    Args:
        folder: for logs and settings.
        database: a PostgreSQL.
        redis: a Valkey.
        workers: how many.
        proxy: with nginx in front of them, at `url`; they are always at `inside`.
    """

    def __init__(self, folder: Path, database: str, redis: str, workers: int, proxy: bool = True):
        self.behind, port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.inside = f"http://127.0.0.1:{self.behind}"
        self._folder = folder
        settings = {
            "PORT": str(self.behind), "HOST": "127.0.0.1", "DATABASE_URL": database, "REDIS_URL": redis,
            "KNEEWISE_WORKERS": str(workers), "KNEEWISE_INBOX_PORT": str(free_port()), "PYTHONPATH": str(ROOT),
            "KNEEWISE_SECRET": "a secret of tests, nobody else's, long enough", "KNEEWISE_LOG": "json",
            "SANIC_REAL_IP_HEADER": "x-real-ip", "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        self._log = (folder / "bot.log").open("w")
        self._bot = subprocess.Popen(
            [sys.executable, "-m", "bot"], cwd=ROOT, env={**os.environ, **settings}, stdout=self._log, stderr=self._log
        )
        self._nginx: subprocess.Popen[bytes] | None = None
        if proxy:
            self._nginx = subprocess.Popen(
                nginx_command(nginx_folder(folder, port, self.behind)), stdout=self._log, stderr=self._log
            )
        self._workers = workers

    def log(self) -> str:
        """Everything that was printed."""
        return (self._folder / "bot.log").read_text(errors="replace")

    def wait(self) -> None:
        """Until all workers are there.

        Raises:
            RuntimeError: they did not come up; with the log.
        """
        end = time.monotonic() + SECONDS_TO_START
        while self.log().count("Kneewise is ready") < self._workers:
            if time.monotonic() > end or self._bot.poll() is not None:
                raise RuntimeError(self.log())
            try:
                self._bot.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        assert requests.get(f"{self.inside}/ready", timeout=5).status_code == 200

    def pid(self) -> int:
        """The process that watches over the workers."""
        return self._bot.pid

    def wait_for(self, pattern: str) -> None:
        """Until something was printed.

        Raises:
            RuntimeError: it was not; with the log.
        """
        end = time.monotonic() + SECONDS_TO_START
        while not re.search(pattern, self.log()):
            if time.monotonic() > end:
                raise RuntimeError(self.log())
            time.sleep(0.05)

    def stop(self) -> int:
        """End all of it; the bot's exit code."""
        if self._nginx is not None:
            self._nginx.terminate()
        self._bot.terminate()
        try:
            return self._bot.wait(40)
        finally:
            self._bot.kill()
            if self._nginx is not None:
                self._nginx.wait(10)
            self._log.close()
