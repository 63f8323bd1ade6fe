"""Token buckets, with a clock that is set by hand."""

from __future__ import annotations

from bot.channels.web import limits
from bot.channels.web.limits import Buckets


def test_a_full_bucket_is_empty_after_its_burst() -> None:
    buckets = Buckets(a_minute=20, at_once=8, clock=lambda: 0.0)
    assert [buckets.take("anna") for _ in range(9)] == [True] * 8 + [False]


def test_tokens_come_back_with_time() -> None:
    now = [0.0]
    buckets = Buckets(a_minute=20, at_once=1, clock=lambda: now[0])
    taken = []
    for now[0] in (0.0, 2.9, 3.1, 3.2, 6.2):
        taken.append(buckets.take("anna"))
    assert taken == [True, False, True, False, True]


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    now = [0.0]
    buckets = Buckets(a_minute=60, at_once=2, clock=lambda: now[0])
    buckets.take("anna")
    now[0] = 3600.0
    assert [buckets.take("anna") for _ in range(3)] == [True, True, False]


def test_one_does_not_use_up_what_is_anothers() -> None:
    buckets = Buckets(a_minute=1, at_once=1, clock=lambda: 0.0)
    assert (buckets.take("anna"), buckets.take("anna"), buckets.take("bert")) == (True, False, True)


def test_what_is_kept_has_an_end() -> None:
    buckets = Buckets(a_minute=1, at_once=1, clock=lambda: 0.0)
    for number in range(limits.MOST_KEPT + 5):
        buckets.take(str(number))
    assert len(buckets._buckets) == limits.MOST_KEPT
