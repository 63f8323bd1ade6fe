"""Who listens to a session in this process, and up to where each has heard it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.channels.web.entries import Entry
from bot.channels.web.limits import MOST_LISTENERS

MOST_ROOMS = 5000
"""Rooms kept; those that nobody is in leave first."""
MOST_UNSAVED = 20

Send = Callable[[str, Any], Awaitable[None]]
"""Takes an event's name and its data."""


@dataclass
class Listener:
    """A socket of a session."""

    send: Send
    close: Callable[[], Awaitable[None]]
    seen: int | None = None
    """The number of the last stored entry it was sent; None until it has the history."""


@dataclass
class Poll:
    """A long poll of a session."""

    news: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False


class Room:
    """One session in this process."""

    def __init__(self) -> None:
        self.listeners: dict[str, Listener] = {}
        self.polls: list[Poll] = []
        self.turn = asyncio.Lock()
        """Held by the turn that is worked; it serves in the order of asking."""
        self.in_line = 0
        self.rounds = 0
        """Grows each time that entries were handed out."""
        self.length: int | None = None
        """Stored events when the store was last looked at."""
        self.unsaved: deque[Entry] = deque(maxlen=MOST_UNSAVED)
        """Answers that are in no store, because it failed or everything was just deleted."""

    @property
    def is_empty(self) -> bool:
        """Whether nobody listens and nothing is worked."""
        return not (self.listeners or self.polls or self.in_line)

    async def join(self, name: str, listener: Listener) -> None:
        """Let a socket in; where there are too many, the one that came first is closed."""
        self.listeners[name] = listener
        if len(self.listeners) > MOST_LISTENERS:
            await self.listeners.pop(next(iter(self.listeners))).close()

    async def send(self, event: str, data: Any) -> None:
        """Send to every socket."""
        for listener in list(self.listeners.values()):
            await listener.send(event, data)

    async def hand_out(self, entries: Iterable[Entry]) -> None:
        """Send each socket the stored entries that it has not had."""
        self.rounds += 1
        entries = list(entries)
        for listener in list(self.listeners.values()):
            for entry in entries:
                if listener.seen is not None and entry.n > listener.seen:
                    listener.seen = entry.n
                    await listener.send("message", entry.as_json())
        self._tell_polls()

    async def hand_out_unsaved(self, entries: Iterable[Callable[[int], Entry]]) -> None:
        """Send every socket entries that are not stored.

        Args:
            entries: each is made when its number is known.
        """
        heard = [listener.seen or 0 for listener in self.listeners.values()] + [entry.n for entry in self.unsaved]
        n = max([time.time_ns() // 1000, *heard])
        for made in entries:
            n += 1
            entry = made(n)
            self.unsaved.append(entry)
            await self.send("message", entry.as_json())
        self._tell_polls()

    def open_poll(self) -> Poll:
        """A new long poll; where there are too many, the oldest ends."""
        poll = Poll()
        self.polls.append(poll)
        if len(self.polls) > MOST_LISTENERS:
            oldest = self.polls.pop(0)
            oldest.over = True
            oldest.news.set()
        return poll

    def close_poll(self, poll: Poll) -> None:
        """The poll has been answered."""
        if poll in self.polls:
            self.polls.remove(poll)

    def _tell_polls(self) -> None:
        for poll in self.polls:
            poll.news.set()


class Rooms:
    """The rooms of this process."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[str, Room] = OrderedDict()

    def of(self, session: str) -> Room:
        """The room of a session, made when there is none."""
        room = self._rooms.setdefault(session, Room())
        self._rooms.move_to_end(session)
        if len(self._rooms) > MOST_ROOMS:
            empty = next((name for name, one in self._rooms.items() if one.is_empty and one is not room), None)
            if empty is not None:
                del self._rooms[empty]
        return room

    def listened(self) -> dict[str, Room]:
        """The rooms that somebody listens in."""
        return {session: room for session, room in self._rooms.items() if room.listeners or room.polls}

    def leave(self, session: str, name: str) -> None:
        """Take a socket out of a session."""
        if session in self._rooms:
            self._rooms[session].listeners.pop(name, None)

    def close(self, session: str) -> None:
        """Forget a room; its sockets stay open and are in no session."""
        self._rooms.pop(session, None)
