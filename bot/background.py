"""What goes on beside the talks: hand-offs go out, replies come in, old data goes, clinicians read."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

from rasa.core.agent import Agent

from actions import known
from actions.handoff.delivery import Deliverer, keep_delivering
from actions.handoff.settings import BadSetting, Settings
from actions.handoff.webhook import open_session
from actions.inbox.server import start_inbox
from actions.records.effects import Effect, HandedOff
from actions.records.retention import keep_purging
from bot.beats import BEAT, keep_beating
from bot.postman import Postman, keep_bringing
from bot.trackers import TalkStore
from bot.transcripts import transcript_of


class Background:
    """Everything that runs until the server stops.

    Args:
        agent: the loaded bot.
        store: its talks, and with them the records.
    """

    def __init__(self, agent: Agent, store: TalkStore):
        self._agent, self._store = agent, store
        self._open = AsyncExitStack()
        self._handed_off, self._replied = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start all of it; a part that is not set up, or set up wrongly, stops nothing else."""
        records = self._store.records
        await self._start_delivery()
        self._run(keep_bringing(Postman(self._agent, records), self._replied))
        self._run(keep_purging(records))
        if BEAT in os.environ:
            self._run(keep_beating(int(os.environ[BEAT])))
        inbox = await start_inbox(records, transcript_of(self._store), self._replied.set)
        if inbox is not None:
            self._open.push_async_callback(inbox.cleanup)

    async def stop(self) -> None:
        """End all of it."""
        known.tell(None)
        await self._open.aclose()

    def is_alive(self) -> bool:
        """Whether nothing that was started has failed; what had nothing to do may have ended."""
        ended = [task for task in self._tasks if task.done()]
        return bool(self._tasks) and not any(task.cancelled() or task.exception() for task in ended)

    async def _start_delivery(self) -> None:
        try:
            settings = Settings.from_environ(os.environ)
        except BadSetting as error:
            print(f"Hand-offs are not sent on: {error}", file=sys.stderr, flush=True)
            return
        session = await self._open.enter_async_context(open_session(settings))
        deliverer = Deliverer(self._store.records, settings, session, clock=self._store.records.now)
        self._open.callback(deliverer.close)
        self._run(keep_delivering(deliverer, self._handed_off))
        known.tell(self._written)

    def _written(self, effects: Sequence[Effect]) -> None:
        if any(isinstance(effect, HandedOff) for effect in effects):
            self._handed_off.set()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.append(task)

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self._open.push_async_callback(end)
