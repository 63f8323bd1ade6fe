"""Promise 5: no exercise advice at soon or above, none for anyone under 18, no medicine doses, ever."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.answers import Heard, Message
from actions.dialogue import Talk
from actions.record import Record
from actions.selfcare.plan import may_have_plan
from actions.triage import Assessment, Level, Protocol, Question, assess
from actions.triage.conditions import NOT_SURE
from actions.triage.loader import CLINICAL
from actions.wording import content

from .conftest import Count
from .people import PROTOCOL, complete
from .walk import State, Walk

TODAY = date(2024, 5, 1)
"""Fixed, so that a plan's review date never changes a test."""
EXERCISES = [entry["id"] for entry in content("exercises.yml")["exercises"]]
TOPICS = [entry["id"] for entry in content("advice.yml") if entry.get("exercise")]
"""Topics that tell which exercises to do."""
WISHES = [
    Message("hello again", intent="report"),
    Message("exercises please", intent="ask_exercises"),
    *[Message("how do I do it", intent="ask_exercises", exercise=id) for id in EXERCISES],
    *[Message("tell me", intent="ask_topic", topic=id) for id in TOPICS],
    *[
        Message("and", intent=intent)
        for intent in ("ask_why", "ask_summary", "ask_human", "check_in", "greet", "thank", "goodbye", "bot_challenge")
    ],
    *[Message("and", intent=intent) for intent in ("go_back", "medicine_dose", "out_of_scope", "nlu_fallback")],
    Message("and you", intent="report", heard=(Heard("poor_sleep_or_stress", "poor_sleep_or_stress", "present"),)),
]
ASKING = [
    WISHES[0],
    next(message for message in WISHES if message.intent == "ask_exercises" and not message.exercise),
    next(message for message in WISHES if message.exercise),
    next(message for message in WISHES if message.topic),
]
"""One of each way to come by exercises."""


def test_a_plan_is_for_adults_at_self_care_only(protocol: Protocol, count: Count) -> None:
    """Every level with every age there can be, in half years, unknown and unsure."""
    ages = [None, NOT_SURE, *(half / 2 for half in range(241)), *range(121)]
    for level in Level:
        result = Assessment(level, (), (), protocol.version)
        for age in ages:
            adult = isinstance(age, (int, float)) and age >= 18
            assert may_have_plan(result, {} if age is None else {"age": age}) == (level == Level.SELF_CARE and adult)
    count(f"exercise: {len(Level) * len(ages)} pairs of level and age, a plan only for adults at self-care")


def exercise_cards(record: Record, message: Message) -> list[str]:
    """The cards of one turn that tell what to exercise."""
    shown = Talk(record, message, PROTOCOL, TODAY).reply(message.intent)
    about = [card.data or {} for card in shown]
    return [data["kind"] for data in about if data.get("kind") in ("plan", "exercise") or data.get("id") in TOPICS]


def in_talk(state: State, told: Mapping[str, Any]) -> Record:
    """The record of a talk that has come to this state, its card shown or its assessment given."""
    record = Record.from_json(state.record.to_json())
    record.findings.update(told)
    record.opened = True
    if isinstance(state.step, Question):
        record.pending, record.asks = state.step.id, list(state.step.asks)
    else:
        record.result = state.step.level.id
    return record


def breaks(state: State, told: Mapping[str, Any], message: Message) -> str:
    """What is wrong with the answer to one message in one state; empty when nothing is."""
    record = in_talk(state, told)
    shown = exercise_cards(record, message)
    settled = {id: value for id, value in record.findings.items() if id not in record.doubts}
    level = assess(settled, PROTOCOL).level
    age = settled.get("age")
    young = isinstance(age, (int, float)) and age < 18
    wrong = shown and (level >= Level.SOON or young)
    too_early = {"plan", "exercise"} & set(shown) and level > Level.SELF_CARE
    return f"{shown} at {level.id}, age {age}, to {message}: {state.told}" if wrong or too_early else ""


def test_no_exercise_in_any_state_at_any_wish(sure_walk: Walk, count: Count) -> None:
    """Every wish after every assessment; while a question waits, those that ask for exercises."""
    turns = 0
    for state in sure_walk.states:
        for message in WISHES if isinstance(state.step, Assessment) else ASKING:
            turns += 1
            assert not breaks(state, {}, message)
    count(f"exercise: {turns} turns, {len(sure_walk.states)} states with {len(WISHES)} wishes: none at soon or above")


@pytest.mark.parametrize("age", [0, 12, 17, 17.5])
def test_no_exercise_under_18_in_any_state(age: float, sure_walk: Walk) -> None:
    for state in sure_walk.states:
        for message in ASKING:
            assert not breaks(state, {"age": age}, message)


def test_an_adult_at_self_care_does_get_them(sure_walk: Walk) -> None:
    """So that the tests above do not hold for want of any exercise at all."""
    end = next(end for end in sure_walk.ends if end.step.level == Level.SELF_CARE)
    fit = {"age": 30, "location": ["front"], "aggravated_by": ["running"]}
    assert exercise_cards(in_talk(end, fit), WISHES[1]) == ["plan"]
    assert exercise_cards(in_talk(end, fit), WISHES[2]) == ["exercise"]


def test_growing_younger_takes_the_plan_away(protocol: Protocol) -> None:
    record = Record(findings=complete({}), opened=True, result=Level.SELF_CARE.id)
    message = Message("actually I am 15", intent="ask_exercises", heard=(Heard("age", 15, "present"),))
    assert exercise_cards(record, message) == []


# --- medicine --------------------------------------------------------------------------------------

AMOUNT = r"(\d[\d.,]*|one|two|three|four|half a|a)"
UNIT = r"(mg|mcg|µg|ug|g|gram(me)?s?|milligram(me)?s?|microgram(me)?s?|ml|millilit(re|er)s?|iu|units?)"
FORM = r"(tablets?|pills?|capsules?|caplets?|puffs?|drops?|sachets?|spoonfuls?|injections? of)"
DOSE = re.compile(rf"\b{AMOUNT}\s?-?({UNIT}|{FORM})\b", re.IGNORECASE)


def texts(content: Any) -> Iterator[str]:
    """Every string in a file, keys too."""
    if isinstance(content, str):
        yield " ".join(content.split())
    elif isinstance(content, dict):
        for key, value in content.items():
            yield str(key)
            yield from texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from texts(value)


@pytest.mark.parametrize(
    "said", ["take 200 mg", "400mg twice", "2 tablets", "one tablet", "1 g a day", "5 ml", "a pill"]
)
def test_a_dose_is_known_when_seen(said: str) -> None:
    assert DOSE.search(said)


@pytest.mark.parametrize("path", sorted(CLINICAL.glob("*.yml")), ids=lambda path: path.name)
def test_no_doses_in_the_content(path: Path) -> None:
    found = [text for text in texts(yaml.safe_load(path.read_text(encoding="utf-8"))) if DOSE.search(text)]
    assert not found, found
