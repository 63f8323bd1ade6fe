"""Which websites may talk with this server from a browser."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from actions.wording import public_url

METHODS = "GET, POST, OPTIONS"
HEADERS = "authorization, content-type"
SECONDS_KEPT = "600"


class Origins:
    """The allow-list.

    Args:
        allowed: origins as a browser sends them, `https://clinic.example`.
    """

    def __init__(self, allowed: Iterable[str]):
        self._allowed = frozenset(origin.strip().rstrip("/").lower() for origin in allowed if origin.strip())

    @classmethod
    def of_settings(cls, settings: Mapping[str, str] = os.environ) -> Origins:
        """`KNEEWISE_ORIGINS`, the server's public address, and loopback at its own port."""
        port = settings.get("PORT", "5005")
        own = [f"http://{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]")]
        return cls([*settings.get("KNEEWISE_ORIGINS", "").split(","), public_url(), *own])

    def allow(self, origin: str | None) -> bool:
        """Whether a request may come from there; one without an origin comes from no other site's page."""
        return origin is None or origin.lower() in self._allowed

    def headers(self, origin: str | None, preflight: bool = False) -> dict[str, str]:
        """What lets the browser hand the answer on; nothing for an origin that is not allowed.

        Args:
            origin: the request's.
            preflight: the browser asks before it sends.
        """
        if origin is None or not self.allow(origin):
            return {"Vary": "Origin"}
        headers = {"Vary": "Origin", "Access-Control-Allow-Origin": origin}
        if preflight:
            headers |= {
                "Access-Control-Allow-Methods": METHODS,
                "Access-Control-Allow-Headers": HEADERS,
                "Access-Control-Max-Age": SECONDS_KEPT,
            }
        return headers
