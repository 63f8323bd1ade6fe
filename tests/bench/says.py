"""What people say in the bench: a whole knee triage, and the talk that the starter is made for.

Light on purpose: the client that sends it shares two cores with the server it measures.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

OPENING = "my knee kills going downstairs since i upped my miles"
IN_WORDS = {
    "emergency_screen": "none of these",
    "recent_injury": "no it came on slowly",
    "movement_screen": "nothing like that, i can walk on it and bend it",
    "swelling_screen": "none of those, no swelling and i feel fine in myself",
}
"""Questions of a triage that are answered in words; the others are tapped."""
TAPPED: dict[str, Any] = {
    "for_whom": "self", "age": 35, "recent_injury": "no", "duration_weeks": 3, "trend": "same", "self_care_weeks": 0,
    "stops_daily_life": "no", "location": ["front"], "aggravated_by": ["stairs_down"], "onset": "gradual",
}  # fmt: skip
TALK = [OPENING, *IN_WORDS.values(), "why do you ask that"]
"""A talk in words only, said again and again: as many messages as the starter's."""
STARTERS_TALK = ["hello", "i am feeling sad", "no", "are you a bot", "i am doing great now", "goodbye"]
"""Six messages that the starter has stories and rules for."""
THEN = ["", "thanks", "i think", "really", "honestly", "so far", "as far as i know", "to be honest", "today", "mate"]
LAST = ["", "sorry for the typos", "i am on my phone", "hope that helps", "that is all", "as i said", "nothing else",
        "writing this on the bus", "just had my tea", "the kids are asleep", "i am off work", "my wife says the same",
        "lunch is over soon", "it rains again", "my battery is low", "the dog barks", "i type with one hand"]  # fmt: skip
"""Added to what is said, so that hardly two messages are alike and little is answered from memory."""
MOST_MESSAGES = 30


class NoEnd(Exception):
    """A triage came to no result."""


def varied(text: str, chance: random.Random) -> str:
    """The same with some words more.

    Args:
        text: what is said.
        chance: picks the words.
    """
    parts = (text, chance.choice(THEN), chance.choice(LAST))
    return ", ".join(part for part in parts if part)


def cards_of(answer: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cards in an answer, over HTTP or inside a process."""
    found = ((message.get("custom") or {}).get("card") for message in answer)
    return [card for card in found if card]


def tap(question: dict[str, Any]) -> str:
    """The button of somebody who has nothing but runner's knee.

    Args:
        question: its card.
    """
    id, options = question["id"], [option["value"] for option in question.get("options", [])]
    calm: dict[str, Any] = {"yes_no": "no", "any_of": []}
    value = TAPPED.get(id, calm.get(question["input"], options[0] if options else 0))
    return "/answer" + json.dumps({"question": id, "value": value})


class Triage:
    """One person's triage to its result: `first`, then `after` each answer until it gives None.

    Args:
        chance: picks the words.
    """

    def __init__(self, chance: random.Random):
        self._chance, self._asked = chance, set[str]()
        self._question: dict[str, Any] | None = None
        self.first = varied(OPENING, chance)
        self.messages = 1

    def after(self, answer: list[dict[str, Any]]) -> str | None:
        """What is said to an answer; None at the result. A question that comes again, or still waits, is tapped.

        Raises:
            NoEnd: the answer leads nowhere, so what is measured is not a triage.
        """
        cards = cards_of(answer)
        if any(card["kind"] == "assessment" for card in cards):
            return None
        question = next((card for card in reversed(cards) if card["kind"] == "question"), self._question)
        self._question = question
        if question is None or self.messages >= MOST_MESSAGES:
            raise NoEnd(f"message {self.messages} was answered with {[card['kind'] for card in cards]}")
        self.messages += 1
        words = None if question["id"] in self._asked else IN_WORDS.get(question["id"])
        self._asked.add(question["id"])
        return tap(question) if words is None else varied(words, self._chance)


class StartersTalk:
    """The starter's own talk, the same way, to the letter: it remembers no answers, and knows few other words.

    Args:
        chance: not needed.
    """

    def __init__(self, chance: random.Random):
        self._left: Iterator[str] = iter(STARTERS_TALK)
        self.first = next(self._left)

    def after(self, answer: list[dict[str, Any]]) -> str | None:
        """What is said next, whatever the answer is."""
        return next(self._left, None)


KINDS = {"ours": Triage, "starter": StartersTalk}
"""Whose talk goes to which bot."""
