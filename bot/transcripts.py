"""The talk of a person as the inbox shows it: what was said, in words, by whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Literal, cast

from actions.inbox.pages import Line, Transcript
from bot.channels.web.entries import entries_of
from bot.trackers import TalkStore

MOST_TURNS = 400
"""Of a longer talk, the last turns are shown."""


def transcript_of(store: TalkStore) -> Transcript:
    """What reads the talks of a store.

    Args:
        store: where the talks are.
    """

    async def transcript(person: str) -> Sequence[Line]:
        events = await store.stored_of(person, MOST_TURNS)
        return [
            Line(_at(entry.n), cast(Literal["person", "bot", "clinician"], entry.by), entry.text)
            for entry in entries_of(events)
            if entry.text
        ]

    return transcript


def _at(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, timezone.utc).replace(tzinfo=None)
