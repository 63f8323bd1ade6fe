"""The engine asks what could still raise the level, and ends when nothing could."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from actions.triage import Assessment, Level, Protocol, Question, assess, next_step
from actions.triage.conditions import AllOf, AnyOf, Condition, Is, NoneOf
from actions.triage.model import Finding, LevelText, Presentation, Rule, Screen, Step

SCREENS = {"any_screen": ("cold", "wound", "breathless"), "late_screen": ("stiff", "pop")}
RED_FLAGS = ("cold", "wound", "breathless", "fever", "stiff", "pop", "harm")
OTHERS = ("injury", "worse")


def has(id: str) -> Is:
    """The finding is present."""
    return Is(id, "yes_no", ("yes",), watched=id == "harm")


def rule(id: str, level: Level, *parts: Condition, case: str = "") -> Rule:
    """A rule that holds when all parts do."""
    when = parts[0] if len(parts) == 1 else AllOf(parts)
    return Rule(id, case, id, when, level, "say", "because", (), ("leaflet",), None, None, 1)


def finding(id: str) -> Finding:
    """A yes-or-no finding."""
    return Finding(id, "yes_no", id in RED_FLAGS, id == "harm", id, "", "Is it?", "Really?", "So.", (), "", 0, 0, (), 1)


RULES = (
    rule("R1", Level.AMBULANCE, has("breathless")),
    rule("R2", Level.AMBULANCE, has("cold"), AnyOf((has("injury"), has("wound"))), case="hurt"),
    rule("R2", Level.EMERGENCY_DEPARTMENT, has("cold"), case="quiet"),
    rule("R3", Level.EMERGENCY_DEPARTMENT, has("harm")),
    rule("R4", Level.EMERGENCY_DEPARTMENT, has("fever"), has("stiff")),
    rule("R5", Level.URGENT, has("fever")),
    rule("R6", Level.SOON, has("pop"), has("injury")),
    rule("R7", Level.SOON, has("worse")),
    rule("R8", Level.ROUTINE, NoneOf((has("injury"),))),
)


def make(*, rules: tuple[Rule, ...] = RULES, order: tuple[Step, ...] | None = None) -> Protocol:
    """A protocol with two screens and three more questions."""
    steps = ("any_screen", "injury", "late_screen", "fever", "worse")
    pattern = Presentation("sore", "sore", has("worse"), Level.SELF_CARE, "say", (), (), ("leaflet",), None, None, 1)
    return Protocol(
        version="7",
        findings={id: finding(id) for id in (*RED_FLAGS, *OTHERS)},
        screens={id: Screen(id, "Any?", "Really any?", "So.", asks, 1) for id, asks in SCREENS.items()},
        order=order or tuple(Step(ask, None, 1) for ask in steps),
        rules=rules,
        presentations=(pattern,),
        levels={level: LevelText("Do it.", (), ()) for level in Level},
        sources={"leaflet": "A leaflet"},
    )


PROTOCOL = make()
QUIET = {"cold": "no", "wound": "no", "breathless": "no"}
"""Nothing of the first screen."""


def asked(told: Mapping[str, Any], protocol: Protocol = PROTOCOL, doubts: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What the next question asks for; nothing when there is an assessment."""
    step = next_step(told, protocol, doubts)
    return step.asks if isinstance(step, Question) else ()


def level(told: Mapping[str, Any], protocol: Protocol = PROTOCOL) -> Level | None:
    """The level that ends the talk; None while something is still asked."""
    step = next_step(told, protocol)
    return step.level if isinstance(step, Assessment) else None


# --- what is asked ---------------------------------------------------------------------------------


def test_begins_with_the_first_question_in_the_order() -> None:
    assert next_step({}, PROTOCOL) == Question("any_screen", SCREENS["any_screen"])


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"wound": "no"}, Question("any_screen", ("cold", "breathless"))),
        ({"wound": "no", "cold": "no"}, Question("breathless", ("breathless",))),
    ],
)
def test_a_screen_shows_only_what_is_not_known(told: dict[str, str], expected: Question) -> None:
    assert next_step(told, PROTOCOL) == expected


def test_what_no_rule_depends_on_is_not_asked() -> None:
    assert asked({}, make(rules=(rule("R1", Level.URGENT, has("fever")),))) == ("fever",)


def test_what_cannot_raise_the_level_any_more_is_not_asked() -> None:
    told = {**QUIET, "injury": "no", "fever": "yes", "stiff": "no"}
    assert level(told) is Level.URGENT


@pytest.mark.parametrize("truth", [None, "no"])
def test_a_question_waits_until_its_condition_holds(truth: str | None) -> None:
    order = (Step("fever", has("injury"), 1), Step("worse", None, 1))
    told = {} if truth is None else {"injury": truth}
    assert asked(told, make(order=order)) == ("worse",)


def test_a_question_comes_in_its_place_once_its_condition_holds() -> None:
    order = (Step("fever", has("injury"), 1), Step("worse", None, 1))
    assert asked({"injury": "yes"}, make(order=order)) == ("fever",)


# --- watched ---------------------------------------------------------------------------------------


def walk(protocol: Protocol, answer: str, told: dict[str, Any] | None = None) -> list[str]:
    """Everything asked of a person who gives the same answer each time."""
    told, asks = dict(told or {}), []
    while isinstance(step := next_step(told, protocol), Question):
        asks += step.asks
        told.update(dict.fromkeys(step.asks, answer))
    return asks


def test_a_watched_finding_is_never_asked() -> None:
    assert "harm" not in walk(make(order=(Step("harm", None, 1), *PROTOCOL.order)), "no")


def test_a_watched_finding_counts_when_it_was_said() -> None:
    assert level({"harm": "yes"}) is Level.EMERGENCY_DEPARTMENT


# --- when it ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"breathless": "yes"}, Level.AMBULANCE),
        ({"harm": "yes"}, Level.EMERGENCY_DEPARTMENT),
        ({"fever": "yes", "stiff": "yes"}, Level.EMERGENCY_DEPARTMENT),
    ],
)
def test_an_emergency_ends_at_once_although_much_is_open(told: dict[str, str], expected: Level) -> None:
    assert level(told) is expected


def test_an_urgent_rule_lets_the_search_for_worse_finish() -> None:
    assert asked({"fever": "yes", "stiff": "no"}) == SCREENS["any_screen"]


def test_the_floor_leaves_out_questions_for_lower_levels() -> None:
    asks = walk(PROTOCOL, "no", {"fever": "yes"})
    assert {"pop", "worse"} & set(asks) == set()


def test_the_floor_stays_whatever_is_answered_later() -> None:
    told: dict[str, Any] = {"fever": "yes"}
    while isinstance(step := next_step(told, PROTOCOL), Question):
        told.update(dict.fromkeys(step.asks, "no"))
    assert step.level is Level.URGENT


def test_self_care_needs_every_rule_settled() -> None:
    rules = tuple(one for one in RULES if one.id != "R8")
    asks = walk(make(rules=rules), "no")
    assert set(asks) >= {"cold", "breathless", "fever", "worse"}


# --- lit rules -------------------------------------------------------------------------------------


def test_what_would_complete_a_told_red_flag_is_asked_first() -> None:
    assert asked({"stiff": "yes"}) == ("fever",)


def test_an_emergency_waits_for_an_ambulance_that_a_told_red_flag_may_need() -> None:
    assert asked({"cold": "yes"}) == ("wound",)


@pytest.mark.parametrize(
    ("injury", "wound", "expected"),
    [("yes", None, Level.AMBULANCE), ("no", "yes", Level.AMBULANCE), ("no", "no", Level.EMERGENCY_DEPARTMENT)],
)
def test_the_answer_decides_between_the_two(injury: str, wound: str | None, expected: Level) -> None:
    told = {"cold": "yes", "injury": injury, **({"wound": wound} if wound else {})}
    assert level(told) is expected


def test_a_rule_below_emergency_does_not_jump_the_order() -> None:
    assert asked({"pop": "yes"}) == SCREENS["any_screen"]


def test_a_finding_that_is_no_red_flag_lights_nothing() -> None:
    assert asked({"injury": "yes"}) == ("cold", "breathless")


# --- doubts ----------------------------------------------------------------------------------------


def test_a_doubt_is_asked_at_once_in_plainer_words() -> None:
    assert next_step({"worse": "not_sure"}, PROTOCOL, ["worse"]) == Question("worse", ("worse",), plainer=True)


def test_of_a_screen_only_the_doubts_are_asked_again() -> None:
    told = {"cold": "not_sure", "wound": "no", "breathless": "not_sure"}
    expected = Question("any_screen", ("cold", "breathless"), plainer=True)
    assert next_step(told, PROTOCOL, ["cold", "breathless"]) == expected


@pytest.mark.parametrize(("id", "expected"), [("breathless", Level.AMBULANCE), ("harm", Level.EMERGENCY_DEPARTMENT)])
def test_what_is_still_not_sure_counts_as_yes(id: str, expected: Level) -> None:
    assert level({id: "not_sure"}) is expected


def test_a_doubt_that_nothing_depends_on_is_not_asked_again() -> None:
    told = {**QUIET, "injury": "no", "fever": "yes", "stiff": "no", "worse": "not_sure"}
    assert asked(told, doubts=("worse",)) == ()


# --- the assessment --------------------------------------------------------------------------------


def test_nothing_told_is_self_care_without_reasons() -> None:
    assert assess({}, PROTOCOL) == Assessment(Level.SELF_CARE, (), (), "7")


def test_each_rule_gives_one_reason_its_most_urgent() -> None:
    reasons = assess({"cold": "yes", "injury": "yes", "fever": "yes"}, PROTOCOL).because
    assert [one.key for one in reasons] == ["R2/hurt", "R5"]


def test_patterns_that_fit_are_named() -> None:
    assert [pattern.id for pattern in assess({"worse": "yes"}, PROTOCOL).fits] == ["sore"]


# --- the real protocol: readings of vocabulary.md ---------------------------------------------------


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"foot_cold_pale_or_numb": "yes"}, "emergency_department"),
        ({"foot_cold_pale_or_numb": "yes", "recent_injury": "yes"}, "ambulance"),
        ({"foot_cold_pale_or_numb": "yes", "deep_wound": "yes"}, "ambulance"),
        ({"foot_cold_pale_or_numb": "yes", "knee_out_of_shape": "yes"}, "ambulance"),
        ({"breathless_or_chest_pain": "yes"}, "ambulance"),
        ({"leg_rock_hard_severe_pain": "yes"}, "ambulance"),
        ({"large_swelling": "yes"}, "urgent"),
        ({"large_swelling": "yes", "recent_injury": "yes"}, "urgent"),
        ({"large_swelling": "yes", "blood_thinner_or_bleeding_disorder": "yes"}, "emergency_department"),
        ({"knee_replaced_or_metalwork": "yes", "hot_or_red_knee": "yes"}, "emergency_department"),
        ({"knee_replaced_or_metalwork": "yes", "mild_swelling": "yes"}, "urgent"),
        ({"knee_operation_recent": "yes"}, "soon"),
        ({"cannot_take_four_steps": "yes", "recent_injury": "yes"}, "emergency_department"),
        ({"thin_bones": "yes", "recent_injury": "yes"}, "urgent"),
        ({"trend": "worse"}, "routine"),
        ({"trend": "worse", "duration_weeks": 6}, "soon"),
        ({"trend": "worse", "self_care_weeks": 2}, "soon"),
        ({"trend": "same", "self_care_weeks": 6, "duration_weeks": 8}, "routine"),
        ({"stops_daily_life": "yes"}, "routine"),
        ({"self_harm_or_abuse": "yes"}, "emergency_department"),
        ({"danger_now": "yes"}, "ambulance"),
        ({"age": 17}, "soon"),
        ({"age": 17, "limp_or_leg_turned_out": "yes"}, "urgent"),
        ({"age": 17, "cannot_take_four_steps": "yes"}, "emergency_department"),
        ({"pregnant_or_postpartum": "yes"}, "soon"),
        ({"cancer_ever": "yes"}, "soon"),
        ({"known_inflammatory_arthritis": "yes"}, "soon"),
        ({"blood_thinner_or_bleeding_disorder": "yes"}, "routine"),
        ({"weak_immune_system": "yes"}, "routine"),
    ],
)
def test_reads_the_vocabulary(protocol: Protocol, told: dict[str, Any], expected: str) -> None:
    assert assess(told, protocol).level.id == expected


def test_a_swollen_calf_is_followed_by_the_breath(protocol: Protocol) -> None:
    assert next_step({"calf_swollen_or_tender": "yes"}, protocol) == Question(
        "breathless_or_chest_pain", ("breathless_or_chest_pain",)
    )


BENIGN = {
    "age": 30,
    "for_whom": "self",
    "duration_weeks": 3,
    "trend": "same",
    "location": ["front"],
    "aggravated_by": ["running"],
    "onset": "gradual",
    "self_care_weeks": 0,
}


@pytest.mark.parametrize("first", [{}, {"calf_swollen_or_tender": "yes"}, {"recent_injury": "yes"}, {"age": 12}])
def test_nothing_is_asked_twice_and_twenty_questions_are_enough(protocol: Protocol, first: dict[str, Any]) -> None:
    told, asks, questions = dict(first), list(first), 0
    while isinstance(step := next_step(told, protocol), Question):
        questions += 1
        asks += step.asks
        told.update({id: BENIGN.get(id, "no") for id in step.asks})
    assert (len(asks) == len(set(asks)), questions <= 20) == (True, True)


def test_a_young_runner_with_a_sore_front_stays_at_home(protocol: Protocol) -> None:
    told: dict[str, Any] = {}
    while isinstance(step := next_step(told, protocol), Question):
        told.update({id: BENIGN.get(id, "no") for id in step.asks})
    assert (step.level, [pattern.id for pattern in step.fits]) == (Level.SELF_CARE, ["runners_knee"])
