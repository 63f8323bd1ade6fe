"""One turn through Rasa, the same for every channel: under the talk's lock, once for each delivered message."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage

from actions import cards
from actions.conversation import where
from bot import logs, metrics
from bot.history import RECORD
from bot.trackers import ONCE, TalkMovedOn

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

SECONDS_FOR_A_TURN = float(os.environ.get("KNEEWISE_TURN_SECONDS", "4"))
"""Whoever writes has an answer or the safety card within 5 seconds, the way there and back included."""


class Collector(OutputChannel):
    """Collects the answer; each message holds the text, the buttons and the card of one card."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.outcome = metrics.ANSWERED

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
    collector, begun = Collector(), time.perf_counter()
    try:
        logs.TALK.set(_person(agent, sender)[: logs.LETTERS])
        await within(SECONDS_FOR_A_TURN, _work(agent, sender, text, channel, message_id, collector))
    except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
        logger.error("turn failed: %s", where(error))
        collector.messages.clear()
    messages = collector.messages or [card_message(cards.safety())]
    _count(channel, collector, messages, time.perf_counter() - begun)
    logs.TALK.set(None)
    return messages


async def within(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    """What `work` returns, if it does so in time. It is cancelled else, and not waited for: to let go of what it holds may
    take as long as the thing that hangs.

    Raises:
        asyncio.TimeoutError: it did not.
    """
    working = asyncio.ensure_future(work)
    working.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        await asyncio.wait([working], timeout=seconds)
    finally:
        if not working.done():
            working.cancel()
    if not working.done():
        raise asyncio.TimeoutError
    return working.result()


def _count(channel: str, collector: Collector, messages: list[dict[str, Any]], seconds: float) -> None:
    kinds = [((message.get("custom") or {}).get("card") or {}).get("kind") for message in messages]
    outcome = metrics.FAILED if "safety" in kinds else collector.outcome
    metrics.turned(channel, outcome, seconds, messages)
    logs.turned(channel, outcome, seconds)


def _person(agent: Agent, sender: str) -> str:
    """The key of a person for the log; empty where another server than ours keeps the talks (`rasa run`)."""
    records = getattr(agent.tracker_store, "records", None)
    return str(records.person(sender)) if records is not None else ""


async def _work(
    agent: Agent, sender: str, text: str, channel: str, message_id: str | None, collector: Collector
) -> None:
    """Work a message, once more where another worker wrote to the talk meanwhile: its lock was lost, or never shared."""
    try:
        await _worked(agent, sender, text, channel, message_id, collector)
    except TalkMovedOn:
        collector.messages.clear()
        await _worked(agent, sender, text, channel, message_id, collector)


async def _worked(
    agent: Agent, sender: str, text: str, channel: str, message_id: str | None, collector: Collector
) -> None:
    once = None if message_id is None else ONCE + message_id
    async with agent.lock_store.lock(sender):
        stored = await agent.tracker_store.answer_to(sender, once) if once else None
        if stored is not None:
            collector.messages, collector.outcome = stored, metrics.REPEATED
            return
        message = UserMessage(text, collector, sender, input_channel=channel, message_id=once)
        before = _misses(agent, sender)
        await agent.processor.handle_message(message)
        if _misses(agent, sender) > before:
            metrics.FALLBACKS.inc()


def _misses(agent: Agent, sender: str) -> int:
    """Messages in a row that were not understood, as far as the talk is at hand."""
    live = getattr(agent.tracker_store, "live", None)
    talk = live(sender) if live is not None else None
    return int(((talk.get_slot(RECORD) if talk else None) or {}).get("misses", 0))


def card_message(card: cards.Card) -> dict[str, Any]:
    """One card as Rasa hands messages to a channel."""
    buttons = [{"title": title, "payload": payload} for title, payload in card.buttons]
    return {"text": card.text, "buttons": buttons, "custom": {"card": card.data} if card.data else {}}
