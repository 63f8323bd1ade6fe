"""A tiny server of static files under a strict content security policy, which can fall silent or stop."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from aiohttp import web

CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; worker-src 'self'; connect-src 'self'"
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}


class StaticSite:
    """Serves one folder under one path.

    Args:
        loop: the event loop it lives on; it answers while that loop turns.
        folder: the files.
        path: where they are served, such as `/media/`.

    Attributes:
        asked: how often each path was asked for.
        instead: other content for some paths.
        silent: take requests but never answer, like a weak signal.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, folder: Path, path: str):
        self.asked: Counter[str] = Counter()
        self.instead: dict[str, bytes] = {}
        self.silent = False
        self._loop, self._folder, self._path = loop, folder, path
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        loop.run_until_complete(self._runner.setup())
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        loop.run_until_complete(site.start())
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}{path}"

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked[request.path] += 1
        if self.silent:
            await asyncio.Event().wait()
        file = self._folder / request.path.removeprefix(self._path)
        if not file.is_file() or not request.path.startswith(self._path):
            return web.Response(status=404)
        kind = KINDS[file.suffix]
        body = self.instead.get(request.path, file.read_bytes())
        return web.Response(body=body, content_type=kind, charset="utf-8", headers={"Content-Security-Policy": CSP})

    def stop(self) -> None:
        """Close the door: from now on nothing answers here."""
        self._loop.run_until_complete(self._runner.cleanup())
