"""From what was tapped, typed or told to findings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.answers import BadAnswer, Heard, Message, Payload, check_value, in_context, read_payload, take_payload
from actions.answers import volunteered as read_volunteered
from actions.triage import Protocol

EMERGENCY = "emergency_screen"
THREE = ["hot_or_red_knee", "fever_or_unwell", "large_swelling"]
"""What a screen about swelling still shows."""


def said(text: str, *heard: Heard, intent: str = "report") -> Message:
    """A message, with what the language pipeline heard in it."""
    return Message(text, intent, heard)


def of_three(hot: str, fever: str, large: str) -> dict[str, str]:
    """An answer to all of `THREE`."""
    return dict(zip(THREE, (hot, fever, large)))


# --- payloads: what a button sends ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ('/answer{"question":"age","value":34}', Payload("age", 34)),
        ('  /answer {"question": "location", "value": ["front"]} ', Payload("location", ["front"])),
        ('/answer{"question":"lump","value":null}', Payload("lump", None)),
        ("my knee hurts", None),
        ("the answer is 5", None),
    ],
)
def test_reads_a_payload(text: str, payload: Payload | None) -> None:
    assert read_payload(text) == payload


@pytest.mark.parametrize(
    "text",
    [
        "/answer",
        "/answer yes",
        "/answer{}",
        "/answer[]",
        "/answer7",
        '/answer{"question":"age"}',
        '/answer{"value":"yes"}',
        '/answer{"question":"age","value":34',
        "/answer" + "[" * 100_000,
    ],
    ids=lambda text: text[:30],
)
def test_refuses_what_is_no_payload(text: str) -> None:
    with pytest.raises(BadAnswer):
        read_payload(text)


@pytest.mark.parametrize(
    ("question", "value", "recorded"),
    [
        ("recent_injury", "yes", "yes"),
        ("recent_injury", "not_sure", "not_sure"),
        ("recent_injury", True, "yes"),
        ("recent_injury", False, "no"),
        ("trend", "worse", "worse"),
        ("trend", "not_sure", "not_sure"),
        ("location", ["back", "front"], ["front", "back"]),
        ("location", ["front", "front"], ["front"]),
        ("location", "front", ["front"]),
        ("location", [], []),
        ("location", "not_sure", "not_sure"),
        ("age", 34, 34),
        ("age", 0, 0),
        ("age", 120, 120),
        ("age", "34", 34),
        ("age", "34 years", 34),
        ("age", "not_sure", "not_sure"),
        ("duration_weeks", 0.5, 0.5),
        ("duration_weeks", "1 week", 1),
        ("longest_recent_session", "5 km", "5 km"),
        ("longest_recent_session", "5km", "5 km"),
        ("longest_recent_session", "3.5 miles", "3.5 miles"),
        ("longest_recent_session", "40 min", "40 minutes"),
    ],
)
def test_takes_each_form_of_value(protocol: Protocol, question: str, value: Any, recorded: Any) -> None:
    assert take_payload(Payload(question, value), [], protocol) == {question: recorded}


DEEP: Any = []
for _ in range(500):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("knee_hurts", "yes"),
        ("danger_now", "yes"),
        ("", "yes"),
        ("recent_injury", "maybe"),
        ("recent_injury", None),
        ("recent_injury", 1),
        ("recent_injury", ["yes"]),
        ("recent_injury", {"recent_injury": "yes"}),
        ("trend", "sideways"),
        ("trend", ["worse"]),
        ("trend", "__line__"),
        ("location", ["nose"]),
        ("location", [["front"]]),
        ("location", {"front": "yes"}),
        ("location", DEEP),
        ("age", -1),
        ("age", 121),
        ("age", 10**400),
        ("age", float("nan")),
        ("age", float("inf")),
        ("age", "nan"),
        ("age", "1e3"),
        ("age", "34 km"),
        ("age", "34 years old"),
        ("age", True),
        ("age", None),
        ("age", [34]),
        ("pain_now", 11),
        ("longest_recent_session", 5),
        ("longest_recent_session", "5 bananas"),
        ("longest_recent_session", "1001 km"),
        (EMERGENCY, ["lump"]),
        (EMERGENCY, "yes"),
        (EMERGENCY, True),
        (EMERGENCY, [1]),
        (EMERGENCY, [["deep_wound"]]),
        (EMERGENCY, {"deep_wound": "maybe"}),
        (EMERGENCY, {"lump": "yes"}),
        (EMERGENCY, {"deep_wound": {"deep_wound": "yes"}}),
        (EMERGENCY, DEEP),
    ],
    ids=lambda part: str(part)[:24],
)
def test_refuses_what_does_not_fit_the_question(protocol: Protocol, question: str, value: Any) -> None:
    with pytest.raises(BadAnswer):
        take_payload(Payload(question, value), [], protocol)


@pytest.mark.parametrize(
    ("value", "recorded"),
    [
        ([], of_three("no", "no", "no")),
        (["fever_or_unwell"], of_three("no", "yes", "no")),
        ("fever_or_unwell", of_three("no", "yes", "no")),
        ({"fever_or_unwell": "not_sure"}, of_three("no", "not_sure", "no")),
        ({"fever_or_unwell": "yes", "large_swelling": "not_sure"}, of_three("no", "yes", "not_sure")),
        ({}, of_three("no", "no", "no")),
        ("not_sure", of_three("not_sure", "not_sure", "not_sure")),
    ],
)
def test_a_screen_settles_what_it_showed(protocol: Protocol, value: Any, recorded: dict[str, str]) -> None:
    assert take_payload(Payload("swelling_screen", value), THREE, protocol) == recorded


def test_a_screen_refuses_what_it_did_not_show(protocol: Protocol) -> None:
    with pytest.raises(BadAnswer):
        take_payload(Payload("swelling_screen", ["calf_swollen_or_tender"]), THREE, protocol)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["yes", "no", "front"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_whatever_is_sent_is_refused_or_recorded_in_its_final_form(protocol: Protocol, data: st.DataObject) -> None:
    id = data.draw(st.sampled_from(sorted(protocol.findings)))
    try:
        recorded = take_payload(Payload(id, data.draw(ANY_JSON)), [], protocol)
    except BadAnswer:
        return
    assert check_value(protocol.findings[id], recorded[id]) == recorded[id]


# --- answers in the light of the question -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "recorded"),
    [
        ("2", of_three("no", "yes", "no")),
        ("number 2", of_three("no", "yes", "no")),
        ("the second one", of_three("no", "yes", "no")),
        ("the last one", of_three("no", "no", "yes")),
        ("1 and 3", of_three("yes", "no", "yes")),
        ("1,3", of_three("yes", "no", "yes")),
        ("the first and the third", of_three("yes", "no", "yes")),
        ("all of them", of_three("yes", "yes", "yes")),
        ("Fever, shivering or feeling ill", of_three("no", "yes", "no")),
        ("fever", of_three("no", "yes", "no")),
        ("none", of_three("no", "no", "no")),
        ("None of these.", of_three("no", "no", "no")),
        ("No", of_three("no", "no", "no")),
        ("not really", of_three("no", "no", "no")),
        ("nothing like that", of_three("no", "no", "no")),
        ("not sure", of_three("not_sure", "not_sure", "not_sure")),
        ("I don’t know", of_three("not_sure", "not_sure", "not_sure")),
        ("yes", None),
        ("4", None),
        ("0", None),
        ("2 weeks", None),
        ("my cousin has a new bike", None),
    ],
)
def test_a_screen_is_answered_by_number_title_or_word(
    protocol: Protocol, text: str, recorded: dict[str, str] | None
) -> None:
    assert in_context(said(text), "swelling_screen", THREE, protocol) == recorded


def test_both_answers_a_screen_of_two(protocol: Protocol) -> None:
    assert in_context(said("both"), "swelling_screen", THREE[:2], protocol) == dict.fromkeys(THREE[:2], "yes")


HOT = Heard("hot_or_red_knee", "hot_or_red_knee", "present")
NO_FEVER = Heard("fever_or_unwell", "fever_or_unwell", "absent")
LUMP = Heard("lump", "lump", "present")


@pytest.mark.parametrize(
    ("message", "recorded"),
    [
        (said("it feels hot to me", HOT), {"hot_or_red_knee": "yes"}),
        (said("just hot", HOT), of_three("yes", "no", "no")),
        (said("only that it is hot", HOT), of_three("yes", "no", "no")),
        (said("no fever", NO_FEVER), {"fever_or_unwell": "no"}),
        (said("no fever, but it is hot", NO_FEVER, HOT), of_three("yes", "no", "no")),
        (
            said("well, it is hot but I have no fever", HOT, NO_FEVER),
            {"hot_or_red_knee": "yes", "fever_or_unwell": "no"},
        ),
        (said("there is a lump on the shin", LUMP), None),
        (said("no, none", intent="deny"), of_three("no", "no", "no")),
        (said("nah I am all good there", intent="deny"), of_three("no", "no", "no")),
        (said("could not tell you", intent="not_sure"), of_three("not_sure", "not_sure", "not_sure")),
    ],
)
def test_a_screen_is_answered_by_what_was_heard(
    protocol: Protocol, message: Message, recorded: dict[str, str] | None
) -> None:
    assert in_context(message, "swelling_screen", THREE, protocol) == recorded


@pytest.mark.parametrize("status", ["past", "hypothetical", "other_person"])
def test_what_is_not_about_now_answers_no_screen(protocol: Protocol, status: str) -> None:
    heard = Heard("fever_or_unwell", "fever_or_unwell", status)
    assert in_context(said("my mum ran hot and cold with it", heard), "swelling_screen", THREE, protocol) is None


@pytest.mark.parametrize(
    ("pending", "text", "value"),
    [
        ("recent_injury", "yes", "yes"),
        ("recent_injury", "Yep!", "yes"),
        ("recent_injury", "1", "yes"),
        ("recent_injury", "no", "no"),
        ("recent_injury", "not really", "no"),
        ("recent_injury", "no, none", "no"),
        ("recent_injury", "the second one", "no"),
        ("recent_injury", "maybe", "not_sure"),
        ("recent_injury", "Not sure", "not_sure"),
        ("trend", "2", "same"),
        ("trend", "same", "same"),
        ("trend", "about the same", "same"),
        ("trend", "Getting worse", "worse"),
        ("trend", "not sure", "not_sure"),
        ("side", "both", "both"),
        ("for_whom", "yes", "self"),
        ("for_whom", "no", "someone_else"),
        ("location", "1 and 3", ["front", "outer"]),
        ("location", "Just below the kneecap", ["below_kneecap"]),
        ("location", "none", []),
        ("location", "not sure", "not_sure"),
        ("pain_now", "about a 6", 6),
        ("pain_now", "six", 6),
        ("pain_now", "none", 0),
        ("self_care_weeks", "nope", 0),
        ("age", "34", 34),
        ("age", "I am 34 years old", 34),
        ("age", "no idea", "not_sure"),
        ("longest_recent_session", "5 km", "5 km"),
    ],
)
def test_a_question_is_answered_in_the_persons_words(protocol: Protocol, pending: str, text: str, value: Any) -> None:
    assert in_context(said(text), pending, [pending], protocol) == {pending: value}


@pytest.mark.parametrize(
    ("pending", "text"),
    [
        ("recent_injury", "my cousin has a new bike"),
        ("trend", "yes"),
        ("trend", "4"),
        ("trend", "1 and 3"),
        ("location", "yes"),
        ("age", "yes"),
        ("age", "200"),
        ("pain_now", "11"),
        ("longest_recent_session", "5"),
        ("knee_hurts", "yes"),
    ],
)
def test_what_answers_nothing_records_nothing(protocol: Protocol, pending: str, text: str) -> None:
    assert in_context(said(text), pending, [pending], protocol) is None


@pytest.mark.parametrize(
    ("pending", "message", "value"),
    [
        ("duration_weeks", said("half a year", Heard("duration_weeks", 26, "present")), 26),
        ("self_care_weeks", said("half a year", Heard("duration_weeks", 26, "present")), 26),
        ("recent_injury", said("I twisted it", Heard("recent_injury", "recent_injury", "present")), "yes"),
        ("recent_injury", said("it just came", Heard("recent_injury", "recent_injury", "absent")), "no"),
        ("trend", said("feels worse by the day", Heard("trend", "worse", "present")), "worse"),
        ("location", said("at the front, I guess", Heard("location", "front", "present")), ["front"]),
    ],
)
def test_a_question_is_answered_by_what_was_heard(
    protocol: Protocol, pending: str, message: Message, value: Any
) -> None:
    assert in_context(message, pending, [pending], protocol) == {pending: value}


@pytest.mark.parametrize(
    ("pending", "text", "value"),
    [
        ("opening", "2", "treatment"),
        ("opening", "I need care now", "care_now"),
        ("opening", "the last one", "other"),
        ("delete_my_data", "yes", "yes"),
        ("delete_my_data", "nope", "no"),
    ],
)
def test_a_choice_that_is_no_finding_is_read_too(protocol: Protocol, pending: str, text: str, value: str) -> None:
    assert in_context(said(text), pending, [], protocol) == {pending: value}


@pytest.mark.parametrize(
    ("pending", "message", "recorded"),
    [
        ("recent_injury", said("definitely not"), {"recent_injury": "no"}),
        ("recent_injury", said("unfortunately not"), {"recent_injury": "no"}),
        ("recent_injury", said("sadly no"), {"recent_injury": "no"}),
        ("recent_injury", said("no fever", NO_FEVER), None),
        ("delete_my_data", said("definitely not"), {"delete_my_data": "no"}),
        ("trend", said("not better"), None),
        ("trend", said("not getting worse", Heard("trend", "worse", "absent")), None),
        ("trend", said("about a 6"), None),
        ("location", said("not the front"), None),
        ("age", said("400", Heard("age", 400, "present")), None),
        ("age", said("-5"), None),
    ],
    ids=lambda part: part.text if isinstance(part, Message) else "",
)
def test_a_denial_or_a_stray_number_is_not_bent_into_an_answer(
    protocol: Protocol, pending: str, message: Message, recorded: dict[str, Any] | None
) -> None:
    assert in_context(message, pending, [pending], protocol) == recorded


@pytest.mark.parametrize("message", [said("no fever", NO_FEVER), said("never mind")], ids=lambda said: said.text)
def test_a_no_to_something_else_denies_no_emergency(protocol: Protocol, message: Message) -> None:
    asks = list(protocol.screens[EMERGENCY].findings)
    assert in_context(message, EMERGENCY, asks, protocol) is None


def test_none_except_one_does_not_deny_that_one(protocol: Protocol) -> None:
    recorded = in_context(said("none except 2"), "swelling_screen", THREE, protocol) or {}
    assert recorded.get("fever_or_unwell") != "no"


def test_no_before_a_title_ticks_nothing(protocol: Protocol) -> None:
    recorded = in_context(said("no fever"), "swelling_screen", THREE, protocol) or {}
    assert recorded.get("fever_or_unwell") != "yes"


# --- what free text volunteers ----------------------------------------------------------------------


def volunteered(
    protocol: Protocol, *heard: Heard, known: dict[str, Any] | None = None, correcting: bool = False
) -> dict[str, Any]:
    """What is added to `known`."""
    return read_volunteered(heard, known or {}, correcting, protocol)


def calf(status: str) -> Heard:
    """Something said about a swollen calf."""
    return Heard("calf_swollen_or_tender", "calf_swollen_or_tender", status)


@pytest.mark.parametrize(
    ("status", "recorded"),
    [
        ("present", {"calf_swollen_or_tender": "yes"}),
        ("absent", {"calf_swollen_or_tender": "no"}),
        ("uncertain", {"calf_swollen_or_tender": "not_sure"}),
        ("past", {}),
        ("hypothetical", {}),
        ("other_person", {}),
    ],
)
def test_a_status_is_recorded_as_the_vocabulary_says(protocol: Protocol, status: str, recorded: dict[str, str]) -> None:
    assert volunteered(protocol, calf(status)) == recorded


@pytest.mark.parametrize("status", ["absent", "uncertain", "past", "hypothetical", "other_person"])
@pytest.mark.parametrize("heard", [("age", 70), ("location", "back"), ("trend", "worse"), ("duration_weeks", 3)])
def test_only_what_is_present_is_recorded_of_numbers_and_places(
    protocol: Protocol, heard: tuple[str, Any], status: str
) -> None:
    assert volunteered(protocol, Heard(*heard, status)) == {}


@pytest.mark.parametrize(
    ("status", "correcting", "recorded"),
    [
        ("absent", False, {}),
        ("absent", True, {"calf_swollen_or_tender": "no"}),
        ("uncertain", False, {}),
        ("uncertain", True, {}),
    ],
)
def test_a_red_flag_stays_unless_it_is_taken_back(
    protocol: Protocol, status: str, correcting: bool, recorded: dict[str, str]
) -> None:
    known = {"calf_swollen_or_tender": "yes"}
    assert volunteered(protocol, calf(status), known=known, correcting=correcting) == recorded


@pytest.mark.parametrize("statuses", [("present", "absent"), ("absent", "present")])
@pytest.mark.parametrize("correcting", [True, False])
def test_in_one_message_presence_wins(protocol: Protocol, statuses: tuple[str, str], correcting: bool) -> None:
    told = volunteered(protocol, *map(calf, statuses), correcting=correcting)
    assert told == {"calf_swollen_or_tender": "yes"}


def test_a_no_can_turn_into_a_yes(protocol: Protocol) -> None:
    known = {"calf_swollen_or_tender": "no"}
    assert volunteered(protocol, calf("present"), known=known) == {"calf_swollen_or_tender": "yes"}


@pytest.mark.parametrize(
    ("known", "correcting", "recorded"),
    [
        ({}, False, ["front"]),
        ({"location": ["back"]}, False, ["front", "back"]),
        ({"location": ["back"]}, True, ["front"]),
        ({"location": "not_sure"}, False, ["front"]),
        ({"location": []}, False, ["front"]),
    ],
)
def test_a_further_place_is_added(
    protocol: Protocol, known: dict[str, Any], correcting: bool, recorded: list[str]
) -> None:
    told = volunteered(protocol, Heard("location", "front", "present"), known=known, correcting=correcting)
    assert told == {"location": recorded}


def test_a_doubt_about_what_is_never_asked_counts_as_said(protocol: Protocol) -> None:
    told = volunteered(protocol, Heard("self_harm_or_abuse", "self_harm_or_abuse", "uncertain"))
    assert told == {"self_harm_or_abuse": "yes"}


def test_two_places_in_one_message_are_both_kept(protocol: Protocol) -> None:
    told = volunteered(protocol, Heard("location", "back", "present"), Heard("location", "front", "present"))
    assert told == {"location": ["front", "back"]}


@pytest.mark.parametrize(
    "heard",
    [
        Heard("age", 400, "present"),
        Heard("age", float("nan"), "present"),
        Heard("trend", "sideways", "present"),
        Heard("knee_hurts", "knee_hurts", "present"),
        Heard("self_harm_or_abuse", "self_harm_or_abuse", "absent"),
    ],
)
def test_what_cannot_be_is_not_recorded(protocol: Protocol, heard: Heard) -> None:
    assert volunteered(protocol, heard) == {}


@pytest.mark.parametrize(("days", "recent"), [(42, None), (43, "no")])
def test_an_injury_over_six_weeks_ago_is_not_recent(protocol: Protocol, days: int, recent: str | None) -> None:
    assert volunteered(protocol, Heard("injury_days_ago", days, "present")).get("recent_injury") == recent


@pytest.mark.parametrize(
    ("text", "corrects"),
    [
        ("actually no", True),
        ("sorry, I meant the left one", True),
        ("scratch that", True),
        ("that was wrong", True),
        ("no fever", False),
        ("it hurts on stairs", False),
    ],
)
def test_hears_that_something_is_taken_back(text: str, corrects: bool) -> None:
    assert said(text).corrects is corrects


def test_a_knee_that_is_wrong_takes_nothing_back() -> None:
    assert said("something is wrong with my knee").corrects is False
