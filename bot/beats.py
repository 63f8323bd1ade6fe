"""A worker that stands still is ended, so that the next one serves: it beats every second, and who started it listens.

By a pipe, not by a timer in the worker itself: whatever holds the worker up would hold that up too, and a timer of the
system follows the wall clock, which may jump.
"""

from __future__ import annotations

import asyncio
import os
import time

BEAT = "KNEEWISE_BEAT"
SECONDS_BETWEEN = 1.0
SECONDS_STILL = 8.0
"""After so long without a beat, a worker that has beaten before is given up."""


async def keep_beating(to: int) -> None:
    """Beat until cancelled, or until nobody listens any more.

    Args:
        to: the writing end of the pipe.
    """
    os.set_blocking(to, False)
    while True:
        try:
            os.write(to, b".")
        except BlockingIOError:
            pass  # the listener is late; it has beats enough to read
        except BrokenPipeError:
            return
        await asyncio.sleep(SECONDS_BETWEEN)


class Beats:
    """Listens to one worker."""

    def __init__(self) -> None:
        self._reads, self.writes = os.pipe()
        self._last: float | None = None

    def listen(self) -> None:
        """Begin, once the worker has its end of the pipe."""
        os.close(self.writes)
        os.set_blocking(self._reads, False)
        asyncio.get_running_loop().add_reader(self._reads, self._heard)

    def close(self) -> None:
        """Listen no more."""
        asyncio.get_running_loop().remove_reader(self._reads)
        os.close(self._reads)

    async def stand_still(self) -> None:
        """Wait until the worker has stopped beating; one that is still loading has not begun."""
        while self._last is None or time.monotonic() - self._last < SECONDS_STILL:
            await asyncio.sleep(SECONDS_BETWEEN)

    def _heard(self) -> None:
        if os.read(self._reads, 4096):
            self._last = time.monotonic()
        else:
            asyncio.get_running_loop().remove_reader(self._reads)
