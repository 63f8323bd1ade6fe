"""The plan in the person's own numbers, asked for after the result."""

from __future__ import annotations

from actions.cards import Card
from actions.records.effects import Assessed, Planned
from actions.triage import Protocol
from tests.errands.life import Life, asked, of_kind


def fitted(person: Life) -> list[Card]:
    """Answer all five questions in words."""
    assert asked(person.says("/fit_plan", wish="fit_plan")) == "main_activity"
    assert asked(person.says("running")) == "sessions_per_week"
    assert asked(person.says("3")) == "longest_recent_session"
    assert asked(person.says("7 km")) == "load_change"
    assert asked(person.says("more distance")) == "pain_worst"
    return person.says("6")


def test_five_answers_give_a_plan_with_the_persons_numbers(protocol: Protocol) -> None:
    plan = of_kind(fitted(Life(protocol)), "plan")
    assert plan is not None
    assert "run" in " ".join(plan["load"])


def test_the_result_offers_to_fit_the_plan(protocol: Protocol) -> None:
    person = Life(protocol)
    person.record.result = None
    shown = person.says("so what now")
    assert ("Fit the plan to me", "/fit_plan") in shown[-1].buttons
    assert {type(effect) for effect in person.effects} == {Assessed, Planned}


def test_who_does_no_sport_is_not_asked_how_far(protocol: Protocol) -> None:
    person = Life(protocol)
    person.says("/fit_plan", wish="fit_plan")
    assert asked(person.taps("main_activity", "not_sure")) == "load_change"


def test_no_leaves_the_plan_as_it_is(protocol: Protocol) -> None:
    person = Life(protocol)
    person.says("/fit_plan", wish="fit_plan")
    assert asked(person.says("no thanks", wish="deny")) is None
    assert person.record.errand is None


def test_there_is_none_to_fit_at_soon(protocol: Protocol) -> None:
    shown = Life(protocol, cancer_ever="yes").says("/fit_plan", wish="fit_plan")
    assert asked(shown) is None
    assert of_kind(shown, "plan") is None


def test_an_unchanged_plan_is_the_same_record(protocol: Protocol) -> None:
    person = Life(protocol)
    person.says("my exercises", wish="ask_exercises")
    (first,) = [effect.id for effect in person.effects if isinstance(effect, Planned)]
    person.says("my exercises", wish="ask_exercises")
    assert [effect.id for effect in person.effects if isinstance(effect, Planned)] == [first]


def test_the_address_of_the_plan_is_not_in_what_is_kept(protocol: Protocol) -> None:
    person = Life(protocol)
    person.says("my exercises", wish="ask_exercises")
    (kept,) = [effect.content for effect in person.effects if isinstance(effect, Planned)]
    assert person.record.plan_id not in str(kept)


def test_going_back_leaves_the_errand(protocol: Protocol) -> None:
    person = Life(protocol)
    person.says("/fit_plan", wish="fit_plan")
    person.says("running")
    person.says("back", wish="go_back")
    assert person.record.errand is None
    assert "main_activity" not in person.record.findings


def test_why_is_answered_for_every_question_of_an_errand(protocol: Protocol) -> None:
    person = Life(protocol)
    person.says("check in", wish="check_in")
    for answer in ("2", "3", "2", "1"):
        waits = person.record.pending
        shown = person.says("why", wish="ask_why")
        assert shown[0].text.strip()
        assert asked(shown) == waits
        person.says(answer)
