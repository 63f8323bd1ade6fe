"""How much of a talk its live tracker carries: the last turns, and what was written down before them.

Rasa walks through all events of a tracker several times a turn, so a talk of 300 turns would cost several times one
of five. Nothing here looks back further than the last turn: a rule sees one intent, and the slot `record` holds the talk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

TURNS = 1
"""Turns that a live tracker keeps; the database keeps all. Each further one costs 2 to 3 % of a turn."""
RECORD = "record"

Saved = tuple[int, datetime]
"""How many events of a talk are stored, and when the last of them were. No two states of a talk share both."""


@dataclass
class Kept:
    """What a live tracker holds of its talk."""

    saved: Saved
    turns: deque[int] = field(default_factory=lambda: deque(maxlen=TURNS))
    """How many events each of the last turns has."""
    old: int = 0
    """How many events of the tracker are stored, or stand for stored ones."""


def kept_of(tracker: DialogueStateTracker) -> Kept | None:
    """What a tracker holds; None when nothing of its talk was ever stored."""
    return getattr(tracker, "kneewise_kept", None)


def new_events(tracker: DialogueStateTracker) -> list[Event]:
    """The events since the talk was read or saved."""
    kept = kept_of(tracker)
    return list(tracker.events)[kept.old if kept else 0 :]


def keep(tracker: DialogueStateTracker, saved: Saved, turns: Iterable[int]) -> None:
    """Cut a tracker down to its last turns, after they were read or saved.

    Args:
        tracker: all of its events are stored.
        saved: what is stored.
        turns: how many events each of its last turns has, oldest first.
    """
    kept = Kept(saved, deque(turns, maxlen=TURNS))
    recent = list(tracker.events)[-sum(kept.turns) :]
    if sum(kept.turns) < len(tracker.events):
        record = tracker.get_slot(RECORD) if RECORD in tracker.slots else None
        tracker.events = deque([*summary(record), *recent])
    kept.old = len(tracker.events)
    tracker.kneewise_kept = kept


def summary(record: Mapping[str, Any] | None) -> list[Event]:
    """Events that stand for all that went before the last turns.

    Args:
        record: what was written down.
    """
    written = [] if record is None else [SlotSet(RECORD, record)]
    return [*written, ActionExecuted("action_listen")]


def record_in(events: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The last record that stored events wrote."""
    for event in reversed(events):
        if event.get("event") == "slot" and event.get("name") == RECORD and isinstance(event.get("value"), dict):
            return dict(event["value"])
    return None
