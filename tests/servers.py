"""Starts the real server in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
SECONDS_TO_START = 90


class Server:
    """One running bot.

    Args:
        folder: where its database and its log go.
        settings: further environment variables.
    """

    def __init__(self, folder: Path, **settings: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.webhook = f"{self.url}/webhooks/rest/webhook"
        self._log = folder / "server.log"
        self.database = f"sqlite:///{folder / 'talks.db'}"
        environment = {**os.environ, "PORT": str(self.port), "HOST": "127.0.0.1", "DATABASE_URL": self.database,
                       "PYTHONPATH": str(ROOT),
                       "KNEEWISE_INBOX_PORT": "off", **settings}  # fmt: skip
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.server"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def wait(self) -> float:
        """Seconds until it is ready.

        Raises:
            RuntimeError: it ended or did not come up; with its log.
        """
        begun = time.monotonic()
        while time.monotonic() - begun < SECONDS_TO_START:
            if self.process.poll() is not None:
                raise RuntimeError(self.log())
            try:
                if requests.get(f"{self.url}/health", timeout=1).status_code == 200:
                    return time.monotonic() - begun
            except requests.ConnectionError:
                pass
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        raise RuntimeError(self.log())

    def log(self) -> str:
        """Everything it printed."""
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        """End it, kindly."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
