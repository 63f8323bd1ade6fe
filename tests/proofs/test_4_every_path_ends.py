"""Promise 4: every path ends in exactly one level within 20 questions, an emergency within 3 of its first sign."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.answers import Heard, Message
from actions.cards import NOT_SURE, Card, payload
from actions.dialogue import Talk
from actions.record import Record
from actions.triage import Assessment, Level, Protocol, assess, next_step

from .conftest import DEEP, Count
from .people import PROTOCOL, RED_FLAGS, complete
from .space import Space
from .walk import Walk

MOST_CARDS = 20
MOST_CARDS_AT_SELF_CARE = 14
MOST_CARDS_TO_AN_EMERGENCY = 3
WALKS = ["sure_walk", "unsure_walk", "volunteered_walk"]
TODAY = date(2024, 5, 1)


@pytest.mark.parametrize("walk", WALKS)
def test_every_path_ends_within_twenty_cards(walk: str, request: pytest.FixtureRequest) -> None:
    """A walk is finite, and every state in it has a next card or one assessment."""
    walked: Walk = request.getfixturevalue(walk)
    for state in walked.states:
        ended = isinstance(state.step, Assessment)
        assert ended != all(state.after.get(budget) for budget in state.after or (True,)), state.told
    assert max(walked.most_cards().values()) <= MOST_CARDS


def test_self_care_takes_at_most_fourteen_cards(sure_walk: Walk) -> None:
    assert sure_walk.most_cards()[Level.SELF_CARE] <= MOST_CARDS_AT_SELF_CARE


# --- emergencies -----------------------------------------------------------------------------------


@pytest.mark.parametrize("walk", WALKS)
def test_an_emergency_is_named_within_three_cards_of_its_first_sign(walk: str, request: pytest.FixtureRequest) -> None:
    """The first sign: the first red flag told of an emergency rule that holds in the end. Second asks do not count."""
    late = max(request.getfixturevalue(walk).emergencies, key=lambda end: end.longest_wait)
    rules = [rule.key for rule, age in zip(emergency_rules(), late.ages) if age == late.longest_wait]
    assert late.longest_wait <= MOST_CARDS_TO_AN_EMERGENCY, f"{late.longest_wait} cards to {rules}: {late.told}"


@pytest.mark.skipif(not DEEP, reason="KNEEWISE_DEEP=1 walks from every pair")
def test_two_signs_told_at_once_take_at_most_one_card_more(twice_volunteered_walk: Walk) -> None:
    """Then two emergencies wait for their questions, and the second waits for the first."""
    late = max(twice_volunteered_walk.emergencies, key=lambda end: end.longest_wait)
    assert late.longest_wait <= MOST_CARDS_TO_AN_EMERGENCY + 1, f"{late.longest_wait} cards: {late.told}"
    assert max(twice_volunteered_walk.most_cards().values()) <= MOST_CARDS


def emergency_rules() -> list[Any]:
    return [rule for rule in PROTOCOL.rules if rule.level >= Level.EMERGENCY_DEPARTMENT]


def cards_to_the_end(record: Record, truth: dict[str, Any], protocol: Protocol) -> tuple[int, Assessment]:
    """How many cards are asked of somebody who knows, and where it ends."""
    cards = 0
    while not isinstance(step := next_step(record.findings, protocol), Assessment):
        record.take({id: truth[id] for id in step.asks})
        cards += 1
    return cards, step


def test_any_flag_with_any_modifier_is_named_within_three_cards(protocol: Protocol, space: Space, count: Count) -> None:
    """The red flag said first, of a person who has one more trouble and is well otherwise."""
    pairs = emergencies = 0
    for flag in RED_FLAGS:
        for id in space.ids:
            for value in space.sure(id):
                if id == flag or (isinstance(value, list) and len(value) > 1):
                    continue
                pairs += 1
                truth = complete({flag: "yes", id: value})
                if not is_sign(flag, assess(truth, protocol)):
                    continue
                record = Record()
                record.take({flag: "yes"})
                cards, end = cards_to_the_end(record, truth, protocol)
                emergencies += 1
                assert is_sign(flag, end), f"{end.level.id}: {flag}, {id}: {value}"
                assert cards <= MOST_CARDS_TO_AN_EMERGENCY, f"{cards} cards: {flag}, {id}: {value}"
    count(f"ends: {pairs} pairs of a flag and a modifier, {emergencies} emergencies, each named within 3 cards")


def is_sign(flag: str, result: Assessment) -> bool:
    """The red flag belongs to an emergency rule that holds."""
    return any(rule.level >= Level.EMERGENCY_DEPARTMENT and flag in rule.when.ids() for rule in result.because)


# --- through whole turns of talk -------------------------------------------------------------------


def play(answer: Any, protocol: Protocol) -> tuple[list[str], str]:
    """A talk in which `answer(card)` gives each message.

    Returns:
        The ids of the question cards in order, and the level of the assessment.
    """
    record, asked = Record(), []
    message = Message("my knee hurts")
    for _ in range(100):
        shown = Talk(record, message, protocol, TODAY).reply(message.intent)
        waiting = [card for card in shown if card.kind in ("question", "assessment")]
        assert len(waiting) == 1, [card.text for card in shown]
        data = waiting[0].data or {}
        if waiting[0].kind == "assessment":
            return asked, data["level"]
        asked.append(data["id"])
        message = answer(waiting[0])
    raise AssertionError(f"no end: {asked}")


def unsure_of_all(card: Card) -> Message:
    return Message(payload((card.data or {})["id"], NOT_SURE), intent="answer")


def unsure_then_no(card: Card) -> Message:
    """Not sure of one thing on each card, and of what is asked again: no."""
    data = card.data or {}
    plainer = data["prompt"] != first_prompt(data["id"])
    options = [option["value"] for option in data["options"]]
    if data["id"] in PROTOCOL.screens:
        return Message(payload(data["id"], [] if plainer else {options[0]: NOT_SURE}), intent="answer")
    value: Any = NOT_SURE if not plainer else {"number": 40, "any_of": ["front"]}.get(data["input"], "no")
    if plainer and data["input"] == "one_of":
        value = options[0]
    if data["id"] == "aggravated_by" and plainer:
        value = ["running"]
    return Message(payload(data["id"], value), intent="answer")


def first_prompt(id: str) -> str:
    return (PROTOCOL.screens.get(id) or PROTOCOL.findings[id]).prompt


def one_thing_at_a_time(card: Card) -> Message:
    """Denies in words the first thing on every screen, and nothing else on it."""
    data = card.data or {}
    options = [option["value"] for option in data["options"]]
    if data["id"] in PROTOCOL.screens:
        return Message("that one is fine", heard=(Heard(options[0], options[0], "absent"),))
    return Message(payload(data["id"], complete({}).get(data["id"], "no")), intent="answer")


@pytest.mark.parametrize("answer", [unsure_of_all, unsure_then_no, one_thing_at_a_time])
def test_difficult_people_come_to_an_end(answer: Any, protocol: Protocol, count: Count) -> None:
    asked, level = play(answer, protocol)
    # A list that comes again with what is left of it is the same question, not a new one.
    questions = [id for before, id in zip(["", *asked], asked) if id != before]
    count(f"ends: {answer.__name__} takes {len(questions)} questions ({len(asked)} cards) to {level}")
    assert len(questions) <= MOST_CARDS, asked
