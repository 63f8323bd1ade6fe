"""Promises 1, 3, 4 and 5 over random talks: any facts, said in any order, with doubts at any place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actions.answers import Message
from actions.triage import Assessment, Level

from .conftest import EXAMPLES, Count
from .people import PROTOCOL, Person, people, settled, talk, thoroughly
from .test_5_no_exercise_advice import WISHES, exercise_cards
from .walk import held_by

MOST_CARDS = 20
URGENT = [rule for rule in PROTOCOL.rules if rule.level >= Level.URGENT]


@thoroughly
@given(people, st.sampled_from(WISHES))
def test_random_talks_keep_the_promises(person: Person, wish: Message) -> None:
    held = Level.SELF_CARE
    for turn in talk(person):
        known = settled(turn.record)
        now = held_by(known, PROTOCOL)
        assert now >= held, f"the level fell from {held.id} to {now.id}: {known}"
        held = now
    assert isinstance(turn.step, Assessment)
    assert turn.step.level == held
    assert turn.cards <= MOST_CARDS, f"{turn.cards} cards"
    if held == Level.SELF_CARE:
        for rule in URGENT:
            assert rule.when.holds(known) is False, f"self-care, and {rule.key} could hold: {known}"
    age = known.get("age")
    young = isinstance(age, (int, float)) and age < 18
    shown = exercise_cards(turn.record, wish)
    assert not shown or (held < Level.SOON and not young), f"{shown} at {held.id}, age {age}"


def test_random_talks_are_many(count: Count) -> None:
    count(f"random: {EXAMPLES} examples for each claim over random people, records and messages")
