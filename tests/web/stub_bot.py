"""A bot for the widget's tests: speaks docs/web-protocol.md, plays any card, and can be slow, mute, deaf or gone."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import threading
from collections.abc import Callable, Coroutine
from datetime import date, datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import socketio
from aiohttp import web

WEB = Path(__file__).resolve().parents[2] / "bot/web"
STRICT = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'"
PAGE_POLICY = f"{STRICT}; style-src 'self'"
KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
EMERGENCY = {
    "text": "999, 112 or 911",
    "number": None,
    "numbers": [
        {"country": "GB", "name": "United Kingdom", "number": "999"},
        {"country": "US", "name": "United States", "number": "911"},
        {"country": "DE", "name": "Germany", "number": "112"},
    ],
}
INTRO = "I am Kneewise, a program that asks about knee pain and says what to do next. I am not a clinician."
Message = dict[str, Any]


class Session:
    """One talk as the server keeps it."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(16)
        self.entries: list[Message] = []
        self.turns: dict[str, asyncio.Future[None]] = {}
        self.sockets: set[str] = set()
        self.new = asyncio.Event()


class StubBot:
    """The bot and the host page on one address, in a thread of their own.

    Attributes:
        answer: what the bot says to a text; a list of messages.
        page: the host page's HTML.
        policy: the host page's content policy.
        said: every text that a turn was worked for, in order.
        hold: while clear, no turn ends.
        sockets: whether WebSockets and Socket.IO get through.
        lose_acks: how many acks of `say` are still to be lost, with the connection.
        refuse: the next answers of `say` instead of a turn.
    """

    def __init__(self) -> None:
        self.hold = threading.Event()
        self.reset()
        self.port = 0
        self._numbers = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.start()

    # --- for the test ---------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything that was said or set."""
        self.answer: Callable[[str], list[Message]] = lambda text: [{"text": f"You said {text}"}]
        self.page = '<!doctype html><html lang="en"><head><title>Clinic</title></head><body><main><h1>Clinic</h1></main></body></html>'
        self.policy = PAGE_POLICY
        self.said: list[str] = []
        self.hold.set()
        self.sockets = True
        self.lose_acks = 0
        self.refuse: list[Message] = []
        self.sessions: dict[str, Session] = {}
        self.asked: list[str] = []
        self.emergency: Message = EMERGENCY

    @property
    def url(self) -> str:
        """The address of everything."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, on the same port as before."""
        self._do(self._start())

    def stop(self) -> None:
        """Be gone; sessions stay for the next start."""
        self._do(self._stop())

    def close(self) -> None:
        """Be gone for good."""
        self.hold.set()
        self.stop()
        self._do(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def cut(self) -> None:
        """Break every socket."""
        self._do(self._cut())

    def tell(self, message: Message, sender: str = "bot") -> None:
        """Say something of one's own accord, in every session."""
        self._do(self._tell(message, sender))

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    # --- serving --------------------------------------------------------------------------------

    async def _start(self) -> None:
        self._io = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")
        for name in ("begin", "say", "delete"):
            self._io.on(name, getattr(self, f"_on_{name}"))
        self._io.on("disconnect", self._gone)
        app = web.Application(middlewares=[self._gate])
        self._io.attach(app)
        app.router.add_post("/web/begin", self._http_begin)
        app.router.add_post("/web/say", self._http_say)
        app.router.add_get("/web/wait", self._http_wait)
        app.router.add_post("/web/delete", self._http_delete)
        app.router.add_get("/web/settings", self._http_settings)
        app.router.add_get("/{path:.*}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def _cancel_all(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _stop(self) -> None:
        await self._io.shutdown()
        await self._runner.cleanup()

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(request.path)
        if request.path.startswith("/socket.io") and not self.sockets:
            return web.Response(status=403)
        return await handler(request)

    async def _file(self, request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": self.policy}
        if request.path == "/":
            return web.Response(text=self.page, content_type="text/html", headers=headers)
        name = request.path.lstrip("/")
        file = WEB / "dist" / name if name == "widget.js" else WEB / "page" / name
        if name.startswith("media/exercises/"):
            return web.Response(body=picture(file.name), content_type=KINDS[file.suffix])
        if name.startswith("progress/"):
            return web.Response(body=progress_chart(), content_type=KINDS[".svg"])
        if not file.is_file():
            return web.Response(status=404)
        return web.Response(body=file.read_bytes(), content_type=KINDS[file.suffix], headers=headers)

    # --- the protocol ---------------------------------------------------------------------------

    def _begin(self, token: str | None) -> tuple[Session, Message]:
        known = self.sessions.get(token or "")
        session = known or Session()
        self.sessions[session.token] = session
        reply = {"ok": True, "token": session.token, "new": known is None, "history": session.entries,
                 "emergency": self.emergency, "limits": {"characters": 1000}, "intro": INTRO}  # fmt: skip
        return session, reply

    async def _turn(self, session: Session, id: str, text: str) -> Message:
        if self.refuse:
            return {"ok": False, "error": self.refuse.pop(0)}
        if id in session.turns:
            await asyncio.shield(session.turns[id])
            return {"ok": True}
        session.turns[id] = self._loop.create_future()
        await self._emit(session, "typing", {"on": True})
        await self._add(session, "person", {"text": self._shown(session, text)}, id)
        self.said.append(text)
        await self._loop.run_in_executor(None, self.hold.wait, 30)
        for message in self.answer(text):
            await self._add(session, "bot", message)
        await self._emit(session, "typing", {"on": False})
        session.turns[id].set_result(None)
        return {"ok": True}

    def _shown(self, session: Session, text: str) -> str:
        titles = {one["payload"]: one["title"] for entry in session.entries for one in entry["buttons"]}
        return titles.get(text, text)

    async def _add(self, session: Session, sender: str, message: Message, id: str | None = None) -> None:
        entry = {"n": next(self._numbers), "id": id, "from": sender, "text": message.get("text", ""),
                 "buttons": message.get("buttons", []), "card": (message.get("custom") or {}).get("card"),
                 "at": datetime.now(timezone.utc).isoformat()}  # fmt: skip
        session.entries.append(entry)
        session.new.set()
        session.new = asyncio.Event()
        await self._emit(session, "message", entry)

    async def _emit(self, session: Session, event: str, data: Message) -> None:
        for socket in list(session.sockets):
            await self._io.emit(event, data, to=socket)

    async def _tell(self, message: Message, sender: str) -> None:
        for session in self.sessions.values():
            await self._add(session, sender, message)

    async def _cut(self) -> None:
        for session in self.sessions.values():
            for socket in list(session.sockets):
                await self._io.disconnect(socket)

    # --- by socket ------------------------------------------------------------------------------

    def _of(self, socket: str) -> Session | None:
        return next((one for one in self.sessions.values() if socket in one.sockets), None)

    async def _gone(self, socket: str, *_: Any) -> None:
        session = self._of(socket)
        if session:
            session.sockets.discard(socket)

    async def _on_begin(self, socket: str, data: Message) -> Message:
        session, reply = self._begin(data.get("token"))
        session.sockets.add(socket)
        return reply

    async def _on_say(self, socket: str, data: Message) -> Message | None:
        session = self._of(socket)
        if session is None:
            return {"ok": False, "error": {"code": "session", "text": "Begin first."}}
        reply = await self._turn(session, data["id"], data["text"])
        if self.lose_acks:
            self.lose_acks -= 1
            await self._io.disconnect(socket)
        return reply

    async def _on_delete(self, socket: str, _: Message) -> Message:
        session = self._of(socket)
        if session:
            del self.sessions[session.token]
        return {"ok": True, "receipt": "R-1234"}

    # --- by HTTP --------------------------------------------------------------------------------

    def _bearer(self, request: web.Request) -> Session | None:
        return self.sessions.get(request.headers.get("Authorization", "").removeprefix("Bearer "))

    async def _http_begin(self, request: web.Request) -> web.Response:
        return web.json_response(self._begin((await request.json()).get("token"))[1])

    async def _http_say(self, request: web.Request) -> web.Response:
        session, data = self._bearer(request), await request.json()
        if session is None:
            return web.json_response({"ok": False, "error": {"code": "session", "text": "Begin first."}}, status=401)
        return web.json_response(await self._turn(session, data["id"], data["text"]))

    async def _http_wait(self, request: web.Request) -> web.Response:
        session, after = self._bearer(request), int(request.query["after"])
        if session is None:
            return web.json_response({"ok": False, "error": {"code": "session", "text": "Begin first."}}, status=401)
        changed = session.new
        if not any(one["n"] > after for one in session.entries):
            await asyncio.wait_for(changed.wait(), 25)
        return web.json_response({"ok": True, "entries": [one for one in session.entries if one["n"] > after]})

    async def _http_delete(self, request: web.Request) -> web.Response:
        session = self._bearer(request)
        if session:
            del self.sessions[session.token]
        return web.json_response({"ok": True, "receipt": "R-1234"})

    async def _http_settings(self, _: web.Request) -> web.Response:
        return web.json_response({"emergency": self.emergency, "limits": {"characters": 1000}, "intro": INTRO})


@cache
def picture(name: str) -> bytes:
    """An exercise's picture as the server draws it."""
    from actions.selfcare import figures

    exercise, side, theme, kind = name.split(".", 3)
    draw = {"svg": figures.still_svg, "anim.svg": figures.animated_svg, "png": figures.still_png}[kind]
    made = draw(exercise, side, theme)  # type: ignore[operator]
    return made.encode() if isinstance(made, str) else made


@cache
def progress_chart() -> bytes:
    """A chart of three check-ins as the server draws it."""
    from actions.selfcare import chart
    from actions.wording import content

    told = [(date(2026, 11, 1), 6.0), (date(2026, 11, 8), 4.0), (date(2026, 11, 15), 3.0)]
    return chart.draw(told, content("load.yml")["pain_zones"], "svg")
