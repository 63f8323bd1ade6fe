"""Sends cards to people on Slack, in the direct messages with them and nowhere else."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from actions import cards
from bot.channels.queue import Interrupted
from bot.channels.slack.api import Api, Result
from bot.channels.slack.draw import Drawn, draw
from bot.channels.slack.incoming import Person
from bot.channels.slack.pictures import public_address
from bot.channels.turns import card_message

logger = logging.getLogger(__name__)

REMEMBERED = 10_000
WRONG_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "invalid_arguments", "msg_blocks_too_long")
MOVED = ("channel_not_found", "not_in_channel", "is_archived")


@dataclass(frozen=True)
class Posted:
    """A message that stands in Slack."""

    channel: str
    ts: str
    drawn: Drawn


class _Away(Exception):
    """Slack cannot be reached for some seconds."""

    def __init__(self, seconds: float):
        super().__init__()
        self.seconds = seconds


def _expect(result: Result) -> None:
    if result.again_in is not None:
        raise _Away(result.again_in)


class Post:
    """Sends, whispers and changes messages.

    Args:
        api: Slack's Web API.
    """

    def __init__(self, api: Api):
        self._api = api
        self._rooms: OrderedDict[str, str] = OrderedDict()

    async def say(self, person: Person, messages: list[dict[str, Any]], sent: int = 0) -> Posted | None:
        """Send an answer, message by message.

        Args:
            person: to whom.
            messages: what the bot says.
            sent: Slack messages of it that were sent before.

        Returns:
            The last question among them; None when there is none, or Slack will never take it.

        Raises:
            Interrupted: not now.
        """
        _, asked = await self._send(person, messages, sent)
        return asked

    async def push(self, sender: str, messages: list[dict[str, Any]]) -> bool:
        """Send something outside a turn.

        Args:
            sender: `slack:<team>:<user>`.
            messages: what to send.

        Returns:
            Whether all of it was delivered.
        """
        parts = sender.split(":")
        if len(parts) != 3 or parts[0] != "slack":
            return False
        try:
            delivered, _ = await self._send(Person(parts[1], parts[2]), messages)
        except Interrupted:
            return False
        return delivered

    async def _send(self, person: Person, messages: list[dict[str, Any]], sent: int = 0) -> tuple[bool, Posted | None]:
        asked: Posted | None = None
        made = [one for message in messages for one in draw(message, public_address())]
        for number, drawn in enumerate(made or draw(card_message(cards.safety()))):
            if number < sent:
                continue
            try:
                posted = await self._deliver(person, drawn)
            except _Away as away:
                raise Interrupted(number, away.seconds) from None
            if posted is None:
                return False, asked
            asked = posted if drawn.is_question else asked
        return True, asked

    async def _deliver(self, person: Person, drawn: Drawn) -> Posted | None:
        room = await self._room(person)
        if room is None:
            return None
        result = await self._once_more_in_plain_text(room, drawn, person.thread)
        if result.error in MOVED:
            self._rooms.pop(person.sender, None)
            room = await self._room(Person(person.team, person.user))
            if room is None:
                return None
            result = await self._once_more_in_plain_text(room, drawn, None)
        _expect(result)
        return Posted(room, str(result.data.get("ts", "")), drawn) if result.ok else None

    async def _once_more_in_plain_text(self, room: str, drawn: Drawn, thread: str | None) -> Result:
        """Post; when Slack takes not the drawing, its text alone, which says the same."""
        body = {"channel": room, "text": drawn.text, **({"thread_ts": thread} if thread else {})}
        result = await self._api.call("chat.postMessage", **body, blocks=drawn.blocks, unfurl_links=False)
        if result.error in WRONG_BLOCKS:
            result = await self._api.call("chat.postMessage", **body, unfurl_links=False)
        return result

    async def _room(self, person: Person) -> str | None:
        """The direct messages with a person; opened when they are not known."""
        if person.channel and person.channel.startswith("D"):
            return person.channel
        if person.sender in self._rooms:
            return self._rooms[person.sender]
        result = await self._api.call("conversations.open", users=person.user)
        _expect(result)
        room = (result.data.get("channel") or {}).get("id")
        if not isinstance(room, str):
            return None
        self._rooms[person.sender] = room
        while len(self._rooms) > REMEMBERED:
            self._rooms.popitem(last=False)
        return room

    async def whisper(self, person: Person, text: str) -> None:
        """Tell somebody something where they are, shown to nobody else."""
        body = {"channel": person.channel, "user": person.user, "text": text}
        await self._api.call("chat.postEphemeral", **body, **({"thread_ts": person.thread} if person.thread else {}))

    async def change(self, person: Person, ts: str, changed: dict[str, Any]) -> None:
        """Change a message that was sent before."""
        if person.channel and ts:
            await self._api.call("chat.update", channel=person.channel, ts=ts, **changed)

    async def show_home(self, person: Person, view: dict[str, Any]) -> None:
        """Draw the app's own page for a person."""
        await self._api.call("views.publish", user_id=person.user, view=view)
