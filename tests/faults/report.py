"""What a run measured, in figures."""

from __future__ import annotations

import json
import statistics
from bisect import bisect_left
from typing import Any

from tests.faults.people import SECONDS_TO_ANSWER
from tests.faults.running import Outcome

MOST_SHOWN = 20


def figures(outcome: Outcome) -> dict[str, Any]:
    """The figures of a run, as JSON can hold them."""
    verdict, measured = outcome.verdict, outcome.measured
    whole = sum(held.answered == len(held.path.steps) for held in outcome.held)
    waits = sorted(wait for _, wait in measured.waits)
    return {
        "command": f"python -m tests.faults --conversations {outcome.plan.conversations} --every {outcome.plan.every:g}"
                   f" --seed {outcome.plan.seed} --workers {outcome.plan.workers} --people {outcome.plan.people}",
        "conversations": len(outcome.held),
        "whole": whole,
        "paths": len({held.path.name for held in outcome.held}),
        "messages_a_conversation": statistics.median([len(held.path.steps) for held in outcome.held] or [0]),
        "minutes": round(outcome.seconds / 60, 1),
        "conversations_a_minute": round(len(outcome.held) / outcome.seconds * 60),
        "turns_acknowledged": verdict.turns,
        "handoffs": verdict.handoffs,
        "faults": len(outcome.faults),
        "left_out": outcome.left_out,
        "requests": dict(measured.outcomes),
        f"neither_answer_nor_safety_in_{SECONDS_TO_ANSWER:g}_s": len(measured.late),
        "worst_request_seconds": round(measured.worst, 2),
        "message_to_right_answer_seconds": {
            "p50": _part(waits, 0.5), "p99": _part(waits, 0.99), "worst": _part(waits, 1.0),
        },
        "by_fault": by_fault(outcome),
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "wrong": len(verdict.wrong),
        "recovered_by_itself": outcome.recovered,
        "exit_code": outcome.exit_code,
    }  # fmt: skip


def by_fault(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """For each kind: how often, requests that failed until the next fault, and seconds until all was well again.

    `first_answer`: from the fault to the first right answer to a message sent after it. `longest_wait`: of a message that
    was first sent between this fault and the next one. Both at their worst.
    """
    sent = sorted(outcome.measured.waits)
    failed = sorted(outcome.measured.failures)
    found: dict[str, dict[str, Any]] = {}
    for number, fault in enumerate(outcome.faults):
        later = outcome.faults[number + 1].began if number + 1 < len(outcome.faults) else float("inf")
        mine = sent[bisect_left(sent, (fault.began, 0.0)) : bisect_left(sent, (later, 0.0))]
        failures = bisect_left(failed, (later, "")) - bisect_left(failed, (fault.began, ""))
        entry = found.setdefault(
            fault.kind, {"times": 0, "failed_requests": 0, "first_answer": 0.0, "longest_wait": 0.0}
        )
        entry["times"] += 1
        entry["failed_requests"] += failures
        if mine:
            first = min(at + wait for at, wait in mine) - fault.began
            entry["first_answer"] = max(entry["first_answer"], round(first, 2))
            entry["longest_wait"] = max(entry["longest_wait"], round(max(wait for _, wait in mine), 2))
    return dict(sorted(found.items()))


def told(outcome: Outcome) -> str:
    """The figures, and what is wrong, to read."""
    lines = [json.dumps(figures(outcome), indent=2)]
    for name in ("lost", "doubled", "wrong"):
        found = getattr(outcome.verdict, name)
        lines += [f"{name}: {one}" for one in found[:MOST_SHOWN]]
        if len(found) > MOST_SHOWN:
            lines.append(f"{name}: and {len(found) - MOST_SHOWN} more")
    return "\n".join(lines)


def holds(outcome: Outcome) -> bool:
    """Whether everything was as it must be: nothing lost, doubled, wrong or late, and it came back by itself."""
    return outcome.verdict.holds and not outcome.measured.late and outcome.recovered and outcome.exit_code == 0


def _part(ordered: list[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None
