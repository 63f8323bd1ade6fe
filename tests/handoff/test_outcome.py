"""What an answer of the receiver means."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.handoff.outcome import of_status, seconds_of

NOW = datetime(2026, 3, 1, 12, 0)


@pytest.mark.parametrize(("status", "kind"), [
    (200, "sent"), (299, "sent"), (300, "again"), (400, "dead"), (408, "again"), (410, "dead"), (425, "again"),
    (429, "again"), (499, "dead"), (500, "again"), (599, "again"),
])  # fmt: skip
def test_a_status_is_final_only_where_it_says_so(status: int, kind: str) -> None:
    assert of_status(status, "", NOW).kind == kind


@pytest.mark.parametrize(("header", "seconds"), [
    ("120", 120), (" 0 ", 0), ("Sun, 01 Mar 2026 12:05:00 GMT", 300), ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
    ("Sun, 01 Mar 2026 14:05:00 +0200", 300), ("99999999999999", 86_400), ("Sun, 01 Mar 2099 12:00:00 GMT", 86_400),
    ("", 0), ("soon", 0), ("-5", 0), ("1.5", 0), ("²", 0),
])  # fmt: skip
def test_retry_after_in_seconds_or_as_a_date_and_a_day_at_most(header: str, seconds: float) -> None:
    assert seconds_of(header, NOW) == seconds
