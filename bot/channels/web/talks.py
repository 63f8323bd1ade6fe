"""What the web channel does, whichever way a request came: begin, say, wait, delete, and push."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from rasa.core.agent import Agent
from rasa.shared.core.events import BotUttered

from actions import cards
from actions.conversation import where
from bot.channels.turns import card_message, turn, within
from bot.channels.web.entries import Entry, answered, entries_of
from bot.channels.web.limits import BEGINNING, LONGEST_ID, LONGEST_TEXT, MOST_IN_LINE, SAYING, Buckets
from bot.channels.web.place import settings
from bot.channels.web.refusals import Refusal
from bot.channels.web.rooms import Listener, Room, Rooms
from bot.channels.web.sessions import CHANNEL, Sessions, sender_of
from bot.channels.web.watch import Watch
from bot.trackers import ONCE

logger = logging.getLogger(__name__)

HISTORY_TURNS = 200
LIVE_TURNS = 20
"""Turns that are read for a page that loads, and for those that have followed so far."""
SECONDS_OF_A_POLL = 25.0
SECONDS_TO_SAY = 3.8
"""Longer than a turn may take: what is read before and after it can hang as well."""

Result = TypeVar("Result")


class WebTalks:
    """The talks that this process serves.

    Args:
        agent: called when the bot is needed; it loads after the channel is made.
        sessions: issues and ends sessions.
    """

    def __init__(self, agent: Callable[[], Agent], sessions: Sessions):
        self.sessions = sessions
        self.saying = Buckets(*SAYING)
        self.beginning = Buckets(*BEGINNING)
        self.seconds_of_a_poll = SECONDS_OF_A_POLL
        self._agent = agent
        self._rooms = Rooms()
        self._running: set[asyncio.Future[Any]] = set()
        self.watch = Watch(self._rooms, self._look)

    # --- begin and leave -----------------------------------------------------------------------

    async def begin(
        self, token: object, address: str, name: str = "", listener: Listener | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Go on with the session that a token proves, or begin a new one.

        Args:
            token: whatever the client sent.
            address: where it comes from, for the number of new sessions.
            name: of the socket.
            listener: the socket; None over HTTP.

        Returns:
            The session, and what the client is told.

        Raises:
            Refusal: too many new sessions of one address.
        """
        session = await self.session_of(token)
        is_new = session is None
        if session is None:
            if not self.beginning.take(address):
                raise Refusal("too_fast")
            session = self.sessions.new()
        history = await self._join(session, name, listener, is_new)
        told = {"ok": True, "token": self.sessions.token(session), "new": is_new, **settings()}
        return session, {**told, "history": [entry.as_json() for entry in history]}

    async def session_of(self, token: object) -> str | None:
        """The session that a token proves and that was not deleted."""
        session = self.sessions.read(token)
        if session is None or await asyncio.to_thread(self.sessions.is_ended, session):
            return None
        return session

    async def _join(self, session: str, name: str, listener: Listener | None, is_new: bool) -> list[Entry]:
        """The history, after which the socket hears what is new."""
        if listener is None:
            return [] if is_new else await self._entries(session, HISTORY_TURNS)
        room = self._rooms.of(session)
        await room.join(name, listener)
        self.watch.start()
        rounds = room.rounds
        try:
            history = [] if is_new else await self._entries(session, HISTORY_TURNS)
        except Exception:
            self.leave(session, name)
            raise
        listener.seen = history[-1].n if history else 0
        if room.rounds != rounds:
            await room.hand_out(await self._entries(session, LIVE_TURNS))
        return history

    def leave(self, session: str, name: str) -> None:
        """A socket hears no more of a session."""
        self._rooms.leave(session, name)

    # --- say -----------------------------------------------------------------------------------

    async def say(self, session: str, data: object) -> dict[str, Any]:
        """Work a message, once, and send its entries. It is worked to its end also when the client goes away.

        Args:
            session: a session that the client has proved.
            data: what it sent.

        Raises:
            Refusal: it is not in the right shape, too long or too fast, the session was deleted, or it failed.
        """
        id, text = read_message(data)
        if not self.saying.take(session):
            raise Refusal("too_fast")
        work = self._to_the_end(self._in_line(session, partial(self._worked, session, id, text)))
        try:
            return await within(SECONDS_TO_SAY, work)
        except asyncio.TimeoutError:
            raise Refusal("failed") from None

    async def _in_line(self, session: str, work: Callable[[Room], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """Do something with a session after all that was asked of it before."""
        room = self._rooms.of(session)
        if room.in_line >= MOST_IN_LINE:
            raise Refusal("too_fast")
        room.in_line += 1
        try:
            async with room.turn:
                if await asyncio.to_thread(self.sessions.is_ended, session):
                    raise Refusal("session")
                return await work(room)
        finally:
            room.in_line -= 1

    async def _worked(self, session: str, id: str, text: str, room: Room) -> dict[str, Any]:
        await room.send("typing", {"on": True})
        try:
            answer = await turn(self._agent(), sender_of(session), text, CHANNEL, id)
            await self._show(session, id, text, answer, room)
        except Refusal:
            raise
        except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
            logger.error("an answer could not be shown: %s", where(error))
            await room.hand_out_unsaved([partial(answered, card_message(cards.safety()))])
            raise Refusal("failed") from None
        finally:
            await room.send("typing", {"on": False})
        return {"ok": True}

    async def _show(self, session: str, id: str, text: str, answer: list[dict[str, Any]], room: Room) -> None:
        """Send the entries of a turn: as they are stored, and what is not stored as it was answered.

        Raises:
            Refusal: the turn failed and left nothing in the store.
        """
        entries = await self._entries(session, LIVE_TURNS)
        await room.hand_out(entries)
        own = next((at for at, entry in enumerate(entries) if entry.id == id), None)
        said = [] if own is not None else [partial(Entry, by="person", text=text, id=id)]
        if own is not None and any(entry.by != "person" for entry in entries[own:]):
            return
        if own is None and await self._agent().tracker_store.answer_to(sender_of(session), ONCE + id):
            return
        await room.hand_out_unsaved([*said, *(partial(answered, message) for message in answer)])
        if own is None and any(_is_safety(message) for message in answer):
            raise Refusal("failed")

    async def _entries(self, session: str, turns: int) -> list[Entry]:
        return entries_of(await self._agent().tracker_store.stored(sender_of(session), turns))

    async def _to_the_end(self, work: Awaitable[Result]) -> Result:
        """Wait for work that goes on when nobody waits for it any more."""
        running = asyncio.ensure_future(work)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return await asyncio.shield(running)

    # --- wait ----------------------------------------------------------------------------------

    async def wait(self, session: str, after: int) -> list[Entry]:
        """The entries after a number, as soon as there are any; none after some time.

        Args:
            session: a session that the client has proved.
            after: the number of the last entry that the client has.
        """
        room = self._rooms.of(session)
        poll = room.open_poll()
        self.watch.start()
        end = asyncio.get_running_loop().time() + self.seconds_of_a_poll
        turns = HISTORY_TURNS
        try:
            while not poll.over:
                poll.news.clear()
                entries = [*await self._entries(session, turns), *room.unsaved]
                new = sorted((entry for entry in entries if entry.n > after), key=lambda entry: entry.n)
                if new:
                    return new
                turns = LIVE_TURNS
                await asyncio.wait_for(poll.news.wait(), end - asyncio.get_running_loop().time())
        except asyncio.TimeoutError:
            return []
        finally:
            room.close_poll(poll)
        return []

    async def _look(self, listened: dict[str, Room]) -> None:
        """Send what another worker has written since the last look."""
        lengths = await self._agent().tracker_store.lengths([sender_of(session) for session in listened])
        for session, room in listened.items():
            length = lengths.get(sender_of(session), 0)
            if room.length != length:
                await room.hand_out(await self._entries(session, LIVE_TURNS))
                room.length = length

    # --- delete and push -----------------------------------------------------------------------

    async def delete(self, session: str) -> dict[str, Any]:
        """Erase everything of a session and end it, after a turn that is under way.

        Raises:
            Refusal: it was deleted before.
        """
        return await self._to_the_end(self._in_line(session, partial(self._deleted, session)))

    async def _deleted(self, session: str, room: Room) -> dict[str, Any]:
        agent, sender = self._agent(), sender_of(session)
        async with agent.lock_store.lock(sender):
            receipt = await asyncio.to_thread(self.sessions.end, session)
            await agent.tracker_store.delete(sender)
        room.listeners.clear()
        room.unsaved.clear()
        self._rooms.close(session)
        return {"ok": True, "receipt": receipt}

    async def push(self, sender: str, messages: list[dict[str, Any]]) -> bool:
        """Say something outside a turn: it becomes part of the talk, seen at once or when the page is next opened.

        Args:
            sender: whose talk.
            messages: as of a turn; `"from": "clinician"` marks those that a clinician wrote.

        Returns:
            False when there is no such talk (any more).
        """
        agent, session = self._agent(), sender.partition(":")[2]
        async with agent.lock_store.lock(sender):
            talk = await agent.tracker_store.retrieve(sender)
            if talk is None:
                return False
            for message in messages:
                data = {key: message[key] for key in ("buttons", "custom") if message.get(key)}
                by = {"from": message["from"]} if message.get("from") else {}
                talk.update(BotUttered(message.get("text"), data, by), agent.domain)
            await agent.tracker_store.save(talk)
        try:
            await self._rooms.of(session).hand_out(await self._entries(session, LIVE_TURNS))
        except Exception as error:  # noqa: BLE001  it is in the talk: saying so prevents a second time
            logger.error("a message could not be shown yet: %s", where(error))
        return True


def read_message(data: object) -> tuple[str, str]:
    """Id and text of a message.

    Args:
        data: what a client sent.

    Raises:
        Refusal: it is not in the right shape, or too long.
    """
    if not isinstance(data, dict):
        raise Refusal("bad")
    id, text = data.get("id"), data.get("text")
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID or not id.isprintable() or not isinstance(text, str):
        raise Refusal("bad")
    if len(text) > LONGEST_TEXT:
        raise Refusal("too_long")
    return id, text.encode("utf-8", "replace").decode("utf-8")


def _is_safety(message: dict[str, Any]) -> bool:
    return bool((message.get("custom") or {}).get("card", {}).get("kind") == "safety")
