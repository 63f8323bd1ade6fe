"""Check-ins: what is asked, what the plan does, and when the assessment comes again."""

from __future__ import annotations

import pytest

from actions.answers import Heard
from actions.records.effects import CheckedIn
from actions.triage import Protocol
from actions.wording import content
from tests.errands.life import Life, asked, of_kind, words

RUNNER = {"main_activity": "running", "sessions_per_week": 3, "longest_recent_session": "10 km", "pain_worst": 4}


@pytest.fixture
def runner(protocol: Protocol) -> Life:
    """Somebody at self-care with a plan in their own numbers."""
    person = Life(protocol, **RUNNER)
    person.says("show me my exercises", wish="ask_exercises")
    return person


def sets(shown: list) -> int:
    plan = of_kind(shown, "plan")
    assert plan is not None
    return sum(exercise["sets"] for exercise in plan["exercises"])


def test_every_question_of_the_order_is_asked_and_kept(runner: Life) -> None:
    assert asked(runner.later(2).says("check in", wish="check_in")) == "pain_now"
    assert asked(runner.says("2")) == "pain_worst"
    assert asked(runner.says("a 3 i think, after the run")) == "sessions_done"
    assert asked(runner.says("twice, no 2")) == "pain_next_morning"
    assert asked(runner.says("1")) == "check_in_screen"
    runner.says("none", wish="deny")
    kept = runner.check_ins[runner.today].answers
    assert {id: kept[id] for id in ("pain_now", "pain_worst", "sessions_done", "pain_next_morning")} == {
        "pain_now": 2, "pain_worst": 3, "sessions_done": 2, "pain_next_morning": 1,
    }  # fmt: skip
    assert kept["giving_way"] == "no"


def test_what_was_told_with_the_wish_is_not_asked_again(runner: Life) -> None:
    shown = runner.later(2).says("checking in, pain was 2", Heard("pain_now", 2, "present"), wish="check_in")
    assert asked(shown) == "pain_worst"


def test_nothing_done_means_no_morning_after(runner: Life) -> None:
    runner.later(2).checks_in(1, 2, sessions=0)
    assert "pain_next_morning" not in runner.check_ins[runner.today].answers


def test_a_good_session_moves_the_plan_up_in_the_same_reply(runner: Life) -> None:
    before = sets(runner.says("my plan", wish="ask_exercises"))
    shown = runner.later(2).checks_in(0, 1, 0)
    assert [effect.step for effect in runner.effects if isinstance(effect, CheckedIn)] == ["up"]
    assert sets(shown) > before


def test_a_bad_session_moves_it_down_and_says_why(runner: Life) -> None:
    runner.later(2).checks_in(0, 1, 0)
    high = sets(runner.says("my plan", wish="ask_exercises"))
    shown = runner.later(2).checks_in(3, 7, 5)
    assert [effect.step for effect in runner.effects if isinstance(effect, CheckedIn)] == ["down"]
    assert sets(shown) < high
    rule = next(entry for entry in content("load.yml")["after_a_session"] if entry["id"] == "over_red")
    assert rule["text"] in words(shown)
    assert rule["why"] in words(shown)


def test_a_second_check_in_on_one_day_takes_the_place_of_the_first(runner: Life) -> None:
    runner.later(2).checks_in(5, 5, 5)
    runner.checks_in(1, 1, 1)
    assert len(runner.check_ins) == 1
    assert runner.check_ins[runner.today].answers["pain_now"] == 1


def test_worse_over_a_week_brings_the_assessment_and_the_offer_of_a_hand_off(runner: Life) -> None:
    for _ in range(4):
        runner.later(2).checks_in(1, 2, 1)
    shown = []
    for _ in range(4):
        shown = runner.later(2).checks_in(4, 5, 4)
        if of_kind(shown, "assessment"):
            break
    assert of_kind(shown, "assessment")["level"] == "routine"
    assert content("check_in.yml")["worse"]["text"] in words(shown)
    assert ("Pass it on to the care team", "/human") in [button for card in shown for button in card.buttons]
    assert runner.check_ins[runner.today].step == "assess"


def test_two_reds_within_a_week_bring_the_assessment(runner: Life) -> None:
    assert of_kind(runner.later(2).checks_in(1, 6, 1), "assessment") is None
    shown = runner.later(3).checks_in(1, 6, 1)
    assert of_kind(shown, "assessment")["level"] == "routine"


def test_two_reds_in_a_fortnight_do_not(runner: Life) -> None:
    runner.later(2).checks_in(1, 6, 1)
    assert of_kind(runner.later(8).checks_in(1, 6, 1), "assessment") is None


def test_no_better_after_six_weeks_brings_the_assessment(runner: Life) -> None:
    shown = []
    for _ in range(4):
        shown = runner.later(10).checks_in(2, 4, 2)
        assert of_kind(shown, "assessment") is None
    shown = runner.later(12).checks_in(2, 4, 2)
    assert of_kind(shown, "assessment")["level"] == "routine"


def test_better_over_six_weeks_keeps_the_plan(runner: Life) -> None:
    shown = []
    for week in range(6):
        shown = runner.later(10).checks_in(1, max(1, 5 - week), 1)
    assert of_kind(shown, "assessment") is None
    assert of_kind(shown, "plan") is not None


@pytest.mark.parametrize(
    "flag", ["giving_way", "large_swelling", "hot_or_red_knee", "calf_swollen_or_tender", "cannot_take_four_steps"]
)
def test_a_ticked_sign_stops_the_plan(runner: Life, flag: str) -> None:
    shown = runner.later(2).checks_in(1, 2, 1, ticks=(flag,))
    assert of_kind(shown, "plan") is None
    assert asked(shown) is not None or of_kind(shown, "assessment")["level"] not in ("self_care", "routine")
    assert runner.check_ins[runner.today].step == "assess"


def test_a_red_flag_in_words_inside_a_check_in_comes_first(runner: Life) -> None:
    runner.later(2).says("check in", wish="check_in")
    shown = runner.says(
        "and i cannot breathe", Heard("breathless_or_chest_pain", "breathless_or_chest_pain", "present")
    )
    assert of_kind(shown, "assessment")["level"] == "ambulance"


def test_after_a_fortnight_the_warning_signs_are_asked_again(runner: Life) -> None:
    shown = runner.later(15).says("check in", wish="check_in")
    assert asked(shown) == "emergency_screen"
    assert "15 days" in words(shown)
    assert runner.record.findings["age"] == 30
    assert "giving_way" not in runner.record.findings


def test_a_day_less_and_they_are_not(runner: Life) -> None:
    assert asked(runner.later(13).says("check in", wish="check_in")) == "pain_now"


def test_somebody_new_is_triaged_first(protocol: Protocol) -> None:
    person = Life(protocol)
    person.record.findings, person.record.result = {}, None
    assert asked(person.says("check in", wish="check_in")) == "opening"


def test_a_number_out_of_range_is_told_and_asked_again(runner: Life) -> None:
    runner.says("check in", wish="check_in")
    runner.says("2")
    runner.says("3")
    shown = runner.taps("sessions_done", 900)
    assert asked(shown) == "sessions_done"
    assert "60" in words(shown)


def test_an_old_button_of_a_check_in_that_is_over_changes_nothing(runner: Life) -> None:
    runner.later(2).checks_in(1, 2, 1)
    before = runner.record.to_json()
    runner.taps("pain_next_morning", 9)
    assert runner.record.told == {}
    assert runner.record.findings == before["findings"]


def test_a_button_of_a_later_question_does_not_answer_it_early(runner: Life) -> None:
    runner.later(2).says("check in", wish="check_in")
    runner.taps("pain_next_morning", 9)
    assert runner.record.told == {}


def test_somebody_who_answers_nothing_is_let_go(runner: Life) -> None:
    runner.says("check in", wish="check_in")
    assert asked(runner.says("blue bananas")) == "pain_now"
    shown = runner.says("more bananas")
    assert asked(shown) is None
    assert runner.record.errand is None
