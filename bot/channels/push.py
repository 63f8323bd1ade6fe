"""Who can be written to outside a turn: a channel that can do it registers here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Pusher = Callable[[str, list[dict[str, Any]]], Awaitable[bool]]
"""Takes a sender id and messages; tells whether all of them were delivered."""

_pushers: dict[str, Pusher] = {}


def register(channel: str, pusher: Pusher) -> None:
    """From now on, `pusher` delivers to the people of `channel`."""
    _pushers[channel] = pusher


def pusher_of(channel: str) -> Pusher | None:
    """What delivers to the people of a channel; None where nobody can be written to."""
    return _pushers.get(channel)


def pushing() -> tuple[str, ...]:
    """The channels whose people can be written to."""
    return tuple(_pushers)
