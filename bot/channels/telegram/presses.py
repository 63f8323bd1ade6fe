"""What a button carries back: at most 64 bytes, the same after a restart, and it names its question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Union

from actions.cards import payload

MOST_BYTES = 64


@dataclass(frozen=True)
class Send:
    """Hand on what the button stands for."""

    payload: str


@dataclass(frozen=True)
class Tick:
    """Tick or untick one option of a list."""

    question: str
    value: str


@dataclass(frozen=True)
class Done:
    """The ticked options are all that is true."""

    question: str


@dataclass(frozen=True)
class Rest:
    """The ticked options are true; of the others the person is not sure."""

    question: str


Press = Union[Send, Tick, Done, Rest]


def encode(press: Press) -> str:
    """The press as text, as short as it goes; `shorten` makes it fit."""
    if isinstance(press, Tick):
        return f"t:{press.question}:{press.value}"
    if isinstance(press, Done):
        return f"d:{press.question}"
    if isinstance(press, Rest):
        return f"r:{press.question}"
    return _short_answer(press.payload) or f"p:{press.payload}"


def _short_answer(text: str) -> str | None:
    """An answer whose value is a word, without its JSON; None for any other payload."""
    try:
        data = json.loads(text.removeprefix("/answer"))
        question, value = data["question"], data["value"]
    except (ValueError, TypeError, KeyError):
        return None
    short = f"a:{question}:{value}"
    return short if isinstance(value, str) and _answer(short[2:]) == text else None


def _answer(rest: str) -> str:
    question, _, value = rest.partition(":")
    return payload(question, value)


def shorten(text: str, keep: Callable[[str, str], None]) -> str:
    """What the button carries.

    Args:
        text: from `encode`.
        keep: called with a key and the text when the text is too long to be carried itself.
    """
    if len(text.encode()) <= MOST_BYTES:
        return text
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    keep(key, text)
    return f"k:{key}"


def decode(data: str, kept: Callable[[str], str | None]) -> Press | None:
    """The press that a button stands for; None when it is none of ours.

    Args:
        data: what came back.
        kept: gives the text that was kept under a key.
    """
    kind, _, rest = data.partition(":")
    if kind == "k":
        text = kept(rest)
        return decode(text, lambda _: None) if text else None
    if not rest:
        return None
    if kind == "t":
        question, _, value = rest.partition(":")
        return Tick(question, value) if value else None
    known: dict[str, Callable[[str], Press]] = {
        "a": lambda text: Send(_answer(text)), "p": Send, "d": Done, "r": Rest,
    }  # fmt: skip
    return known[kind](rest) if kind in known else None
