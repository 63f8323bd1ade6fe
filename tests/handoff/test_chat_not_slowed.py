"""Talks go on while a receiver hangs; `python -m tests.bench.handoff_delivery` measures it closely."""

from __future__ import annotations

from pathlib import Path

from tests.bench.handoff_delivery import measure, p95


def test_a_receiver_that_hangs_holds_up_no_turn(tmp_path: Path) -> None:
    found = measure(60, 1, tmp_path)
    assert max(found["hangs"]) < 5, "a turn waited for the receiver, which hangs for 10 seconds"
    assert p95(found["hangs"]) < 3 * p95(found["healthy"]) + 0.05
