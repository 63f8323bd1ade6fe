"""A strict stand-in for Telegram on loopback: it refuses what the real Bot API refuses, and brings again what is not taken.

`FakeTelegram` runs in the event loop of the test. People are `Person`s, who write, tap and read; faults can be ordered.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes.telegram_people import DEADLINE, Person, Shown

TAG = re.compile(r"</?(?:b|i|u|s|code|pre)>|<a href=\"[^\"]*\">|</a>")
ENTITY = re.compile(r"&(?:amp|lt|gt|quot|#\d+);")
CAPITAL = re.compile("[A-Z]")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LOOK_AGAIN = 0.02


class Rejection(Exception):
    """What Telegram answers instead of doing what was asked."""

    def __init__(self, code: int, description: str, **parameters: Any):
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Call:
    """One request of the bot."""

    method: str
    params: dict[str, Any]
    at: float


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def entities_parsed(text: str) -> str:
    """The text without its tags; strict about every bracket and ampersand."""
    open_tags: list[str] = []
    for tag in TAG.findall(text):
        name = tag.strip("</>").split()[0]
        if not tag.startswith("</"):
            open_tags.append(name)
        elif not open_tags or open_tags.pop() != name:
            raise Rejection(400, "Bad Request: can't parse entities: unexpected end tag")
    bare = TAG.sub("", text)
    if open_tags or "<" in bare or ">" in bare or "&" in ENTITY.sub("", bare):
        raise Rejection(400, "Bad Request: can't parse entities: unsupported start tag or missing end tag")
    return html.unescape(bare)


class FakeTelegram:
    """The Bot API and the people behind it."""

    def __init__(self, token: str = "123456:fake-token-of-nobody"):
        self.token = token
        self.calls: list[Call] = []
        self.chats: dict[int, dict[int, Shown]] = {}
        self.blocked: set[int] = set()
        self.webhook: dict[str, Any] | None = None
        self.settings: dict[str, Any] = {}
        self.pending: list[dict[str, Any]] = []
        self.acknowledged: list[float] = []
        self.deliveries = 0
        self._callbacks: set[str] = set()
        self._faults: list[tuple[str, Any]] = []
        self._number, self._message = 1000, 0
        self._changed = asyncio.Condition()

    # --- life ----------------------------------------------------------------------------------

    async def __aenter__(self) -> FakeTelegram:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_post("/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self._session.close()
        await self._runner.cleanup()

    async def until(self, true: Callable[[], Any], seconds: float = DEADLINE) -> Any:
        """Wait until something is so, here or in a database that tells nobody; fails after a deadline."""
        end = time.monotonic() + seconds
        while not true():
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not so within {seconds} seconds")
            async with self._changed:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), min(left, LOOK_AGAIN))
        return true()

    async def _note(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def fail(self, method: str, kind: str, value: Any = None, times: int = 1) -> None:
        """The next requests of a method ("*" is any) fail: `429` with seconds, `500`, `slow` with seconds, `drop`, `400`."""
        self._faults += [(method, (kind, value))] * times

    # --- the Bot API ---------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != self.token:
                raise Rejection(401, "Unauthorized")
            params = await self._params(request)
            self.calls.append(Call(method, params, time.monotonic()))
            dropped = await self._fault(method)
            handler = getattr(self, "_do_" + CAPITAL.sub(lambda found: f"_{found[0].lower()}", method), None)
            if handler is None:
                raise Rejection(404, "Not Found: method not found")
            result = await handler(params) if asyncio.iscoroutinefunction(handler) else handler(params)
            if dropped and request.transport:
                request.transport.close()
            return web.json_response({"ok": True, "result": result})
        except Rejection as error:
            body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
            if error.parameters:
                body["parameters"] = error.parameters
            return web.json_response(body, status=error.code)
        finally:
            await self._note()

    async def _fault(self, method: str) -> bool:
        for number, (name, (kind, value)) in enumerate(self._faults):
            if name in ("*", method):
                del self._faults[number]
                if kind == "429":
                    raise Rejection(429, f"Too Many Requests: retry after {value}", retry_after=value)
                if kind == "slow":
                    await asyncio.sleep(value)
                if kind == "drop":
                    return True
                if kind in ("400", "500", "502"):
                    raise Rejection(int(kind), "Bad Request: for a test" if kind == "400" else "Internal Server Error")
                return False
        return False

    @staticmethod
    async def _params(request: web.Request) -> dict[str, Any]:
        if request.content_type.startswith("multipart/"):
            form = await request.post()
            params: dict[str, Any] = {}
            for name, value in form.items():
                if isinstance(value, web.FileField):
                    params[name] = value.file.read()
                else:
                    try:
                        params[name] = json.loads(value)
                    except ValueError:
                        params[name] = value
            return params
        body = await request.json()
        if not isinstance(body, dict):
            raise Rejection(400, "Bad Request: parameters must be an object")
        return body

    def _chat(self, params: dict[str, Any]) -> dict[int, Shown]:
        chat = params.get("chat_id")
        if not isinstance(chat, int) or chat not in self.chats:
            raise Rejection(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise Rejection(403, "Forbidden: bot was blocked by the user")
        return self.chats[chat]

    @staticmethod
    def _text(params: dict[str, Any], name: str, most: int) -> tuple[str, str]:
        raw = params.get(name)
        if raw is None:
            return "", ""
        if not isinstance(raw, str) or "\x00" in raw:
            raise Rejection(400, f"Bad Request: {name} must be a string")
        mode = params.get("parse_mode")
        if mode not in (None, "HTML"):
            raise Rejection(400, "Bad Request: unsupported parse_mode")
        seen = entities_parsed(raw) if mode else raw
        if units(seen) > most:
            raise Rejection(400, f"Bad Request: {'message' if name == 'text' else 'message caption'} is too long")
        return seen, raw

    @staticmethod
    def _rows(params: dict[str, Any]) -> list[list[dict[str, str]]]:
        markup = params.get("reply_markup")
        if markup is None:
            return []
        rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise Rejection(400, "Bad Request: can't parse inline keyboard")
        buttons = [button for row in rows for button in row]
        if len(buttons) > 100:
            raise Rejection(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
        for button in buttons:
            if not isinstance(button, dict) or not str(button.get("text", "")).strip():
                raise Rejection(400, "Bad Request: text buttons are unallowed in the inline keyboard")
            data = button.get("callback_data")
            if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
                raise Rejection(400, "Bad Request: BUTTON_DATA_INVALID")
        return rows

    def _do_send_message(self, params: dict[str, Any]) -> dict[str, Any]:
        chat = self._chat(params)
        text, raw = self._text(params, "text", 4096)
        if not text.strip():
            raise Rejection(400, "Bad Request: message text is empty")
        return self._put(chat, params, Shown(0, text, self._rows(params), raw))

    def _do_send_photo(self, params: dict[str, Any]) -> dict[str, Any]:
        chat, data = self._chat(params), params.get("photo")
        if not isinstance(data, bytes) or not data.startswith(b"\x89PNG\r\n\x1a\n") or len(data) > 10_000_000:
            raise Rejection(400, "Bad Request: IMAGE_PROCESS_FAILED")
        width, height = struct.unpack(">II", data[16:24])
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise Rejection(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        text, raw = self._text(params, "caption", 1024)
        return self._put(chat, params, Shown(0, text, self._rows(params), raw, "photo", data))

    def _do_send_animation(self, params: dict[str, Any]) -> dict[str, Any]:
        chat, data = self._chat(params), params.get("animation")
        if not isinstance(data, bytes) or data[:6] not in (b"GIF87a", b"GIF89a") or len(data) > 50_000_000:
            raise Rejection(400, "Bad Request: wrong file type")
        text, raw = self._text(params, "caption", 1024)
        return self._put(chat, params, Shown(0, text, self._rows(params), raw, "animation", data))

    def _put(self, chat: dict[int, Shown], params: dict[str, Any], shown: Shown) -> dict[str, Any]:
        self._message += 1
        shown.id = self._message
        chat[shown.id] = shown
        return {"message_id": shown.id, "chat": {"id": params["chat_id"], "type": "private"}, "date": 1}

    def _edited(self, params: dict[str, Any]) -> Shown:
        shown = self._chat(params).get(params.get("message_id", -1))
        if shown is None:
            raise Rejection(400, "Bad Request: message to edit not found")
        return shown

    def _do_edit_message_text(self, params: dict[str, Any]) -> Any:
        shown, (text, raw), rows = self._edited(params), self._text(params, "text", 4096), self._rows(params)
        if not text.strip():
            raise Rejection(400, "Bad Request: message text is empty")
        if shown.kind != "text":
            raise Rejection(400, "Bad Request: there is no text in the message to edit")
        if (shown.text, shown.rows) == (text, rows):
            raise Rejection(400, "Bad Request: message is not modified")
        shown.text, shown.html, shown.rows = text, raw, rows
        return True

    def _do_edit_message_reply_markup(self, params: dict[str, Any]) -> Any:
        shown, rows = self._edited(params), self._rows(params)
        if shown.rows == rows:
            raise Rejection(400, "Bad Request: message is not modified")
        shown.rows = rows
        return True

    def _do_answer_callback_query(self, params: dict[str, Any]) -> Any:
        if params.get("callback_query_id") not in self._callbacks:
            raise Rejection(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(params.get("text", "")) > 200:
            raise Rejection(400, "Bad Request: MESSAGE_TOO_LONG")
        self._callbacks.remove(params["callback_query_id"])
        return True

    def _do_send_chat_action(self, params: dict[str, Any]) -> Any:
        self._chat(params)
        if params.get("action") not in ("typing", "upload_photo"):
            raise Rejection(400, "Bad Request: wrong parameter action in request")
        return True

    def _do_set_my_commands(self, params: dict[str, Any]) -> Any:
        commands = params.get("commands")
        fits = isinstance(commands, list) and 1 <= len(commands) <= 100 and all(
            re.fullmatch(r"[a-z0-9_]{1,32}", one.get("command", "")) and 3 <= len(one.get("description", "")) <= 256
            for one in commands
        )  # fmt: skip
        if not fits:
            raise Rejection(400, "Bad Request: BOT_COMMAND_INVALID")
        self.settings["commands"] = commands
        return True

    def _do_set_my_description(self, params: dict[str, Any]) -> Any:
        return self._describe("description", params.get("description"), 512)

    def _do_set_my_short_description(self, params: dict[str, Any]) -> Any:
        return self._describe("short_description", params.get("short_description"), 120)

    def _describe(self, name: str, text: Any, most: int) -> bool:
        if not isinstance(text, str) or len(text) > most:
            raise Rejection(400, "Bad Request: description is too long")
        self.settings[name] = text
        return True

    def _do_set_webhook(self, params: dict[str, Any]) -> Any:
        if not re.fullmatch(r"https://[^/:]+(:(443|80|88|8443))?/.*", str(params.get("url"))):
            raise Rejection(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", str(params.get("secret_token"))):
            raise Rejection(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = params
        return True

    def _do_delete_webhook(self, _: dict[str, Any]) -> Any:
        self.webhook = None
        return True

    async def _do_get_updates(self, params: dict[str, Any]) -> Any:
        if self.webhook is not None:
            raise Rejection(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = params.get("offset", 0)
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        if not self.pending:
            try:
                await self.until(lambda: self.pending, min(params.get("timeout", 0), 0.5))
            except TimeoutError:
                return []
        return self.pending[: params.get("limit", 100)]

    # --- people --------------------------------------------------------------------------------

    def person(self, id: int) -> Person:
        """Somebody who has opened a private chat with the bot."""
        self.chats.setdefault(id, {})
        return Person(self, id)

    def update(self, **content: Any) -> dict[str, Any]:
        """A new update with the next number."""
        self._number += 1
        return {"update_id": self._number, **content}

    def callback(self) -> str:
        """The id of a new tap."""
        self._callbacks.add(f"cb{self._number + 1}")
        return f"cb{self._number + 1}"

    def send_to(self, url: str, secret: str) -> None:
        """Deliver to this webhook; on loopback, where the real one would want https."""
        self.webhook = {"url": url, "secret_token": secret}

    async def deliver(self, update: dict[str, Any], tries: int = 200) -> int:
        """Bring an update to the webhook until it is taken, or keep it for who asks; how often it was brought."""
        if self.webhook is None:
            self.pending.append(update)
            await self._note()
            return 0
        for attempt in range(1, tries + 1):
            begun = time.monotonic()
            try:
                async with self._session.post(
                    self.webhook["url"], json=update, headers={SECRET_HEADER: self.webhook["secret_token"]},
                    timeout=aiohttp.ClientTimeout(total=10),
                ) as reply:  # fmt: skip
                    await reply.read()
                    status = reply.status
            except (aiohttp.ClientError, asyncio.TimeoutError):
                status = 0
            self.deliveries += 1
            await self._note()
            if status == 200:
                self.acknowledged.append(time.monotonic() - begun)
                return attempt
            await asyncio.sleep(0.02)  # the real one waits longer before it brings an update again
        raise AssertionError(f"not taken, the last answer was {status}")

    def made(self, method: str) -> list[Call]:
        """The bot's requests of one method."""
        return [call for call in self.calls if call.method == method]
