"""Work that was acknowledged: one line a person, in the order in which things were said, never without bound."""

from __future__ import annotations

import asyncio
import bisect
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from bot.channels.slack.incoming import Incoming

MOST_FOR_ONE = 10
MOST_WAITING = 1000
AT_ONCE = 20
"""People who are answered at the same time."""
REMEMBERED = 10_000
"""Deliveries that are known without asking the database."""


class Lines:
    """Hands each thing to `work`, for one person one after the other.

    Args:
        work: does the work, and never raises.
    """

    def __init__(self, work: Callable[[Incoming], Awaitable[None]]):
        self._work = work
        self._waiting: dict[str, list[Incoming]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._gate: asyncio.Semaphore | None = None
        self._known: OrderedDict[str, None] = OrderedDict()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Things that are not worked yet."""
        return sum(len(line) for line in self._waiting.values())

    def take(self, incoming: Incoming) -> bool:
        """Put something into its person's line.

        Returns:
            False when there is no room, or the server is stopping: it must be delivered again. True also for what was
            taken before.
        """
        if any(key in self._known for key in incoming.keys):
            return True
        sender = incoming.person.sender
        line = self._waiting.get(sender, [])
        if self._closed or len(line) >= MOST_FOR_ONE or self.waiting >= MOST_WAITING:
            return False
        self._remember(incoming.keys)
        bisect.insort(line, incoming, key=lambda one: one.at)
        if sender not in self._waiting:
            self._waiting[sender] = line
            task = asyncio.get_running_loop().create_task(self._work_off(sender))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True

    def _remember(self, keys: tuple[str, ...]) -> None:
        self._known.update(dict.fromkeys(keys))
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def _work_off(self, sender: str) -> None:
        """Work one person's line until it is empty."""
        if self._gate is None:
            self._gate = asyncio.Semaphore(AT_ONCE)
        line = self._waiting[sender]
        try:
            while line:
                async with self._gate:
                    await self._work(line.pop(0))
        finally:
            del self._waiting[sender]

    async def idle(self) -> None:
        """Wait until nothing is left."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self, seconds: float) -> None:
        """Take nothing more, and give what was taken this long to be worked."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
