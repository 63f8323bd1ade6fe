"""Promise 2: turning any red flag from no to yes never makes the level less urgent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.triage import Level, Protocol, assess
from actions.triage.conditions import Condition, Is, NoneOf
from actions.triage.model import Rule

from .conftest import Count
from .people import PROTOCOL, RED_FLAGS, records, thoroughly
from .space import assignments
from .walk import Walk


def in_its_place(condition: Condition, positive: bool = True) -> Iterator[tuple[Is, bool]]:
    """Every test with whether its truth helps the whole to hold."""
    if isinstance(condition, Is):
        yield condition, positive
        return
    for part in condition.parts:  # type: ignore[attr-defined]
        yield from in_its_place(part, positive != isinstance(condition, NoneOf))


def test_rules_use_only_the_presence_of_red_flags(protocol: Protocol, count: Count) -> None:
    """By structure: the rule for everything that fits no pattern, too, which stands in no file."""
    places = 0
    for rule in protocol.rules:
        for test, positive in in_its_place(rule.when):
            if protocol.findings[test.id].red_flag:
                places += 1
                assert (test.wanted == ("yes",)) == positive, f"{rule.key} holds when {test.id} is absent"
    count(f"monotone: {places} places in which a rule uses a red flag, each for its presence")


def order(truth: bool | None) -> int:
    return {False: 0, None: 1, True: 2}[truth]


def test_no_rule_falls_when_a_flag_is_raised(protocol: Protocol, count: Count) -> None:
    """By trying: every rule, every record of its own findings. The level is the highest of the rules that hold."""
    tried = 0
    for rule in protocol.rules:
        for findings in assignments(protocol, [rule.when], partial=True):
            for id, value in findings.items():
                if value != "no" or not protocol.findings[id].red_flag:
                    continue
                tried += 1
                raised = rule.when.holds({**findings, id: "yes"})
                assert order(raised) >= order(rule.when.holds(findings)), f"{rule.key}: {findings}, then {id}"
    count(f"monotone: no rule falls in {tried} records in which a flag is turned from no to yes")


@thoroughly
@given(records, st.sampled_from(RED_FLAGS))
def test_the_level_of_random_records_never_falls(record: dict[str, Any], flag: str) -> None:
    without = assess({**record, flag: "no"}, PROTOCOL)
    unsure = assess({**record, flag: "not_sure"}, PROTOCOL)
    having = assess({**record, flag: "yes"}, PROTOCOL)
    assert without.level <= unsure.level == having.level


def could_be_worse(rules: tuple[Rule, ...], findings: dict[str, Any], level: Level) -> list[str]:
    """Rules above the level given that what was not asked could still make hold."""
    return [rule.key for rule in rules if rule.level > level and rule.when.holds(findings) is None]


def test_whole_talks_are_monotone(sure_walk: Walk, protocol: Protocol, count: Count) -> None:
    """No end of a talk leaves a higher rule open, so it has the level of all facts, and that is monotone."""
    for end in sure_walk.ends:
        assert not could_be_worse(protocol.rules, end.findings, end.step.level), end.told
    count(f"monotone: {len(sure_walk.ends)} ends of talks of people who know have the level of all their facts")


@pytest.mark.parametrize("walk", ["unsure_walk", "volunteered_walk"])
def test_whole_talks_below_emergency_are_monotone(
    walk: str, protocol: Protocol, request: pytest.FixtureRequest
) -> None:
    """An emergency ends the talk at once, even where something not yet asked could make it an ambulance."""
    for end in request.getfixturevalue(walk).ends:
        if end.step.level < Level.EMERGENCY_DEPARTMENT:
            worse = could_be_worse(tuple(r for r in protocol.rules if r.level >= Level.URGENT), end.findings, end.held)
            assert not worse, f"{worse} not ruled out: {end.told}"
