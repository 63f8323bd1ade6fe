"""How much the bench measures: the full form for the document, the short one to try it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """One form of the bench."""

    name: str
    rounds: int
    """Starts of both bots; each round gives one figure of everything that has one a start."""
    long_talks: int
    """In so many rounds the talk goes on to the last of the turns."""
    windows: dict[str, int]
    """Turn to look at, and over how many messages from there on: whole rounds of what is said."""
    people: tuple[int, ...]
    seconds: float
    """Of each load."""
    trainings: int
    days: int
    """Check-ins in a row."""
    flat_talks: int
    blocks: int
    """Loads of one worker and of four, in turn."""
    workers: int
    sampled_seconds: float

    @property
    def short_windows(self) -> dict[str, int]:
        """Without the last turn, which takes the starter most of a minute."""
        return dict(list(self.windows.items())[:-1])


FULL = Plan("full", rounds=5, long_talks=1, windows={"5": 6, "20": 6, "100": 6, "300": 12}, people=(1, 8, 32), seconds=2.5,
            trainings=3, days=365, flat_talks=5, blocks=5, workers=4, sampled_seconds=10)  # fmt: skip
SHORT = Plan("short", rounds=1, long_talks=1, windows={"5": 6, "20": 6}, people=(1, 8), seconds=1.5, trainings=0, days=12,
             flat_talks=1, blocks=1, workers=2, sampled_seconds=3)  # fmt: skip
