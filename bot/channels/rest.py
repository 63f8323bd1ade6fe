"""Plain HTTP: `POST /webhooks/rest/webhook` {"sender": id, "message": text} answers a list of messages.

Unlike Rasa's own REST channel: no shared conversation when `sender` is missing, never an empty answer, no
person's words in the log, and what is not usable gets a clear reply.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import turns
from bot.channels.web.http import address_of
from bot.channels.web.limits import Buckets
from bot.guard import LOOPBACK

LONGEST_SENDER = 255
OTHERS = ("web:", "tg:", "slack:")
"""How the ids of other channels begin: nobody may speak for their people here."""
LONGEST_MESSAGE_ID = 128
LONGEST_BODY = 1_000_000
LIMIT = "KNEEWISE_REST_PER_MINUTE"
A_MINUTE = 120
"""Messages of one address where others than this machine can write."""
BEHIND_A_PROXY = ("SANIC_PROXIES_COUNT", "SANIC_REAL_IP_HEADER", "SANIC_FORWARDED_SECRET")
TOO_FAST = "That was too many messages in a minute. Please wait a little, and send it again."


def messages_a_minute(environment: Mapping[str, str]) -> int | None:
    """How many messages one address may send a minute; None for any number.

    `KNEEWISE_REST_PER_MINUTE` says it, 0 for any number. Without it there is a limit where others can write: on another
    address than loopback, or behind a proxy.

    Raises:
        ValueError: the setting is no whole number.
    """
    given = environment.get(LIMIT) or ""
    if given:
        if not (given.isascii() and given.isdigit() and len(given) <= 9):
            raise ValueError(f"{LIMIT} must be a whole number, 0 for no limit")
        return int(given) or None
    alone = environment.get("HOST", LOOPBACK[0]) in LOOPBACK and not any(environment.get(one) for one in BEHIND_A_PROXY)
    return None if alone else A_MINUTE


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
        most = messages_a_minute(os.environ)
        limit = None if most is None else Buckets(most, most)
        webhook = Blueprint("kneewise_rest", "bot_channels_rest")

        @webhook.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if limit is not None and not limit.take(address_of(request)):
                return response.json([{"recipient_id": "", "text": TOO_FAST}], status=429, headers={"Retry-After": "5"})
            try:
                sender, text, message_id = _read(request.body)
            except ValueError as error:
                return response.json([{"recipient_id": "", "text": f"I cannot read that: {error}."}], status=400)
            return response.json(await turn(request.app.ctx.agent, sender, text, self.name(), message_id))

        return webhook


def _read(body: bytes) -> tuple[str, str, str | None]:
    """Sender, text, and the message's own id if it has one.

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
    text = text.encode("utf-8", "replace").decode("utf-8")
    sender = data.get("sender")
    if sender is None or sender == "":
        return uuid.uuid4().hex, text, None
    if isinstance(sender, int) and not isinstance(sender, bool):
        sender = str(sender)
    if not isinstance(sender, str) or len(sender) > LONGEST_SENDER or "\x00" in sender:
        raise ValueError(f'"sender" must be a text of at most {LONGEST_SENDER} characters')
    if sender.startswith(OTHERS):
        raise ValueError('"sender" must not begin like an id of another channel')
    return sender, text, _message_id(data)


def _message_id(data: dict[str, Any]) -> str | None:
    """The id that a client gives a message, so that sending it again is answered once.

    Raises:
        ValueError: it is no short text.
    """
    given = data.get("message_id")
    if given is None:
        return None
    if not isinstance(given, str) or not 0 < len(given) <= LONGEST_MESSAGE_ID:
        raise ValueError(f'"message_id" must be a text of at most {LONGEST_MESSAGE_ID} characters')
    return given.encode("utf-8", "replace").decode("utf-8")


async def turn(
    agent: Agent, sender: str, text: str, channel: str = "rest", message_id: str | None = None
) -> list[dict[str, Any]]:
    """One turn as this channel shows it: a card's text with its buttons is one item, what may be drawn the next.

    Args:
        agent: the loaded bot.
        sender: whose talk it is.
        text: what was said.
        channel: the channel's name.
        message_id: see `turns.turn`.

    Returns:
        The items, never an empty list.
    """
    return items_of(sender, await turns.turn(agent, sender, text, channel, message_id))


def items_of(sender: str, messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The messages of one turn as this channel lists them.

    Args:
        sender: whose talk it is.
        messages: as `turns.turn` returns them.
    """
    items: list[dict[str, Any]] = []
    for message in messages:
        said = {key: message[key] for key in ("text", "buttons") if message.get(key)}
        if said:
            items.append({"recipient_id": sender, **said})
        if message.get("custom"):
            items.append({"recipient_id": sender, "custom": message["custom"]})
    return items
