"""What a browser's page does, for the tests: a real Socket.IO client, and a real HTTP client."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import aiohttp
import socketio

if not hasattr(aiohttp, "ClientWSTimeout"):
    # python-engineio's client asks a newer aiohttp than Rasa allows; its server does not need it.
    aiohttp.ClientWSTimeout = lambda ws_close: ws_close

SECONDS = 10
Entry = dict[str, Any]


class Page:
    """A page with a socket.

    Args:
        url: the server.
    """

    def __init__(self, url: str):
        self.url = url
        self.entries: list[Entry] = []
        self.typing: list[bool] = []
        self.begun: dict[str, Any] = {}
        self.closed = asyncio.Event()
        self._news = asyncio.Condition()
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("message", self._message)
        self.socket.on("typing", self._types)
        self.socket.on("disconnect", self._closed)

    async def open(
        self, token: str | None = None, transports: tuple[str, ...] = ("websocket",), **headers: str
    ) -> Page:
        """Connect and begin."""
        await self.connect(transports, **headers)
        return await self.begin(token)

    async def connect(self, transports: tuple[str, ...] = ("websocket",), **headers: str) -> Page:
        """Connect without beginning."""
        await self.socket.connect(self.url, headers=headers, transports=list(transports), wait_timeout=SECONDS)
        return self

    async def begin(self, token: object = None) -> Page:
        self.begun = await self.call("begin", {"token": token} if token else {})
        return self

    @property
    def token(self) -> str:
        return str(self.begun["token"])

    async def call(self, event: str, data: Any = None) -> dict[str, Any]:
        """The ack of an event."""
        return dict(await self.socket.call(event, data, timeout=SECONDS))

    async def say(self, text: str, id: str | None = None) -> dict[str, Any]:
        """Say something; the ack."""
        return await self.call("say", {"id": id or uuid.uuid4().hex, "text": text})

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so.

        Raises:
            TimeoutError: it never was.
        """
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(true), SECONDS)

    async def heard(self, text: str) -> Entry:
        """The entry that holds a text, when it is there."""
        await self.until(lambda: any(text in entry["text"] for entry in self.entries))
        return next(entry for entry in self.entries if text in entry["text"])

    async def settled(self) -> list[Entry]:
        """All entries, once everything that was sent before now has come."""
        await self.call("leave")
        return self.entries

    async def close(self) -> None:
        """Go away without a word, as a closed tab does."""
        await self.socket.eio.disconnect(abort=True)

    async def _message(self, entry: Entry) -> None:
        async with self._news:
            self.entries.append(entry)
            self._news.notify_all()

    async def _types(self, told: dict[str, bool]) -> None:
        async with self._news:
            self.typing.append(told["on"])
            self._news.notify_all()

    async def _closed(self, *_: Any) -> None:
        self.closed.set()


class Plain:
    """A page without a socket.

    Args:
        url: the server.
    """

    def __init__(self, url: str):
        self.url = url
        self.token: str | None = None
        self.status = 0
        self.headers: dict[str, str] = {}

    async def ask(self, method: str, path: str, data: Any = None, raw: bytes | None = None, **headers: str) -> Any:
        """One request; the JSON of its answer."""
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        body: dict[str, Any] = {"data": raw} if raw is not None else {"json": data} if data is not None else {}
        address = f"{self.url}/web/{path}"
        async with aiohttp.ClientSession() as http, http.request(method, address, headers=headers, **body) as answer:
            self.status, self.headers = answer.status, {key.lower(): value for key, value in answer.headers.items()}
            return await answer.json(content_type=None)

    async def begin(self) -> dict[str, Any]:
        told = dict(await self.ask("POST", "begin", {}))
        self.token = told.get("token")
        return told

    async def say(self, text: str, id: str | None = None) -> dict[str, Any]:
        return dict(await self.ask("POST", "say", {"id": id or uuid.uuid4().hex, "text": text}))

    async def wait(self, after: int) -> list[Entry]:
        told = await self.ask("GET", f"wait?after={after}")
        assert told["ok"], told
        return list(told["entries"])


def texts(entries: list[Entry], by: str | None = None) -> list[str]:
    """What was said, by somebody."""
    return [entry["text"] for entry in entries if by in (None, entry["from"])]


def kinds(entries: list[Entry]) -> list[str]:
    """The kinds of the cards."""
    return [entry["card"]["kind"] for entry in entries if entry["card"]]
