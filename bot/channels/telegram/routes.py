"""The webhook: an update is checked, written down and acknowledged; it is answered afterwards."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.conversation import where
from bot.channels.telegram.polling import Take
from bot.channels.telegram.settings import Settings
from bot.channels.telegram.updates import BadUpdate, number_of, read

logger = logging.getLogger(__name__)

PATH = "/webhooks/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_BODY = 1_000_000


def routes(settings: Settings, taker: Callable[[], Take | None]) -> Blueprint:
    """The channel's routes.

    Args:
        settings: holds the secret.
        taker: gives what writes an update down; None while the server starts or stops.
    """
    blueprint = Blueprint("kneewise_telegram")

    @blueprint.post(PATH)
    async def receive(request: Request) -> HTTPResponse:
        if not is_from_telegram(settings, request.headers.get(HEADER, "")):
            return response.text("This address is for Telegram only.", status=401)
        if len(request.body) > LARGEST_BODY:
            return response.text(f"An update has at most {LARGEST_BODY} bytes.", status=413)
        try:
            update = read_body(request.body)
            number = number_of(update)
        except BadUpdate as error:
            return response.text(f"I cannot read that: {error}.", status=400)
        take = taker()
        if take is None:
            return response.text("Not ready yet.", status=503, headers={"Retry-After": "5"})
        return await _taken(take, number, update)

    return blueprint


async def _taken(take: Take, number: int, update: dict[str, Any]) -> HTTPResponse:
    event = read(update)
    if event is None:
        return response.empty(200)
    try:
        taken = await take(number, event)
    except Exception as error:  # noqa: BLE001  Telegram brings it again, so nothing is lost
        logger.error("telegram update not taken: %s", where(error))
        return response.text("Not now.", status=503, headers={"Retry-After": "5"})
    if taken == "full":
        return response.text("Too much waits.", status=429, headers={"Retry-After": "5"})
    return response.empty(200)


def is_from_telegram(settings: Settings, secret: str) -> bool:
    """Whether the sender knows the secret; takes the same time wherever they differ."""
    return hmac.compare_digest(secret.encode("utf-8", "surrogateescape"), settings.secret.encode())


def read_body(body: bytes) -> dict[str, Any]:
    """The update in a request.

    Raises:
        BadUpdate: it is no JSON object.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadUpdate("it must be JSON") from None
    if not isinstance(data, dict):
        raise BadUpdate("it must be a JSON object")
    return data
