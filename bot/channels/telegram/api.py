"""Requests to Telegram's Bot API, tried again where that can help. The token and people's words stay out of every log."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from bot.channels.telegram.settings import Settings

logger = logging.getLogger(__name__)

TRIES = 4
LONGEST_PAUSE = 30.0
"""Seconds; what Telegram wants to wait longer for is tried again later, from the database."""
SECONDS = 20.0
GONE = ("chat not found", "user is deactivated", "bot was kicked", "peer_id_invalid")


class Gone(Exception):
    """The person has blocked the bot, or is no more."""


class Refused(Exception):
    """Telegram does not accept this request; again would not help."""


class Unreachable(Exception):
    """Telegram cannot take the request now.

    Args:
        seconds: when to try again.
    """

    def __init__(self, seconds: float):
        super().__init__()
        self.seconds = seconds


class Api:
    """The Bot API of one bot.

    Args:
        settings: token and address.
        session: makes the requests.
        pause: waits so many seconds.
    """

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        pause: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ):
        self._base = f"{settings.api}/bot{settings.token}"
        self._session = session
        self._pause = pause

    async def call(
        self,
        method: str,
        params: Mapping[str, Any],
        file: tuple[str, str, bytes] | None = None,
        tries: int = TRIES,
        seconds: float = SECONDS,
        longest: float = LONGEST_PAUSE,
    ) -> Any:
        """Make one request.

        Args:
            method: `sendMessage` for example.
            params: its parameters.
            file: parameter, file name and content of an upload.
            tries: how often at most.
            seconds: how long one try may take.
            longest: the longest pause in seconds before another try.

        Returns:
            What Telegram answered.

        Raises:
            Gone: nobody is there.
            Refused: the request is wrong.
            Unreachable: not now.
        """
        wait = 1.0
        for left in reversed(range(tries)):
            try:
                status, answer = await self._post(method, params, file, seconds)
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                status, answer = 0, {}
                logger.warning("telegram %s: %s", method, type(error).__name__)
            if answer.get("ok") is True:
                return answer.get("result")
            wait = self._judge(method, status, answer, wait)
            if left and wait <= longest:
                await self._pause(wait * random.uniform(1.0, 1.2))
                wait *= 2
            else:
                break
        raise Unreachable(wait)

    async def _post(
        self, method: str, params: Mapping[str, Any], file: tuple[str, str, bytes] | None, seconds: float
    ) -> tuple[int, dict[str, Any]]:
        limit = aiohttp.ClientTimeout(total=seconds)
        body: dict[str, Any] = {"json": dict(params)}
        if file:
            form = aiohttp.FormData({name: _field(value) for name, value in params.items()})
            form.add_field(file[0], file[2], filename=file[1])
            body = {"data": form}
        async with self._session.post(f"{self._base}/{method}", timeout=limit, allow_redirects=False, **body) as reply:
            text = await reply.text(errors="replace")
        try:
            answer = json.loads(text)
        except ValueError:
            answer = {}
        return reply.status, answer if isinstance(answer, dict) else {}

    @staticmethod
    def _judge(method: str, status: int, answer: Mapping[str, Any], wait: float) -> float:
        """Seconds until the next try; raises when there is no use in one."""
        reason = str(answer.get("description", "")).lower()
        if status == 429:
            asked = (answer.get("parameters") or {}).get("retry_after", wait)
            logger.warning("telegram %s: told to wait", method)
            return max(float(asked), 0.0) if isinstance(asked, (int, float)) else wait
        if status == 403 or any(part in reason for part in GONE):
            raise Gone
        if 400 <= status < 500 and status != 408:
            logger.warning("telegram %s: refused with %d", method, status)
            raise Refused(reason)
        return wait


def _field(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
