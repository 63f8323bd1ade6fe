"""What Slack sends, read into what it means. Pure functions; nothing is believed to have a certain shape."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Union

IDENTIFIER = re.compile(r"[A-Z0-9]{2,40}")
MOMENT = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
KEY = re.compile(r"[A-Za-z0-9._:-]{1,120}")
MARKUP = re.compile(r"<(?:[@#!][^<>|]*(?:\|(?P<name>[^<>]*))?|(?P<url>[^<>|]+)(?:\|(?P<label>[^<>]*))?)>")
FROM_A_PERSON = (None, "file_share", "me_message", "thread_broadcast")
"""Subtypes of a message that a person wrote now."""
LONGEST_TEXT = 100_000


class Unreadable(ValueError):
    """Signed by Slack, but not of a shape that Slack sends. Its text is safe to show."""


@dataclass(frozen=True)
class Person:
    """Who it is about, and where."""

    team: str
    user: str
    channel: str | None = None
    """Where it happened; None in App Home."""
    thread: str | None = None

    @property
    def sender(self) -> str:
        """The sender id, unique over channels."""
        return f"slack:{self.team}:{self.user}"


@dataclass(frozen=True)
class Said:
    """Words for the bot."""

    person: Person
    text: str
    keys: tuple[str, ...]
    at: float


@dataclass(frozen=True)
class Tapped:
    """An element of a message, or of App Home, was used."""

    person: Person
    action: dict[str, Any]
    message: dict[str, Any]
    """The message as Slack has it; empty in App Home."""
    state: dict[str, Any]
    keys: tuple[str, ...]
    at: float


@dataclass(frozen=True)
class HomeOpened:
    """Somebody looks at the app's own page."""

    person: Person
    keys: tuple[str, ...]
    at: float


@dataclass(frozen=True)
class Turned:
    """Something that is not worked as it is: the person is told what to do instead."""

    person: Person
    reason: str
    """A key of `clinical/wording.yml`."""
    keys: tuple[str, ...]
    at: float
    private: bool = field(default=True)
    """Happened in the direct messages with the bot; elsewhere the answer is shown to that person only."""


Incoming = Union[Said, Tapped, HomeOpened, Turned]


def read_event(body: dict[str, Any]) -> Incoming | None:
    """A request of the Events API; None for what needs no answer.

    Raises:
        Unreadable: parts are missing, or are not what Slack sends.
    """
    if body.get("type") != "event_callback":
        return None
    event = _dict(body, "event")
    team, key = _id(body, "team_id"), _text(body, "event_id", KEY)
    if event.get("type") == "app_home_opened":
        person = Person(team, _id(event, "user"))
        return HomeOpened(person, (f"event:{key}",), _moment(body)) if event.get("tab") == "home" else None
    if event.get("type") not in ("message", "app_mention"):
        return None
    if event.get("subtype") == "message_changed":
        return _edited(event, team, key)
    if event.get("subtype") not in FROM_A_PERSON or _is_own(event, body):
        return None
    return _message(event, team, key)


def _message(event: dict[str, Any], team: str, key: str) -> Incoming:
    ts, thread = _text(event, "ts", MOMENT), event.get("thread_ts")
    if thread is not None:
        thread = _text(event, "thread_ts", MOMENT)
    person = Person(team, _id(event, "user"), _id(event, "channel"), thread)
    place = f"{team}:{person.channel}"
    if event.get("channel_type", "im" if str(person.channel).startswith("D") else "") != "im":
        day = int(float(ts)) // 86_400
        once = ts if event["type"] == "app_mention" else f"{person.user}:{day}"
        return Turned(person, "slack_elsewhere", (f"event:{key}", f"elsewhere:{place}:{once}"), float(ts), False)
    keys = (f"event:{key}", f"said:{place}:{ts}")
    text = event.get("text") or ""
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise Unreadable("the text of the message is not a text, or is too long")
    if event.get("files") and not text.strip():
        return Turned(person, "slack_file", keys, float(ts))
    return Said(person, plain(text), keys, float(ts))


def _edited(event: dict[str, Any], team: str, key: str) -> Incoming | None:
    """A person changed a message; not when Slack itself unfurled a link, and not for our own."""
    now, before = _dict(event, "message"), event.get("previous_message")
    if now.get("bot_id") or now.get("app_id") or "user" not in now or event.get("channel_type") != "im":
        return None
    if isinstance(before, dict) and before.get("text") == now.get("text"):
        return None
    person = Person(team, _id(now, "user"), _id(event, "channel"))
    return Turned(person, "slack_edited", (f"event:{key}",), float(_text(event, "ts", MOMENT)))


def _is_own(event: dict[str, Any], body: dict[str, Any]) -> bool:
    """Written by a bot, this one or another."""
    authorized = body.get("authorizations")
    first = authorized[0] if isinstance(authorized, list) and authorized else {}
    me = first.get("user_id") if isinstance(first, dict) else None
    return bool(event.get("bot_id") or event.get("bot_profile")) or event.get("user") in (None, "USLACKBOT", me)


def read_action(payload: dict[str, Any]) -> Incoming | None:
    """A request of the interactivity address; None for what needs no answer.

    Raises:
        Unreadable: parts are missing, or are not what Slack sends.
    """
    actions = payload.get("actions")
    if payload.get("type") != "block_actions":
        return None
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], dict):
        raise Unreadable("there is no action")
    action, user = actions[0], _dict(payload, "user")
    if action.get("type") == "checkboxes":
        return None
    team = payload.get("team")
    person = Person(_id(team if isinstance(team, dict) else {"id": user.get("team_id")}, "id"), _id(user, "id"))
    tapped_at = _text(action, "action_ts", MOMENT)
    for name in ("action_id", "block_id"):
        _text(action, name, re.compile(r".{1,255}", re.DOTALL))
    message, values = payload.get("message"), (payload.get("state") or {})
    if not isinstance(message, dict):
        message = {}
    else:
        message = {**message, "ts": _text(message, "ts", MOMENT)}
        thread = message.get("thread_ts")
        thread = thread if isinstance(thread, str) and MOMENT.fullmatch(thread) else None
        person = Person(person.team, person.user, _id(_dict(payload, "channel"), "id"), thread)
    state = values.get("values") if isinstance(values, dict) else None
    key = f"tap:{person.team}:{person.user}:{message.get('ts', 'home')}:{action['action_id']}:{tapped_at}"
    return Tapped(person, action, message, state if isinstance(state, dict) else {}, (key,), float(tapped_at))


def read_command(form: dict[str, str], at: float) -> Said:
    """A slash command: its text, or a greeting when there is none.

    Args:
        form: the fields of the request.
        at: when it came, seconds since 1970.

    Raises:
        Unreadable: parts are missing, or are not what Slack sends.
    """
    trigger = _text(form, "trigger_id", KEY)
    person = Person(_id(form, "team_id"), _id(form, "user_id"))
    text = plain(form.get("text", ""))[:LONGEST_TEXT].strip()
    return Said(person, text or "/start", (f"command:{trigger}",), at)


def plain(text: str) -> str:
    """Slack's text as the person typed it: links and names without their markup, `&lt;` and the like undone."""

    def bare(match: re.Match[str]) -> str:
        return match["name"] or match["label"] or match["url"] or ""

    return unescape(MARKUP.sub(bare, text)).encode("utf-8", "replace").decode("utf-8")


def _dict(of: dict[str, Any], name: str) -> dict[str, Any]:
    value = of.get(name)
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is missing")
    return value


def _id(of: dict[str, Any], name: str) -> str:
    return _text(of, name, IDENTIFIER)


def _text(of: dict[str, Any], name: str, shape: re.Pattern[str]) -> str:
    value = of.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Unreadable(f"{name} is missing, or not of the shape that Slack sends")
    return value


def _moment(of: dict[str, Any]) -> float:
    value = of.get("event_time", 0)
    if not isinstance(value, int) or not 0 <= value < 10**12:
        raise Unreadable("event_time is not a time")
    return float(value)
