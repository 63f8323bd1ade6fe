"""What is promised of the speed, and whether the figures of a run hold it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.figures import Figures


@dataclass(frozen=True)
class Hold:
    """One promise about a ratio."""

    name: str
    asked: Callable[[Figures], float]
    """The most it may be, or the least when `at_least`."""
    ratio: Callable[[Figures], float]
    sides: Callable[[Figures], tuple[str, str]]
    """What was measured here, and what it is compared with."""
    at_least: bool = False

    def held(self, figures: Figures) -> bool:
        """Whether the promise is kept."""
        ratio, asked = self.ratio(figures), self.asked(figures)
        return ratio >= asked if self.at_least else ratio <= asked


def _beside(name: str, part: str, unit: str, most: float) -> Hold:
    """A figure of both bots."""

    def values(figures: Figures) -> tuple[float, float]:
        return figures[part]["ours"]["median"], figures[part]["starter"]["median"]

    return Hold(
        name, lambda _: most, lambda figures: values(figures)[0] / values(figures)[1],
        lambda figures: (f"{values(figures)[0]:.4g} {unit}", f"starter {values(figures)[1]:.4g} {unit}"),
    )  # fmt: skip


def _turn(turn: str) -> Hold:
    def values(figures: Figures, of: str = "median") -> tuple[float, float]:
        return figures["turn_ms"]["ours"][turn][of], figures["turn_ms"]["starter"][turn][of]

    return Hold(
        f"a message in words at turn {turn}, p50", lambda _: 0.3,
        lambda figures: values(figures)[0] / values(figures)[1],
        lambda figures: (f"{values(figures)[0]:.3g} ms (p95 {values(figures, 'p95')[0]:.3g})",
                         f"starter {values(figures)[1]:.3g} ms (p95 {values(figures, 'p95')[1]:.3g})"),
    )  # fmt: skip


def _load(people: str) -> Hold:
    def values(figures: Figures) -> tuple[float, float]:
        return tuple(figures["load"][side][people]["a_second"]["median"] for side in ("ours", "starter"))  # type: ignore[return-value]

    person = "person" if people == "1" else "people"
    return Hold(
        f"messages a second in whole triages, {people} {person}", lambda _: 5.0,
        lambda figures: values(figures)[0] / values(figures)[1],
        lambda figures: (f"{values(figures)[0]:.3g}", f"starter {values(figures)[1]:.3g}"), at_least=True,
    )  # fmt: skip


def _floor(people: str) -> Hold:
    def values(figures: Figures) -> tuple[float, float]:
        return 1000 / figures["load"]["ours"][people]["a_second"]["median"], figures["floor"]["ms"]["median"]

    person = "person" if people == "1" else "people"
    return Hold(
        f"time of a message in whole triages, {people} {person}, beside no server", lambda _: 1.5,
        lambda figures: values(figures)[0] / values(figures)[1],
        lambda figures: (f"{values(figures)[0]:.3g} ms", f"floor {values(figures)[1]:.3g} ms"),
    )  # fmt: skip


def _flat(name: str, key: str) -> Hold:
    return Hold(name, lambda _: 1.3, lambda figures: figures["flat"][key],
                lambda figures: (f"{figures['flat'][key]:.3g}", "1"))  # fmt: skip


def _training(figures: Figures) -> tuple[float, float]:
    return figures["training"]["ours_s"]["median"], figures["training"]["starter_s"]


def _crowds_a_second(figures: Figures) -> tuple[float, float]:
    return figures["workers"]["4"]["a_second"]["median"], figures["workers"]["1"]["a_second"]["median"]


HOLDS = (
    _beside("process start to first answer", "cold_start_s", "s", 0.3),
    _beside("memory after the load", "memory_mb", "MB", 0.6),
    Hold("training, from nothing", lambda _: 0.3, lambda figures: _training(figures)[0] / _training(figures)[1],
         lambda figures: (f"{_training(figures)[0]:.3g} s",
                          f"starter {_training(figures)[1]:.3g} s ({figures['training']['starter_on']})")),
    *(_turn(turn) for turn in ("5", "20", "100", "300")),
    *(_load(people) for people in ("1", "8", "32")),
    *(_floor(people) for people in ("1", "8")),
    _flat("processor time of turn 300, turn 5 is 1", "turn 300"),
    _flat("processor time of a check-in on day 365, day 1 is 1", "day 365"),
    Hold("four workers on PostgreSQL and Redis, one worker there is 1", lambda figures: 0.85 * figures["cores"],
         lambda figures: _crowds_a_second(figures)[0] / _crowds_a_second(figures)[1],
         lambda figures: tuple(f"{value:.3g} a second" for value in _crowds_a_second(figures)), at_least=True),
)  # fmt: skip
