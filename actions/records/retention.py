"""How long people are remembered after they were last here, and the task that ends it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from actions.records.store import Records

logger = logging.getLogger(__name__)

SETTING = "KNEEWISE_KEEP_DAYS"
DAYS = 365
MOST_DAYS = 36500
SECONDS_BETWEEN = 86400.0


def keep_days() -> int:
    """Days that a person is remembered after they were last here; 0 is for ever.

    Raises:
        ValueError: the setting is no such number.
    """
    given = os.environ.get(SETTING, "").strip()
    if not given:
        return DAYS
    if not given.isascii() or not given.isdigit() or int(given) > MOST_DAYS:
        raise ValueError(f"{SETTING} is {given!r}; it must be a whole number of days from 0 (for ever) to {MOST_DAYS}")
    return int(given)


def keep_since(now: datetime, days: int) -> datetime:
    """Who was last here before this time is forgotten.

    Args:
        now: in UTC.
        days: how long people are remembered; 0 is for ever.
    """
    return now - timedelta(days=days) if days else datetime.min


async def keep_purging(records: Records, wait: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
    """Purge now and once a day, until cancelled; a purge that fails is tried again the next day.

    Args:
        records: whose clock tells the time.
        wait: waits for so many seconds.

    Raises:
        ValueError: `KNEEWISE_KEEP_DAYS` cannot be used.
    """
    days = keep_days()
    while True:
        try:
            gone = await asyncio.to_thread(records.purge, keep_since(records.now(), days))
        except SQLAlchemyError as error:
            logger.error("purge failed: %s", type(error).__name__)
        else:
            logger.info("purged: %s", gone)
        await wait(SECONDS_BETWEEN)
