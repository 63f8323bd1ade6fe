"""How an attempt to deliver went, and what follows from an HTTP status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Literal

PASSING = (408, 425, 429)
"""Statuses of 4xx that ask for another try."""
LONGEST_RETRY_AFTER = 24 * 3600.0
"""Seconds; a receiver cannot put a hand-off off for longer at once."""


@dataclass(frozen=True)
class Outcome:
    """How one attempt went."""

    kind: Literal["sent", "again", "dead"]
    error: str = ""
    """What went wrong, in words that name no person."""
    retry_after: float = 0
    """Seconds that the receiver asked for."""


SENT = Outcome("sent")


def of_status(status: int, retry_after: str, now: datetime) -> Outcome:
    """What a status means for a post.

    Args:
        status: of the answer.
        retry_after: that header, or nothing.
        now: in UTC, without zone.

    Returns:
        Sent for 2xx; dead where the receiver says that it never will take this (4xx); another try for all else,
        a redirect, which is not followed, among it.
    """
    if 200 <= status < 300:
        return SENT
    error = f"http {status}"
    if 400 <= status < 500 and status not in PASSING:
        return Outcome("dead", error)
    return Outcome("again", error, seconds_of(retry_after, now))


def seconds_of(retry_after: str, now: datetime) -> float:
    """The seconds that a Retry-After header asks for, 0 when it says nothing that can be read.

    Args:
        retry_after: whole seconds, or a date as HTTP writes it.
        now: in UTC, without zone.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return 0
    zoned = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    seconds = (zoned - now.replace(tzinfo=timezone.utc)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)
