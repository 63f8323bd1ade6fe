"""The cards: what they hold, and the plain text that says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from actions import cards
from actions.answers import Message, Payload, in_context, read_payload, take_payload
from actions.cards import Card
from actions.selfcare.cards import exercise_card, plan_card
from actions.selfcare.plan import all_exercises, make_plan
from actions.triage import Assessment, Level, Protocol, Question, assess, load_protocol
from actions.triage.model import Finding
from actions.wording import content, fill, say, service

PROTOCOL = load_protocol()
"""Read here as well as in the fixture, because the tests are made from it."""

RUNNER = {"recent_injury": "no", "location": ["front"], "aggravated_by": ["running"], "age": 30, "onset": "sudden"}
FINDINGS = [finding for finding in PROTOCOL.findings.values() if not finding.watched]
QUESTIONS = [
    Question(asked.id, getattr(asked, "findings", (asked.id,)), plainer)
    for asked in (*FINDINGS, *PROTOCOL.screens.values())
    for plainer in (False, True)
]
RESULTS = [Assessment(rule.level, (rule,), (), PROTOCOL.version) for rule in PROTOCOL.rules]
HOME = assess(RUNNER, PROTOCOL)
PLAN = plan_card(make_plan(RUNNER, PROTOCOL, date(2026, 1, 5)))


def name(made_from: Question | Assessment) -> str:
    """A short name for the test's report."""
    if isinstance(made_from, Question):
        return made_from.id + ("-plainer" if made_from.plainer else "")
    return made_from.because[0].key if made_from.because else "self_care"


def every_card() -> Iterator[Card]:
    """One of everything that a person can be shown."""
    yield from (cards.question(asked, PROTOCOL) for asked in QUESTIONS)
    yield from (cards.assessment(result, PROTOCOL, RUNNER) for result in (HOME, *RESULTS))
    yield from (cards.why_card(result, PROTOCOL) for result in (HOME, *RESULTS))
    yield from (cards.advice(topic) for topic in content("advice.yml"))
    yield from (exercise_card(exercise) for exercise in all_exercises({}))
    yield from (cards.opening_question(), cards.delete_question(), cards.safety(), PLAN)
    yield from (cards.understood(RUNNER, PROTOCOL), cards.summary(say("human"), RUNNER, HOME, PROTOCOL))


EVERY_CARD = list(every_card())


# --- every card ------------------------------------------------------------------------------------


def test_no_text_has_a_blank_line() -> None:
    """Rasa's channels cut a text in two at a blank line."""
    assert [card.text for card in EVERY_CARD if "\n\n" in card.text or card.text != card.text.strip()] == []


def test_every_place_holder_is_filled() -> None:
    assert [card.text for card in EVERY_CARD if re.search(r"[{}]", card.text)] == []


def test_every_button_can_be_read_back() -> None:
    sent = [payload for card in EVERY_CARD if card.kind != "advice" for _, payload in card.buttons]
    assert sent
    assert [payload for payload in sent if read_payload(payload) is None] == []


def test_advice_offers_one_further_topic_as_a_question() -> None:
    topics = {topic["id"]: topic for topic in content("advice.yml")}
    for topic in topics.values():
        further = topics[topic["follow_up"]]
        assert cards.advice(topic).buttons == ((further["title"], further["ask"][0]),)


@pytest.mark.parametrize("value", ["yes", [], ["front"], {"lump": "not_sure"}, 3.5, "5 km"], ids=str)
def test_a_payload_says_question_and_value(value: Any) -> None:
    assert read_payload(cards.payload("lump", value)) == Payload("lump", value)


# --- questions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", QUESTIONS, ids=name)
def test_every_button_answers_its_own_question(protocol: Protocol, asked: Question) -> None:
    for _, sent in cards.question(asked, protocol).buttons:
        payload = read_payload(sent)
        assert payload is not None
        assert set(take_payload(payload, asked.asks, protocol)) == set(asked.asks)


@pytest.mark.parametrize("asked", QUESTIONS, ids=name)
def test_a_question_says_everything_in_plain_text(protocol: Protocol, asked: Question) -> None:
    card = cards.question(asked, protocol)
    assert card.data is not None
    listed = card.data["options"] if card.data["input"] in ("one_of", "any_of") else []
    wanted = [card.data["prompt"], *(f"{n}. {option['title']}" for n, option in enumerate(listed, 1))]
    assert [line for line in wanted if line not in card.text.split("\n")] == []


@pytest.mark.parametrize("asked", QUESTIONS, ids=name)
def test_not_sure_is_always_there(protocol: Protocol, asked: Question) -> None:
    values = [
        Payload(asked.id, "not_sure") == read_payload(sent) for _, sent in cards.question(asked, protocol).buttons
    ]
    assert values.count(True) == 1


@pytest.mark.parametrize("asked", [one for one in QUESTIONS if one.plainer], ids=name)
def test_the_second_wording_differs_from_the_first(protocol: Protocol, asked: Question) -> None:
    first, second = (cards.question(Question(asked.id, asked.asks, plainer), protocol) for plainer in (False, True))
    assert first.text != second.text


@pytest.mark.parametrize("asked", [one for one in QUESTIONS if not one.plainer], ids=name)
def test_a_typed_title_or_number_means_the_same_as_a_tap(protocol: Protocol, asked: Question) -> None:
    data = cards.question(asked, protocol).data or {}
    for number, option in enumerate(data["options"], 1):
        tapped = take_payload(Payload(asked.id, option["value"]), asked.asks, protocol)
        for text in (option["title"], str(number)):
            assert in_context(Message(text), asked.id, list(asked.asks), protocol) == tapped, text


@pytest.mark.parametrize(
    ("id", "kind"),
    [("recent_injury", "yes_no"), ("trend", "one_of"), ("location", "any_of"), ("age", "number")],
)
def test_a_question_tells_how_it_is_answered(protocol: Protocol, id: str, kind: str) -> None:
    assert (cards.question(Question(id, (id,)), protocol).data or {})["input"] == kind


def test_a_screen_shows_only_what_it_asks(protocol: Protocol) -> None:
    card = cards.question(Question("swelling_screen", ("large_swelling", "hot_or_red_knee")), protocol)
    assert [option["value"] for option in (card.data or {})["options"]] == ["large_swelling", "hot_or_red_knee"]


@pytest.mark.parametrize("card", [cards.opening_question(), cards.delete_question()], ids=["opening", "delete"])
def test_a_choice_offers_each_option_as_a_button(card: Card) -> None:
    assert card.data is not None
    offered = [(option["title"], Payload(card.data["id"], option["value"])) for option in card.data["options"]]
    assert [(title, read_payload(sent)) for title, sent in card.buttons] == offered


# --- assessments -----------------------------------------------------------------------------------

FIELDS = {"kind", "level", "headline", "actions", "reasons", "safety_net", "protocol_version"}


@pytest.mark.parametrize("result", [HOME, *RESULTS], ids=name)
def test_an_assessment_has_the_fields_of_the_contract(protocol: Protocol, result: Assessment) -> None:
    card = cards.assessment(result, protocol, RUNNER)
    assert FIELDS - set(card.data or {}) == set()


@pytest.mark.parametrize("result", [HOME, *RESULTS], ids=name)
def test_an_assessment_says_everything_in_plain_text(protocol: Protocol, result: Assessment) -> None:
    card = cards.assessment(result, protocol, RUNNER)
    assert card.data is not None
    reasons = [reason["text"] for reason in card.data["reasons"]]
    wanted = [card.data["headline"], *card.data["actions"], *reasons, *card.data["fits"], *card.data["safety_net"]]
    assert [line for line in wanted if line not in card.text] == []


@pytest.mark.parametrize("result", [HOME, *RESULTS], ids=name)
def test_an_assessment_names_its_version_and_that_no_clinician_reviewed_it(
    protocol: Protocol, result: Assessment
) -> None:
    text = cards.assessment(result, protocol, RUNNER).text
    assert (protocol.version in text, bool(re.search(r"not (been )?reviewed by a clinician", text))) == (True, True)


@pytest.mark.parametrize("result", [one for one in RESULTS if one.because[0].do], ids=name)
def test_what_a_rule_tells_to_do_stands_among_the_actions(protocol: Protocol, result: Assessment) -> None:
    actions = (cards.assessment(result, protocol, {}).data or {})["actions"]
    assert [line for line in result.because[0].do if fill(line) not in actions] == []


@pytest.mark.parametrize("result", [HOME, *RESULTS], ids=name)
def test_every_reason_has_its_rule_and_its_sources(protocol: Protocol, result: Assessment) -> None:
    reasons = (cards.assessment(result, protocol, RUNNER).data or {})["reasons"]
    assert [set(reason["sources"]) <= set(protocol.sources) != set() for reason in reasons] == [True]


def test_no_pattern_is_named_when_it_is_urgent(protocol: Protocol) -> None:
    result = Assessment(Level.URGENT, (), protocol.presentations[:2], protocol.version)
    assert (cards.assessment(result, protocol, RUNNER).data or {})["fits"] == []


def test_what_speaks_for_a_pattern_and_against_it_is_told() -> None:
    runners_knee = next(pattern for pattern in PROTOCOL.presentations if pattern.id == "runners_knee")
    told = " ".join(cards.fits_in_words(HOME, RUNNER))
    clues = (*runners_knee.speaks_for, *runners_knee.speaks_against)
    assert [clue.say in told for clue in clues] == [clue.when.holds(RUNNER) is True for clue in clues]


@pytest.mark.parametrize(
    ("level", "shape"),
    [(Level.AMBULANCE, "■■"), (Level.EMERGENCY_DEPARTMENT, "■"), (Level.URGENT, "▲"), (Level.SELF_CARE, "●")],
)
def test_each_urgency_has_a_shape_of_its_own(protocol: Protocol, level: Level, shape: str) -> None:
    text = cards.assessment(Assessment(level, (), (), "7"), protocol, {}).text
    assert text.split(" ")[0] == shape


def test_a_reason_is_given_with_the_titles_of_its_sources(protocol: Protocol) -> None:
    rule = next(rule for rule in protocol.rules if rule.id == "RF07")
    text = cards.why_card(Assessment(rule.level, (rule,), (), protocol.version), protocol).text
    assert [source for source in rule.sources if protocol.sources[source] not in text] == []


# --- what was understood, and the summary ----------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "value", "words"),
    [
        ("lump", "yes", "A new or growing lump in or near the knee"),
        ("lump", "no", "no lump"),
        ("lump", "not_sure", "not sure: A new or growing lump in or near the knee"),
        ("trend", "worse", "getting worse"),
        ("location", ["front", "back"], "front, around or behind the kneecap, back of the knee"),
        ("location", [], "none"),
        ("duration_weeks", 3, "for 3 weeks"),
        ("longest_recent_session", "5 km", "Longest session of the last month: 5 km"),
    ],
)
def test_a_finding_is_said_in_words(protocol: Protocol, id: str, value: Any, words: str) -> None:
    assert cards.finding_in_words(protocol.findings[id], value) == words


def test_what_was_understood_is_on_the_card(protocol: Protocol) -> None:
    card = cards.understood({"duration_weeks": 3}, protocol)
    words = {"duration_weeks": "for 3 weeks"}
    assert card.data == {"kind": "understood", "findings": {"duration_weeks": 3}, "words": words}


def test_that_it_is_ones_own_knee_is_not_worth_saying(protocol: Protocol) -> None:
    assert cards.in_words({"for_whom": "self"}, protocol) == ""


def values_of(finding: Finding) -> list[Any]:
    """A value of each sort that a finding can have."""
    if finding.kind == "yes_no":
        return ["yes", "no", "not_sure"]
    if finding.kind == "number":
        return [3, "not_sure"]
    chosen = finding.options[0].value
    return [chosen if finding.kind == "one_of" else [chosen], "not_sure"]


@pytest.mark.parametrize("finding", PROTOCOL.findings.values(), ids=lambda finding: finding.id)
def test_a_summary_leaves_nothing_out(protocol: Protocol, finding: Finding) -> None:
    for value in values_of(finding):
        text = cards.summary("", {finding.id: value}, None, protocol).text
        assert cards.finding_in_words(finding, value) in text


def test_a_summary_is_a_handoff_that_no_clinician_reviewed(protocol: Protocol) -> None:
    card = cards.summary("Told:", RUNNER, None, protocol)
    assert (card.kind, (card.data or {})["summary"], "not been reviewed by a clinician" in card.text) == (
        "handoff",
        card.text,
        True,
    )


# --- self-care -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    ["load", "pain_rule", "exercises", "stop_rules"],
)
def test_a_plan_says_everything_in_plain_text(field: str) -> None:
    told = (PLAN.data or {})[field]
    lines = [told] if isinstance(told, str) else [line if isinstance(line, str) else line["name"] for line in told]
    assert [line for line in lines if line not in PLAN.text] == []


def test_a_plan_says_when_to_look_again() -> None:
    assert ((PLAN.data or {})["review_on"], "16 February" in PLAN.text) == ("2026-02-16", True)


def test_an_exercise_in_a_plan_has_the_fields_of_the_contract() -> None:
    wanted = {"id", "name", "sets", "times_per_week", "image", "alt"}
    listed = (PLAN.data or {})["exercises"]
    assert [wanted <= set(one) and bool({"reps", "hold_seconds"} & set(one)) for one in listed] == [True] * len(listed)


@pytest.mark.parametrize(
    "field",
    [
        "title",
        "steps",
        "easier",
        "harder",
    ],
)
def test_an_exercise_says_everything_in_plain_text(field: str) -> None:
    for exercise in all_exercises({}):
        card = exercise_card(exercise)
        told = (card.data or {})[field]
        assert [line for line in ([told] if isinstance(told, str) else told) if line not in card.text] == []


def test_the_safety_card_names_the_emergency_number() -> None:
    card = cards.safety()
    assert (card.kind, service()["emergency"] in card.text) == ("safety", True)


@pytest.mark.parametrize("id", ["cadence", "metronome"])
def test_advice_on_cadence_links_the_metronome(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEEWISE_PUBLIC_URL", "https://knee.example/")
    topic = next(topic for topic in content("advice.yml") if topic["id"] == id)
    assert "https://knee.example/media/metronome.html" in cards.advice(topic).text
