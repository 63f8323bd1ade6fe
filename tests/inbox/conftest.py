"""A running inbox on a real database, and clinicians who use it over HTTP."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import requests
from aiohttp import web

from actions.inbox import Line, make_inbox
from actions.inbox.accounts import Accounts
from actions.inbox.guard import COOKIE
from actions.inbox.sessions import Sessions
from actions.records.store import Records
from tests.databases import SECRET, database_url, records  # noqa: F401  fixtures

PASSWORD = "four words of somebody"
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Clock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **units: float) -> None:
        """Let time pass: `minutes=5`."""
        self.now += timedelta(**units)


class Clinician:
    """Somebody with a browser of their own, signed in or not."""

    def __init__(self, url: str):
        self.url = url
        self.web = requests.Session()
        self.page = ""

    def get(self, path: str, **settings: Any) -> requests.Response:
        """Look at a page; what it said is in `page`."""
        answer = self.web.get(self.url + path, timeout=20, **settings)
        self.page = answer.text
        return answer

    def fields(self) -> dict[str, str]:
        """The hidden fields of the page looked at last."""
        return {name: unescape(value) for name, value in FIELD.findall(self.page)}

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send the form of the page looked at last; a field given here goes first."""
        answer = self.web.post(self.url + path, data={**self.fields(), **fields}, timeout=20, allow_redirects=False)
        if answer.status_code >= 400:
            self.page = answer.text
        return answer

    def do(self, reference: str, kind: str, text: str = "", look: bool = True) -> requests.Response:
        """Press a button of a hand-off, after looking at it."""
        if look:
            self.get(f"/handoffs/{reference}")
        return self.post(f"/handoffs/{reference}/{kind}", text=text)

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> requests.Response:
        """By the form."""
        self.get("/sign-in")
        return self.post("/sign-in", name=name, password=password, **fields)


class Inbox:
    """One running inbox in a thread of its own.

    Args:
        records: its database.
        settings: for `make_inbox`.
    """

    def __init__(self, records: Records, **settings: Any):  # noqa: F811  not the fixture
        self.records, self.clock = records, Clock()
        records.clock = self.clock
        self.accounts = Accounts(records.engine, self.clock)
        self.said: dict[str, list[Line]] = {}
        self.failing = False
        self.notified = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        settings = {"refusal_s": 0.0, **settings}
        self._runner = web.AppRunner(
            make_inbox(records, self._talk, self._notify, self.clock, **settings), access_log=None
        )
        self.url = self._run(self._start())

    async def _start(self) -> str:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _talk(self, person: str) -> list[Line]:
        if self.failing:
            raise ConnectionError("the words of a person stand in this error")
        return self.said.get(person, [])

    def _notify(self) -> None:
        self.notified += 1

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def visitor(self) -> Clinician:
        """Somebody who is not signed in."""
        return Clinician(self.url)

    def clinician(self, name: str = "Dr Ng") -> Clinician:
        """Somebody who is signed in, without the time that a password takes."""
        if name not in [one for one, _ in self.accounts.names()]:
            self.accounts.add(name, PASSWORD)
        made = self.visitor()
        made.web.cookies.set(COOKIE, self.cookie(name))
        return made

    def cookie(self, name: str) -> str:
        """The cookie of a new session."""
        return Sessions(self.records.engine, self.clock).open(name)

    def close(self) -> None:
        """Stop serving."""
        self._run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture
def inbox(records: Records) -> Iterator[Inbox]:  # noqa: F811  the fixture
    """An inbox on each kind of database."""
    made = Inbox(records)
    yield made
    made.close()


@pytest.fixture
def lone_inbox() -> Iterator[Inbox]:
    """An inbox on SQLite in memory, for what has nothing to do with the database."""
    made = Inbox(Records("sqlite://", SECRET))
    yield made
    made.close()
    made.records.engine.dispose()
