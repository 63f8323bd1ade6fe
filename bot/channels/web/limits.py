"""How much and how fast: token buckets, and the sizes that are taken."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

LONGEST_TEXT = 1000
"""Characters of one message."""
LONGEST_ID = 64
"""Characters of a message's id."""
LARGEST_BODY = 16_384
"""Bytes of one request, or of one packet of a socket."""
MOST_LISTENERS = 8
"""Sockets of one session, and long polls of one session, at a time."""
MOST_IN_LINE = 8
"""Messages of one session that wait or are worked."""
MOST_KEPT = 20_000
"""Buckets kept; the one used least recently goes first, and would be full again anyway."""

SAYING = (20, 8)
BEGINNING = (30, 30)
"""A minute, and at once: messages of a session; new sessions of an address (a clinic may share one)."""


class Buckets:
    """One token bucket for each key.

    Args:
        a_minute: tokens that come back in a minute.
        at_once: tokens that a full bucket holds.
        clock: seconds that only grow.
    """

    def __init__(self, a_minute: int, at_once: int, clock: Callable[[], float] = time.monotonic):
        self._per_second = a_minute / 60
        self._full = float(at_once)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Take a token of `key`.

        Returns:
            False when there is none left.
        """
        now = self._clock()
        left, since = self._buckets.pop(key, (self._full, now))
        left = min(self._full, left + (now - since) * self._per_second)
        taken = left >= 1
        self._buckets[key] = (left - taken, now)
        while len(self._buckets) > MOST_KEPT:
            self._buckets.popitem(last=False)
        return taken
