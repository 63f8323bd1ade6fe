"""Long polling, for those without a public address: the bot asks Telegram for updates."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from actions.conversation import where
from bot.channels.queue import Taken
from bot.channels.telegram.api import Api, Gone, Refused, Unreachable
from bot.channels.telegram.updates import TAKEN, BadUpdate, Event, number_of, read

logger = logging.getLogger(__name__)

SECONDS_TO_WAIT = 50
"""How long Telegram keeps a request open when there is nothing new."""
AT_ONCE = 50
PAUSE = 5.0
PAUSE_WHEN_REFUSED = 60.0

Take = Callable[[int, Event], Awaitable[Taken]]


async def poll(api: Api, take: Take, pause: Callable[[float], Awaitable[Any]] = asyncio.sleep) -> None:
    """Fetch updates for ever; Telegram forgets an update only after it was taken.

    Args:
        api: Telegram.
        take: writes an update down.
        pause: waits so many seconds.
    """
    after = 0
    while True:
        try:
            for update in await fetch(api, after):
                if not await _taken(update, take):
                    await pause(PAUSE)
                    break
                after = max(after, number_of(update) + 1)
        except Refused as error:
            logger.error(
                "telegram polling refused: %s", "a webhook is set; delete it" if "webhook" in str(error) else ""
            )
            await pause(PAUSE_WHEN_REFUSED)
        except (Gone, Unreachable) as error:
            logger.warning("telegram polling: %s", type(error).__name__)
            await pause(PAUSE)
        except Exception as error:  # noqa: BLE001  the database may be away; the update comes again
            logger.error("telegram polling: %s", where(error))
            await pause(PAUSE)


async def fetch(api: Api, after: int) -> list[dict[str, Any]]:
    """The next updates, in order; those before `after` are forgotten by Telegram.

    Args:
        api: Telegram.
        after: number of the first update that is wanted; 0 for the oldest there is.
    """
    params: dict[str, Any] = {"timeout": SECONDS_TO_WAIT, "limit": AT_ONCE, "allowed_updates": list(TAKEN)}
    if after:
        params["offset"] = after
    found = await api.call("getUpdates", params, tries=1, seconds=SECONDS_TO_WAIT + 15)
    usable = [update for update in found or [] if _is_usable(update)]
    return sorted(usable, key=number_of)


def _is_usable(update: Any) -> bool:
    try:
        number_of(update)
    except BadUpdate:
        return False
    return True


async def _taken(update: dict[str, Any], take: Take) -> bool:
    event = read(update)
    return event is None or await take(number_of(update), event) != "full"
