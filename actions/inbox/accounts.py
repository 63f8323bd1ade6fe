"""Clinicians and their passwords. Slow on purpose (argon2): never call `check` on the event loop."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from actions.records.database import reading
from actions.records.tables import clinicians, handoff_notes, handoffs, sessions

Clock = Callable[[], datetime]
"""The time now in UTC, without zone."""

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
LONGEST_NAME = 64
FREE_FAILURES = 5
"""So many wrong passwords in a row lock the name."""
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id, two passes over 19 MiB: what OWASP asks for, and light enough beside the chat in the same process."""
NOBODY = HASHER.hash("the password of nobody")
"""Compared where there is no such name, so that the answer takes as long."""


class AccountError(ValueError):
    """A name or a password that cannot be used; the message says why."""


class Accounts:
    """The clinicians who may sign in.

    Args:
        engine: the records' database.
        clock: the time now, UTC.
    """

    def __init__(self, engine: sa.engine.Engine, clock: Clock):
        self._engine = engine
        self._clock = clock

    def add(self, name: str, password: str) -> None:
        """Let somebody in from now on.

        Raises:
            AccountError: the name is taken or unfit, or the password is too short.
        """
        row = {"name": clean_name(name), "password": _hashed(password), "failures": 0}
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.insert(clinicians), row)
        except sa.exc.IntegrityError:
            raise AccountError(f"there is a clinician named {row['name']} already") from None

    def change_password(self, name: str, password: str) -> None:
        """Set a new password, sign the clinician out everywhere, and lift a lock.

        Raises:
            AccountError: there is no such clinician, or the password is too short.
        """
        name, new = clean_name(name), {"password": _hashed(password), "failures": 0, "locked_until": None}
        with self._engine.begin() as connection:
            done = connection.execute(sa.update(clinicians).where(clinicians.c.name == name).values(**new))
            if done.rowcount == 0:
                raise AccountError(f"there is no clinician named {name}")
            connection.execute(sa.delete(sessions).where(sessions.c.name == name))

    def remove(self, name: str) -> int:
        """Let somebody in no longer; the assistant speaks again to whom they had taken over.

        Returns:
            How many hand-offs were handed back.

        Raises:
            AccountError: there is no such clinician.
        """
        name, now = clean_name(name), self._clock()
        theirs = (handoffs.c.by == name) & (handoffs.c.status == "taken_over")
        with self._engine.begin() as connection:
            if connection.execute(sa.delete(clinicians).where(clinicians.c.name == name)).rowcount == 0:
                raise AccountError(f"there is no clinician named {name}")
            connection.execute(sa.delete(sessions).where(sessions.c.name == name))
            references = connection.execute(sa.select(handoffs.c.reference).where(theirs)).scalars().all()
            connection.execute(sa.update(handoffs).where(theirs).values(status="acknowledged", changed_at=now))
            for reference in references:
                note = {
                    "id": uuid4().hex,
                    "reference": reference,
                    "at": now,
                    "by": name,
                    "kind": "hand_back",
                    "text": "",
                }
                connection.execute(sa.insert(handoff_notes), note)
        return len(references)

    def names(self) -> list[tuple[str, datetime | None]]:
        """Every clinician in order of name, with the end of a lock that still holds."""
        query = sa.select(clinicians.c.name, clinicians.c.locked_until).order_by(clinicians.c.name)
        now = self._clock()
        with reading(self._engine) as connection:
            return [(name, until if until and until > now else None) for name, until in connection.execute(query)]

    def check(self, name: str, password: str) -> str | None:
        """Whether this password opens this name; takes as long for a name that there is not.

        A try is counted before the password is looked at, so that many at once guess no more often than one by one.

        Returns:
            The name as it is stored, or None: unknown, wrong, or locked.
        """
        try:
            name = clean_name(name)
        except AccountError:
            name = ""
        stored = self._claim_a_try(name)
        if not _opens(stored or NOBODY, password[:LONGEST_PASSWORD]) or stored is None:
            return None
        renewed = HASHER.hash(password) if HASHER.check_needs_rehash(stored) else stored
        fresh = {"failures": 0, "locked_until": None, "password": renewed}
        with self._engine.begin() as connection:
            # Only while the password is still the one that was looked at.
            same = (clinicians.c.name == name) & (clinicians.c.password == stored)
            done = connection.execute(sa.update(clinicians).where(same).values(**fresh))
        return name if done.rowcount else None

    def _claim_a_try(self, name: str) -> str | None:
        """Count one failure in advance; the stored password, or None where nobody may try now."""
        now = self._clock()
        one = clinicians.c.name == name
        free = one & (clinicians.c.locked_until.is_(None) | (clinicians.c.locked_until <= now))
        with self._engine.begin() as connection:
            counted = sa.update(clinicians).where(free).values(failures=clinicians.c.failures + 1)
            if connection.execute(counted).rowcount == 0:
                return None
            failures, stored = connection.execute(
                sa.select(clinicians.c.failures, clinicians.c.password).where(one)
            ).one()
            if failures >= FREE_FAILURES:
                until = now + _lock(failures)
                connection.execute(sa.update(clinicians).where(one).values(locked_until=until))
        return str(stored)


def clean_name(name: str) -> str:
    """A clinician's name as it is stored: one line, single spaces.

    Raises:
        AccountError: it is empty, too long, or holds what cannot be printed.
    """
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if not 0 < len(cleaned) <= LONGEST_NAME or not cleaned.isprintable():
        raise AccountError(f"a name has 1 to {LONGEST_NAME} characters that can be printed")
    return cleaned


def _hashed(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(f"a password has at least {SHORTEST_PASSWORD} characters; four or five words are good")
    return HASHER.hash(password)


def _opens(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _lock(failures: int) -> timedelta:
    """15 minutes after the fifth failure, twice as long after each further one."""
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_LOCK * 2**doublings, LONGEST_LOCK)
