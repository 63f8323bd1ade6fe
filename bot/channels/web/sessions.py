"""Sessions of the web channel: an id made by the server, and the signed token that proves it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable

import jwt
import sqlalchemy as sa

from actions.records.effects import Erased
from actions.records.identity import derived_key, server_secret
from actions.records.store import Records
from actions.records.tables import deletions

CHANNEL = "web"
SECONDS_VALID = 400 * 24 * 3600
"""Longer than a talk is kept by default, so that no token ends before its talk; each `begin` renews it."""
BYTES_OF_AN_ID = 24
ID = re.compile(r"[A-Za-z0-9_-]{32}")
ALGORITHM = "HS256"


def sender_of(session: str) -> str:
    """The id by which the bot knows the person of a session."""
    return f"{CHANNEL}:{session}"


class Sessions:
    """Issues, reads and ends sessions. Nothing is stored of a session but that it was deleted.

    Args:
        records: called when the records are needed; they open after the channel is made.
        secret: the server's secret; that of the installation when None.
        clock: Unix time in seconds.
    """

    def __init__(
        self, records: Callable[[], Records], secret: bytes | None = None, clock: Callable[[], float] = time.time
    ):
        secret = server_secret() if secret is None else secret
        self._signing = derived_key(secret, "web token")
        self._receipts = derived_key(secret, "web receipt")
        self._records = records
        self._clock = clock

    def new(self) -> str:
        """An id that nobody can guess, 192 random bits."""
        return secrets.token_urlsafe(BYTES_OF_AN_ID)

    def token(self, session: str) -> str:
        """The proof that its holder may use a session."""
        claims = {"sub": session, "aud": CHANNEL, "exp": int(self._clock()) + SECONDS_VALID}
        return jwt.encode(claims, self._signing, ALGORITHM)

    def read(self, token: object) -> str | None:
        """The session that a token proves; None when it proves nothing.

        Args:
            token: whatever a client sent.
        """
        if not isinstance(token, str):
            return None
        try:
            claims = jwt.decode(
                token, self._signing, [ALGORITHM], audience=CHANNEL, options={"require": ["exp", "sub", "aud"]}
            )
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            return None
        session = claims["sub"]
        return session if isinstance(session, str) and ID.fullmatch(session) else None

    def receipt(self, session: str) -> str:
        """What a deleted session is known by. Only who has the session can link the two."""
        return hmac.new(self._receipts, session.encode(), hashlib.sha256).hexdigest()[:32]

    def is_ended(self, session: str) -> bool:
        """Whether the session was deleted, by whichever worker. Blocking."""
        query = sa.select(deletions.c.id).where(deletions.c.id == self.receipt(session))
        with self._records().reading() as connection:
            return connection.execute(query).first() is not None

    def end(self, session: str) -> str:
        """Erase everything of the session and make its token invalid. Blocking.

        Returns:
            The receipt.
        """
        receipt = self.receipt(session)
        self._records().apply(CHANNEL, sender_of(session), [Erased(receipt)])
        return receipt
