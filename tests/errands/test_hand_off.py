"""The hand-off in the talk: emergency first, exactly what is shown is sent, and only with consent."""

from __future__ import annotations

import pytest

from actions.answers import Heard
from actions.cards import Card
from actions.handoff import summary
from actions.records.effects import HandedOff
from actions.triage import Protocol
from tests.errands.life import Life, asked, of_kind, words

PHONE = Heard("pain_now", 7, "present")
"""What the pipeline may make of a phone number."""


def agreed(person: Life) -> tuple[list[Card], list[Card]]:
    """Ask for a human, give a number, agree; what was shown as draft and after."""
    person.says("i want to talk to a person", wish="ask_human")
    draft = person.says("07700 900123 after 6", PHONE)
    return draft, person.taps("handoff_consent", "yes")


@pytest.mark.parametrize(
    "told", [{"stops_daily_life": "yes"}, {"cancer_ever": "yes"}, {"calf_swollen_or_tender": "yes"}]
)
def test_what_is_shown_is_what_is_sent(protocol: Protocol, told: dict[str, str]) -> None:
    person = Life(protocol, **told)
    draft, shown = agreed(person)
    (sent,) = [effect for effect in person.effects if isinstance(effect, HandedOff)]
    shown_before = of_kind(draft, "handoff")
    assert summary.text(sent.content) in shown_before["summary"]
    assert "07700 900123 after 6" in shown_before["summary"]
    assert sent.contact == "07700 900123 after 6"
    assert of_kind(shown, "handoff")["reference"] == sent.reference
    assert sent.reference in words(shown)


def test_what_raised_the_level_is_among_the_quotes_however_late_it_was_said(protocol: Protocol) -> None:
    person = Life(protocol)
    brought_on = ("stairs_up", "stairs_down", "squatting", "kneeling", "jumping", "cycling")
    for one in brought_on:
        person.says(f"it hurts with {one}", Heard("aggravated_by", one, "present"))
    person.says("now the left calf is huge", Heard("calf_swollen_or_tender", "calf_swollen_or_tender", "present"))
    agreed(person)
    (sent,) = person.handoffs.values()
    assert len(sent.content["words"]) < len(brought_on)
    assert "now the left calf is huge" in sent.content["words"]


def test_a_phone_number_is_no_pain_score(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    agreed(person)
    assert "pain_now" not in person.record.findings


def test_nothing_is_sent_without_consent(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    person.says("human", wish="ask_human")
    person.says("here")
    person.says("no", wish="deny")
    assert person.handoffs == {}
    assert person.record.errand is None


def test_somebody_who_says_no_thanks_is_not_asked_for_a_number(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    person.says("human", wish="ask_human")
    person.says("no thanks", wish="deny")
    assert person.record.errand is None
    assert person.handoffs == {}


@pytest.mark.parametrize("flag", ["breathless_or_chest_pain", "knee_out_of_shape"])
def test_an_emergency_is_told_before_anything_is_handed_over(protocol: Protocol, flag: str) -> None:
    person = Life(protocol, **{flag: "yes"})
    shown = person.says("human please", wish="ask_human")
    assert shown[0].kind == "assessment"
    assert asked(shown) == "handoff_contact"


def test_a_red_flag_told_instead_of_a_number_comes_first(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    person.says("human", wish="ask_human")
    shown = person.says("i cannot breathe", Heard("breathless_or_chest_pain", "breathless_or_chest_pain", "present"))
    assert of_kind(shown, "assessment")["level"] == "ambulance"


def test_a_red_flag_behind_a_no_to_the_offer_is_heard_too(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    person.says("human", wish="ask_human")
    flag = Heard("breathless_or_chest_pain", "breathless_or_chest_pain", "present")
    shown = person.says("no, i cannot breathe", flag, wish="deny")
    assert of_kind(shown, "assessment")["level"] == "ambulance"


def test_a_double_tap_on_yes_sends_once(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    agreed(person)
    person.taps("handoff_consent", "yes")
    assert len(person.handoffs) == 1
    assert not any(isinstance(effect, HandedOff) for effect in person.effects)


def test_who_has_handed_over_is_told_the_reference(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    agreed(person)
    (reference,) = person.handoffs
    assert reference in words(person.says("human", wish="ask_human"))


def test_where_nobody_receives_nothing_is_promised(protocol: Protocol) -> None:
    person = Life(protocol, receiving=False, stops_daily_life="yes")
    shown = person.says("human", wish="ask_human")
    assert asked(shown) is None
    assert of_kind(shown, "handoff")["status"] == "not_sent"


def test_in_the_middle_of_the_triage_the_triage_goes_on_after_it(protocol: Protocol) -> None:
    person = Life(protocol)
    person.record.findings, person.record.result = {"location": ["front"]}, None
    person.says("human", wish="ask_human")
    person.says("here")
    shown = person.taps("handoff_consent", "yes")
    assert len(person.handoffs) == 1
    assert asked(shown) == "emergency_screen"
    (sent,) = person.handoffs.values()
    assert sent.content["finished"] is False


def test_a_clinician_who_took_over_is_left_alone_with_the_person(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    person.taken_over_by = "Dr Okafor"
    shown = person.says("when can i come in?", wish="ask_topic")
    assert len(shown) == 1
    assert "Dr Okafor" in shown[0].text


def test_except_for_a_red_flag(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    person.taken_over_by = "Dr Okafor"
    shown = person.says("my chest hurts", Heard("breathless_or_chest_pain", "breathless_or_chest_pain", "present"))
    assert of_kind(shown, "assessment")["level"] == "ambulance"


def test_a_red_flag_that_is_no_emergency_is_taken_up_too(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    del person.record.findings["breathless_or_chest_pain"]
    person.taken_over_by = "Dr Okafor"
    calf = Heard("calf_swollen_or_tender", "calf_swollen_or_tender", "present")
    assert asked(person.says("and now my calf is swollen", calf)) == "breathless_or_chest_pain"
    shown = person.taps("breathless_or_chest_pain", "no")
    assert of_kind(shown, "assessment")["level"] == "urgent"


def test_an_emergency_that_is_told_twice_is_answered_twice(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    person.taken_over_by = "Dr Okafor"
    for _ in range(2):
        shown = person.says("my chest hurts", Heard("breathless_or_chest_pain", "breathless_or_chest_pain", "present"))
        assert of_kind(shown, "assessment")["level"] == "ambulance"


def test_a_no_to_the_clinician_denies_nothing_that_the_program_had_asked(protocol: Protocol) -> None:
    person = Life(protocol)
    person.record.findings, person.record.result = {"location": ["front"]}, None
    assert asked(person.says("my knee hurts")) == "emergency_screen"
    person.taken_over_by = "Dr Okafor"
    person.says("no", wish="deny")
    assert "breathless_or_chest_pain" not in person.record.findings


def test_and_for_the_rights_of_the_person(protocol: Protocol) -> None:
    person = Life(protocol, stops_daily_life="yes")
    person.taken_over_by = "Dr Okafor"
    assert asked(person.says("delete my data", wish="delete_my_data")) == "delete_my_data"
