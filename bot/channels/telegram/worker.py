"""Answers what waits: one update of a chat at a time, in order, and a few chats at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from actions import cards
from actions.conversation import where
from bot.channels.gate import Gate
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.post import Interrupted, Post, in_thread
from bot.channels.telegram.updates import Event
from bot.channels.telegram.waiting import HELD_SECONDS, Taken, Waiting, Work

logger = logging.getLogger(__name__)

SECONDS_TO_STOP = 10.0
LOOK_AGAIN = HELD_SECONDS / 3
LOOKS_BETWEEN_FORGETTING = 700
"""About an hour."""


class Worker:
    """Takes updates and answers them.

    Args:
        waiting: where they wait.
        desk: works one.
        post: the way out, for the safety card.
        gate: updates are taken before turns begin.
    """

    def __init__(self, waiting: Waiting, desk: Desk, post: Post, gate: Gate):
        self._waiting = waiting
        self._desk = desk
        self._post = post
        self._gate = gate
        self._chats: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._stopped = asyncio.Event()

    async def take(self, number: int, event: Event) -> Taken:
        """Write an update down and have it answered soon.

        Args:
            number: Telegram's, unique for each update.
            event: what happened.
        """
        with self._gate.taking():
            taken = await in_thread(self._waiting.take, number, event)
        if taken == "new":
            self.wake(self._waiting.chat_of(event))
        return taken

    def wake(self, chat: str) -> None:
        """See to it that a chat's updates are answered."""
        if self._stopped.is_set():
            return
        if chat in self._chats:
            self._again.add(chat)
            return
        self._chats[chat] = asyncio.get_running_loop().create_task(self._answer_all(chat))

    async def keep(self) -> None:
        """Until stopped: pick up what a worker left behind that is gone, or what is due again."""
        looks = 0
        while not self._stopped.is_set():
            try:
                await self._look(forget=looks % LOOKS_BETWEEN_FORGETTING == 0)
            except Exception as error:  # noqa: BLE001  a database that is away now may be back at the next look
                logger.error("telegram cannot look for what waits: %s", where(error))
            looks += 1
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), LOOK_AGAIN)

    async def stop(self) -> None:
        """Begin nothing more, and finish what is begun; what takes too long is found again at the next start."""
        self._stopped.set()
        begun = list(self._chats.values())
        if begun:
            _, late = await asyncio.wait(begun, timeout=SECONDS_TO_STOP)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _look(self, *, forget: bool) -> None:
        if forget:
            await in_thread(self._waiting.forget)
        if self._chats:
            chats = list(self._chats)
            await in_thread(self._waiting.alive, chats)
        for chat in await in_thread(self._waiting.left):
            self.wake(chat)

    async def _answer_all(self, chat: str) -> None:
        """Everything of one chat that waits, the oldest first."""
        try:
            while not self._stopped.is_set():
                self._again.discard(chat)
                work = await in_thread(self._waiting.next, chat)
                if work is not None:
                    await self._answer(work, chat)
                elif chat not in self._again:
                    return
        except Exception as error:  # noqa: BLE001  the update stays in the database, and is found at the next look
            logger.error("telegram cannot reach its database: %s", where(error))
        finally:
            del self._chats[chat]

    async def _answer(self, work: Work, chat: str) -> None:
        """Answer one update; whatever fails, the person gets the safety card."""
        try:
            try:
                await self._desk.work(work, chat)
            except Interrupted:
                raise
            except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
                logger.error("telegram update failed: %s", where(error))
                safety = cards.safety()
                await self._post.send(work.event.chat, chat, [{"text": safety.text, "custom": {"card": safety.data}}])
        except Interrupted as stop:
            if not await in_thread(self._waiting.later, work, stop.sent, stop.seconds):
                logger.error("telegram: an answer was given up after a day")
            return
        await in_thread(self._waiting.done, work)
