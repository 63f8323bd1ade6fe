"""Conditions hold, do not hold, or cannot be told yet."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from actions.triage.conditions import AllOf, AnyOf, Condition, Is, NoneOf, simplify

FEVER = Is("fever", "yes_no", ("yes",))
HOT = Is("hot", "yes_no", ("yes",))
NO_INJURY = Is("injury", "yes_no", ("no",))
CHILD = Is("age", "number", (("below", 18),))
WORSE = Is("trend", "one_of", ("worse",))
FRONT_OR_BACK = Is("location", "any_of", ("front", "back"))

UNKNOWN = None
"""A truth that depends on what has not been asked."""


@pytest.mark.parametrize(
    ("condition", "told", "truth"),
    [
        (FEVER, {}, UNKNOWN),
        (FEVER, {"fever": "yes"}, True),
        (FEVER, {"fever": "no"}, False),
        (FEVER, {"fever": "not_sure"}, True),
        (NO_INJURY, {}, UNKNOWN),
        (NO_INJURY, {"injury": "no"}, True),
        (NO_INJURY, {"injury": "yes"}, False),
        (NO_INJURY, {"injury": "not_sure"}, False),
        (WORSE, {}, UNKNOWN),
        (WORSE, {"trend": "worse"}, True),
        (WORSE, {"trend": "same"}, False),
        (FRONT_OR_BACK, {}, UNKNOWN),
        (FRONT_OR_BACK, {"location": ["inner", "back"]}, True),
        (FRONT_OR_BACK, {"location": ["inner"]}, False),
        (FRONT_OR_BACK, {"location": []}, False),
    ],
)
def test_one_finding_settles(condition: Is, told: dict[str, Any], truth: bool | None) -> None:
    assert condition.holds(told) is truth


@pytest.mark.parametrize(
    ("bound", "holds_at"),
    [
        ("below", {17: True, 18: False, 19: False}),
        ("at_most", {17: True, 18: True, 19: False}),
        ("at_least", {17: False, 18: True, 19: True}),
        ("over", {17: False, 18: False, 19: True}),
    ],
)
def test_a_bound_counts_its_edge_as_named(bound: str, holds_at: dict[int, bool]) -> None:
    condition = Is("age", "number", ((bound, 18),))
    assert {age: condition.holds({"age": age}) for age in holds_at} == holds_at


@pytest.mark.parametrize(("age", "truth"), [(17, False), (18, True), (24.5, True), (25, False)])
def test_two_bounds_must_both_be_kept(age: float, truth: bool) -> None:
    assert Is("age", "number", (("at_least", 18), ("below", 25))).holds({"age": age}) is truth


@pytest.mark.parametrize("bound", ["below", "at_most", "at_least", "over"])
def test_an_unknown_number_rules_nothing_out(bound: str) -> None:
    assert Is("age", "number", ((bound, 18),)).holds({"age": "not_sure"}) is True


@pytest.mark.parametrize(("told", "truth"), [({}, False), ({"fever": "yes"}, True), ({"fever": "no"}, False)])
def test_a_watched_finding_that_was_not_said_is_not_so(told: dict[str, str], truth: bool) -> None:
    assert Is("fever", "yes_no", ("yes",), watched=True).holds(told) is truth


def test_a_watched_finding_is_never_open() -> None:
    assert Is("fever", "yes_no", ("yes",), watched=True).open_in({}) == frozenset()


@pytest.mark.parametrize(
    ("fever", "hot", "all_of", "any_of", "none_of"),
    [
        ("yes", "yes", True, True, False),
        ("yes", "no", False, True, False),
        ("yes", None, UNKNOWN, True, False),
        ("no", "no", False, False, True),
        ("no", None, False, UNKNOWN, UNKNOWN),
        (None, None, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_groups(
    fever: str | None, hot: str | None, all_of: bool | None, any_of: bool | None, none_of: bool | None, swapped: bool
) -> None:
    told = {id: value for id, value in {"fever": fever, "hot": hot}.items() if value}
    parts = (HOT, FEVER) if swapped else (FEVER, HOT)
    assert [group(parts).holds(told) for group in (AllOf, AnyOf, NoneOf)] == [all_of, any_of, none_of]


@pytest.mark.parametrize(("group", "truth"), [(AllOf, True), (AnyOf, False), (NoneOf, True)])
def test_an_empty_group_is_settled(group: type[AllOf | AnyOf | NoneOf], truth: bool) -> None:
    assert group(()).holds({}) is truth


HOT_KNEE = AllOf((HOT, AnyOf((FEVER, CHILD)), NoneOf((WORSE,))))


@pytest.mark.parametrize(
    ("told", "still_open"),
    [
        ({}, {"hot", "fever", "age", "trend"}),
        ({"hot": "yes"}, {"fever", "age", "trend"}),
        ({"hot": "yes", "fever": "yes"}, {"trend"}),
        ({"hot": "no"}, set()),
        ({"hot": "yes", "trend": "worse"}, set()),
        ({"hot": "yes", "fever": "no", "age": 40}, set()),
    ],
)
def test_only_what_can_settle_it_is_open(told: dict[str, Any], still_open: set[str]) -> None:
    assert HOT_KNEE.open_in(told) == still_open


VALUES: dict[str, list[Any]] = {
    "hot": [None, "yes", "no", "not_sure"],
    "fever": [None, "yes", "no", "not_sure"],
    "age": [None, 10, 40, "not_sure"],
    "trend": [None, "worse", "better"],
}
EVERY_RECORD = [
    {id: value for id, value in zip(VALUES, values) if value is not None} for values in product(*VALUES.values())
]
CONDITIONS = [HOT_KNEE, AnyOf((HOT_KNEE, AllOf((FEVER, WORSE)))), NoneOf((AllOf((HOT, FEVER)), CHILD))]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_what_is_settled_stays_settled_whatever_is_told_later(condition: Condition) -> None:
    for told in EVERY_RECORD:
        truth = condition.holds(told)
        later = [record for record in EVERY_RECORD if record.items() >= told.items()]
        assert truth is UNKNOWN or {condition.holds(record) for record in later} == {truth}, told


@pytest.mark.parametrize("condition", CONDITIONS)
def test_something_is_open_exactly_while_it_is_not_settled(condition: Condition) -> None:
    for told in EVERY_RECORD:
        assert bool(condition.open_in(told)) == (condition.holds(told) is UNKNOWN), told


def test_every_finding_in_it_is_named() -> None:
    assert HOT_KNEE.ids() == {"hot", "fever", "age", "trend"}


TITLES = {"fever": "Fever", "hot": "Hot knee", "injury": "An injury", "age": "Age", "location": "Place"}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (FEVER, "Fever"),
        (NO_INJURY, "not: An injury"),
        (CHILD, "Age under 18"),
        (FRONT_OR_BACK, "Place: front or back"),
        (AllOf((HOT, AnyOf((FEVER, CHILD)))), "Hot knee and (Fever or Age under 18)"),
        (NoneOf((HOT, FEVER)), "none of: Hot knee; Fever"),
    ],
)
def test_reads_as_a_sentence(condition: Condition, words: str) -> None:
    assert condition.in_words(TITLES) == words


def test_a_single_part_needs_no_group() -> None:
    assert simplify((FEVER,)) is FEVER
