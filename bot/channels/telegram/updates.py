"""What Telegram sends, read: what was said or tapped in a private chat, and what is politely refused. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeGuard, Union

TAKEN = ("message", "edited_message", "callback_query")
"""The kinds of update that Telegram is asked for."""
WORDLESS = ("photo", "video", "voice", "audio", "video_note", "sticker", "animation", "document", "location", "venue",
            "contact", "poll", "dice", "story", "game", "paid_media", "checklist")  # fmt: skip
COMMAND = re.compile(r"^/([A-Za-z0-9_]{1,32})(@\w+)?(?=\s|$)")
DEEP_LINK = re.compile(r"^/start\s.*", re.DOTALL)
LARGEST = 2**53
"""Telegram's numbers stay below this."""


@dataclass(frozen=True)
class Said:
    """Words of a person; `wordless` when a picture or a recording came with them, or instead."""

    chat: int
    text: str
    wordless: bool = False


@dataclass(frozen=True)
class Tapped:
    """A button under one of our messages was tapped."""

    chat: int
    callback: str
    message: int
    data: str


@dataclass(frozen=True)
class Refused:
    """Nothing is worked, but the person is told why, in the words kept under `why`."""

    chat: int
    why: str
    callback: str | None = None


Event = Union[Said, Tapped, Refused]
KINDS: dict[str, type[Said] | type[Tapped] | type[Refused]] = {"said": Said, "tapped": Tapped, "refused": Refused}


class BadUpdate(ValueError):
    """It is no update of Telegram's. Its text is safe to show."""


def number_of(update: Any) -> int:
    """The update's number.

    Raises:
        BadUpdate: it has none.
    """
    number = update.get("update_id") if isinstance(update, dict) else None
    if not _is_number(number) or number < 0:
        raise BadUpdate("an update needs an update_id")
    return number


def read(update: Mapping[str, Any]) -> Event | None:
    """What happened; None for what is none of our business, or makes no sense.

    Args:
        update: with a number, and otherwise anything.
    """
    if isinstance(update.get("callback_query"), dict):
        return _tapped(update["callback_query"])
    for kind in ("message", "edited_message"):
        message = update.get(kind)
        if isinstance(message, dict):
            return _said(message, edited=kind == "edited_message")
    return None


def written(event: Event) -> str:
    """The event as text, for the queue."""
    kind = next(name for name, kind in KINDS.items() if isinstance(event, kind))
    return json.dumps({"kind": kind, **asdict(event)})


def unwritten(text: str) -> Event:
    """The event that was `written`."""
    data = json.loads(text)
    return KINDS[data.pop("kind")](**data)


def _tapped(query: Mapping[str, Any]) -> Event | None:
    callback, data, message = query.get("id"), query.get("data"), query.get("message")
    if not isinstance(callback, str) or not callback or not isinstance(message, dict):
        return None
    chat, private = _chat(message)
    if chat is None:
        return None
    if not private:
        return Refused(chat, "telegram_group", callback)
    number = message.get("message_id")
    if not isinstance(data, str) or not data or not _is_number(number):
        return None
    return Tapped(chat, callback, number, data)


def _said(message: Mapping[str, Any], *, edited: bool) -> Event | None:
    chat, private = _chat(message)
    writer = message.get("from")
    if chat is None or (isinstance(writer, dict) and writer.get("is_bot") is True):
        return None
    words = message.get("text", message.get("caption"))
    text = words if isinstance(words, str) else ""
    if not private:
        return Refused(chat, "telegram_group") if _is_for_us(message, text) and not edited else None
    if edited:
        return Refused(chat, "telegram_edited")
    wordless = any(kind in message for kind in WORDLESS)
    if not wordless and not isinstance(words, str):
        return None
    return Said(chat, _plain(text), wordless)


def _chat(message: Mapping[str, Any]) -> tuple[int | None, bool]:
    """The chat's number, and whether it is a private one."""
    chat = message.get("chat")
    if not isinstance(chat, dict) or not _is_number(chat.get("id")):
        return None, False
    return int(chat["id"]), chat.get("type") == "private"


def _is_for_us(message: Mapping[str, Any], text: str) -> bool:
    """In a group: a command, or an answer to one of our messages; the rest is talk among others."""
    answered = message.get("reply_to_message")
    writer = answered.get("from") if isinstance(answered, dict) else None
    return bool(COMMAND.match(text)) or isinstance(writer, dict) and writer.get("is_bot") is True


def _plain(text: str) -> str:
    """The words without what Telegram adds: the bot's name after a command, the key of a deep link."""
    return DEEP_LINK.sub("/start", COMMAND.sub(r"/\1", text.strip()))


def _is_number(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST
