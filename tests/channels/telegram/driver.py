"""A person on Telegram who plays a script: types, ticks and taps through HTTP, and checks that all is shown."""

from __future__ import annotations

from typing import Any

from actions.wording import say
from bot.channels.telegram.draw import TICKED
from bot.channels.telegram.presses import Send, Tick, decode
from bot.channels.turns import turn
from tests.channels.play import answer_in
from tests.channels.telegram.bench import Bench
from tests.fakes.telegram_people import Person, Shown


class Overheard:
    """The real bot, whose answers are kept, so that a script can look at the cards."""

    def __init__(self, agent: Any):
        self._agent = agent
        self.answers: dict[str, list[dict[str, Any]]] = {}

    async def __call__(self, sender: str, text: str, id: str) -> list[dict[str, Any]]:
        messages = await turn(self._agent, sender, text, "telegram", id)
        self.answers.setdefault(sender, []).extend(messages)
        return messages


class TelegramDriver:
    """One person.

    Args:
        made: the running channel.
        overheard: the bot behind it.
        id: a chat that nobody else has.
    """

    def __init__(self, made: Bench, overheard: Overheard, id: int):
        self._made, self._overheard = made, overheard
        self._person: Person = made.telegram.person(id)
        self._key = made.records.person(f"tg:{id}")
        self.taps = 0

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Type something."""
        return await self._do(self._person.words(text))

    async def tap(self, question: str, value: Any) -> list[dict[str, Any]] | None:
        """Tap what answers a question; for a list, tick and finish."""
        shown = next((one for one in reversed(self._person.seen) if self._presses(one, question)), None)
        titles = self._titles(shown, question, value) if shown else None
        if shown is None or titles is None:
            return None
        messages: list[dict[str, Any]] = []
        for title in titles:
            self.taps += 1
            messages = await self._do(self._person.tap(shown, title))
        return messages

    def _titles(self, shown: Shown, question: str, value: Any) -> list[str] | None:
        """The buttons to tap, in order."""
        presses = self._presses(shown, question)
        for title, press in presses.items():
            if isinstance(press, Send) and answer_in(press.payload) == (question, value):
                return [title]
        boxes = {press.value: title for title, press in presses.items() if isinstance(press, Tick)}
        if isinstance(value, list) and value and set(value) <= set(boxes):
            return [*(boxes[one] for one in value), say("telegram_done")]
        if isinstance(value, dict) and set(value) == set(boxes) and {"yes", "not_sure"} == set(value.values()):
            return [*(boxes[one] for one, said in value.items() if said == "yes"), say("telegram_rest")]
        return None

    @staticmethod
    def _presses(shown: Shown, question: str) -> dict[str, Any]:
        """The buttons of a message that belong to a question."""
        found: dict[str, Any] = {}
        for row in shown.rows:
            for button in row:
                press = decode(button["callback_data"], lambda _: None)
                payload = answer_in(press.payload) if isinstance(press, Send) else None
                if getattr(press, "question", payload and payload[0]) == question:
                    found[button["text"].replace(TICKED, TICKED)] = press
        return found

    async def _do(self, update: dict[str, Any]) -> list[dict[str, Any]]:
        """Deliver an update, wait until it is answered in full, and check that the answer is what is shown."""
        answers = self._overheard.answers.setdefault(f"tg:{self._person.id}", [])
        before, seen = len(answers), len(self._person.seen)
        await self._made.telegram.deliver(update)
        await self._made.telegram.until(self._is_answered, 60)
        messages = answers[before:]
        shown = "\n".join(one.text for one in self._person.seen[seen:])
        for message in messages:
            missing = [line for line in message.get("text", "").split("\n") if line not in shown]
            assert not missing, f"not shown: {missing}"
        return messages

    def _is_answered(self) -> bool:
        with self._made.records.reading() as connection:
            query = "SELECT count(*) FROM channel_waiting WHERE person = ?"
            return not connection.exec_driver_sql(query, (self._key,)).scalar()
