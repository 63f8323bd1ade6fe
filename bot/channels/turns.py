"""One turn through Rasa, the same for every channel: under the talk's lock, once for each delivered message."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage

from actions import cards
from actions.conversation import where
from bot.trackers import ONCE

logger = logging.getLogger(__name__)

SECONDS_FOR_A_TURN = float(os.environ.get("KNEEWISE_TURN_SECONDS", "15"))


class Collector(OutputChannel):
    """Collects the answer; each message holds the text, the buttons and the card of one card."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Nothing is worded for one channel only."""
        return "kneewise"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one message of the bot."""
        kept = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        if kept:
            self.messages.append(kept)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Take a plain text."""
        await self.send_response(recipient_id, {"text": text})


async def turn(
    agent: Agent, sender: str, text: str, channel: str, message_id: str | None = None
) -> list[dict[str, Any]]:
    """Let the bot answer one message; whatever fails, the answer holds the safety card.

    Args:
        agent: the loaded bot.
        sender: whose talk it is.
        text: what was said.
        channel: the channel's name.
        message_id: the same for every delivery of one message, so that it is worked once, by whichever worker;
            a later delivery gets the stored answer. None works every delivery.

    Returns:
        The messages of the answer, never an empty list.
    """
    collector = Collector()
    try:
        await asyncio.wait_for(_work(agent, sender, text, channel, message_id, collector), SECONDS_FOR_A_TURN)
    except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
        logger.error("turn failed: %s", where(error))
        collector.messages.clear()
    return collector.messages or [card_message(cards.safety())]


async def _work(
    agent: Agent, sender: str, text: str, channel: str, message_id: str | None, collector: Collector
) -> None:
    once = None if message_id is None else ONCE + message_id
    async with agent.lock_store.lock(sender):
        stored = await agent.tracker_store.answer_to(sender, once) if once else None
        if stored is not None:
            collector.messages = stored
            return
        message = UserMessage(text, collector, sender, input_channel=channel, message_id=once)
        await agent.processor.handle_message(message)


def card_message(card: cards.Card) -> dict[str, Any]:
    """One card as Rasa hands messages to a channel."""
    buttons = [{"title": title, "payload": payload} for title, payload in card.buttons]
    return {"text": card.text, "buttons": buttons, "custom": {"card": card.data} if card.data else {}}
