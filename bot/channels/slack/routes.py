"""The addresses that Slack calls: checked, acknowledged, and only then worked."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.wording import say
from bot.channels.slack.incoming import Incoming, Unreadable, read_action, read_command, read_event
from bot.channels.slack.intake import Intake
from bot.channels.slack.signature import is_genuine

EVENTS, ACTIONS, COMMANDS = "/webhooks/slack/events", "/webhooks/slack/actions", "/webhooks/slack/commands"
LARGEST_BODY = 1_000_000
LONGEST_CHALLENGE = 1_000
MOST_FIELDS = 60


class Refused(Exception):
    """A request that is not taken.

    Args:
        status: of the answer.
        why: safe to show.
    """

    def __init__(self, status: int, why: str):
        super().__init__(why)
        self.status, self.why = status, why


def routes(secret: str, intake: Intake) -> Blueprint:
    """The three addresses.

    Args:
        secret: the app's signing secret.
        intake: takes what is to be worked.
    """
    made = Blueprint("kneewise_slack")

    @made.post(EVENTS)
    async def events(request: Request) -> HTTPResponse:
        body = _json(_genuine(request, secret))
        if body.get("type") == "url_verification":
            return response.text(_challenge(body))
        return await _taken(intake, _read(read_event, body))

    @made.post(ACTIONS)
    async def actions(request: Request) -> HTTPResponse:
        payload = _json(_form(_genuine(request, secret)).get("payload", "").encode())
        return await _taken(intake, _read(read_action, payload))

    @made.post(COMMANDS)
    async def commands(request: Request) -> HTTPResponse:
        form = _form(_genuine(request, secret))
        if form.get("ssl_check") == "1":
            return response.text("")
        taken = await intake.take(_read(lambda one: read_command(one, time.time()), form))
        return response.json({"response_type": "ephemeral", "text": say("slack_command" if taken else "slack_busy")})

    @made.exception(Refused)
    async def refused(_: Request, error: Refused) -> HTTPResponse:
        return response.text(error.why, status=error.status)

    return made


def _genuine(request: Request, secret: str) -> bytes:
    """The body of a request that Slack signed."""
    if len(request.body) > LARGEST_BODY:
        raise Refused(413, "This is larger than anything Slack sends.")
    if not is_genuine(secret, request.body, request.headers):
        raise Refused(401, "The signature is wrong, or older than five minutes.")
    return request.body


def _json(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "It must be JSON.") from None
    if not isinstance(data, dict):
        raise Refused(400, "It must be a JSON object.")
    return data


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(body.decode(), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused(400, "It must be a form.") from None
    return {name: values[0] for name, values in fields.items()}


def _challenge(body: dict[str, Any]) -> str:
    challenge = body.get("challenge")
    if not isinstance(challenge, str) or len(challenge) > LONGEST_CHALLENGE:
        raise Refused(400, "challenge must be a text.")
    return challenge


def _read(reader: Any, body: dict[str, Any]) -> Any:
    try:
        return reader(body)
    except Unreadable as error:
        raise Refused(400, f"Not understood: {error}.") from None


async def _taken(intake: Intake, incoming: Incoming | None) -> HTTPResponse:
    """Acknowledge what was taken, and what needs no work; what there is no room for, Slack shall deliver again."""
    if incoming is not None and not await intake.take(incoming):
        raise Refused(503, "Too much to do. Please deliver it again.")
    return response.text("")
