"""A Slack on loopback that refuses what the real one refuses, signs what it sends, and delivers again what is not taken.

What is not copied: the minute and five minutes between deliveries (here at once), and unfurling.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.fakes.slack_blocks import Invalid, check_blocks

TOKEN, APP_TOKEN, SECRET = "xoxb-fake", "xapp-fake", "the-signing-secret"
TEAM, APP, BOT_USER, BOT = "T0TEAM", "A0KNEE", "U0KNEE", "B0KNEE"
LONGEST_TEXT, LONGEST_CHANGED = 40_000, 4_000
DELIVERIES = 4
SLOW_SECONDS = 30


class FakeSlack:
    """The Web API, the sender of events, and Socket Mode.

    Args:
        users: who is in the workspace.
    """

    def __init__(self, users: tuple[str, ...] = ("U1", "U2")):
        self.users = set(users)
        self.rooms: dict[str, str] = {}
        self.channels: dict[str, set[str]] = {"C1": {*users, BOT_USER}}
        self.messages: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.whispers: list[dict[str, Any]] = []
        self.homes: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refusals: list[tuple[str, str]] = []
        self.failures: dict[str, list[str]] = defaultdict(list)
        self.acknowledged: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sockets: list[web.WebSocketResponse] = []
        self.changed = asyncio.Condition()
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self.url = ""

    # --- the server ----------------------------------------------------------------------------

    async def start(self) -> None:
        app = web.Application(client_max_size=2**22)
        app.router.add_post("/api/{method}", self._call)
        app.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        for socket in self.sockets:
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def until(self, true: Any, seconds: float = 20) -> None:
        """Wait until something came that makes `true()` true."""
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(true), seconds)

    def moment(self) -> str:
        """A time that no message had before."""
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def said_in(self, room: str) -> list[str]:
        """The texts of the bot's messages in a room."""
        return [message["text"] for message in self.messages[room] if message["user"] == BOT_USER]

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        failure = self.failures[method].pop(0) if self.failures[method] else None
        answer = await self._fail(failure) if failure else None
        if answer is None:
            answer = await self._answer(request, method)
        async with self.changed:
            self.changed.notify_all()
        return answer

    async def _fail(self, failure: str) -> web.Response | None:
        """`429:2` with Retry-After, `503`, `html`, `slow`, `cut`, or an error by its name."""
        if failure.startswith("429"):
            after = {"Retry-After": failure.partition(":")[2] or "1"}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=after)
        if failure == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if failure in ("slow", "503", "html"):
            return web.Response(text="<html>upstream</html>", status=503, content_type="text/html")
        if failure == "broken":
            return web.Response(text="{broken", status=200, content_type="application/json")
        return web.json_response({"ok": False, "error": failure})

    async def _answer(self, request: web.Request, method: str) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        known = getattr(self, "_" + method.replace(".", "_"), None)
        body = await request.json() if request.content_type == "application/json" else dict(await request.post())
        self.calls.append((method, body))
        if token != (APP_TOKEN if method == "apps.connections.open" else TOKEN):
            answer: dict[str, Any] = {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        elif known is None:
            answer = {"ok": False, "error": "unknown_method"}
        else:
            answer = known(body)
        if not answer["ok"]:
            self.refusals.append((method, answer["error"] + ": " + answer.get("why", "")))
        return web.json_response(answer)

    # --- the methods ---------------------------------------------------------------------------

    @staticmethod
    def _no(error: str, why: str = "") -> dict[str, Any]:
        return {"ok": False, "error": error, "why": why}

    def _content(self, body: dict[str, Any], longest: int) -> dict[str, Any] | None:
        """What is wrong with text and blocks."""
        text = body.get("text", "")
        if not text and not body.get("blocks"):
            return self._no("no_text")
        if len(text) > longest:
            return self._no("msg_too_long")
        if not text:
            return self._no("no_text", "blocks without text: screen readers would be left out")
        try:
            check_blocks(body.get("blocks") or [])
        except Invalid as error:
            return self._no("invalid_blocks", str(error))
        return None

    def _chat_postMessage(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        room = body.get("channel")
        if room not in {**self.channels, **dict.fromkeys(self.rooms.values(), 1)}:
            return self._no("channel_not_found")
        wrong = self._content(body, LONGEST_TEXT)
        if wrong:
            return wrong
        message = {"type": "message", "user": BOT_USER, "bot_id": BOT, "app_id": APP, "team": TEAM, "ts": self.moment(),
                   "text": body["text"], "blocks": body.get("blocks") or []}  # fmt: skip
        if body.get("thread_ts"):
            message["thread_ts"] = body["thread_ts"]
        self.messages[room].append(message)
        return {"ok": True, "channel": room, "ts": message["ts"], "message": message}

    def _chat_update(self, body: dict[str, Any]) -> dict[str, Any]:
        found = [one for one in self.messages.get(body.get("channel", ""), []) if one["ts"] == body.get("ts")]
        if not found:
            return self._no("message_not_found")
        if found[0]["user"] != BOT_USER:
            return self._no("cant_update_message")
        wrong = self._content(body, LONGEST_CHANGED)
        if wrong:
            return wrong
        found[0].update(text=body["text"], blocks=body.get("blocks") or [], edited={"user": BOT_USER})
        return {"ok": True, "channel": body["channel"], "ts": body["ts"], "text": body["text"]}

    def _chat_postEphemeral(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        members = self.channels.get(body.get("channel", ""), set())
        if not members:
            return self._no("channel_not_found")
        if body.get("user") not in members:
            return self._no("user_not_in_channel")
        wrong = self._content(body, LONGEST_TEXT)
        if wrong:
            return wrong
        self.whispers.append(body)
        return {"ok": True, "message_ts": self.moment()}

    def _conversations_open(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("users") not in self.users:
            return self._no("user_not_found")
        return {"ok": True, "channel": {"id": self.room(body["users"])}}

    def _views_publish(self, body: dict[str, Any]) -> dict[str, Any]:
        view = body.get("view") or {}
        if body.get("user_id") not in self.users or view.get("type") != "home":
            return self._no("invalid_arguments")
        try:
            check_blocks(view.get("blocks"), "home")
        except Invalid as error:
            return self._no("invalid_blocks", str(error))
        self.homes[body["user_id"]] = view
        return {"ok": True, "view": view}

    def _apps_connections_open(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "url": f"{self.url.replace('http', 'ws', 1)}/socket?ticket={next(self._numbers)}"}

    def room(self, user: str) -> str:
        """The direct messages of a user with the bot."""
        return self.rooms.setdefault(user, f"D{user[1:]}")

    # --- Socket Mode ---------------------------------------------------------------------------

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.failures["socket"]:
            return web.Response(status=408, text=self.failures["socket"].pop(0))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        self.sockets.append(socket)
        async with self.changed:
            self.changed.notify_all()
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await self.acknowledged.put(json.loads(message.data))
        return socket

    async def envelope(self, kind: str, payload: dict[str, Any], seconds: float = 10) -> dict[str, Any]:
        """Send one envelope over the newest socket, and wait for its acknowledgement."""
        id = f"env-{next(self._numbers)}"
        await self.sockets[-1].send_json(
            {"type": kind, "envelope_id": id, "payload": payload, "accepts_response_payload": kind == "slash_commands"}
        )
        answer = await asyncio.wait_for(self.acknowledged.get(), seconds)
        assert answer["envelope_id"] == id
        return answer


def signed(body: bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers with which Slack signs a request."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


class Person:
    """Somebody at the other end: writes, taps, and looks at what the bot shows.

    Args:
        slack: where.
        user: who.
        bot: address of the bot.
        session: to reach the bot.
    """

    def __init__(self, slack: FakeSlack, user: str, bot: str, session: aiohttp.ClientSession):
        self.slack, self.user, self.bot, self.session = slack, user, bot, session
        slack.users.add(user)
        self.room = slack.room(user)
        self.deliveries: list[int] = []

    # --- what Slack sends for it ---------------------------------------------------------------

    def event(self, text: str, **changes: Any) -> dict[str, Any]:
        """The event of a direct message."""
        ts = self.slack.moment()
        event = {"type": "message", "channel": self.room, "user": self.user, "text": text, "ts": ts,
                 "event_ts": ts, "channel_type": "im", "client_msg_id": f"c-{ts}", "team": TEAM, **changes}  # fmt: skip
        return self.wrapped({key: value for key, value in event.items() if value is not None})

    def wrapped(self, event: dict[str, Any]) -> dict[str, Any]:
        """An event in its envelope."""
        number = next(self.slack._numbers)
        me = [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}]
        return {"token": "x", "team_id": TEAM, "api_app_id": APP, "event": event, "type": "event_callback",
                "event_id": f"Ev{number:09d}", "event_time": int(time.time()), "authorizations": me}  # fmt: skip

    def action(
        self, element: dict[str, Any], block_id: str, message: dict[str, Any] | None, **state: Any
    ) -> dict[str, Any]:
        """The payload of an element that is used."""
        made: dict[str, Any] = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id,
                                "action_ts": self.slack.moment()}  # fmt: skip
        made.update(
            {key: element[key] for key in ("value", "text", "selected_option", "selected_options") if key in element}
        )
        payload = {"type": "block_actions", "user": {"id": self.user, "team_id": TEAM}, "team": {"id": TEAM},
                   "api_app_id": APP, "token": "x", "trigger_id": f"{next(self.slack._numbers)}.1.a", "actions": [made],
                   "state": {"values": state.get("values", {})}}  # fmt: skip
        if message is None:
            return {**payload, "container": {"type": "view"}, "view": {"type": "home"}}
        place = {"type": "message", "message_ts": message["ts"], "channel_id": self.room}
        return {
            **payload,
            "container": place,
            "channel": {"id": self.room, "name": "directmessage"},
            "message": message,
        }

    async def deliver(self, path: str, body: bytes, kind: str, **headers: str) -> int:
        """One signed request to the bot; the status of its answer."""
        address = f"{self.bot}/webhooks/slack/{path}"
        made = {"Content-Type": kind, **signed(body), **headers}
        async with self.session.post(address, data=body, headers=made) as answer:
            await answer.read()
            self.deliveries.append(answer.status)
            return answer.status

    async def send_event(self, event: dict[str, Any]) -> int:
        """Deliver an event as Slack does: again while it is not taken."""
        body, status = json.dumps(event).encode(), 0
        for attempt in range(DELIVERIES):
            again = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_error"} if attempt else {}
            status = await self.deliver("events", body, "application/json", **again)
            if status == 200:
                break
        return status

    async def send_action(self, payload: dict[str, Any]) -> int:
        """Deliver a tap; Slack does so once."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.deliver("actions", body, "application/x-www-form-urlencoded")

    async def command(self, text: str, channel: str) -> tuple[int, Any]:
        """Use `/knee` in some channel; status and body of the answer."""
        form = {"command": "/knee", "text": text, "user_id": self.user, "team_id": TEAM, "channel_id": channel,
                "trigger_id": f"{next(self.slack._numbers)}.2.b", "api_app_id": APP}  # fmt: skip
        body = urlencode(form).encode()
        made = {"Content-Type": "application/x-www-form-urlencoded", **signed(body)}
        async with self.session.post(f"{self.bot}/webhooks/slack/commands", data=body, headers=made) as answer:
            return answer.status, await answer.json()

    # --- what a person does --------------------------------------------------------------------

    async def say(self, text: str) -> int:
        """Write a direct message."""
        event = self.event(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
        return await self.send_event(event)

    def elements(self) -> list[tuple[dict[str, Any], str, dict[str, Any]]]:
        """Every element that can be used now, with its block and its message, the newest message first."""
        found = []
        for message in reversed(self.slack.messages[self.room]):
            for block in message["blocks"]:
                found += [(one, block["block_id"], message) for one in block.get("elements", []) if "action_id" in one]
        return found

    async def tap(self, value: str) -> int:
        """Tap the newest button that has this value, or choose this option from a list."""
        for element, block_id, message in self.elements():
            if element.get("value") == value:
                return await self.send_action(self.action(element, block_id, message))
            if element["type"] == "static_select":
                for option in element["options"]:
                    if option["value"] == value:
                        chosen = {**element, "selected_option": option}
                        return await self.send_action(self.action(chosen, block_id, message))
        raise LookupError(f"there is nothing to tap that says {value}")

    async def tick(self, question: str, values: list[str]) -> int:
        """Tick boxes of the newest list of a question, and send it."""
        ticks: dict[str, Any] = {}
        for element, block_id, message in self.elements():
            if element["type"] == "checkboxes" and block_id.startswith(f"question:{question}:"):
                chosen = [option for option in element["options"] if option["value"] in values]
                ticks[block_id] = {element["action_id"]: {"type": "checkboxes", "selected_options": chosen}}
                if chosen:
                    used = {**element, "selected_options": chosen}
                    await self.send_action(self.action(used, block_id, message, values=ticks))
            if element.get("value") == question and element["type"] == "button":
                own = [one for one in message["blocks"] if one.get("elements", [{}])[0].get("type") == "checkboxes"]
                if len(ticks) < len(own):
                    continue
                return await self.send_action(self.action(element, block_id, message, values=ticks))
        raise LookupError(f"there is no list to send for {question}")
