"""The secret is made once, kept from others, and never a known one; what is derived from it tells nothing of it."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.records.identity import BadSecret, Identity, derived_key, server_secret

GOOD = "pR7xLq2vT9mZc4Wd8KsY1nBf6HjGtEuA"
IDENTITY = Identity(GOOD.encode())


@pytest.fixture(autouse=True)
def _not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KNEEWISE_SECRET", raising=False)


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / ".kneewise"
    made = server_secret(folder)
    assert len(made) >= 32
    assert server_secret(folder) == made
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert os.listdir(folder) == ["secret"]
    assert server_secret(tmp_path / "elsewhere") != made


def test_many_that_start_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(server_secret, [tmp_path / "new"] * 64))) == 1


def test_the_setting_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEEWISE_SECRET", GOOD)
    assert server_secret(tmp_path / "unused") == GOOD.encode()
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize(
    ("secret", "why"),
    [("", "0 characters"), (GOOD[:31], "31 characters"), ("x" * 64, "pattern"), ("ab" * 20, "pattern"),
     ("please-change-me-please-change-me!", "known default"), ("my-Kneewise-secret-0987-zyxw-vutsr", "known default"),
     ("0123456789abcdef0123456789abcdef", "known default")],
)  # fmt: skip
def test_a_secret_that_could_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch, secret: str, why: str) -> None:
    monkeypatch.setenv("KNEEWISE_SECRET", secret)
    with pytest.raises(BadSecret, match=why) as error:
        server_secret()
    assert not secret or secret not in str(error.value)
    assert "openssl rand -hex 32" in str(error.value)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    server_secret(tmp_path)
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(BadSecret, match="chmod 600"):
        server_secret(tmp_path)


@given(st.text(max_size=300))
def test_what_is_sealed_can_be_opened_and_not_read(text: str) -> None:
    sealed = IDENTITY.seal(text)
    assert IDENTITY.unseal(sealed) == text
    assert len(text) < 4 or text not in sealed


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(BadSecret):
        Identity(b"another").unseal(IDENTITY.seal("hello"))
    with pytest.raises(BadSecret):
        IDENTITY.unseal("no seal")


def test_a_person_is_the_same_under_one_secret_only() -> None:
    assert IDENTITY.person("web:1") == Identity(GOOD.encode()).person("web:1")
    others = {IDENTITY.person("web:1"), IDENTITY.person("web:2"), Identity(b"another").person("web:1")}
    assert len(others) == 3
    assert {len(key) for key in others} == {64}


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {derived_key(secret, purpose) for secret in (b"a", b"b") for purpose in ("person", "seal", "token")}
    assert len(keys) == 6
    assert {len(key) for key in keys} == {32}
