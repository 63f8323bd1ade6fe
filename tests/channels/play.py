"""Plays the scripted conversations through any channel, tapping where the channel offers a button.

A channel is driven by a `Driver`; `python -m tests.channels.same` plays all of them on every channel.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from bot.play import Played, play, read_script

CONVERSATIONS = sorted((Path(__file__).parents[1] / "conversations").glob("*.yml"))


class Driver(Protocol):
    """One person on a channel."""

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Type something; gives the messages of the turn, as the bot handed them to the channel, once they are shown."""

    async def tap(self, question: str, value: Any) -> list[dict[str, Any]] | None:
        """Answer a question with what the channel shows now; None when nothing there can be tapped for this value."""


async def play_on(driver: Driver, path: Path) -> Played:
    """Play one scripted conversation.

    Args:
        driver: a person who has not said anything yet.
        path: the script.
    """

    async def send(text: str) -> list[dict[str, Any]]:
        answer = answer_in(text)
        messages = await driver.tap(*answer) if answer else None
        return messages if messages is not None else await driver.say(text)

    return await play(read_script(path), send)


def answer_in(text: str) -> tuple[str, Any] | None:
    """Question and value of an answer payload; None when the text is none that a button could send."""
    if not text.startswith("/answer"):
        return None
    try:
        data = json.loads(text.removeprefix("/answer"))
        return (data["question"], data["value"]) if isinstance(data["question"], str) else None
    except (ValueError, TypeError, KeyError):
        return None
