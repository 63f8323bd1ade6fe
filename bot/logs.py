"""One JSON object a line, when `KNEEWISE_LOG=json`: what happened, in which talk, and nothing that was said."""

from __future__ import annotations

import json
import logging
import os
import sys
from contextvars import ContextVar
from datetime import datetime, timezone

from actions.conversation import where

TALK: ContextVar[str | None] = ContextVar("talk", default=None)
"""The first letters of the key of the person whose turn is worked: the same in all of their lines, nobody's id."""
LETTERS = 12
turns = logging.getLogger("kneewise.turns")


class JsonLines(logging.Formatter):
    """Writes a record as one line. Of an error it tells the kind and the place, for its text may hold words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "by": record.name,
            "event": record.getMessage(),
        }
        if TALK.get() is not None:
            line["talk"] = TALK.get()
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = where(error)
        return json.dumps({**line, **getattr(record, "told", {})}, ensure_ascii=False)


def wanted() -> bool:
    """Whether logs are to be JSON."""
    return os.environ.get("KNEEWISE_LOG") == "json"


def use_json() -> None:
    """From now on, everything that is logged is a line of JSON on the error output."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("sanic.root", "sanic.error", "sanic.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    turns.setLevel(logging.INFO)


def turned(channel: str, outcome: str, seconds: float) -> None:
    """Log one turn.

    Args:
        channel: the channel's name.
        outcome: as of `bot.metrics`.
        seconds: how long it took.
    """
    told = {"channel": channel, "outcome": outcome, "ms": round(seconds * 1000, 1)}
    turns.info("turn", extra={"told": told})
