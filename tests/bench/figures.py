"""The figures of one run, as they are kept: in `build/bench.json`, and in the document."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from tests.bench.lines import ROOT
from tests.bench.many import Crowd
from tests.bench.plan import Plan
from tests.bench.rounds import Beside

Figures = dict[str, Any]
"""What was measured, by the part; `failed` names the parts that were not."""
KEPT = ROOT / "build" / "bench.json"
DIGITS = 3


def begun(plan: Plan) -> Figures:
    """Figures of a run that begins: when, where, and how busy the machine is before anything runs."""
    return {
        "form": plan.name,
        "at": datetime.now(timezone.utc).isoformat(timespec="minutes"),
        "cores": os.cpu_count() or 1,
        "machine_mb": round(psutil.virtual_memory().total / 1e6),
        "busy_before": rounded(os.getloadavg()[0]),
        "failed": {},
    }


def of_rounds(found: Beside) -> Figures:
    """What the two bots did beside each other: medians, and of messages also how slow one in twenty is."""
    figures: Figures = {
        "cold_start_s": {side: summary(values) for side, values in found.cold_start_s.items()},
        "memory_mb": {side: summary(values) for side, values in found.memory_mb.items()},
        "turn_ms": {
            side: {turn: {**summary(values), "p95": rounded(slow(values))} for turn, values in turns.items()}
            for side, turns in found.turn_ms.items()
        },
        "load": {},
        "floor": {name: summary([one[name] for one in found.floor]) for name in ("a_second", "ms", "cpu_ms")},
    }
    for side, by_people in found.load.items():
        figures["load"][side] = {
            people: {name: summary([one[name] for one in blocks])
                     for name in ("a_second", "p50_ms", "p95_ms", "client_share", "lost")}
            for people, blocks in by_people.items()
        }  # fmt: skip
    return figures


def of_crowds(found: dict[str, Crowd]) -> Figures:
    """What one worker and several did, by their number."""
    return {amount: {name: summary(values) for name, values in vars(crowd).items()} for amount, crowd in found.items()}


def summary(values: Sequence[float]) -> Figures:
    """The median of some figures, and how far they go apart."""
    return {"median": rounded(median(values)), "least": rounded(min(values)), "most": rounded(max(values)),
            "of": len(values)}  # fmt: skip


def slow(values: Sequence[float]) -> float:
    """What 95 of 100 keep."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def rounded(value: float) -> float:
    """A figure with as many digits as it is good for."""
    return float(f"{value:.{DIGITS}g}")


def keep(figures: Figures, path: Path = KEPT) -> None:
    """Write them, so that a run that is interrupted leaves what it has."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(as_json(figures) + "\n", encoding="utf-8")


def last(path: Path = KEPT) -> Figures:
    """The figures of the last run."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def as_json(figures: Figures) -> str:
    """One line a part."""
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in figures.items()]
    return "{\n" + ",\n".join(lines) + "\n}"
