"""Sends hostile requests to every public address: `python -m tests.security.fuzz --seconds 600 --seed 1`.

What must hold of each: an answer, no 5xx but 503, no traceback. Of all: the server lives, and its log holds neither a traceback
nor a word or an id that was sent.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import requests

from actions.inbox.guard import COOKIE
from tests.security import hostile
from tests.security.house import MARK, TELEGRAM_SECRET, House

SECONDS_FOR_AN_ANSWER = 20
JSON_HEADERS = {"Content-Type": "application/json"}
INSIDES = ("Traceback (most recent", 'File "/', "sqlalchemy.", "site-packages")


@dataclass
class Found:
    """What a run has seen."""

    seed: int
    sent: Counter[str] = field(default_factory=Counter)
    """Requests by kind."""
    answers: Counter[str] = field(default_factory=Counter)
    """Kind and status."""
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {sum(self.sent.values())} requests, slowest answer {self.slowest:.1f} s"]
        for kind in sorted(self.sent):
            statuses = {one.rpartition(" ")[2]: n for one, n in self.answers.items() if one.rpartition(" ")[0] == kind}
            lines.append(
                f"  {kind}: {self.sent[kind]}; " + ", ".join(f"{n} × {s}" for s, n in sorted(statuses.items()))
            )
        return "\n".join([*lines, *(f"  WRONG {one}" for one in self.wrong)])


class Fuzz:
    """One attacker.

    Args:
        house: what is attacked.
        seed: brings the same requests back.
    """

    def __init__(self, house: House, seed: int):
        self.house, self.random, self.found = house, Random(seed), Found(seed)
        self._web = requests.Session()
        self._token = ""
        self._update = 0
        self._kinds: list[Callable[[], tuple[str, str, dict[str, Any]]]] = [
            self._rest, self._rest, self._rest, self._say, self._say, self._begin, self._poll, self._socket, self._page,
            self._any, self._slack, self._slack_form, self._telegram, self._inbox, self._inbox_step, self._sign_in,
        ]  # fmt: skip

    def run(self, seconds: float) -> Found:
        """Attack for so long, then look at what is left."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and len(self.found.wrong) < 20:
            if self.random.random() < 0.1:
                self._broken()
            else:
                self._one(self.random.choice(self._kinds))
        self._look_after()
        return self.found

    def _one(self, kind: Callable[[], tuple[str, str, dict[str, Any]]]) -> None:
        method, url, rest = kind()
        name = kind.__name__.strip("_")
        self.found.sent[name] += 1
        begun = time.monotonic()
        try:
            answer = self._web.request(method, url, timeout=SECONDS_FOR_AN_ANSWER, allow_redirects=False, **rest)
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError):
            self.found.answers[f"{name} unsendable"] += 1
            return
        except requests.RequestException as error:
            self.found.wrong.append(f"{name} {method} {url[:120]!r} {type(error).__name__} {str(rest)[:300]}")
            return
        self.found.slowest = max(self.found.slowest, time.monotonic() - begun)
        self.found.answers[f"{name} {answer.status_code}"] += 1
        self._judge(name, answer, f"{method} {url[:120]!r} {str(rest)[:400]}")

    def _judge(self, name: str, answer: requests.Response, sent: str) -> None:
        if answer.status_code >= 500 and answer.status_code != 503:
            self.found.wrong.append(f"{answer.status_code} of {name}: {sent}")
        if any(one in answer.text for one in INSIDES):
            self.found.wrong.append(f"insides shown by {name}: {sent}")
        if name == "rest" and answer.status_code == 200 and not answer.json():
            self.found.wrong.append(f"silence: {sent}")
        if name == "rest" and '"safety"' in answer.text:
            self.found.wrong.append(f"a turn failed: {sent}")
        if name == "begin" and answer.status_code == 200:
            self._token = answer.json()["token"]

    # --- what is sent --------------------------------------------------------------------------

    def _rest(self) -> tuple[str, str, dict[str, Any]]:
        sender = self.random.choice(hostile.SENDERS) + MARK
        fields = {"sender": sender, "message": hostile.text(self.random)}
        if self.random.random() < 0.2:
            fields["message_id"] = self.random.choice(("1", "2", "\x00", "\ud800", "x" * 129))
        data = hostile.body(self.random, hostile.shaped(self.random, fields))
        return "POST", f"{self.house.url}/webhooks/rest/webhook", {"data": data, "headers": JSON_HEADERS}

    def _begin(self) -> tuple[str, str, dict[str, Any]]:
        token = self.random.choice((self._token, "", MARK, "a.b.c", None, hostile.value(self.random)))
        data = hostile.body(self.random, {"token": token})
        return "POST", f"{self.house.url}/web/begin", {"data": data, "headers": JSON_HEADERS}

    def _bearer(self) -> dict[str, str]:
        token = self._token if self.random.random() < 0.9 else self._token[::-1] or MARK
        return {"Authorization": f"Bearer {token}", **JSON_HEADERS}

    def _say(self) -> tuple[str, str, dict[str, Any]]:
        fields = {"id": str(self.random.randrange(10**6)), "text": hostile.text(self.random)}
        data = hostile.body(self.random, hostile.shaped(self.random, fields))
        return "POST", f"{self.house.url}/web/say", {"data": data, "headers": self._bearer()}

    def _poll(self) -> tuple[str, str, dict[str, Any]]:
        after = self.random.choice(("-1", "٣", "1e3", "9" * 40, "", "²", hostile.value(self.random)))
        if self.random.random() < 0.1:
            return "POST", f"{self.house.url}/web/delete", {"headers": self._bearer()}
        return (
            "GET",
            f"{self.house.url}/web/wait?" + _query({"after": str(after)}),
            {"headers": {"Authorization": "Bearer x"}},
        )

    def _socket(self) -> tuple[str, str, dict[str, Any]]:
        query = {
            "EIO": self.random.choice(("4", "3", MARK)),
            "transport": self.random.choice(("polling", "x", "websocket")),
        }
        if self.random.random() < 0.7:
            query["sid"] = self.random.choice((MARK, "", "\x00", "a" * 999))
            return (
                "POST",
                f"{self.house.url}/socket.io/?{_query(query)}",
                {"data": hostile.body(self.random, ["say", {}])},
            )
        return "GET", f"{self.house.url}/socket.io/?{_query(query)}", {}

    def _page(self) -> tuple[str, str, dict[str, Any]]:
        first = self.random.choice(("plan", "media", "my-data", "progress", "media/exercises"))
        return "GET", f"{self.house.url}/{first}{hostile.path(self.random)}", {}

    def _any(self) -> tuple[str, str, dict[str, Any]]:
        method = self.random.choice(("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", MARK))
        headers = {"Origin": self.random.choice(("null", "https://evil.example", "http://127.0.0.1"))}
        if method != "HEAD" and self.random.random() < 0.5:
            return method, self.house.url + hostile.path(self.random), {"headers": headers, "data": b"x" * 50}
        return method, self.house.url + hostile.path(self.random), {"headers": headers}

    def _slack(self) -> tuple[str, str, dict[str, Any]]:
        event = hostile.shaped(self.random, {"type": "message", "channel_type": "im", "user": f"U{MARK.upper()}", "channel": "D1",
                                             "text": hostile.text(self.random), "ts": f"{int(time.time())}.1"})  # fmt: skip
        fields = {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{self._next()}", "event": event}
        data = hostile.body(self.random, hostile.shaped(self.random, fields))
        return "POST", f"{self.house.url}/webhooks/slack/events", {"data": data, "headers": self._signed(data)}

    def _slack_form(self) -> tuple[str, str, dict[str, Any]]:
        action = hostile.shaped(self.random, {"type": "button", "action_id": "a", "block_id": "question:age:1", "value": "x",
                                              "action_ts": f"{self._next()}.1"})  # fmt: skip
        fields = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "channel": {"id": "D1"},
                  "message": hostile.shaped(self.random, {"ts": "1.1", "blocks": [hostile.value(self.random)]}),
                  "actions": [action], "state": {"values": hostile.value(self.random)}}  # fmt: skip
        payload = hostile.body(self.random, hostile.shaped(self.random, fields))
        where = self.random.choice(("actions", "commands"))
        form: dict[str, Any] = {"payload": payload, "team_id": "T1", "user_id": "U1", "trigger_id": self._next(),
                                "text": hostile.text(self.random).encode("utf-8", "replace")}  # fmt: skip
        data = urlencode(form).encode() if self.random.random() < 0.9 else payload
        return "POST", f"{self.house.url}/webhooks/slack/{where}", {"data": data, "headers": self._signed(data)}

    def _signed(self, data: bytes) -> dict[str, str]:
        return self.house.signed(data if self.random.random() < 0.9 else b"")

    def _telegram(self) -> tuple[str, str, dict[str, Any]]:
        chat = {"id": self.random.randrange(1, 5), "type": "private"}
        said = hostile.shaped(self.random, {"chat": chat, "message_id": 1, "text": hostile.text(self.random)})
        tap = hostile.shaped(self.random, {"id": MARK, "message": said, "data": hostile.text(self.random)[:64]})
        update = {"update_id": self._next(), **self.random.choice(({"message": said}, {"callback_query": tap}))}
        data = hostile.body(self.random, hostile.shaped(self.random, update))
        secret = TELEGRAM_SECRET if self.random.random() < 0.9 else MARK
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return "POST", f"{self.house.url}/webhooks/telegram/webhook", {"data": data, "headers": headers}

    def _inbox(self) -> tuple[str, str, dict[str, Any]]:
        known = ("/", "/handoffs", f"/handoffs/{self.house.reference}", "/find", "/static/x.css", "/sign-out")
        place = self.random.choice((*known, hostile.path(self.random)))
        query = {self.random.choice(("page", "show", "done", "next", "reference")): str(hostile.value(self.random))}
        cookie = self.random.choice((self.house.cookie, MARK, ""))
        return "GET", f"{self.house.inbox}{place}?{_query(query)}", {"headers": {"Cookie": f"{COOKIE}={cookie}"}}

    def _inbox_step(self) -> tuple[str, str, dict[str, Any]]:
        kind = self.random.choice(("note", "reply", "take", "acknowledge", "close", "x"))
        form = {"csrf": MARK, "seen": str(hostile.value(self.random)), "once": "1", "text": hostile.text(self.random)}
        data = self.random.choice((_query(form).encode(), random_bytes(self.random)))
        headers = {"Cookie": f"{COOKIE}={self.house.cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        return "POST", f"{self.house.inbox}/handoffs/{self.house.reference}/{kind}", {"data": data, "headers": headers}

    def _sign_in(self) -> tuple[str, str, dict[str, Any]]:
        form = {
            "name": f"{MARK}{hostile.text(self.random)}"[:300],
            "password": MARK,
            "csrf": hostile.text(self.random)[:99],
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return "POST", f"{self.house.inbox}/sign-in", {"data": _query(form).encode(), "headers": headers}

    def _broken(self) -> None:
        """What no HTTP library would send; the answer may be 4xx or a closed connection."""
        self.found.sent["broken"] += 1
        line = self.random.choice((b"GET / HTTP/1.1", b"POST /web/say HTTP/1.1", b"POST /webhooks/rest/webhook HTTP/1.1",
                                   b"GET /plan/\xff\xfe HTTP/1.1", b"GET  HTTP/9", b"\x16\x03\x01", b"PRI * HTTP/2.0"))  # fmt: skip
        head = self.random.choice((b"", b"Content-Length: -1", b"Content-Length: 9999999999", b"Transfer-Encoding: chunked",
                                   b"Content-Length: 5\r\nContent-Length: 6", b"Host: a\r\nHost: b", b": x", b"A" * 70_000,
                                   b"Transfer-Encoding: chunked\r\nContent-Length: 4"))  # fmt: skip
        body = self.random.choice((b"", b"zz\r\n", b"FFFFFFFFFFFFFFFF\r\n", b"5\r\nab", random_bytes(self.random)))
        target = self.random.choice((self.house.url, self.house.inbox))
        with socket.create_connection(("127.0.0.1", int(target.rpartition(":")[2])), timeout=5) as made:
            try:
                made.sendall(line + b"\r\nX-Mark: " + MARK.encode() + b"\r\n" + head + b"\r\n\r\n" + body)
                made.shutdown(socket.SHUT_WR)
                status = made.recv(20)[9:12].decode("ascii", "replace") or "closed"
            except OSError:
                status = "closed"
        self.found.answers[f"broken {status}"] += 1
        if status.startswith("5") and status != "503":
            self.found.wrong.append(f"{status} of broken: {line!r} {head[:50]!r} {body[:50]!r}")

    # --- afterwards ----------------------------------------------------------------------------

    def _look_after(self) -> None:
        if self.house.server.process.poll() is not None:
            self.found.wrong.append("the server ended")
            return
        said = {"sender": "honest", "message": "my knee hurts on the stairs"}
        try:
            told = requests.post(self.house.server.webhook, json=said, timeout=SECONDS_FOR_AN_ANSWER).text
        except requests.RequestException as error:
            told = type(error).__name__
        if '"question"' not in told:
            self.found.wrong.append(f"an honest person gets no question: {told[:100]}")
        self.found.wrong += [f"in the log: {line[:200]}" for line in leaks(self.house.server.log())]

    def _next(self) -> int:
        self._update += 1
        return self._update


def leaks(log: str) -> list[str]:
    """Lines of a log that hold a traceback, or a word or an id that was sent."""
    return [line for line in log.splitlines() if "Traceback" in line or MARK in line.lower()]


def random_bytes(random: Random) -> bytes:
    """Up to 200 bytes."""
    return random.randbytes(random.randrange(200))


def _query(fields: dict[str, str]) -> str:
    return urlencode({name: one.encode("utf-8", "replace") for name, one in fields.items()})


def main() -> int:
    """Attack a server of its own, and tell what was seen.

    Returns:
        1 when something was wrong.
    """
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        try:
            found = Fuzz(house, given.seed).run(given.seconds)
        finally:
            house.close()
    print(found)
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
