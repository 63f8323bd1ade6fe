"""Slack's Web API: patient within bounds, and never an exception to the caller."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.settings import Settings

logger = logging.getLogger(__name__)

# At its debug level slack-sdk writes whole messages into the log, and its errors hold ids: it gets a voice of its own.
QUIET = logging.getLogger("kneewise.slack_sdk")
QUIET.setLevel(logging.CRITICAL)

SECONDS_FOR_A_CALL = 10.0
MOST_TRIES = 4
LONGEST_WAIT = 30.0
"""Seconds; who is told to wait for longer gives up."""
FIRST_WAIT = 0.5
PASSING = ("ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout")
NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class Result:
    """What came of a call."""

    error: str | None = None
    """Slack's word for what went wrong; None when nothing did."""
    data: dict[str, Any] = field(default_factory=dict)
    again_in: float | None = None
    """Seconds after which there is hope again; None when there is none, or no need."""

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.error is None


@dataclass(frozen=True)
class _Failure(Exception):
    error: str
    status: int
    retry_after: float | None


class Api:
    """Calls Slack.

    Args:
        settings: token, and another address for tests.
        sleep: how to wait between tries.
    """

    def __init__(self, settings: Settings, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep):
        self._settings, self._sleep = settings, sleep
        self._session: aiohttp.ClientSession | None = None

    def client(self) -> AsyncWebClient:
        """slack-sdk's client on the kept connection; must be called within the event loop."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS_FOR_A_CALL))
        address = self._settings.api or AsyncWebClient.BASE_URL
        return AsyncWebClient(
            self._settings.token, base_url=address, session=self._session, logger=QUIET, retry_handlers=[]
        )

    async def call(self, method: str, **body: Any) -> Result:
        """One call, tried again while there is hope.

        Args:
            method: `chat.postMessage` for example.
            body: its arguments.
        """
        wait = FIRST_WAIT
        for attempt in range(1, MOST_TRIES + 1):
            try:
                return Result(data=await self._once(method, body))
            except _Failure as failure:
                passing = failure.error in PASSING or failure.status >= 500 or failure.status == 429
                pause = failure.retry_after if failure.retry_after is not None else wait
                if not passing or attempt == MOST_TRIES or pause > LONGEST_WAIT:
                    logger.warning("Slack refused %s: %s", method, failure.error)
                    return Result(failure.error, again_in=pause if passing else None)
            await self._sleep(pause)
            wait *= 2
        return Result(NO_ANSWER)

    async def _once(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await self.client().api_call(method, json=body)
            return answer.data if isinstance(answer.data, dict) else {}
        except SlackClientError as error:
            raise _failure(getattr(error, "response", None)) from None
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError):
            raise _Failure(NO_ANSWER, 599, None) from None

    async def close(self) -> None:
        """Let the connection go."""
        if self._session is not None:
            await self._session.close()


def _failure(response: Any) -> _Failure:
    """What slack-sdk's error holds; for an answer that is no JSON it is a bare aiohttp response."""
    status = int(getattr(response, "status_code", None) or getattr(response, "status", 0) or 599)
    data = getattr(response, "data", None)
    error = data.get("error") if isinstance(data, dict) else None
    after = (getattr(response, "headers", None) or {}).get("Retry-After")
    seconds = float(after) if isinstance(after, str) and after.isdecimal() else None
    return _Failure(str(error)[:80] if error else f"http_{status}", status, seconds)
