"""Lets requests in between turns, for channels that acknowledge before they answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

from sanic import Sanic

TURNS_AT_ONCE = 8
PATIENCE = 0.25
"""Seconds after which a turn that does not end is no longer waited for by the next."""
MOST_SECONDS_QUIET = 0.05
"""How long a turn lets deliveries be taken first."""


class Gate:
    """One turn after the other, and none begins while an update is taken.

    A turn is nearly all computing: several at once would only make everybody wait, and the service that delivers and
    wants its acknowledgement soon, too. One that hangs holds up nobody for long.
    """

    def __init__(self) -> None:
        self._turns = 0
        self._moved = 0.0
        self._moves = asyncio.Condition()
        self._taking = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @contextlib.contextmanager
    def taking(self) -> Iterator[None]:
        """While an update is being taken."""
        self._taking += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._taking -= 1
            if not self._taking:
                self._quiet.set()

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """While a turn is worked."""
        now = asyncio.get_running_loop().time
        async with self._moves:
            while self._turns and (self._turns >= TURNS_AT_ONCE or now() - self._moved < PATIENCE):
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._moves.wait(), PATIENCE)
            self._turns, self._moved = self._turns + 1, now()
        try:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), MOST_SECONDS_QUIET)
            yield
        finally:
            async with self._moves:
                self._turns, self._moved = self._turns - 1, now()
                self._moves.notify()


def gate_of(app: Sanic) -> Gate:
    """The gate of a server, the same for all of its channels."""
    if not hasattr(app.ctx, "gate"):
        app.ctx.gate = Gate()
    return app.ctx.gate
