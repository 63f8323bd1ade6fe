"""Works what Slack sent: one turn for each, its answer posted, the answered message changed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from actions import cards
from actions.conversation import where
from actions.wording import say
from bot.channels.gate import Gate
from bot.channels.slack import taps
from bot.channels.slack.draw import home
from bot.channels.slack.incoming import HomeOpened, Incoming, Person, Said, Tapped, Turned
from bot.channels.slack.mrkdwn import marked
from bot.channels.slack.once import Once
from bot.channels.slack.post import Post, Posted
from bot.channels.turns import card_message, turn

logger = logging.getLogger(__name__)

CHANNEL = "slack"
REMEMBERED = 5_000
"""People whose last question, and messages whose answer, this process remembers."""


class Desk:
    """Works one thing after the other, for many people at once.

    Args:
        agent_of: gives the loaded bot.
        post: sends to Slack.
        once: lets each delivery pass once, whichever worker gets it.
    """

    def __init__(self, agent_of: Callable[[], Any], post: Post, once: Once):
        self._agent_of, self._post, self._once = agent_of, post, once
        self._gate = Gate()
        self._open: OrderedDict[str, Posted] = OrderedDict()
        self._last: OrderedDict[str, str] = OrderedDict()

    async def work(self, incoming: Incoming) -> None:
        """Work one thing. Never raises; the person gets the safety card when something fails."""
        try:
            await self._work(incoming)
        except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
            logger.error("a Slack delivery failed: %s", where(error))
            if isinstance(incoming, (Said, Tapped)):
                await self._post.say(incoming.person, [card_message(cards.safety())])

    async def _work(self, incoming: Incoming) -> None:
        if isinstance(incoming, Tapped):
            await self._tapped(incoming)
        elif await self._is_new(incoming.keys):
            if isinstance(incoming, Said):
                await self._answer(incoming.person, incoming.text, incoming.keys[0])
            elif isinstance(incoming, HomeOpened):
                await self._post.show_home(incoming.person, home())
            else:
                await self._turn_away(incoming)

    async def _is_new(self, keys: tuple[str, ...]) -> bool:
        """Whether nobody has worked this; when the database cannot tell, it is worked: twice is better than never."""
        try:
            return await self._once.claim(keys)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            logger.error("cannot tell whether a Slack delivery is new: %s", where(error))
            return True

    async def _turn_away(self, turned: Turned) -> None:
        words = say(turned.reason)
        if turned.private:
            await self._post.say(turned.person, [{"text": words}])
        else:
            await self._post.whisper(turned.person, marked(words))

    async def _tapped(self, tapped: Tapped) -> None:
        """A tap: shown as chosen on its message, and said to the bot; the same choice twice counts once."""
        person = tapped.person
        try:
            chosen = taps.chosen(tapped)
        except taps.NothingTicked:
            if await self._is_new(tapped.keys):
                await self._post.say(person, [{"text": say("slack_tick_first")}])
            return
        if chosen is None:
            if await self._is_new(tapped.keys):
                await self._post.say(person, [{"text": say("slack_old")}])
            return
        place = f"{person.team}:{person.channel}:{tapped.message.get('ts')}"
        choice = (f"choice:{place}:{chosen.text}",) if tapped.message else ()
        if not await self._is_new((*tapped.keys, *choice)):
            if tapped.message and self._last.get(place, chosen.text) != chosen.text and await self._is_new(tapped.keys):
                await self._post.say(person, [{"text": say("slack_old")}])
            return
        self._remember(self._last, place, chosen.text)
        await asyncio.gather(
            self._show_chosen(tapped, chosen), self._answer(person, chosen.text, tapped.keys[0], tapped.message)
        )

    async def _show_chosen(self, tapped: Tapped, chosen: taps.Chosen) -> None:
        if tapped.message:
            offer = None if taps.question_of(tapped) else str(tapped.action["action_id"])
            changed = taps.answered(tapped.message, chosen.title, offer)
            await self._post.change(tapped.person, tapped.message["ts"], changed)

    async def _answer(self, person: Person, text: str, key: str, answered: dict[str, Any] | None = None) -> None:
        """One turn; the question that was open before loses its elements, unless it is the one just tapped."""
        before = self._open.pop(person.sender, None)
        once = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        async with self._gate.turn():
            messages = await turn(self._agent_of(), person.sender, text, CHANNEL, message_id=f"{CHANNEL}:{once}")
        asked = await self._post.say(person, messages)
        if asked is not None:
            self._remember(self._open, person.sender, asked)
        elif before is not None and not _asks(messages):
            # An aside without a new question: the one before still waits.
            self._remember(self._open, person.sender, before)
            return
        if before is not None and before.ts != (answered or {}).get("ts"):
            changed = taps.answered({"text": before.drawn.text, "blocks": before.drawn.blocks}, None)
            await self._post.change(Person(person.team, person.user, before.channel), before.ts, changed)

    @staticmethod
    def _remember(memory: OrderedDict[str, Any], key: str, value: Any) -> None:
        memory[key] = value
        memory.move_to_end(key)
        while len(memory) > REMEMBERED:
            memory.popitem(last=False)


def _asks(messages: list[dict[str, Any]]) -> bool:
    kinds = {((message.get("custom") or {}).get("card") or {}).get("kind") for message in messages}
    return bool(kinds & {"question", "assessment"})
