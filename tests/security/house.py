"""A real server that listens on every address, with every channel switched on and a clinician signed in."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from actions.inbox.accounts import Accounts
from actions.inbox.guard import COOKIE
from actions.inbox.sessions import Sessions
from actions.records.store import Records
from tests.inbox.people import hand_off
from tests.servers import Server

SECRET = "a-secret-of-the-security-tests-and-of-nobody-else"
SLACK_SECRET = "5ecre7" * 6
TELEGRAM_SECRET = "telegram-secret-of-the-tests"
API_TOKEN = "token-of-the-api-in-tests"
MARK = "quxfrobnitz"
"""Stands in words and ids that are sent, and must stand in no log."""


class Sink:
    """Stands for Slack and Telegram: takes everything, and is content."""

    def __init__(self) -> None:
        class Content(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                told = {"ok": True, "result": {"message_id": 1}, "channel": {"id": "D1"}, "ts": "1.1", "user_id": "U1"}
                body = json.dumps(told).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST  # noqa: N815  the name that the library looks for

            def log_message(self, *_: object) -> None:
                """Nothing: what is sent is none of the test's report."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Content)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()


class House:
    """The server, and what a tester needs to know of it.

    Args:
        folder: where its database and its log go.
        settings: further environment variables.
    """

    def __init__(self, folder: Path, **settings: str):
        self.sink = Sink()
        self.records = Records(f"sqlite:///{folder / 'talks.db'}", SECRET.encode())
        Accounts(self.records.engine, self.records.clock).add("Dr Ng", "four words of somebody")
        self.cookie = Sessions(self.records.engine, self.records.clock).open("Dr Ng")
        self.reference = hand_off(self.records)
        self.inbox = f"http://127.0.0.1:{(inbox := _free_port())}"
        self.server = Server(
            folder, HOST="0.0.0.0", KNEEWISE_INBOX_PORT=str(inbox), KNEEWISE_SECRET=SECRET,
            KNEEWISE_SLACK_TOKEN="xoxb-tests", KNEEWISE_SLACK_SIGNING_SECRET=SLACK_SECRET,
            KNEEWISE_SLACK_API=f"{self.sink.url}/api/", KNEEWISE_TELEGRAM_TOKEN="1:" + "a" * 35,
            KNEEWISE_TELEGRAM_SECRET=TELEGRAM_SECRET, KNEEWISE_TELEGRAM_API=self.sink.url,
            **{"KNEEWISE_REST_PER_MINUTE": "0", **settings},
        )  # fmt: skip
        self.server.wait()
        self.url = self.server.url

    def signed(self, body: bytes) -> dict[str, str]:
        """Headers by which a body is Slack's."""
        stamp = str(int(time.time()))
        made = hmac.new(SLACK_SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"}

    def clinician(self) -> requests.Session:
        """A browser that is signed in."""
        made = requests.Session()
        made.cookies.set(COOKIE, self.cookie)
        return made

    def close(self) -> None:
        """Stop everything."""
        self.server.stop()
        self.sink.close()
        self.records.engine.dispose()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
