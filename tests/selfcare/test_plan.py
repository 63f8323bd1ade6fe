"""The first plan: who may have one, what it asks to change, and which exercises are in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from actions.selfcare.cards import dose_in_words
from actions.selfcare.plan import MOST_LOAD_RULES, Plan, all_exercises, exercise_called, make_plan, may_have_plan
from actions.triage import Assessment, Level, Protocol
from actions.wording import content

MONDAY = date(2026, 1, 5)
FIRST_FIVE = {"lateral_wall_push", "side_lying_leg_raise", "calf_raises", "single_leg_balance", "forward_step_up"}
"""The exercises that the seed article names."""
RULES: list[dict[str, Any]] = content("load.yml")["first_rules"]


def plan(protocol: Protocol, **told: Any) -> Plan:
    """The plan for somebody of 30 who told this."""
    return make_plan({"age": 30, **told}, protocol, MONDAY)


def names(made: Plan) -> list[str]:
    """The ids of the exercises in a plan."""
    return [exercise.id for exercise in made.exercises]


def texts(*, when: dict[str, Any] | None) -> set[str]:
    """The load rules with just this condition."""
    return {
        rule["text"] for rule in RULES if {k: v for k, v in rule.get("when", {}).items() if k != "__line__"} == when
    }


# --- who may have one ------------------------------------------------------------------------------


@pytest.mark.parametrize("level", Level)
def test_only_self_care_may_have_a_plan(level: Level) -> None:
    assert may_have_plan(Assessment(level, (), (), "7"), {"age": 30}) is (level == Level.SELF_CARE)


@pytest.mark.parametrize(
    ("told", "may"),
    [({"age": 17}, False), ({"age": 17.9}, False), ({"age": 18}, True), ({"age": "not_sure"}, False), ({}, False)],
    ids=str,
)
def test_only_who_is_known_to_be_18_may_have_a_plan(told: dict[str, Any], may: bool) -> None:
    assert may_have_plan(Assessment(Level.SELF_CARE, (), (), "7"), told) is may


# --- load ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"main_activity": "running"},
        {"main_activity": "running", "aggravated_by": ["running", "stairs_down", "sitting_long", "kneeling"]},
    ],
    ids=str,
)
def test_a_plan_asks_for_a_handful_of_changes(protocol: Protocol, told: dict[str, Any]) -> None:
    asked = plan(protocol, **told).load
    assert (0 < len(asked) <= MOST_LOAD_RULES, len(set(asked)) == len(asked)) == (True, True)


@pytest.mark.parametrize("told", [{}, {"main_activity": "running", "aggravated_by": ["running"]}], ids=str)
def test_it_begins_with_what_holds_for_everybody(protocol: Protocol, told: dict[str, Any]) -> None:
    assert set(plan(protocol, **told).load[:2]) <= texts(when={})


@pytest.mark.parametrize("activity", ["running", "walking", "hiking", "cycling", "gym"])
def test_it_has_the_rules_for_what_the_person_does(protocol: Protocol, activity: str) -> None:
    wanted = texts(when={"main_activity": activity})
    assert wanted & set(plan(protocol, main_activity=activity).load) == wanted != set()


@pytest.mark.parametrize("activity", ["walking", "hiking", "cycling", "gym"])
def test_it_has_no_rules_for_what_the_person_does_not_do(protocol: Protocol, activity: str) -> None:
    assert texts(when={"main_activity": activity}) & set(plan(protocol, main_activity="running").load) == set()


def test_what_was_not_told_brings_no_rule(protocol: Protocol) -> None:
    assert set(plan(protocol).load) <= texts(when={})


# --- exercises -------------------------------------------------------------------------------------


def test_it_begins_with_the_five_exercises(protocol: Protocol) -> None:
    assert set(names(plan(protocol))) == FIRST_FIVE


def test_the_gentlest_exercise_comes_first(protocol: Protocol) -> None:
    orders = [exercise.order for exercise in plan(protocol).exercises]
    assert orders == sorted(orders)


@pytest.mark.parametrize(
    ("told", "has_it"),
    [
        ({}, True),
        ({"aggravated_by": ["stairs_up"]}, True),
        ({"aggravated_by": ["stairs_up"], "pain_worst": 3}, True),
        ({"aggravated_by": ["stairs_up"], "pain_worst": 4}, False),
        ({"aggravated_by": ["stairs_up"], "pain_worst": "not_sure"}, True),
        ({"aggravated_by": ["stairs_down"], "pain_worst": 9}, True),
        ({"aggravated_by": [], "pain_worst": 9}, True),
    ],
    ids=str,
)
def test_the_step_up_waits_while_stairs_hurt(protocol: Protocol, told: dict[str, Any], has_it: bool) -> None:
    assert ("forward_step_up" in names(plan(protocol, **told))) is has_it


def test_who_is_not_sure_what_brings_it_on_gets_a_plan(protocol: Protocol) -> None:
    assert set(names(plan(protocol, aggravated_by="not_sure"))) == FIRST_FIVE


@pytest.mark.parametrize(("id", "found"), [("calf_raises", "calf_raises"), ("handstand", None), ("", None)])
def test_an_exercise_is_found_by_its_id(id: str, found: str | None) -> None:
    exercise = exercise_called(id, {})
    assert (exercise and exercise.id) == found


@pytest.mark.parametrize("exercise", all_exercises({}), ids=lambda exercise: exercise.id)
def test_every_exercise_can_be_done_from_its_words(exercise: Any) -> None:
    assert all([exercise.name, exercise.purpose, exercise.start_position, exercise.steps, exercise.sources])


@pytest.mark.parametrize("exercise", all_exercises({}), ids=lambda exercise: exercise.id)
def test_every_exercise_is_counted_or_held(exercise: Any) -> None:
    assert (bool(exercise.reps) != bool(exercise.hold_seconds), exercise.sets > 0, exercise.times_per_week > 0) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sets": 3, "reps": 12, "hold_seconds": None, "each_side": False}, "3 sets of 12 times"),
        ({"sets": 1, "reps": 12, "hold_seconds": None, "each_side": True}, "12 times on each side"),
        ({"sets": 2, "reps": None, "hold_seconds": 30, "each_side": True}, "2 sets of 30 seconds on each side"),
    ],
    ids=str,
)
def test_a_dose_is_said_in_words(change: dict[str, Any], words: str) -> None:
    assert dose_in_words(replace(all_exercises({})[0], **change)) == words


# --- pain, and when to look again ------------------------------------------------------------------


def test_it_says_how_much_pain_is_fine(protocol: Protocol) -> None:
    zones = content("load.yml")["pain_zones"]
    bounds = [zones["green"]["to"], zones["amber"]["from"], zones["amber"]["to"], zones["red"]["over"]]
    assert [bound for bound in bounds if str(bound) not in plan(protocol).pain_rule] == []


def test_it_says_when_to_stop(protocol: Protocol) -> None:
    assert plan(protocol).stop_rules == tuple(content("exercises.yml")["stop_rules"])


def test_it_is_looked_at_again_after_the_trial(protocol: Protocol) -> None:
    weeks = content("exercises.yml")["trial_weeks"]
    assert (plan(protocol).review_on - MONDAY).days == 7 * weeks
