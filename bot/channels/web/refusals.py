"""What a client is told when a request is not served: a code for the page, plain words for the person."""

from __future__ import annotations

from typing import Any

from actions.wording import say
from bot.channels.web.limits import LONGEST_TEXT

STATUS = {"too_long": 400, "too_fast": 429, "bad": 400, "session": 401, "failed": 503}
"""Codes, with their HTTP status."""


class Refusal(Exception):
    """A request that is not served.

    Args:
        code: one of `STATUS`.
        status: the HTTP status, where it is not the code's usual one.
    """

    def __init__(self, code: str, status: int | None = None):
        super().__init__(code)
        self.code = code
        self.status = status or STATUS[code]

    def as_json(self) -> dict[str, Any]:
        """As it is sent."""
        text = say("safety") if self.code == "failed" else say(f"web_{self.code}", limit=LONGEST_TEXT)
        return {"ok": False, "error": {"code": self.code, "text": text}}
