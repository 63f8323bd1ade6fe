"""Plays a talk on Slack the way a person would: types, taps, ticks, and reads what stands there."""

from __future__ import annotations

from typing import Any

from actions import cards
from bot.channels.slack import desk
from bot.channels.slack.mrkdwn import marked
from tests.channels.slack.house import House
from tests.fakes.slack import Person


class Driver:
    """One person's talk.

    Args:
        house: a bot with Slack.
        person: who talks.
    """

    def __init__(self, house: House, person: Person):
        self.house, self.person = house, person
        self.taps = 0

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Type something; the messages of the answer."""
        return await self._answer(self.person.say(text))

    async def tap(self, question: str, value: Any) -> list[dict[str, Any]] | None:
        """Answer a question with what stands below it; None when nothing there can be tapped for this value."""
        asked = [block.split(":")[1] for _, block, _ in self.person.elements() if block.startswith("question:")]
        if question not in asked:
            return None
        if isinstance(value, list) and value and self._has_boxes(question, value):
            self.taps += 1
            return await self._answer(self.person.tick(question, value))
        for wanted in (cards.payload(question, value), value):
            if self._can_be_tapped(wanted):
                self.taps += 1
                return await self._answer(self.person.tap(wanted))
        return None

    def _has_boxes(self, question: str, values: list[Any]) -> bool:
        begin = f"question:{question}:tick"
        boxes = [one for one, block, _ in self.person.elements() if block.startswith(begin)]
        return set(map(str, values)) <= {option["value"] for one in boxes for option in one["options"]}

    def _can_be_tapped(self, value: Any) -> bool:
        for element, _, _ in self.person.elements():
            options = element.get("options", []) if element["type"] == "static_select" else []
            if element.get("value") == value or value in [option["value"] for option in options]:
                return True
        return False

    async def _answer(self, doing: Any) -> list[dict[str, Any]]:
        """Do it, wait for the answer, and make sure that Slack shows it: the same words, in the same order."""
        answers: list[list[dict[str, Any]]] = []
        turn = desk.turn

        async def noted(*args: Any, **named: Any) -> list[dict[str, Any]]:
            answers.append(await turn(*args, **named))
            return answers[-1]

        before = len(self.house.slack.messages[self.person.room])
        desk.turn = noted
        try:
            assert await doing == 200
            await self.house.finished()
        finally:
            desk.turn = turn
        assert len(answers) == 1, f"{len(answers)} turns"
        posted = self.house.slack.messages[self.person.room][before:]
        assert len(posted) == len(answers[0])
        for message, post in zip(answers[0], posted):
            assert marked(message["text"].strip()) in post["text"]
        assert self.house.slack.refusals == []
        return answers[0]
