"""A clinic's receiver, real HTTP: checks the signature, honours the key, and misbehaves as it is told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable
from typing import Union

from aiohttp import web

SECRET = "between the clinic and us only"
TOLERANCE = 300
"""Seconds that a signature may be old."""

Behaviour = Union[str, int]
"""`take`; a status to answer; `hang` until the sender gives up; `drop` the connection; `swallow`: take it and then
drop the connection, so that the sender cannot know."""


class Clinic:
    """One receiver, as a context: `async with Clinic() as clinic`.

    Args:
        behave: what to do with the n-th request, counted from 0.
        headers: of each answer.
        clock: Unix time in seconds, for the age of signatures; None takes any age.
        honours_keys: takes a key once; otherwise as often as it comes.
    """

    def __init__(
        self,
        behave: Callable[[int], Behaviour] = lambda number: "take",
        headers: dict[str, str] | None = None,
        clock: Callable[[], float] | None = None,
        honours_keys: bool = True,
    ):
        self.behave, self.headers, self._clock, self._honours_keys = behave, headers or {}, clock, honours_keys
        self.requests = 0
        self.taken: Counter[str] = Counter()
        """How often each key was taken; more than once is a hand-off doubled."""
        self.came: Counter[str] = Counter()
        """How often each key came."""
        self.bodies: dict[str, set[bytes]] = {}
        self.types: set[str] = set()
        self.refused = 0
        """Requests without a right signature."""
        self.under_way: Counter[str] = Counter()
        self.most_under_way = 0
        """Of one key at the same time."""
        self.port = 0
        self._let_go = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it takes posts."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def __aenter__(self) -> Clinic:
        app = web.Application()
        app.router.add_post("/hook", self._receive)
        app.router.add_post("/elsewhere", self._elsewhere)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._let_go.set()
        await self._runner.cleanup()

    async def _elsewhere(self, _: web.Request) -> web.Response:
        self.taken["elsewhere"] += 1
        return web.Response()

    async def _receive(self, request: web.Request) -> web.Response:
        number, self.requests = self.requests, self.requests + 1
        body = await request.read()
        key = request.headers["Idempotency-Key"]
        if not self._is_signed(request.headers.get("Kneewise-Signature", ""), body):
            self.refused += 1
            return web.Response(status=401)
        self.came[key] += 1
        self.bodies.setdefault(key, set()).add(body)
        self.types.add(request.headers["Content-Type"])
        self.under_way[key] += 1
        self.most_under_way = max(self.most_under_way, self.under_way[key])
        try:
            return await self._answer(request, key, self.behave(number))
        finally:
            self.under_way[key] -= 1

    async def _answer(self, request: web.Request, key: str, behaviour: Behaviour) -> web.Response:
        if behaviour == "hang":
            await self._let_go.wait()
        if behaviour in ("take", "swallow") and not (self._honours_keys and self.taken[key]):
            self.taken[key] += 1
        if behaviour in ("drop", "swallow") and request.transport is not None:
            request.transport.abort()
        await asyncio.sleep(0)
        status = behaviour if isinstance(behaviour, int) else 200
        return web.Response(status=status, headers=self.headers)

    def _is_signed(self, header: str, body: bytes) -> bool:
        parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
        mac = hmac.new(SECRET.encode(), parts.get("t", "").encode() + b"." + body, hashlib.sha256)
        young = self._clock is None or abs(self._clock() - int(parts.get("t", "0"))) <= TOLERANCE
        return young and hmac.compare_digest(mac.hexdigest(), parts.get("v1", ""))
