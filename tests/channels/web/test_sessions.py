"""A token proves one session, and only that."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import jwt
import pytest

from actions.records.store import Records
from bot.channels.web.sessions import SECONDS_VALID, Sessions, sender_of
from tests.databases import SECRET


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(f"sqlite:///{tmp_path / 'records.db'}", SECRET)


@pytest.fixture
def sessions(records: Records) -> Sessions:
    return Sessions(lambda: records, SECRET)


def part(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


def test_a_token_proves_its_session(sessions: Sessions) -> None:
    session = sessions.new()
    assert sessions.read(sessions.token(session)) == session


def test_ids_are_long_and_never_the_same(sessions: Sessions) -> None:
    made = {sessions.new() for _ in range(1000)}
    assert (len(made), min(map(len, made))) == (1000, 32)


def test_a_token_of_another_server_proves_nothing(sessions: Sessions, records: Records) -> None:
    other = Sessions(lambda: records, b"the secret of another installation")
    assert sessions.read(other.token(other.new())) is None


@pytest.mark.parametrize(("seconds", "good"), [(-60, True), (60, False)])
def test_a_token_lasts_400_days(records: Records, seconds: int, good: bool) -> None:
    token = Sessions(lambda: records, SECRET, lambda: time.time() - SECONDS_VALID - seconds).token("a" * 32)
    assert Sessions(lambda: records, SECRET).read(token) == ("a" * 32 if good else None)


def test_a_changed_token_proves_nothing(sessions: Sessions) -> None:
    head, claims, signature = sessions.token(sessions.new()).split(".")
    other = part({"sub": sessions.new(), "aud": "web", "exp": 4_000_000_000})
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    unsigned = part({"alg": "none", "typ": "JWT"})
    forged = [f"{head}.{other}.{signature}", f"{head}.{claims}.{flipped}", f"{unsigned}.{claims}.", f"{head}.{claims}."]
    assert [sessions.read(token) for token in forged] == [None] * 4


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "web", "exp": 4_000_000_000},
        {"sub": "a" * 32, "aud": "web"},
        {"sub": "a" * 32, "exp": 4_000_000_000},
        {"sub": "a" * 32, "aud": "other", "exp": 4_000_000_000},
        {"sub": "victim", "aud": "web", "exp": 4_000_000_000},
        {"sub": "../" * 10 + "aa", "aud": "web", "exp": 4_000_000_000},
    ],
)
def test_a_signed_token_without_what_it_needs_proves_nothing(sessions: Sessions, claims: dict[str, object]) -> None:
    assert sessions.read(jwt.encode(claims, sessions._signing, "HS256")) is None


@pytest.mark.parametrize("token", [None, 5, {}, [], "", "a.b.c", "." * 5000, "\ud83d", "é.é.é", True])
def test_what_is_no_token_proves_nothing(sessions: Sessions, token: object) -> None:
    assert sessions.read(token) is None


def test_an_ended_session_stays_ended_and_others_do_not(sessions: Sessions) -> None:
    one, two = sessions.new(), sessions.new()
    receipt = sessions.end(one)
    assert (sessions.is_ended(one), sessions.is_ended(two)) == (True, False)
    assert sessions.end(one) == receipt


def test_the_receipt_tells_nothing_about_the_session(sessions: Sessions, records: Records) -> None:
    session = sessions.new()
    receipt = sessions.end(session)
    assert session not in receipt
    assert records.person(sender_of(session))[:32] != receipt
