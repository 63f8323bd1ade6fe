"""Looks for what other workers write, as long as anybody listens here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from actions.conversation import where
from bot.channels.web.rooms import Room, Rooms

logger = logging.getLogger(__name__)

SECONDS_OF_A_ROUND = 2.0


class Watch:
    """One look at the store each round, for all sessions that somebody listens to.

    Args:
        rooms: of this process.
        look: sends what is new in the rooms it is given.
    """

    def __init__(self, rooms: Rooms, look: Callable[[dict[str, Room]], Awaitable[None]]):
        self.seconds_of_a_round = SECONDS_OF_A_ROUND
        self._rooms = rooms
        self._look = look
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Go on until nobody listens any more; nothing when it is going already."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._keep_looking())

    def stop(self) -> None:
        """The server ends."""
        if self._looking is not None:
            self._looking.cancel()

    async def _keep_looking(self) -> None:
        while listened := self._rooms.listened():
            await asyncio.sleep(self.seconds_of_a_round)
            try:
                await self._look(listened)
            except Exception as error:  # noqa: BLE001  the store may be back at the next round
                logger.error("the talks could not be looked at: %s", where(error))
