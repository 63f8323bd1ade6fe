"""The talk as a page shows it, made from the stored events. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from actions.cards import NOT_SURE
from actions.wording import content, say
from bot.trackers import ONCE

COMMAND = re.compile(r"/(\w+)\s*([\[{].*)?", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One thing that was said (docs/web-protocol.md)."""

    n: int
    """Microseconds since 1970, moved on where two would be the same: grows, and never changes."""
    by: str
    """person, bot or clinician."""
    text: str
    id: str | None = None
    """The id that the client gave, for what the person said."""
    buttons: tuple[Mapping[str, str], ...] = ()
    card: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is sent."""
        at = datetime.fromtimestamp(self.n / 1e6, timezone.utc).isoformat(timespec="milliseconds")
        return {
            "n": self.n,
            "id": self.id,
            "from": self.by,
            "text": self.text,
            "buttons": [dict(button) for button in self.buttons],
            "card": self.card,
            "at": at.replace("+00:00", "Z"),
        }


@dataclass
class Shown:
    """What the bot has offered so far, for the words on a button that was tapped."""

    titles: dict[str, str] = field(default_factory=dict)
    """Payload to title, of buttons."""
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    """Question id to {value: title}."""

    def add(self, entry: Entry) -> None:
        """Remember the buttons and the options of one entry."""
        self.titles |= {button["payload"]: button["title"] for button in entry.buttons if "payload" in button}
        if entry.card and entry.card.get("kind") == "question":
            options = {str(one["value"]): str(one["title"]) for one in entry.card.get("options", [])}
            self.options.setdefault(str(entry.card.get("id")), {}).update(options)


def entries_of(events: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Every message of a talk, oldest first.

    Args:
        events: Rasa's events as they are stored.
    """
    entries: list[Entry] = []
    shown = Shown()
    last = 0
    for event in events:
        if event.get("event") not in ("user", "bot"):
            continue
        n = max(last + 1, round(float(event["timestamp"]) * 1e6))
        entry = _said(event, n, shown) if event["event"] == "user" else answered(event, n)
        shown.add(entry)
        if entry.text or entry.card:
            entries.append(entry)
            last = n
    return entries


def _said(event: Mapping[str, Any], n: int, shown: Shown) -> Entry:
    id = str(event.get("message_id") or "")
    own = id[len(ONCE) :] if id.startswith(ONCE) else None
    return Entry(n, "person", in_words(str(event.get("text") or ""), shown), id=own)


def answered(message: Mapping[str, Any], n: int) -> Entry:
    """An entry of what the bot, or a clinician through it, said.

    Args:
        message: a stored event, or a message dict as `turns.turn` returns them.
        n: its number.
    """
    data = {**(message.get("data") or {}), **message}
    by = (message.get("metadata") or {}).get("from", "bot")
    card = (data.get("custom") or {}).get("card")
    return Entry(n, by, str(message.get("text") or ""), buttons=tuple(data.get("buttons") or ()), card=card)


def in_words(text: str, shown: Shown) -> str:
    """What the person said, a tap by the words that were tapped.

    Args:
        text: the message as it came.
        shown: what was offered before it.
    """
    if text in shown.titles:
        return shown.titles[text]
    command = COMMAND.fullmatch(text)
    if command is None:
        return text
    if command[1] == "answer":
        return _answer_in_words(command[2] or "", shown)
    commands = content("wording.yml")["commands"]
    return str(commands.get(command[1]) or command[1].replace("_", " ").strip().capitalize())


def _answer_in_words(data: str, shown: Shown) -> str:
    try:
        answer = json.loads(data)
        question, value = str(answer["question"]), answer["value"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return say("web_answered")
    titles = {
        "yes": say("yes_word"),
        "no": say("no_word"),
        NOT_SURE: say("not_sure"),
        **shown.options.get(question, {}),
    }
    if value in ([], {}):
        return say("none_of_these")
    if isinstance(value, list):
        return ", ".join(_title(one, titles) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{_title(id, titles)}: {_title(status, titles).lower()}" for id, status in value.items())
    return _title(value, titles)


def _title(value: Any, titles: Mapping[str, str]) -> str:
    """The title of a value; a number, or words with a unit, stand for themselves; an id is never shown."""
    if isinstance(value, str) and value in titles:
        return titles[value]
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return say("web_answered")
    shown = str(value)[:100]
    return shown if re.match(r"-?\d", shown) else say("web_answered")
