"""For those who keep it running: `GET /health` (alive), `/ready` (can answer), `/metrics` (counted so far)."""

from __future__ import annotations

import asyncio
import hmac
import os
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.handoff import outbox
from actions.records.store import Records
from bot import metrics

SECONDS_FOR_THE_DATABASE = 1.0
LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
TOKEN = "KNEEWISE_METRICS_TOKEN"
PLAIN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Asked:
    """Asks the database, in one thread at a time: one that hangs must not take a thread for each look."""

    def __init__(self) -> None:
        self._asking: asyncio.Future[Any] | None = None

    async def answers(self, work: Callable[[], Any]) -> Any:
        """What `work` returns.

        Raises:
            asyncio.TimeoutError: not in time, or the look before it still hangs.
            Exception: whatever `work` raises.
        """
        if self._asking is not None and not self._asking.done():
            await asyncio.wait([self._asking], timeout=SECONDS_FOR_THE_DATABASE)
            if not self._asking.done():
                raise asyncio.TimeoutError
        self._asking = asyncio.ensure_future(asyncio.to_thread(work))
        return await asyncio.wait_for(asyncio.shield(self._asking), SECONDS_FOR_THE_DATABASE)


def watching() -> Blueprint:
    """The routes; `request.app.ctx` has `agent` and `background` once they are there."""
    routes = Blueprint("kneewise_watching")
    asked, counted = Asked(), Asked()

    @routes.get("/health")
    async def health(_: Request) -> HTTPResponse:
        return response.json({"status": "ok"}, headers=PLAIN)

    @routes.get("/ready")
    async def ready(request: Request) -> HTTPResponse:
        parts = await _parts(request, asked)
        status = 200 if all(parts.values()) else 503
        return response.json(parts, status=status, headers=PLAIN)

    @routes.get("/metrics")
    async def numbers(request: Request) -> HTTPResponse:
        if not _may_see(request):
            return response.text("There is no such page.", status=404, headers=PLAIN)
        store = request.app.ctx.agent.tracker_store
        metrics.LIVE.set(store.live_talks())
        try:
            posts = await counted.answers(lambda: outbox.counts(store.records))
        except (asyncio.TimeoutError, sa.exc.SQLAlchemyError):
            posts = {}
        return response.raw(metrics.written(posts), content_type=CONTENT_TYPE_LATEST, headers=PLAIN)

    return routes


async def _parts(request: Request, asked: Asked) -> dict[str, bool]:
    """Which of the parts that an answer needs are well."""
    agent, background = getattr(request.app.ctx, "agent", None), getattr(request.app.ctx, "background", None)
    if agent is None or not agent.is_ready():
        return {"model": False}
    database = await _database_answers(agent.tracker_store.records, asked)
    return {"model": True, "database": database, "outbox": background is not None and background.is_alive()}


async def _database_answers(records: Records, asked: Asked) -> bool:
    def look() -> None:
        with records.reading() as connection:
            connection.execute(sa.text("SELECT 1"))

    try:
        await asked.answers(look)
    except (asyncio.TimeoutError, sa.exc.SQLAlchemyError):
        return False
    return True


def _may_see(request: Request) -> bool:
    """Whether a request comes from this machine, not through a proxy, or knows the token."""
    token, given = os.environ.get(TOKEN), request.headers.get("authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    return request.ip in LOOPBACK and not any(name in request.headers for name in FORWARDED)
