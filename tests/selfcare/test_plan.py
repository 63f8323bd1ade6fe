"""The first plan: who may have one, what it asks to change, which exercises are in it, and the card that shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.answers import Message
from actions.dialogue import Talk
from actions.record import Record
from actions.selfcare import plan as module
from actions.selfcare.cards import dose_in_words, exercise_card, plan_card
from actions.selfcare.load import load_plan
from actions.selfcare.plan import (
    MOST_LOAD_LINES,
    Plan,
    all_exercises,
    exercise_called,
    make_plan,
    may_have_plan,
    version,
)
from actions.triage import Assessment, Level, Protocol, Question, next_step
from actions.triage.yaml_lines import LINE
from actions.wording import content

from .people import PROTOCOL, people, thoroughly

MONDAY = date(2026, 1, 5)
FIRST_FIVE = {"lateral_wall_push", "side_lying_leg_raise", "calf_raises", "single_leg_balance", "forward_step_up"}
"""The exercises that the seed article names."""
RUNNER = {"main_activity": "running", "sessions_per_week": 3, "longest_recent_session": "7 km"}
WELL = {
    **{id: "no" for id, finding in PROTOCOL.findings.items() if finding.kind == "yes_no"},
    "age": 30, "aggravated_by": ["running"], "duration_weeks": 3, "for_whom": "self", "location": ["front"],
    "onset": "gradual", "self_care_weeks": 0, "trend": "same",
}  # fmt: skip
"""Somebody who has answered everything, and may look after the knee at home."""


def plan(protocol: Protocol, **told: Any) -> Plan:
    """The plan for somebody of 30 who told this."""
    return make_plan({"age": 30, **told}, protocol, MONDAY)


def names(made: Plan) -> list[str]:
    """The ids of the exercises in a plan."""
    return [exercise.id for exercise in made.exercises]


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


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        id: st.sampled_from(["yes", "no", "not_sure"])
        if finding.kind == "yes_no"
        else st.sampled_from([0, 12, 17, 18, 50])
        for id, finding in PROTOCOL.findings.items()
        if finding.kind == "yes_no" or id == "age"
    },
)


@given(people, ANSWERS, st.sets(st.sampled_from(sorted(WELL)), max_size=3), st.booleans())
@thoroughly
def test_a_plan_is_shown_to_adults_at_self_care_after_the_screen_and_to_nobody_else(
    told: dict[str, Any], answers: dict[str, Any], unasked: set[str], well: bool
) -> None:
    findings = {**WELL, **told, **({} if well else answers)}
    findings = {id: value for id, value in findings.items() if id not in unasked}
    step = next_step(findings, PROTOCOL)
    record = Record(findings=dict(findings), opened=True, result=None if isinstance(step, Question) else step.level.id)
    cards = Talk(record, Message("exercises please", "ask_exercises"), PROTOCOL, MONDAY).reply("ask_exercises")
    may = isinstance(step, Assessment) and step.level == Level.SELF_CARE and findings["age"] >= 18
    assert ("plan" in [card.kind for card in cards]) is may


# --- load ------------------------------------------------------------------------------------------


@given(people)
@thoroughly
def test_the_same_findings_give_the_same_plan(told: dict[str, Any]) -> None:
    assert plan(PROTOCOL, **told) == plan(PROTOCOL, **dict(reversed(told.items())))


@given(people)
@thoroughly
def test_a_plan_asks_for_a_handful_of_changes(told: dict[str, Any]) -> None:
    asked = plan(PROTOCOL, **told).load
    assert (0 < len(asked) <= MOST_LOAD_LINES, len(set(asked)) == len(asked)) == (True, True)


def test_its_load_is_the_load_plan(protocol: Protocol) -> None:
    made = plan(protocol, **RUNNER)
    assert made.lines == load_plan({"age": 30, **RUNNER}, protocol, content("load.yml"))
    assert made.load == tuple(line.text for line in made.lines[:5])


def test_a_version_is_eight_hexadecimal_digits(protocol: Protocol) -> None:
    made = plan(protocol)
    assert (len(made.version), int(made.version, 16) >= 0, made.version == version()) == (8, True, True)


@pytest.mark.parametrize("file", ["load.yml", "exercises.yml"])
@pytest.mark.parametrize(("added", "same"), [("note", False), (LINE, True)])
def test_a_version_changes_with_the_content_and_not_with_its_place(
    file: str, added: str, same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = version()
    monkeypatch.setattr(module, "content", lambda name: {**content(name), **({added: 1} if name == file else {})})
    assert (version() == before) is same


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


@pytest.mark.parametrize(
    ("told", "notes"),
    [
        ({"pain_worst": 2}, ["build_up", "progress", "sit_to_stand"]),
        ({"pain_worst": 6}, ["easily_upset", "build_up", "progress", "sit_to_stand"]),
        (
            {"pain_worst": 4, "aggravated_by": ["stairs_up"]},
            ["build_up", "progress", "forward_step_up", "sit_to_stand"],
        ),
        ({}, ["build_up", "progress", "sit_to_stand"]),
    ],
    ids=str,
)
def test_it_says_how_to_begin_how_to_go_on_and_what_comes_later(
    protocol: Protocol, told: dict[str, Any], notes: list[str]
) -> None:
    moves = content("exercises.yml")
    exercises = {entry["id"]: entry for entry in moves["exercises"]}
    words = {
        "easily_upset": moves["irritability"]["easily_upset"],
        "build_up": moves["first_session"]["build_up"],
        "progress": moves["progress_rule"],
        "forward_step_up": f"Forward step-up: {exercises['forward_step_up']['skip_when']['text']}",
        "sit_to_stand": exercises["sit_to_stand"]["add_when"],
    }
    assert list(plan(protocol, **told).notes) == [words[note] for note in notes]


@pytest.mark.parametrize(
    ("told", "minutes"), [({}, 15), ({"pain_worst": 4, "aggravated_by": ["stairs_up"]}, 14)], ids=str
)
def test_it_says_how_long_a_session_takes(protocol: Protocol, told: dict[str, Any], minutes: int) -> None:
    """870 and 800 seconds, rounded up."""
    assert plan(protocol, **told).session_minutes == minutes


# --- pain, and when to look again ------------------------------------------------------------------


def test_it_says_how_much_pain_is_fine(protocol: Protocol) -> None:
    zones = content("load.yml")["pain_zones"]
    bounds = [zones["green"]["to"], zones["amber"]["from"], zones["amber"]["to"], zones["red"]["over"]]
    assert [bound for bound in bounds if str(bound) not in plan(protocol).pain_rule] == []


def test_it_says_what_the_scale_means_and_what_the_next_morning_tells(protocol: Protocol) -> None:
    zones = content("load.yml")["pain_zones"]
    wanted = [zones["scale"], zones["next_morning"]["text"], zones["check_again"]["text"], "green", "amber", "red"]
    assert [words for words in wanted if words not in plan(protocol).pain_rule] == []


def test_it_says_when_to_stop(protocol: Protocol) -> None:
    assert plan(protocol).stop_rules == tuple(content("exercises.yml")["stop_rules"])


def test_it_is_looked_at_again_after_the_trial(protocol: Protocol) -> None:
    weeks = content("exercises.yml")["trial_weeks"]
    assert (plan(protocol).review_on - MONDAY).days == 7 * weeks


# --- the card --------------------------------------------------------------------------------------

CONTRACT = {"kind", "load", "exercises", "pain_rule", "review_on"}
MORE = {"each_side", "rest_seconds"}
"""What a channel may draw beside the contract."""
EXERCISE = {"id", "name", "sets", "times_per_week", "image", "alt"}


def card(**told: Any) -> dict[str, Any]:
    """The data of the card."""
    return plan_card(plan(PROTOCOL, **told)).data or {}


def test_a_card_has_the_fields_of_the_contract() -> None:
    shown = card(**RUNNER)
    assert set(shown) >= CONTRACT
    assert [set(one) - EXERCISE - MORE for one in shown["exercises"]] == [
        {"hold_seconds" if one["id"] in ("lateral_wall_push", "single_leg_balance") else "reps"}
        for one in shown["exercises"]
    ]


@given(people)
@thoroughly
def test_each_line_of_a_card_has_its_reason_and_its_sources(told: dict[str, Any]) -> None:
    shown = card(**told)
    assert 1 <= len(shown["load"]) == len(shown["why"]) == len(shown["sources"]) <= 5
    assert all(shown["why"])
    assert all(set(sources) <= set(PROTOCOL.sources) and sources for sources in shown["sources"])


def test_a_card_shows_the_lever_first_with_its_reason() -> None:
    made = plan(PROTOCOL, **RUNNER)
    text = plan_card(made).text
    assert text.index(made.lines[0].text) < text.index(made.lines[0].why) < text.index(made.lines[1].text)


def test_what_does_not_fit_on_a_card_is_kept_in_its_data() -> None:
    made = plan(PROTOCOL, **RUNNER)
    assert [line["id"] for line in card(**RUNNER)["more"]] == [line.id for line in made.lines[5:]] != []


def test_a_card_says_version_and_minutes() -> None:
    made = plan(PROTOCOL, **RUNNER)
    shown = plan_card(made)
    assert ((shown.data or {})["version"], (shown.data or {})["session_minutes"]) == (made.version, 15)
    assert "about 15 minutes, with 5 of them to warm up" in shown.text


def test_a_card_says_every_note_in_plain_text() -> None:
    shown = plan_card(plan(PROTOCOL, pain_worst=6, aggravated_by=["stairs_up"]))
    assert [note for note in (shown.data or {})["notes"] if note not in shown.text] == []


@pytest.mark.parametrize(
    ("id", "says"),
    [
        ("side_lying_leg_raise", "Start with 10 times on each side. Build up to 3 sets of 10 times on each side."),
        ("single_leg_balance", "2 sets of 30 seconds on each side."),
    ],
)
def test_an_exercise_says_what_to_build_up_to(id: str, says: str) -> None:
    exercise = exercise_called(id, {})
    assert exercise is not None
    assert says in exercise_card(exercise).text.split("\n")
