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
from bot.channels.queue import Interrupted, Queue, Work
from bot.channels.slack import taps
from bot.channels.slack.draw import home
from bot.channels.slack.incoming import HomeOpened, Incoming, Person, Said, Tapped, Turned
from bot.channels.slack.intake import incoming_of
from bot.channels.slack.mrkdwn import marked
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
        queue: what is worked waits there; what must happen once is claimed there.
        gate: lets requests in between turns.
    """

    def __init__(self, agent_of: Callable[[], Any], post: Post, queue: Queue, gate: Gate):
        self._agent_of, self._post, self._queue, self._gate = agent_of, post, queue, gate
        self._open: OrderedDict[str, Posted] = OrderedDict()
        self._last: OrderedDict[str, str] = OrderedDict()

    async def work(self, work: Work) -> None:
        """Answer one delivery.

        Raises:
            Interrupted: Slack cannot be reached; try again later.
        """
        await self._work(incoming_of(work.body), work.id, work.sent)

    async def excuse(self, work: Work) -> None:
        """Say the safety card, because something failed.

        Raises:
            Interrupted: Slack cannot be reached; try again later.
        """
        await self._excuse(incoming_of(work.body))

    async def at_once(self, incoming: Incoming) -> None:
        """Work something that could not be written down. Never raises; what fails now is lost."""
        try:
            try:
                await self._work(incoming, incoming.keys[0])
            except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
                logger.error("a delivery of Slack failed: %s", where(error))
                await self._excuse(incoming)
        except Interrupted:
            logger.error("Slack cannot be reached, and an answer to what was not written down is lost")

    async def _excuse(self, incoming: Incoming) -> None:
        if isinstance(incoming, (Said, Tapped)):
            await self._post.say(incoming.person, [card_message(cards.safety())])

    async def _work(self, incoming: Incoming, id: str, sent: int = 0) -> None:
        if isinstance(incoming, Tapped):
            await self._tapped(incoming, id, sent)
        elif isinstance(incoming, Said):
            await self._answer(incoming.person, incoming.text, incoming.keys[0], sent)
        elif isinstance(incoming, HomeOpened):
            await self._post.show_home(incoming.person, home())
        else:
            await self._turn_away(incoming)

    async def _turn_away(self, turned: Turned) -> None:
        words = say(turned.reason)
        if turned.private:
            await self._post.say(turned.person, [{"text": words}])
        else:
            await self._post.whisper(turned.person, marked(words))

    async def _tapped(self, tapped: Tapped, id: str, sent: int) -> None:
        """A tap: shown as chosen on its message, and said to the bot; the same choice twice counts once."""
        person = tapped.person
        try:
            chosen = taps.chosen(tapped)
        except taps.NothingTicked:
            await self._post.say(person, [{"text": say("slack_tick_first")}])
            return
        if chosen is None:
            await self._post.say(person, [{"text": say("slack_old")}])
            return
        place = f"{person.team}:{person.channel}:{tapped.message.get('ts')}"
        if tapped.message and not await self._claim(f"choice:{place}:{chosen.text}", id):
            if self._last.get(place, chosen.text) != chosen.text:
                await self._post.say(person, [{"text": say("slack_old")}])
            return
        self._remember(self._last, place, chosen.text)
        shown = asyncio.ensure_future(self._show_chosen(tapped, chosen))
        try:
            await self._answer(person, chosen.text, tapped.keys[0], sent, tapped.message)
        finally:
            await shown

    async def _claim(self, name: str, id: str) -> bool:
        """Whether nobody did this before; when the database cannot tell, it is done: twice is better than never."""
        try:
            return await asyncio.to_thread(self._queue.claim, name, id)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            logger.error("cannot tell whether a choice on Slack is new: %s", where(error))
            return True

    async def _show_chosen(self, tapped: Tapped, chosen: taps.Chosen) -> None:
        if tapped.message:
            offer = None if taps.question_of(tapped) else str(tapped.action["action_id"])
            changed = taps.answered(tapped.message, chosen.title, offer)
            await self._post.change(tapped.person, tapped.message["ts"], changed)

    async def _answer(
        self, person: Person, text: str, key: str, sent: int, answered: dict[str, Any] | None = None
    ) -> None:
        """One turn; the question that was open before loses its elements, unless it is the one just tapped."""
        before = self._open.pop(person.sender, None)
        once = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        async with self._gate.turn():
            messages = await turn(self._agent_of(), person.sender, text, CHANNEL, message_id=f"{CHANNEL}:{once}")
        asked = await self._post.say(person, messages, sent)
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
