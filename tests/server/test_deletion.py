"""Whoever asks for deletion has nothing left in any table, through the real bot."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from actions.cards import payload
from bot.channels.turns import turn
from tests.records.everything import places_of


def test_a_person_who_deletes_is_gone(agent: Any, loop: asyncio.AbstractEventLoop) -> None:
    sender = f"web:{uuid.uuid4().hex}"
    records = agent.tracker_store.records

    def say(text: str) -> None:
        loop.run_until_complete(turn(agent, sender, text, "web", uuid.uuid4().hex))

    say("my knee hurts on the stairs, i am 34")
    assert places_of(records, sender) == set()
    assert places_of(records, records.person(sender)) == {"talk_events.sender_id", "turns.sender_id"}
    say("delete my data")
    say(payload("delete_my_data", "yes"))
    assert places_of(records, sender, records.person(sender)) == set()
