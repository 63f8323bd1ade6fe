"""The exercises of a first session: which, in which order, with how many sets, and how long it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from actions.selfcare import exercise as module
from actions.selfcare.exercise import (
    Exercise,
    all_exercises,
    exercise_called,
    first_session,
    irritability,
    session_seconds,
)
from actions.triage.conditions import NOT_SURE
from actions.wording import content

from .people import people, thoroughly

CALM = {"pain_worst": 2}
EASILY_UPSET = {"pain_worst": 6}
DOSES: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in content("exercises.yml")["exercises"]}


def names(exercises: tuple[Exercise, ...]) -> list[str]:
    """Their ids, in order."""
    return [exercise.id for exercise in exercises]


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The rule for a first session, to be changed."""
    changed: dict[str, Any] = {**content("exercises.yml")}
    changed["first_session"] = {**changed["first_session"]}
    monkeypatch.setattr(module, "content", lambda file: changed)
    return changed["first_session"]  # type: ignore[no-any-return]


# --- order -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({}, "easily_upset"),
        ({"pain_worst": NOT_SURE}, "easily_upset"),
        ({"pain_worst": 5}, "calm"),
        ({"pain_worst": 5.5}, "easily_upset"),
        ({"pain_worst": 4, "pain_now": 2}, "calm"),
        ({"pain_worst": 4, "pain_now": 3}, "easily_upset"),
        ({"pain_now": 0}, "easily_upset"),
    ],
    ids=str,
)
def test_a_knee_is_easily_upset_until_it_is_known_to_be_calm(told: dict[str, Any], kind: str) -> None:
    assert irritability(told) == kind


def test_the_order_for_an_irritable_knee_is_that_of_the_source() -> None:
    """clinical.md B6: wall push, side raise, calf raise, balance; the step-up last."""
    wanted = ["lateral_wall_push", "side_lying_leg_raise", "calf_raises", "single_leg_balance", "forward_step_up"]
    assert names(first_session(EASILY_UPSET)) == wanted


def test_the_order_for_a_calm_knee_is_that_of_the_article() -> None:
    wanted = ["single_leg_balance", "lateral_wall_push", "side_lying_leg_raise", "forward_step_up", "calf_raises"]
    assert names(first_session(CALM)) == wanted


@pytest.mark.parametrize("hurts", ["stairs_up", "stairs_down"])
def test_the_step_up_comes_last_when_stairs_hurt(hurts: str) -> None:
    assert names(first_session({**CALM, "aggravated_by": [hurts]}))[-1] == "forward_step_up"


def test_the_exercise_for_the_thigh_comes_later() -> None:
    assert [(one.id, bool(one.later)) for one in all_exercises(CALM) if one.later] == [("sit_to_stand", True)]


# --- time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "seconds"),
    [
        ("lateral_wall_push", 90),  # 5 holds of 5 s, 4 rests of 5 s, 2 sides
        ("side_lying_leg_raise", 600),  # 3 sets of 10 of 8 s, 2 sides, 2 rests of 60 s
        ("calf_raises", 300),  # 3 sets of 12 of 5 s, 2 rests of 60 s
        ("single_leg_balance", 130),  # 2 holds of 30 s, 1 rest of 5 s, 2 sides
        ("forward_step_up", 270),  # 3 sets of 5 of 5 s, 2 sides, 2 rests of 60 s
        ("sit_to_stand", 408),  # 3 sets of 12 of 8 s, 2 rests of 60 s
    ],
)
def test_an_exercise_takes_as_long_as_its_dose(id: str, seconds: float) -> None:
    assert next(one for one in all_exercises({}) if one.id == id).seconds == seconds


def test_a_session_has_a_warm_up_and_ways_between() -> None:
    push, balance = (one for one in all_exercises({}) if one.hold_seconds)
    assert session_seconds((push, balance)) == 5 * 60 + 90 + 20 + 130


def test_a_first_session_has_fewer_sets_of_what_takes_longest() -> None:
    """Of 1390 seconds of exercise 490 are left, and with 5 minutes to warm up and 4 ways between it is 870."""
    session = first_session(EASILY_UPSET)
    assert {one.id: (one.sets, one.full_sets) for one in session} == {
        "lateral_wall_push": (5, 5),
        "side_lying_leg_raise": (1, 3),
        "calf_raises": (1, 3),
        "single_leg_balance": (2, 2),
        "forward_step_up": (1, 3),
    }
    assert session_seconds(session) == 870


@pytest.mark.parametrize(
    ("minutes", "kept"),
    [(60, 5), (15, 5), (12, 5), (11, 4), (7, 1)],
)
def test_fewer_sets_come_before_fewer_exercises(rules: dict[str, Any], minutes: float, kept: int) -> None:
    rules["minutes_at_most"] = minutes
    session = first_session(EASILY_UPSET)
    whole = [one.id for one in sorted(all_exercises(EASILY_UPSET), key=lambda one: one.order)]
    assert names(session) == whole[:kept]
    assert kept == 5 or {one.sets for one in session} == {1}


def test_with_time_enough_nothing_is_taken_away(rules: dict[str, Any]) -> None:
    rules["minutes_at_most"] = 60
    assert [one.sets for one in first_session({})] == [one.full_sets for one in first_session({})]


@given(people)
@thoroughly
def test_no_first_session_asks_for_more_than_15_minutes(told: dict[str, Any]) -> None:
    """Counted anew, with the rest between sets on each side."""
    session = first_session(told)
    minutes = 5 + sum(minutes_of(DOSES[one.id]["dose"], one.sets) for one in session)
    assert (session != (), minutes <= 15, session_seconds(session) <= 15 * 60) == (True, True, True)


def minutes_of(dose: Mapping[str, Any], sets: int) -> float:
    """What a dose takes: 6 seconds a repetition where it gives no speed."""
    one_way = 3
    each = dose.get("hold_seconds") or dose["reps"] * (
        dose.get("seconds_up", one_way) + dose.get("seconds_down", one_way)
    )
    return (2 if dose.get("each_side") else 1) * (sets * each + (sets - 1) * dose.get("rest_seconds", 0)) / 60


@given(people)
@thoroughly
def test_every_dose_is_inside_the_range_of_its_source(told: dict[str, Any]) -> None:
    for one in first_session(told):
        dose, range = DOSES[one.id]["dose"], DOSES[one.id].get("range", {})
        assert 1 <= one.sets <= one.full_sets == dose["sets"]
        for name in ("reps", "hold_seconds", "times_per_week"):
            value = getattr(one, name)
            low, high = range.get(name, [dose.get(name, value)] * 2)
            assert value is None or low <= value <= high


@given(people)
@thoroughly
def test_the_same_findings_give_the_same_session(told: dict[str, Any]) -> None:
    assert first_session(told) == first_session(dict(reversed(told.items())))


# --- one exercise ----------------------------------------------------------------------------------


def test_an_exercise_is_shown_as_the_plan_has_it() -> None:
    shown = exercise_called("side_lying_leg_raise", EASILY_UPSET)
    assert shown in first_session(EASILY_UPSET)


@pytest.mark.parametrize("id", ["forward_step_up", "sit_to_stand"])
def test_an_exercise_that_is_not_in_the_plan_has_its_full_dose(id: str) -> None:
    told = {"pain_worst": 4, "aggravated_by": ["stairs_up"]}
    shown = exercise_called(id, told)
    assert shown == next(one for one in all_exercises(told) if one.id == id)
    assert shown not in first_session(told)


@pytest.mark.parametrize("one", all_exercises({}), ids=lambda one: one.id)
def test_twice_the_sets_take_longer(one: Exercise) -> None:
    assert replace(one, sets=2 * one.sets).seconds > 2 * one.seconds
