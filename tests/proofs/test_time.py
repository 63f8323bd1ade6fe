"""How quick the engine is, and its proofs."""

from __future__ import annotations

import statistics
import time
from typing import Any

import pytest

from actions.triage import Protocol, assess

from .conftest import DEEP, MOST_SECONDS, Count
from .mutants import claims

MOST_MICROSECONDS = 200


def test_assess_takes_less_than_200_microseconds(protocol: Protocol, count: Count) -> None:
    """The median over every person of the claims, each the quickest of five, so that a busy machine does not count."""
    people: list[Any] = [claim.facts for claim in claims(protocol)]
    took = []
    for facts in people:
        runs = []
        for _ in range(5):
            began = time.perf_counter_ns()
            assess(facts, protocol)
            runs.append((time.perf_counter_ns() - began) / 1000)
        took.append(min(runs))
    middle = statistics.median(took)
    count(f"time: assess takes {middle:.0f} microseconds (median of {len(people)} people, at most {max(took):.0f})")
    assert middle < MOST_MICROSECONDS


@pytest.mark.skipif(DEEP, reason="the deep form takes its time")
def test_all_proofs_are_quick(seconds_so_far: float) -> None:
    """Comes last; processor time, so that a busy machine does not count."""
    assert seconds_so_far < MOST_SECONDS
