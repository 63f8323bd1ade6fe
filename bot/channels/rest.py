"""Plain HTTP: `POST /webhooks/rest/webhook` {"sender": id, "message": text} answers a list of messages.

Unlike Rasa's own REST channel: no shared conversation when `sender` is missing, never an empty answer, no
person's words in the log, and what is not usable gets a clear reply.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions import cards
from actions.conversation import where

logger = logging.getLogger(__name__)

LONGEST_SENDER = 255
LONGEST_BODY = 1_000_000
SECONDS_FOR_A_TURN = float(os.environ.get("KNEEWISE_TURN_SECONDS", "15"))


class CardCollector(OutputChannel):
    """Collects the answer: for each card its text with buttons, then what may be drawn."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "rest"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one message of the bot."""
        if message.get("text"):
            text: dict[str, Any] = {"recipient_id": recipient_id, "text": message["text"]}
            if message.get("buttons"):
                text["buttons"] = message["buttons"]
            self.messages.append(text)
        if message.get("custom"):
            self.messages.append({"recipient_id": recipient_id, "custom": message["custom"]})

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Take a plain text."""
        await self.send_response(recipient_id, {"text": text})


class RestInput(InputChannel):
    """The REST channel."""

    @classmethod
    def name(cls) -> str:
        """Part of the address: /webhooks/rest."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's routes.

        Args:
            on_new_message: hands a message to the agent.
        """
        webhook = Blueprint("kneewise_rest", "bot_channels_rest")

        @webhook.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, text = _read(request.body)
            except ValueError as error:
                return response.json([{"recipient_id": "", "text": f"I cannot read that: {error}."}], status=400)
            return response.json(await turn(on_new_message, sender, text, self.name()))

        return webhook


def _read(body: bytes) -> tuple[str, str]:
    """Sender and text of a request.

    Raises:
        ValueError: what is wrong, safe to show.
    """
    if len(body) > LONGEST_BODY:
        raise ValueError(f"the message is larger than {LONGEST_BODY} bytes")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError('it must be JSON, {"sender": id, "message": text}') from None
    if not isinstance(data, dict):
        raise ValueError('it must be an object, {"sender": id, "message": text}')
    text = data.get("message", "")
    if text is None:
        text = ""
    if not isinstance(text, str):
        raise ValueError('"message" must be a text')
    sender = data.get("sender")
    if sender is None or sender == "":
        return uuid.uuid4().hex, text
    if isinstance(sender, int) and not isinstance(sender, bool):
        sender = str(sender)
    if not isinstance(sender, str) or len(sender) > LONGEST_SENDER or "\x00" in sender:
        raise ValueError(f'"sender" must be a text of at most {LONGEST_SENDER} characters')
    return sender, text.encode("utf-8", "replace").decode("utf-8")


async def turn(
    on_new_message: Callable[[UserMessage], Awaitable[Any]], sender: str, text: str, channel: str
) -> list[dict[str, Any]]:
    """Let the bot answer one message; whatever fails, the answer holds the safety card.

    Args:
        on_new_message: hands a message to the agent.
        sender: whose talk it is.
        text: what was said.
        channel: the channel's name.

    Returns:
        The messages of the answer, never an empty list.
    """
    collector = CardCollector()
    message = UserMessage(text, collector, sender, input_channel=channel)
    try:
        await asyncio.wait_for(on_new_message(message), SECONDS_FOR_A_TURN)
    except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
        logger.error("turn failed: %s", where(error))
        collector.messages.clear()
    if not collector.messages:
        await collector.send_response(sender, card_message(cards.safety()))
    return collector.messages


def card_message(card: cards.Card) -> dict[str, Any]:
    """One card as Rasa hands messages to a channel."""
    buttons = [{"title": title, "payload": payload} for title, payload in card.buttons]
    return {"text": card.text, "buttons": buttons, "custom": {"card": card.data} if card.data else {}}
