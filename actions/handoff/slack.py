"""Tells a Slack channel of clinicians about a hand-off: the summary, and never how to reach the person.

Slack takes no idempotency key. So each message carries its reference as metadata, and a second attempt first looks
whether the first came through. Where the app may not read the channel's history, a message can come twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from actions.handoff.outcome import PASSING, SENT, Outcome, seconds_of
from actions.handoff.settings import Settings
from actions.handoff.summary import text

EVENT = "kneewise_handoff"
PASSES = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Errors of Slack that another try may overcome."""
LOOKED_BACK = 200
"""Messages among which an earlier attempt is looked for."""

quiet = logging.getLogger("kneewise.slack")
quiet.setLevel(logging.WARNING)  # at debug level the client would log what it sends


def shown(handoff: Mapping[str, Any]) -> str:
    """The message: the summary as the person saw it, with its signs made safe for Slack."""
    summary = text(handoff["content"]).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{handoff['reference']}\n{summary}"


async def post(settings: Settings, key: str, handoff: Mapping[str, Any], attempts: int, now: datetime) -> Outcome:
    """Try once to deliver.

    Args:
        settings: channel, token, address of the API.
        key: the same at each attempt.
        handoff: reference, created_at (UTC, without zone) and content.
        attempts: how many there were, this one counted.
        now: in UTC, without zone.
    """
    client = AsyncWebClient(
        token=settings.slack_token, base_url=settings.slack_api, timeout=max(1, round(settings.timeout)),
        logger=quiet, retry_handlers=[],
    )  # fmt: skip
    try:
        if attempts > 1 and await asyncio.wait_for(_came_through(client, settings, key, handoff), settings.timeout):
            return SENT
        call = client.chat_postMessage(
            channel=settings.slack_channel, text=shown(handoff), mrkdwn=False, unfurl_links=False, unfurl_media=False,
            metadata={"event_type": EVENT, "event_payload": {"key": key}},
        )  # fmt: skip
        await asyncio.wait_for(call, settings.timeout)
    except SlackApiError as error:
        return _refused(error, now)
    except asyncio.TimeoutError:
        return Outcome("again", "timeout")
    except (aiohttp.ClientError, SlackClientError, OSError) as error:
        return Outcome("again", type(error).__name__)
    return SENT


async def _came_through(client: AsyncWebClient, settings: Settings, key: str, handoff: Mapping[str, Any]) -> bool:
    """An earlier attempt is in the channel already; False too where the app may not look."""
    begun = (handoff["created_at"] - timedelta(minutes=1)).replace(tzinfo=timezone.utc).timestamp()
    try:
        history = await client.conversations_history(
            channel=settings.slack_channel, oldest=f"{begun:.6f}", limit=LOOKED_BACK, include_all_metadata=True
        )
    except SlackApiError as error:
        if _error(error) in PASSES or _status(error) >= 500:
            raise
        return False
    sent = [message.get("metadata") or {} for message in history.get("messages") or []]
    return any((one.get("event_payload") or {}).get("key") == key for one in sent)


def _refused(error: SlackApiError, now: datetime) -> Outcome:
    status, name = _status(error), _error(error)
    if status >= 500 or status in PASSING or name in PASSES:
        headers = {str(key).lower(): value for key, value in (getattr(error.response, "headers", None) or {}).items()}
        return Outcome("again", f"slack {name or status}", seconds_of(str(headers.get("retry-after", "")), now))
    return Outcome("dead", f"slack {name or status}")


def _status(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", 0) or 0)


def _error(error: SlackApiError) -> str:
    """Slack's own name of an error; nothing where the answer was none of Slack's."""
    data = getattr(error.response, "data", None)
    name = data.get("error") if isinstance(data, dict) else None
    return name if isinstance(name, str) and name.replace("_", "").isalnum() else ""
