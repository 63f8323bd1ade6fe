"""Who is signed in. The cookie is random and only its hash is stored, so that the database opens no session."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from actions.inbox.accounts import Clock
from actions.records.database import reading
from actions.records.tables import clinicians, sessions

LASTS = timedelta(hours=8)
"""After the last thing a clinician did; what the page fetches by itself does not count."""
RENEW_AFTER = timedelta(minutes=5)
"""A session is written again at most so often."""
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Session:
    """A clinician who is signed in."""

    name: str
    csrf: str
    """Stands in every form, and only there."""


class Sessions:
    """Opens, finds and ends sessions.

    Args:
        engine: the records' database.
        clock: the time now, UTC.
    """

    def __init__(self, engine: sa.engine.Engine, clock: Clock):
        self._engine = engine
        self._clock = clock

    def open(self, name: str) -> str:
        """A new session, never one that the browser brought along.

        Returns:
            The cookie's value.
        """
        cookie, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock()
        row = {
            "token": _hash(cookie),
            "name": name,
            "csrf": secrets.token_urlsafe(TOKEN_BYTES),
            "expires_at": now + LASTS,
        }
        with self._engine.begin() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(sa.insert(sessions), row)
        return cookie

    def find(self, cookie: str, renew: bool = True) -> Session | None:
        """The session of a cookie, or None when it has ended or its clinician was removed.

        Args:
            cookie: what the browser sent.
            renew: whether this counts as something a clinician did.
        """
        now, token = self._clock(), _hash(cookie)
        query = (
            sa.select(sessions.c.name, sessions.c.csrf, sessions.c.expires_at)
            .join(clinicians, clinicians.c.name == sessions.c.name)
            .where((sessions.c.token == token) & (sessions.c.expires_at > now))
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if renew and row.expires_at < now + LASTS - RENEW_AFTER:
            with self._engine.begin() as connection:
                one = sa.update(sessions).where(sessions.c.token == token)
                connection.execute(one.values(expires_at=now + LASTS))
        return Session(row.name, row.csrf)

    def end(self, cookie: str) -> None:
        """Sign out: the cookie opens nothing from now on."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.token == _hash(cookie)))


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogateescape")).hexdigest()
