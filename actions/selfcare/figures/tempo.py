"""How long each part of the movement lasts, as `clinical/exercises.yml` has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import cos, pi
from typing import Any, Literal

from actions.wording import content

START_SECONDS = 1.2
"""How long the start is shown before the movement begins."""
MOVE_SECONDS = 1.5
"""For a way where the exercise does not ask for a speed."""
HOLD_SECONDS, LONGEST_HOLD = 1.0, 5.0
"""At the end where nothing has to be held, and at most: nobody waits half a minute for a picture to go on."""
PULSE_SECONDS = 0.5
"""What is pressed or held beats: strong for so long, then faint for so long."""


@dataclass(frozen=True)
class Phase:
    """One part of the movement."""

    name: Literal["start", "go", "hold", "back"]
    seconds: float
    first: float
    last: float
    """Where the movement is when the phase begins and ends: 0 the start pose, 1 the end pose."""

    def progress(self, share: float) -> float:
        """Where the movement is after this share of the phase; it sets off and arrives softly."""
        return self.first + (self.last - self.first) * (1 - cos(pi * share)) / 2


def phases(exercise_id: str) -> tuple[Phase, ...]:
    """The movement of one exercise, from its start and back to it."""
    dose = _dose(exercise_id)
    return (
        Phase("start", START_SECONDS, 0, 0),
        Phase("go", dose.get("seconds_up", MOVE_SECONDS), 0, 1),
        Phase("hold", min(dose.get("hold_seconds", HOLD_SECONDS), LONGEST_HOLD), 1, 1),
        Phase("back", dose.get("seconds_down", MOVE_SECONDS), 1, 0),
    )


def moments(exercise_id: str, steps: int) -> Iterator[tuple[float, float]]:
    """Seconds since the beginning, and how far the movement is, with so many steps in each way that is gone."""
    passed = 0.0
    for phase in phases(exercise_id):
        count = steps if phase.first != phase.last else 1
        yield from ((passed + phase.seconds * n / count, phase.progress(n / count)) for n in range(count))
        passed += phase.seconds
    yield passed, 0.0


def _dose(exercise_id: str) -> Mapping[str, Any]:
    doses: Mapping[str, Mapping[str, Any]] = {e["id"]: e["dose"] for e in content("exercises.yml")["exercises"]}
    return doses[exercise_id]
