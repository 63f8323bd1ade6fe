"""What is known of a person beyond the talk, read before a turn and written after it. The glue to the records."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timezone

from actions import cards
from actions.cards import CHECK_IN
from actions.records.database import ServerClock
from actions.records.effects import Effect, Memory
from actions.records.store import Records, targets
from actions.wording import public_url, say

CAN_START_A_TALK = ("telegram", "slack")
"""Channels that reach a person who does not write at the moment."""
FETCHES_REPLIES = ("rest", "terminal")
"""Channels that nothing can be pushed to: a reply comes with the next answer."""
NEEDS_MEMORY = ("check_in", "ask_progress", "ask_human", "my_data", "remind_me")


SECONDS_UNTIL_ASKED_AGAIN = 10
"""How long it is taken as known whether somebody receives hand-offs."""
LINK = "see:"
"""Begins what is sealed into a link, so that nothing else that was sealed opens one."""


class _Open:
    """The records of this process."""

    records: Records | None = None
    receiving: tuple[float, bool] = (float("-inf"), False)
    told: Callable[[Sequence[Effect]], None] | None = None


def tell(told: Callable[[Sequence[Effect]], None] | None) -> None:
    """From now on, `told` hears in the event loop what every turn has written; None ends it."""
    _Open.told = told


def use(records: Records) -> None:
    """From now on, turns are written to these records."""
    _Open.records, _Open.receiving = records, (float("-inf"), False)


def records() -> Records:
    """The records of this process; opened by `DATABASE_URL` where nobody has said which."""
    if _Open.records is None:
        _Open.records = Records()
    return _Open.records


def receiving() -> bool:
    """Whether hand-offs reach anybody: a clinician has an account, or they are sent on."""
    lately = receiving_lately()
    if lately is None:
        lately = bool(targets()) or records().has_clinicians()
        _Open.receiving = (time.monotonic(), lately)
    return lately


def receiving_lately() -> bool | None:
    """The same as far as it was asked a short while ago, which takes no thread; None when it must be asked."""
    asked, known = _Open.receiving
    return known if time.monotonic() - asked <= SECONDS_UNTIL_ASKED_AGAIN else None


def sender_of(link: str, seconds: int | None = None) -> str | None:
    """Whose link it is; None when it is none of ours, or older than `seconds`."""
    opened = records().open_link(link, seconds)
    return opened.removeprefix(LINK) if opened is not None and opened.startswith(LINK) else None


def today() -> date:
    """The day at this place, by the clock of the database server where there is one.

    `KNEEWISE_TODAY` (an ISO date) for tests and demonstrations.
    """
    given = os.environ.get("KNEEWISE_TODAY")
    if given:
        return date.fromisoformat(given)
    clock = _Open.records.clock if _Open.records else None
    if isinstance(clock, ServerClock):
        return clock().replace(tzinfo=timezone.utc).astimezone().date()
    return date.today()


class Person:
    """One person in one turn.

    Args:
        sender: the id by which the channel knows them.
        channel: the channel's name.
    """

    def __init__(self, sender: str, channel: str):
        self.sender, self.channel = sender, channel
        self._memory = Memory()

    async def memory(self, remembered: bool, wish: str, pending: str | None = None) -> Memory:
        """What is known, where the turn may need it; most turns need nothing, and read nothing.

        Args:
            remembered: something beyond the talk was written before.
            wish: what the person wants.
            pending: the card that waits; the check-ins of before are looked at when the last one is answered.
        """
        if remembered or wish in NEEDS_MEMORY:
            diary = wish == "ask_progress" or pending == CHECK_IN
            self._memory = await asyncio.to_thread(self._read, diary)
        else:
            lately = receiving_lately()
            self._memory = Memory(receiving=await asyncio.to_thread(receiving) if lately is None else lately)
        return self._memory

    def replies(self) -> list[cards.Card]:
        """What a clinician wrote meanwhile, on channels that it could not be pushed to."""
        if self.channel not in FETCHES_REPLIES:
            return []
        return [cards.Card(say("reply_from", words=text)) for _, text in self._memory.replies]

    async def write(self, effects: Sequence[Effect]) -> None:
        """Write what the turn brought about, in one transaction; the talk is saved after it, and may come twice."""
        shown = [id for id, _ in self._memory.replies] if self.channel in FETCHES_REPLIES else []
        if effects or shown:
            await asyncio.to_thread(self._write, list(effects), shown)
            if _Open.told is not None:
                _Open.told(effects)

    def _read(self, diary: bool) -> Memory:
        sealed = records().seal(LINK + self.sender)
        return replace(
            records().memory(self.sender, diary),
            receiving=receiving(),
            can_remind=self.channel in CAN_START_A_TALK,
            data_address=f"{public_url()}/my-data/{sealed}",
            chart_address=f"{public_url()}/progress/{sealed}",
        )

    def _write(self, effects: list[Effect], shown: list[str]) -> None:
        if shown:
            records().mark_delivered(shown)
        records().apply(self.channel, self.sender, effects)
