"""The web channel with the real bot behind it, on a real port, in the loop of the tests."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import pytest
from rasa.server import configure_cors
from sanic import Sanic
from sanic.touchup.service import TouchUp

from bot.channels.web import WebInput
from bot.channels.web.limits import Buckets
from tests.channels.web.page import Page, Plain

WEBSITE = "https://clinic.example"
Run = Callable[[Coroutine[Any, Any, None]], None]


class Site:
    """A server with the web channel."""

    def __init__(self, url: str, channel: WebInput):
        self.url = url
        self.talks = channel.talks
        self.pages: list[Page] = []

    def page(self) -> Page:
        """A new page; closed when the test ends."""
        self.pages.append(Page(self.url))
        return self.pages[-1]

    def plain(self) -> Plain:
        """A new page without a socket."""
        return Plain(self.url)


async def serve(agent: Any) -> tuple[Site, Callable[[], Awaitable[None]]]:
    """Start the channel as Rasa does.

    Returns:
        The site, and how to stop it.
    """
    app = Sanic(f"site_{uuid.uuid4().hex}", configure_logging=False)
    configure_cors(app, None)
    app.ctx.agent = agent
    channel = WebInput()
    app.blueprint(channel.blueprint(agent.handle_message), url_prefix="/webhooks/web")
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    assert server is not None
    # Sanic rewrites its own methods when an application starts, and fails where one of the process did so before.
    TouchUp._registry -= {one for one in TouchUp._registry if getattr(*one).__code__.co_filename == one[1]}
    await server.startup()
    await server.start_serving()

    async def stop() -> None:
        server.close()
        await server.wait_closed()

    return Site(url, channel), stop


@pytest.fixture
def site(agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that allows one website, and that nobody is too fast for."""
    monkeypatch.setenv("KNEEWISE_ORIGINS", f"{WEBSITE}, https://www.clinic.example/")
    before = asyncio.all_tasks(loop)
    made, stop = loop.run_until_complete(serve(agent))
    made.talks.saying = Buckets(60_000, 1000)
    made.talks.beginning = Buckets(60_000, 1000)
    yield made

    async def end() -> None:
        for page in made.pages:
            await page.close()
        await stop()
        left = asyncio.all_tasks() - before - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    loop.run_until_complete(end())


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    """Runs a test's coroutine beside the server."""
    return loop.run_until_complete
