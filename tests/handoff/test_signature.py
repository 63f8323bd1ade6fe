"""The receiver can tell who sent a post: by the very lines that docs/handoff.md gives it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from actions.handoff.webhook import signature
from tests.fakes.clinic import SECRET

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "handoff.md"
BODY = b'{"reference": "K-1"}'
Check = Callable[[str, str, bytes], bool]


@pytest.fixture(scope="module")
def is_from_kneewise() -> Check:
    """The function of the document."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Check] = {}
    exec(code, names)
    return names["is_from_kneewise"]


def signed(seconds_ago: float = 0) -> str:
    """The header of a post that was signed some time ago."""
    at = datetime.fromtimestamp(time.time() - seconds_ago, timezone.utc).replace(tzinfo=None)
    return signature(SECRET, BODY, at)


def test_the_documents_lines_take_what_is_sent(is_from_kneewise: Check) -> None:
    assert is_from_kneewise(SECRET, signed(), BODY)


def test_another_body_another_secret_or_an_old_time_is_refused(is_from_kneewise: Check) -> None:
    assert not is_from_kneewise(SECRET, signed(), BODY + b" ")
    assert not is_from_kneewise("another secret altogether", signed(), BODY)
    assert not is_from_kneewise(SECRET, signed(600), BODY)


def test_a_new_time_on_an_old_signature_is_refused(is_from_kneewise: Check) -> None:
    old = signed(600)
    assert not is_from_kneewise(SECRET, re.sub(r"t=\d+", f"t={int(time.time())}", old), BODY)


@pytest.mark.parametrize("header", ["", "t=,v1=", "v1=00", "t=x,v1=00", "t=1"])
def test_no_header_makes_the_lines_fail(is_from_kneewise: Check, header: str) -> None:
    assert not is_from_kneewise(SECRET, header, BODY)
