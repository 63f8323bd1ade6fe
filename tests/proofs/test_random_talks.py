"""Promises 1, 3 and 4 over random talks: any facts, said in any order, with doubts at any place."""

from __future__ import annotations

from hypothesis import given

from actions.triage import Assessment, Level, assess

from .conftest import EXAMPLES, Count
from .people import PROTOCOL, Person, people, settled, talk, thoroughly

MOST_CARDS = 20
URGENT = [rule for rule in PROTOCOL.rules if rule.level >= Level.URGENT]


@thoroughly
@given(people)
def test_random_talks_keep_the_promises(person: Person) -> None:
    held = Level.SELF_CARE
    for turn in talk(person):
        known = settled(turn.record)
        now = assess(known, PROTOCOL).level
        assert now >= held, f"the level fell from {held.id} to {now.id}: {known}"
        held = now
    assert isinstance(turn.step, Assessment)
    assert turn.step.level == held
    assert turn.cards <= MOST_CARDS, f"{turn.cards} cards"
    if held == Level.SELF_CARE:
        for rule in URGENT:
            assert rule.when.holds(known) is False, f"self-care, and {rule.key} could hold: {known}"


def test_random_talks_are_many(count: Count) -> None:
    count(f"random: {EXAMPLES} examples for each claim over random people, records and messages")
