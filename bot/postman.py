"""Brings people what is said outside a turn: a clinician's reply, a reminder. It becomes part of their talk."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from rasa.core.agent import Agent
from rasa.shared.core.events import BotUttered

from actions.conversation import where
from actions.records import mail
from actions.records.mail import Letter
from actions.records.store import Records
from actions.wording import say
from bot.channels.push import pusher_of, pushing

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_ROUNDS = 5.0
KEEPS_IT_ITSELF = ("web",)
"""Channels whose pusher writes what it shows into the talk."""


class Postman:
    """One round after the other.

    Args:
        agent: the loaded bot, with its talks and locks.
        records: where messages wait.
    """

    def __init__(self, agent: Agent, records: Records):
        self._agent, self._records = agent, records

    async def round(self) -> int:
        """Deliver what waits and can be delivered now.

        Returns:
            How many messages reached their person.
        """
        now = self._records.now()
        await asyncio.to_thread(mail.write_reminders, self._records, now, say("reminder_text"))
        letters = await asyncio.to_thread(mail.take, self._records, pushing(), now)
        reached = 0
        for letter in letters:
            if await self._bring(letter):
                await asyncio.to_thread(mail.delivered, self._records, letter)
                reached += 1
        return reached

    async def _bring(self, letter: Letter) -> bool:
        """Deliver one message; what fails is tried again when its lease is over."""
        pusher = pusher_of(letter.channel)
        message = _message(letter)
        try:
            if pusher is None or not await pusher(letter.sender, [message]):
                return False
            if letter.channel not in KEEPS_IT_ITSELF:
                await self._keep(letter.sender, message)
        except Exception as error:  # noqa: BLE001  one person's channel must not hold up all others
            logger.error("delivery to a person failed: %s", where(error))
            return False
        return True

    async def _keep(self, sender: str, message: dict[str, Any]) -> None:
        async with self._agent.lock_store.lock(sender):
            talk = await self._agent.tracker_store.retrieve(sender)
            if talk is not None:
                data = {"buttons": message["buttons"]} if message.get("buttons") else {}
                talk.update(BotUttered(message["text"], data, {"from": message["from"]}), self._agent.domain)
                await self._agent.tracker_store.save(talk)


async def keep_bringing(postman: Postman, woken: asyncio.Event) -> None:
    """Go on until cancelled, whatever happens.

    Args:
        postman: does the work.
        woken: set when something new waits, so that it goes out at once.
    """
    while True:
        woken.clear()
        try:
            await postman.round()
        except Exception as error:  # noqa: BLE001  the database may be down for a while
            logger.error("postman failed: %s", where(error))
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(woken.wait(), SECONDS_BETWEEN_ROUNDS)


def _message(letter: Letter) -> dict[str, Any]:
    if letter.reference is not None:
        return {"text": say("reply_from", words=letter.text), "from": "clinician"}
    buttons = [{"title": say("reminder_check_in"), "payload": "/checkin"}]
    return {"text": letter.text, "buttons": buttons, "from": "bot"}
