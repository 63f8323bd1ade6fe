"""One loaded agent for the whole run; every test talks to it in conversations of its own."""

from __future__ import annotations

from bot.quiet import quieten

quieten()

import asyncio  # noqa: E402
import os  # noqa: E402
import uuid  # noqa: E402
from collections.abc import Awaitable, Callable, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import pytest  # noqa: E402

from actions.triage import Protocol, load_protocol  # noqa: E402
from tests.servers import Server  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
Send = Callable[[str], Awaitable[list[dict[str, Any]]]]


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    """The project's protocol."""
    return load_protocol()


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The event loop that the agent lives in."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="session")
def agent(loop: asyncio.AbstractEventLoop) -> Any:
    """The real model with the real actions, loaded once."""
    from bot.server import make_agent, make_endpoints

    model = os.environ.get("KNEEWISE_MODEL", str(ROOT / "models"))
    return loop.run_until_complete(make_agent(model, make_endpoints("sqlite://")))


@pytest.fixture
def talk(agent: Any, loop: asyncio.AbstractEventLoop) -> Callable[[str], list[dict[str, Any]]]:
    """Says one thing in a new conversation, and returns the messages of the answer."""
    from bot.channels.rest import turn

    sender = uuid.uuid4().hex
    return lambda text: loop.run_until_complete(turn(agent, sender, text, "rest"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server over HTTP, started once."""
    made = Server(tmp_path_factory.mktemp("server"))
    made.wait()
    yield made
    made.stop()


def card(messages: list[dict[str, Any]], kind: str) -> dict[str, Any] | None:
    """The last card of a kind in an answer."""
    found = [message["custom"]["card"] for message in messages if "custom" in message]
    return next((one for one in reversed(found) if one["kind"] == kind), None)
