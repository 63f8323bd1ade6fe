"""Both bots in turn, several rounds of: start, first answer, one long talk, many people at once, memory, stop.

Both run at the same time and take turns at every step, so that a busy moment of the machine is unfair to none of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.lines import Process
from tests.bench.plan import Plan
from tests.bench.sides import SECRET, Side, start_ours, start_starter

SIDES = ("ours", "starter")
SECONDS_AT_MOST = 600.0


def _each() -> dict[str, list[float]]:
    return {side: [] for side in SIDES}


@dataclass
class Beside:
    """What the rounds found, each figure as one a round unless it says otherwise."""

    cold_start_s: dict[str, list[float]] = field(default_factory=_each)
    memory_mb: dict[str, list[float]] = field(default_factory=_each)
    turn_ms: dict[str, dict[str, list[float]]] = field(default_factory=lambda: {side: {} for side in SIDES})
    """By turn, every message of its window."""
    load: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=lambda: {side: {} for side in SIDES})
    """By how many people, what the client found."""
    floor: list[dict[str, float]] = field(default_factory=list)


def measure(plan: Plan, say: Callable[[str], None]) -> Beside:
    """Run the rounds.

    Args:
        plan: how much.
        say: tells how far it is.
    """
    found = Beside()
    with tempfile.TemporaryDirectory(prefix="kneewise-bench-") as folder:
        logs = Path(folder)
        with (
            Process("tests.bench.client", logs / "client.log") as client,
            Process("tests.bench.floor", logs / "floor.log", {"KNEEWISE_SECRET": SECRET}) as floor,
        ):
            floor.ask(SECONDS_AT_MOST, seconds=0.5)
            for number in range(plan.rounds):
                say(f"round {number + 1} of {plan.rounds}")
                within = Path(folder) / str(number)
                within.mkdir()
                _round(plan, number, within, client, floor, found)
    return found


def _round(plan: Plan, number: int, folder: Path, client: Process, floor: Process, found: Beside) -> None:
    """One round; the bots change places from round to round."""
    start = {"ours": start_ours, "starter": start_starter}
    order = SIDES if number % 2 else SIDES[::-1]
    running: dict[str, Side] = {}
    try:
        for side in order:
            running[side] = start[side](folder)
            found.cold_start_s[side].append(running[side].first_answer())
        urls = {side: running[side].url for side in order}
        windows = plan.windows if number < plan.long_talks else plan.short_windows
        for side, taken in client.ask(SECONDS_AT_MOST, do="talks", urls=urls, windows=windows).items():
            for turn, spent in taken.items():
                found.turn_ms[side].setdefault(turn, []).extend(spent)
        for people in plan.people:
            for side in order:
                one = client.ask(120, do="load", url=urls[side], kind=side, people=people, seconds=plan.seconds)
                found.load[side].setdefault(str(people), []).append(one)
            if people == plan.people[0]:
                found.floor.append(floor.ask(120, seconds=plan.seconds))
        for side in order:
            found.memory_mb[side].append(running[side].memory_mb())
    finally:
        for one in running.values():
            one.stop()
