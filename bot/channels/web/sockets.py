"""The Socket.IO side: every event is answered, and belongs to the session that its socket has begun."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import socketio

from actions import cards
from actions.conversation import where
from bot.channels.turns import card_message
from bot.channels.web.entries import answered
from bot.channels.web.limits import LARGEST_BODY
from bot.channels.web.origins import Origins
from bot.channels.web.refusals import Refusal
from bot.channels.web.rooms import Listener
from bot.channels.web.talks import WebTalks

logger = logging.getLogger(__name__)

UNKNOWN = "unknown"
"""Takes the place of events that are not ours."""
SILENT = logging.getLogger("kneewise.socketio")
"""For the library, which would log what people said."""
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False

Handler = Callable[[str, Any], Awaitable[dict[str, Any]]]


def _loads(text: Any, **options: Any) -> Any:
    """As `json.loads`; too deep a nesting is an error of the text, not of the program."""
    try:
        return json.loads(text, **options)
    except RecursionError:
        raise ValueError("nested too deeply") from None


JSON = SimpleNamespace(dumps=json.dumps, loads=_loads)


class AnsweringServer(socketio.AsyncServer):  # type: ignore[misc]
    """Socket.IO's server, which would drop an event that is no list, has no name, or that nobody handles."""

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        known = isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] in Sockets.EVENTS
        await super()._handle_event(eio_sid, namespace, id, data if known else [UNKNOWN])


class Sockets:
    """The sockets of this process.

    Args:
        talks: what is done.
        origins: which websites may connect.
        address: the address of a request, from Engine.IO's environment.
    """

    EVENTS = ("begin", "say", "delete", "leave", UNKNOWN)

    def __init__(self, talks: WebTalks, origins: Origins, address: Callable[[Mapping[str, Any]], str]):
        self._talks = talks
        self._address = address
        self._sessions: dict[str, str] = {}
        self.server = AnsweringServer(
            async_mode="sanic",
            cors_allowed_origins=lambda origin, _: origins.allow(origin),
            cors_credentials=False,
            max_http_buffer_size=LARGEST_BODY,
            json=JSON,
            logger=SILENT,
            engineio_logger=SILENT,
        )
        for event in self.EVENTS:
            self.server.on(event, partial(self._answer, getattr(self, f"_{event}")))
        self.server.on("disconnect", self._gone)

    async def _answer(self, handler: Handler, socket: str, *data: Any) -> dict[str, Any]:
        """The ack of an event, whatever happens."""
        try:
            return await handler(socket, data[0] if data else None)
        except Refusal as refusal:
            return refusal.as_json()
        except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
            logger.error("an event failed: %s", where(error))
            return await self._failed(socket)

    async def _failed(self, socket: str) -> dict[str, Any]:
        """The safety card for one socket, and its ack."""
        safety = answered(card_message(cards.safety()), time.time_ns() // 1000)
        await self.server.emit("message", safety.as_json(), to=socket)
        return Refusal("failed").as_json()

    async def _begin(self, socket: str, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise Refusal("bad")
        self._leave_session(socket)
        listener = Listener(
            send=lambda event, data: self.server.emit(event, data, to=socket),
            close=lambda: self.server.disconnect(socket),
        )
        address = self._address(self.server.get_environ(socket) or {})
        session, told = await self._talks.begin(data.get("token"), address, socket, listener)
        before = self._sessions.get(socket, session)
        if before != session:  # two that were worked at the same time
            self._leave_session(socket)
        self._sessions[socket] = session
        if not self.server.manager.is_connected(socket, "/"):
            self._leave_session(socket)
        return told

    async def _say(self, socket: str, data: Any) -> dict[str, Any]:
        return await self._talks.say(self._session(socket), data)

    async def _delete(self, socket: str, _: Any) -> dict[str, Any]:
        told = await self._talks.delete(self._session(socket))
        self._sessions.pop(socket, None)
        return told

    async def _leave(self, socket: str, _: Any) -> dict[str, Any]:
        self._leave_session(socket)
        return {"ok": True}

    async def _unknown(self, socket: str, _: Any) -> dict[str, Any]:
        raise Refusal("bad")

    async def _gone(self, socket: str, _: str) -> None:
        self._leave_session(socket)

    def _session(self, socket: str) -> str:
        if socket not in self._sessions:
            raise Refusal("session")
        return self._sessions[socket]

    def _leave_session(self, socket: str) -> None:
        session = self._sessions.pop(socket, None)
        if session is not None:
            self._talks.leave(session, socket)
