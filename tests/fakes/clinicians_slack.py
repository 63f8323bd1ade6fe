"""The part of Slack's Web API that a hand-off needs, real HTTP: posts and the history of one channel."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

CHANNEL, TOKEN = "C0CLINIC", "xoxb-for-tests"


class Slack:
    """One workspace, as a context: `async with Slack() as slack`.

    Args:
        fail: for the n-th post, counted from 0: an error of Slack, `lost` (posted, and the connection dropped), a
            status, or nothing.
        may_read: the app may read the channel's history.
    """

    def __init__(self, fail: Callable[[int], str | int | None] = lambda number: None, may_read: bool = True):
        self._fail, self._may_read = fail, may_read
        self.posts = 0
        self.messages: list[dict[str, Any]] = []
        self.headers: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/"

    async def __aenter__(self) -> Slack:
        app = web.Application()
        app.router.add_post("/api/chat.postMessage", self._post)
        app.router.add_get("/api/conversations.history", self._history)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _post(self, request: web.Request) -> web.Response:
        number, self.posts = self.posts, self.posts + 1
        given = await request.json() if request.content_type == "application/json" else dict(await request.post())
        problem = self._fail(number)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            problem = "invalid_auth"
        elif given.get("channel") != CHANNEL:
            problem = "channel_not_found"
        if isinstance(problem, int):
            return web.json_response({"ok": False, "error": "ratelimited"}, status=problem, headers=self.headers)
        if problem and problem != "lost":
            return web.json_response({"ok": False, "error": problem})
        metadata = given.get("metadata")
        kept = json.loads(metadata) if isinstance(metadata, str) else metadata
        self.messages.append({"type": "message", "text": given["text"], "metadata": kept})
        if problem == "lost" and request.transport is not None:
            request.transport.abort()
        return web.json_response({"ok": True, "channel": CHANNEL, "ts": f"{number}.0"})

    async def _history(self, request: web.Request) -> web.Response:
        if not self._may_read:
            return web.json_response({"ok": False, "error": "missing_scope"})
        right = request.query["channel"] == CHANNEL and request.query["include_all_metadata"] in ("1", "true", "True")
        return web.json_response({"ok": right, "messages": self.messages if right else []})
