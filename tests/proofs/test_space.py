"""What the walks leave out is left out rightly: values, findings and records that no rule tells apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, islice
from typing import Any

from actions.record import Record
from actions.triage import Protocol, Question, next_step
from actions.triage.conditions import NOT_SURE
from actions.triage.model import Finding

from .conftest import Count
from .space import Space
from .walk import State, Walk, held_by


def every_value(finding: Finding) -> Iterator[Any]:
    """Every answer that can be given to one finding, numbers in halves."""
    options = [option.value for option in finding.options]
    if finding.kind == "any_of":
        yield from (list(some) for size in range(len(options) + 1) for some in combinations(options, size))
    elif finding.kind == "number":
        yield from (half / 2 for half in range(int(2 * finding.low), int(2 * finding.high) + 1))
    else:
        yield from options or ["yes", "no"]


def test_every_value_is_like_one_that_is_tried(space: Space, protocol: Protocol, count: Count) -> None:
    """No test in any rule, or in the order of questions, tells a value from the one that the walks try for it."""
    tried = 0
    conditions = [part.condition for part in chain(space.rules, (gate for gate, _ in space.gates))]
    for id in space.ids:
        tests = [test for condition in conditions for test in condition.atoms() if test.id == id]
        known = {tuple(test.holds({id: value}) for test in tests) for value in space.values[id]}
        for value in every_value(protocol.findings[id]):
            tried += 1
            assert tuple(test.holds({id: value}) for test in tests) in known, f"{id}: {value}"
    few = {id: len(space.values[id]) for id in space.ids if len(space.values[id]) != 2}
    parts = ", ".join(f"{id} {number}" for id, number in few.items())
    count(f"grouping: {tried} values of {len(space.ids)} findings fall into 2 classes each, but {parts}")


def test_alike_findings_lead_to_alike_steps(
    space: Space, sure_walk: Walk, unsure_walk: Walk, protocol: Protocol, count: Count
) -> None:
    """Two findings of a group, one answered yes or unsure: the talk goes on the same, with the two exchanged."""
    tried = groups = 0
    for state in chain(sure_walk.states, islice(unsure_walk.states, 0, None, 20)):
        if not isinstance(state.step, Question):
            continue
        doubts = frozenset(state.record.doubts) & frozenset(state.step.asks)
        for group in space.alike(state.live, state.gates, doubts, state.step.asks):
            groups += len(group) > 1
            for other in group[1:]:
                for value in ("yes", NOT_SURE):
                    tried += 1
                    ends = [after(state, protocol, id, value) for id in (group[0], other)]
                    assert ends[0] == exchanged(ends[1], group[0], other), f"{group[0]}, {other}: {value}; {state.told}"
    assert tried
    count(f"grouping: {groups} groups of findings alike, {tried} pairs exchanged, each to the same end")


def after(state: State, protocol: Protocol, id: str, value: str) -> tuple[Any, ...]:
    """What follows when one finding on the card has this value, and all others on it are denied."""
    old = state.record
    record = Record(findings=dict(old.findings), doubts=list(old.doubts), retried=list(old.retried))
    record.take({one: value if one == id else "no" for one in state.step.asks})  # type: ignore[union-attr]
    step = next_step(record.findings, protocol, frozenset(record.doubts))
    known = {one: value for one, value in record.findings.items() if one not in record.doubts}
    asks = frozenset(step.asks) if isinstance(step, Question) else step.level
    return held_by(known, protocol), asks, getattr(step, "plainer", None)


def exchanged(end: tuple[Any, ...], one: str, other: str) -> tuple[Any, ...]:
    held, asks, plainer = end
    if isinstance(asks, frozenset):
        asks = frozenset(other if id == one else one if id == other else id for id in asks)
    return held, asks, plainer
