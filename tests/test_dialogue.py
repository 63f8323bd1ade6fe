"""Whole turns of the talk, without Rasa and without the language model."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from actions import cards
from actions.answers import Heard, Message
from actions.cards import Card
from actions.dialogue import LONGEST_MESSAGE, Talk
from actions.record import Record
from actions.triage import Protocol, Question, next_step
from actions.wording import opening, say

WISHES = [
    "report", "affirm", "deny", "not_sure", "ask_topic", "ask_exercises", "ask_why", "go_back", "start_over",
    "ask_summary", "ask_human", "check_in", "greet", "thank", "goodbye", "bot_challenge", "medicine_dose",
    "out_of_scope", "delete_my_data", "nlu_fallback",
]  # fmt: skip
EMERGENCY = "emergency_screen"
BREATHLESS = Heard("breathless_or_chest_pain", "breathless_or_chest_pain", "present")


class Conversation:
    """One person's talk; the record goes through JSON between two turns, as in Rasa's slot."""

    def __init__(self, protocol: Protocol, record: Record | None = None):
        self.protocol = protocol
        self.record = record or Record()
        self.erased = False

    def says(self, text: str, *heard: Heard, wish: str = "report", **named: str) -> list[Card]:
        """The answer to a message in words."""
        self.record = Record.from_json(json.loads(json.dumps(self.record.to_json())))
        talk = Talk(self.record, Message(text, wish, heard, **named), self.protocol, date(2026, 1, 5))
        answer = talk.reply(wish)
        self.erased = talk.erase
        return answer

    def taps(self, question: str, value: object) -> list[Card]:
        """The answer to a button."""
        return self.says(cards.payload(question, value), wish="answer")


@pytest.fixture
def fresh(protocol: Protocol) -> Conversation:
    """Nothing was said yet."""
    return Conversation(protocol)


@pytest.fixture
def asked(protocol: Protocol) -> Conversation:
    """The emergency screen was answered with none, and the next question waits: `recent_injury`."""
    begun = Conversation(protocol)
    begun.says("my knee hurts")
    begun.taps(EMERGENCY, [])
    return begun


BENIGN: dict[str, Any] = {
    "age": 30,
    "for_whom": "self",
    "duration_weeks": 3,
    "trend": "same",
    "location": ["front"],
    "aggravated_by": ["running"],
    "onset": "gradual",
    "self_care_weeks": 0,
}
TOLD_AT: dict[str, dict[str, Any]] = {
    "self_care": {},
    "routine": {"stops_daily_life": "yes"},
    "soon": {"cancer_ever": "yes"},
    "urgent": {"calf_swollen_or_tender": "yes"},
    "emergency_department": {"knee_out_of_shape": "yes"},
    "ambulance": {"breathless_or_chest_pain": "yes"},
}
"""What leads to each level when everything else is quiet."""


def finished(protocol: Protocol, **told: Any) -> Conversation:
    """A talk that has come to its result; all but `told` is quiet."""
    findings = dict(told)
    while isinstance(step := next_step(findings, protocol), Question):
        findings.update({id: BENIGN.get(id, "no") for id in step.asks})
    return Conversation(protocol, Record(findings=findings, result=step.level.id, opened=True))


def kinds(shown: list[Card]) -> list[str]:
    """The kinds of the cards."""
    return [card.kind for card in shown]


def question(shown: list[Card]) -> str | None:
    """What the last card asks; None when it asks nothing."""
    data = shown[-1].data or {}
    return data["id"] if data.get("kind") == "question" else None


def level(shown: list[Card]) -> str | None:
    """The level on the assessment card; None without one."""
    return next((card.data["level"] for card in shown if card.data and card.kind == "assessment"), None)


def texts(shown: list[Card]) -> list[str]:
    """The words of each card."""
    return [card.text for card in shown]


# --- the first message -----------------------------------------------------------------------------


def test_a_greeting_is_answered_with_who_this_is_and_a_choice(fresh: Conversation) -> None:
    shown = fresh.says("hi", wish="greet")
    assert (shown[0].text, question(shown)) == (say("intro"), "opening")


def test_a_first_report_is_asked_the_emergency_screen(fresh: Conversation) -> None:
    shown = fresh.says("my knee hurts")
    assert (shown[0].text, question(shown)) == (say("intro_short"), EMERGENCY)


def test_a_first_message_with_an_emergency_is_not_greeted(fresh: Conversation) -> None:
    assert kinds(fresh.says("my calf is huge and I can't breathe", BREATHLESS)) == ["understood", "assessment"]


@pytest.mark.parametrize("value", list(opening()["options"]))
def test_every_choice_of_the_opening_leads_on(fresh: Conversation, value: str) -> None:
    fresh.says("hi", wish="greet")
    shown = fresh.taps("opening", value)
    assert question(shown) == (EMERGENCY if value == "care_now" else None)


def test_a_choice_of_the_opening_can_be_typed(fresh: Conversation) -> None:
    fresh.says("hi", wish="greet")
    shown = fresh.says("Is physiotherapy right for me?", wish="ask_topic", topic="physiotherapy")
    assert kinds(shown) == ["advice"]


# --- answers ---------------------------------------------------------------------------------------


def test_an_answer_brings_the_next_question(asked: Conversation) -> None:
    assert question(asked.taps("recent_injury", "no")) not in (None, "recent_injury", EMERGENCY)


def test_what_was_told_is_said_back(fresh: Conversation) -> None:
    shown = fresh.says("three weeks now", Heard("duration_weeks", 3, "present"))
    assert [card.data["findings"] for card in shown if card.kind == "understood" and card.data] == [
        {"duration_weeks": 3}
    ]


def test_what_was_told_is_not_asked_again(fresh: Conversation) -> None:
    fresh.says("I did not hurt it", Heard("recent_injury", "recent_injury", "absent"))
    assert question(fresh.taps(EMERGENCY, [])) != "recent_injury"


def test_an_answer_wins_over_a_wish_that_was_misheard(asked: Conversation) -> None:
    asked.says("nope", wish="thank")
    assert asked.record.findings["recent_injury"] == "no"


def test_a_question_about_weeks_of_care_is_answered_with_a_span(protocol: Protocol) -> None:
    person = Conversation(protocol, Record(pending="self_care_weeks", asks=["self_care_weeks"], opened=True))
    person.says("half a year", Heard("duration_weeks", 26, "present"))
    assert person.record.findings["self_care_weeks"] == 26


def test_weeks_of_care_do_not_change_how_long_it_has_hurt(protocol: Protocol) -> None:
    record = Record({"duration_weeks": 8}, pending="self_care_weeks", asks=["self_care_weeks"], opened=True)
    person = Conversation(protocol, record)
    person.says("1 week", Heard("duration_weeks", 1, "present"))
    assert person.record.findings["duration_weeks"] == 8


def test_a_double_tap_changes_nothing(asked: Conversation) -> None:
    asked.taps("recent_injury", "no")
    before = (asked.record.pending, dict(asked.record.findings), list(asked.record.steps))
    shown = asked.taps("recent_injury", "no")
    after = (asked.record.pending, asked.record.findings, asked.record.steps)
    assert (after, question(shown)) == (before, before[0])


def test_a_late_tap_on_an_older_question_counts(asked: Conversation) -> None:
    asked.taps("recent_injury", "no")
    asked.taps("recent_injury", "yes")
    assert asked.record.findings["recent_injury"] == "yes"


def test_a_tap_says_nothing_of_what_the_card_did_not_show(asked: Conversation) -> None:
    asked.says("it buckles", Heard("giving_way", "giving_way", "present"))
    asked.taps("recent_injury", "no")
    asked.taps("movement_screen", [])
    assert (asked.record.findings["giving_way"], asked.record.findings["knee_locked"]) == ("yes", "no")


@pytest.mark.parametrize(
    "payload",
    [
        "/answer",
        "/answer{",
        '/answer{"question":"danger_now","value":"yes"}',
        '/answer{"question":"knee_hurts","value":"yes"}',
        '/answer{"question":"delete_my_data","value":"yes"}',
        '/answer{"question":"opening","value":"__line__"}',
        '/answer{"question":"opening","value":["about"]}',
        '/answer{"question":"age","value":NaN}',
        '/answer{"question":"recent_injury","value":"perhaps"}',
        '/answer{"question":"emergency_screen","value":["lump"]}',
        '/answer{"question":["age"],"value":30}',
        "/answer" + "[" * 100_000,
    ],
    ids=lambda payload: payload[:60],
)
def test_a_forged_answer_changes_nothing_and_the_question_stays(asked: Conversation, payload: str) -> None:
    before = dict(asked.record.findings)
    shown = asked.says(payload, wish="answer")
    assert (asked.record.findings, question(shown), asked.erased) == (before, "recent_injury", False)


# --- doubts ----------------------------------------------------------------------------------------


def test_not_sure_is_asked_once_more_in_plainer_words(asked: Conversation) -> None:
    shown = asked.taps("recent_injury", "not_sure")
    plainer = asked.protocol.findings["recent_injury"].plainer
    assert (question(shown), shown[-1].data and shown[-1].data["prompt"]) == ("recent_injury", plainer)


def test_not_sure_twice_is_not_asked_again(asked: Conversation) -> None:
    asked.taps("recent_injury", "not_sure")
    assert question(asked.taps("recent_injury", "not_sure")) not in (None, "recent_injury")


def test_not_sure_twice_counts_as_yes(asked: Conversation) -> None:
    asked.taps("breathless_or_chest_pain", "not_sure")
    assert level(asked.taps("breathless_or_chest_pain", "not_sure")) == "ambulance"


# --- not understood --------------------------------------------------------------------------------


def test_what_was_not_understood_is_asked_in_turn_plainer_and_as_before(asked: Conversation) -> None:
    finding = asked.protocol.findings["recent_injury"]
    shown = [asked.says("blah fish", wish="nlu_fallback") for _ in range(4)]
    assert [turn[0].text for turn in shown] == [
        say("not_understood"),
        say("not_understood_again"),
        say("stuck"),
        say("stuck"),
    ]
    assert [turn[-1].text for turn in shown] == [finding.plainer, finding.prompt] * 2


def test_an_answer_starts_the_count_anew(asked: Conversation) -> None:
    asked.says("blah fish", wish="nlu_fallback")
    asked.taps("recent_injury", "no")
    assert asked.says("blah fish", wish="nlu_fallback")[0].text == say("not_understood")


def test_an_empty_message_is_named_as_such(asked: Conversation) -> None:
    assert asked.says("   ")[0].text == say("empty")


def test_a_message_that_is_too_long_is_named_as_such(asked: Conversation) -> None:
    assert say("too_long", limit=LONGEST_MESSAGE) in texts(asked.says("x" * LONGEST_MESSAGE))


# --- wishes ----------------------------------------------------------------------------------------


def test_why_tells_the_reason_and_asks_again(asked: Conversation) -> None:
    shown = asked.says("why?", wish="ask_why")
    assert (shown[0].text, question(shown)) == (asked.protocol.findings["recent_injury"].why, "recent_injury")


def test_why_of_a_result_names_the_rule(protocol: Protocol) -> None:
    assert "SG03" in finished(protocol, cancer_ever="yes").says("why?", wish="ask_why")[0].text


def test_why_of_nothing_says_so(fresh: Conversation) -> None:
    assert texts(fresh.says("why?", wish="ask_why")) == [say("intro_short"), say("why_none")]


def test_back_takes_back_the_last_answer_and_asks_it_again(asked: Conversation) -> None:
    asked.taps("recent_injury", "no")
    shown = asked.says("back", wish="go_back")
    assert ("recent_injury" in asked.record.findings, question(shown)) == (False, "recent_injury")


def test_back_reopens_a_result(asked: Conversation) -> None:
    asked.taps("recent_injury", "yes")
    asked.taps("movement_screen", ["cannot_take_four_steps"])
    shown = asked.says("back", wish="go_back")
    assert (level(shown), question(shown), asked.record.result) == (None, "movement_screen", None)


def test_back_from_the_beginning_says_so(fresh: Conversation) -> None:
    assert say("back_none") in texts(fresh.says("back", wish="go_back"))


def test_back_to_a_doubt_asks_it_again(fresh: Conversation) -> None:
    fresh.says("my knee hurts")
    fresh.taps(EMERGENCY, "not_sure")
    fresh.taps(EMERGENCY, [])
    shown = fresh.says("back", wish="go_back")
    assert (level(shown), question(shown)) == (None, EMERGENCY)


def test_restart_forgets_what_was_told(asked: Conversation) -> None:
    shown = asked.says("start over", wish="start_over")
    assert (asked.record.findings, asked.record.steps, question(shown)) == ({}, [], "opening")


def test_a_summary_says_what_was_told_and_goes_on(asked: Conversation) -> None:
    asked.says("left", Heard("side", "left", "present"))
    shown = asked.says("summary", wish="ask_summary")
    assert ("left knee" in shown[0].text, shown[0].kind, question(shown)) == (True, "handoff", "recent_injury")


def test_a_summary_of_nothing_says_so(fresh: Conversation) -> None:
    assert say("summary_empty") in texts(fresh.says("summary", wish="ask_summary"))


def test_a_summary_has_the_advice_once_there_is_one(protocol: Protocol) -> None:
    person = finished(protocol, cancer_ever="yes")
    headline = person.protocol.levels[next(one for one in person.protocol.levels if one.id == "soon")].headline
    assert headline in person.says("summary", wish="ask_summary")[0].text


def test_who_wants_a_person_gets_the_summary_to_show(asked: Conversation) -> None:
    shown = asked.says("I want a human", wish="ask_human")
    assert (shown[0].kind, say("human") in shown[0].text) == ("handoff", True)


def test_a_topic_is_answered_and_the_question_stays(asked: Conversation) -> None:
    shown = asked.says("is running bad?", wish="ask_topic", topic="running_bad_for_knees")
    assert (shown[0].data or {})["id"] == "running_bad_for_knees"
    assert question(shown) == "recent_injury"


def test_an_unknown_topic_is_not_made_up(asked: Conversation) -> None:
    assert asked.says("what about the moon?", wish="ask_topic")[0].text == say("topic_unknown")


def test_a_medicine_is_left_to_the_pharmacist(asked: Conversation) -> None:
    shown = asked.says("how much ibuprofen?", wish="medicine_dose")
    assert (texts(shown)[0], question(shown)) == (say("medicine"), "recent_injury")


def test_deleting_is_asked_first(asked: Conversation) -> None:
    shown = asked.says("delete my data", wish="delete_my_data")
    assert (question(shown), asked.erased, asked.record.findings != {}) == ("delete_my_data", False, True)


@pytest.mark.parametrize("yes", ["yes", cards.payload("delete_my_data", "yes")])
def test_deleting_is_done_after_a_yes(asked: Conversation, yes: str) -> None:
    asked.says("delete my data", wish="delete_my_data")
    asked.says(yes, wish="answer" if yes.startswith("/") else "affirm")
    assert (asked.erased, asked.record) == (True, Record())


@pytest.mark.parametrize("reply", ["no", "what is the weather like", cards.payload("delete_my_data", "no")])
def test_nothing_is_deleted_without_a_yes(asked: Conversation, reply: str) -> None:
    asked.says("delete my data", wish="delete_my_data")
    shown = asked.says(reply)
    assert (asked.erased, asked.record.deleting, question(shown)) == (False, False, "recent_injury")


def test_definitely_not_deletes_nothing(asked: Conversation) -> None:
    asked.says("delete my data", wish="delete_my_data")
    asked.says("definitely not", wish="deny")
    assert asked.erased is False


@pytest.mark.parametrize("text", ["something is wrong with my knee", "sorry?"])
def test_what_corrects_nothing_takes_nothing_back(asked: Conversation, text: str) -> None:
    before = dict(asked.record.findings)
    asked.says(text)
    assert asked.record.findings == before


# --- a red flag wins -------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("state", ["fresh", "asked"])
def test_an_emergency_wins_over_every_wish(request: pytest.FixtureRequest, state: str, wish: str) -> None:
    person: Conversation = request.getfixturevalue(state)
    assert level(person.says("and by the way I cannot breathe", BREATHLESS, wish=wish)) == "ambulance"


def test_an_emergency_wins_over_a_deletion(asked: Conversation) -> None:
    asked.says("delete my data", wish="delete_my_data")
    shown = asked.says("yes, and I cannot breathe", BREATHLESS, wish="affirm")
    assert (level(shown), asked.erased) == ("ambulance", False)


@pytest.mark.parametrize("wish", [wish for wish in WISHES if wish not in ("go_back", "start_over")])
def test_a_red_flag_inside_a_wish_is_written_down(asked: Conversation, wish: str) -> None:
    asked.says(
        "my calf is swollen too", Heard("calf_swollen_or_tender", "calf_swollen_or_tender", "present"), wish=wish
    )
    assert asked.record.findings["calf_swollen_or_tender"] == "yes"


def test_a_told_red_flag_outlives_a_later_no(asked: Conversation) -> None:
    asked.says("my calf is swollen", Heard("calf_swollen_or_tender", "calf_swollen_or_tender", "present"))
    asked.says("no calf is fine", Heard("calf_swollen_or_tender", "calf_swollen_or_tender", "absent"))
    assert asked.record.findings["calf_swollen_or_tender"] == "yes"


def test_a_late_none_of_these_denies_no_red_flag_told_since(fresh: Conversation) -> None:
    fresh.says("my knee hurts")
    fresh.says("there is a deep cut", Heard("deep_wound", "deep_wound", "present"))
    fresh.taps(EMERGENCY, [])
    assert fresh.record.findings["deep_wound"] == "yes"


def test_a_red_flag_can_be_taken_back(asked: Conversation) -> None:
    asked.says("my calf is swollen", Heard("calf_swollen_or_tender", "calf_swollen_or_tender", "present"))
    heard = Heard("calf_swollen_or_tender", "calf_swollen_or_tender", "absent")
    shown = asked.says("actually it is not swollen, I was wrong", heard)
    assert asked.record.findings["calf_swollen_or_tender"] == "no"
    assert say("corrected", findings=asked.protocol.findings["calf_swollen_or_tender"].denied) in texts(shown)


def test_a_red_flag_after_the_result_opens_the_talk_again(protocol: Protocol) -> None:
    person = finished(protocol)
    person.record.findings.pop("breathless_or_chest_pain")
    calf = Heard("calf_swollen_or_tender", "calf_swollen_or_tender", "present")
    assert question(person.says("now my calf is swollen", calf)) == "breathless_or_chest_pain"


# --- results and exercises -------------------------------------------------------------------------


@pytest.mark.parametrize("expected", list(TOLD_AT))
def test_a_result_ends_the_questions(protocol: Protocol, expected: str) -> None:
    person = finished(protocol, **TOLD_AT[expected])
    person.record.result = None
    shown = person.says("so what now?")
    assert (level(shown), person.record.pending, question(shown)) == (expected, None, None)


@pytest.mark.parametrize(("told", "plan"), [(TOLD_AT[one], one == "self_care") for one in TOLD_AT], ids=list(TOLD_AT))
def test_only_self_care_comes_with_a_plan(protocol: Protocol, told: dict[str, Any], plan: bool) -> None:
    person = finished(protocol, **told)
    person.record.result = None
    assert ("plan" in kinds(person.says("so what now?"))) is plan


@pytest.mark.parametrize("exercise", [None, "calf_raises"])
@pytest.mark.parametrize("told", [*list(TOLD_AT.values())[1:], {"age": 17}, {"age": 5}], ids=str)
def test_no_exercises_above_self_care_and_none_under_18(
    protocol: Protocol, told: dict[str, Any], exercise: str | None
) -> None:
    named = {"exercise": exercise} if exercise else {}
    shown = finished(protocol, **told).says("show me exercises", wish="ask_exercises", **named)
    assert {"plan", "exercise"} & set(kinds(shown)) == set()


@pytest.mark.parametrize("told", [{"cancer_ever": "yes"}, {"age": 15}], ids=str)
def test_no_topic_teaches_exercises_above_self_care(protocol: Protocol, told: dict[str, Any]) -> None:
    shown = finished(protocol, **told).says("which exercises?", wish="ask_topic", topic="exercises_overview")
    assert "advice" not in kinds(shown)


def test_an_adult_at_self_care_gets_the_exercise_asked_for(protocol: Protocol) -> None:
    shown = finished(protocol).says("how do I do calf raises?", wish="ask_exercises", exercise="calf_raises")
    assert [(card.data or {}).get("id") for card in shown] == ["calf_raises"]


def test_exercises_wait_for_the_safety_check(asked: Conversation) -> None:
    shown = asked.says("show me exercises", wish="ask_exercises")
    assert (texts(shown)[0], question(shown)) == (say("exercises_after"), "recent_injury")


def test_the_same_result_is_not_told_in_full_again(protocol: Protocol) -> None:
    shown = finished(protocol).says("my neighbour has a cat")
    assert (level(shown), len(shown)) == (None, 2)


def test_an_emergency_is_told_in_full_again(protocol: Protocol) -> None:
    assert level(finished(protocol, breathless_or_chest_pain="yes").says("my neighbour has a cat")) == "ambulance"


def test_a_goodbye_repeats_what_cannot_wait(protocol: Protocol) -> None:
    shown = finished(protocol, calf_swollen_or_tender="yes").says("bye", wish="goodbye")
    assert any("today" in text for text in texts(shown))


# --- never silent ----------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("state", ["fresh", "greeted", "asked", "finished", "deleting"])
def test_every_wish_is_answered_in_every_state(protocol: Protocol, asked: Conversation, state: str, wish: str) -> None:
    person = {"asked": asked, "deleting": asked, "finished": finished(protocol)}.get(state, Conversation(protocol))
    if state == "greeted":
        person.says("hi", wish="greet")
    if state == "deleting":
        person.says("delete my data", wish="delete_my_data")
    shown = person.says("blah fish", wish=wish)
    assert [text for text in texts(shown) if text.strip()] == texts(shown) != []
