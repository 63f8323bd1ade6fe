"""Delivers what waits in the outbox: in the background, for as long as it takes, never in the way of a talk."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from actions.handoff import outbox, slack, webhook
from actions.handoff.outcome import Outcome
from actions.handoff.settings import Settings
from actions.handoff.summary import contact_in_words
from actions.records.store import Records, utc_now

logger = logging.getLogger(__name__)

SHORTEST_WAIT = 1.0
"""Seconds between two attempts at least."""
LONGEST_PAUSE = 60.0
"""Seconds after which the outbox is looked at even when nobody woke the loop: another worker may have died."""
SHORTEST_PAUSE = 0.1
PAUSE_AFTER_ERROR = 5.0


class Deliverer:
    """Sends posts of the outbox; any number of them may work on one database.

    Args:
        records: holds the outbox.
        settings: where to, and how patiently.
        session: from `webhook.open_session`.
        clock: the time in UTC, without zone.
        chance: a number from 0 to 1, for the jitter.
    """

    def __init__(
        self,
        records: Records,
        settings: Settings,
        session: aiohttp.ClientSession,
        clock: Callable[[], datetime] = utc_now,
        chance: Callable[[], float] = random.random,
    ):
        self._records, self._settings, self._session = records, settings, session
        self._clock, self._chance = clock, chance
        self._threads = ThreadPoolExecutor(2, "kneewise-outbox")

    async def deliver_due(self) -> int:
        """Try each post that is due once.

        Returns:
            How many were tried.
        """
        tried = 0
        lease = timedelta(seconds=self._settings.lease)
        while True:
            posts = await self._in_thread(outbox.take, self._clock(), lease, self._settings.at_once)
            if not posts:
                return tried
            await asyncio.gather(*(self._deliver(post) for post in posts))
            tried += len(posts)

    async def seconds_to_next(self) -> float:
        """Seconds until a post is due; `LONGEST_PAUSE` at most."""
        due = await self._in_thread(outbox.next_due)
        seconds = (due - self._clock()).total_seconds() if due else LONGEST_PAUSE
        return float(min(max(seconds, SHORTEST_PAUSE), LONGEST_PAUSE))

    def close(self) -> None:
        """Let its threads go."""
        self._threads.shutdown(wait=False)

    async def _deliver(self, post: outbox.Post) -> None:
        try:
            outcome = await self._attempt(post)
        except asyncio.CancelledError:
            await self._in_thread(outbox.settle, post, outbox.WAITING, self._clock(), "stopped")
            raise
        except Exception as error:  # noqa: BLE001  one post that cannot be sent must not keep the others
            outcome = Outcome("again", type(error).__name__)
        state, next_at = self._follows(post, outcome)
        if outcome.kind != "sent":
            logger.warning("a %s post was not delivered: %s, now %s", post.target, outcome.error, state)
        await self._in_thread(outbox.settle, post, state, next_at, outcome.error)

    async def _attempt(self, post: outbox.Post) -> Outcome:
        handoff, now, settings = dict(post.handoff), self._clock(), self._settings
        if post.target == "webhook" and settings.webhook_url:
            handoff["contact"] = contact_in_words(self._records.unseal(handoff["contact"]))
            return await webhook.post(self._session, settings, post.key, handoff, now)
        if post.target == "slack" and settings.slack_channel:
            return await slack.post(settings, post.key, handoff, post.attempts, now)
        return Outcome("again", "not set up")

    def _follows(self, post: outbox.Post, outcome: Outcome) -> tuple[str, datetime]:
        """The state after an attempt, and when the next one is due."""
        now = self._clock()
        if outcome.kind == "sent":
            return outbox.SENT, now
        if outcome.kind == "dead" or post.attempts >= self._settings.most_attempts:
            return outbox.DEAD, now
        seconds = max(wait(post.attempts, self._settings, self._chance()), outcome.retry_after)
        return outbox.WAITING, now + timedelta(seconds=seconds)

    async def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Database work, in threads that no talk waits for."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, work, self._records, *arguments)


def wait(attempts: int, settings: Settings, chance: float) -> float:
    """Seconds until the next attempt: anywhere up to a bound that doubles each time.

    Args:
        attempts: made so far, 1 or more.
        settings: the first and the longest bound.
        chance: from 0 to 1.
    """
    bound = min(settings.longest_wait, settings.first_wait * 2.0 ** min(attempts - 1, 30))
    return max(SHORTEST_WAIT, chance * bound)


async def keep_delivering(deliverer: Deliverer, woken: asyncio.Event) -> None:
    """Deliver until cancelled, whatever happens.

    Args:
        deliverer: does the work.
        woken: set it when a turn has handed something off, so that it goes out at once.
    """
    while True:
        woken.clear()
        try:
            await deliverer.deliver_due()
            pause = await deliverer.seconds_to_next()
        except Exception as error:  # noqa: BLE001  the database may be down for a while; the talk goes on
            logger.error("delivery failed: %s", type(error).__name__)
            pause = PAUSE_AFTER_ERROR
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(woken.wait(), pause)
