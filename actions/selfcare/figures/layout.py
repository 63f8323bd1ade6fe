"""A whole picture: its label, its panels and what is written under them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np

from actions.selfcare.figures.camera import COMPASS
from actions.selfcare.figures.poses import Exercise
from actions.selfcare.figures.scene import TALL, Stage, stage
from actions.selfcare.figures.shapes import Shape
from actions.selfcare.figures.skeleton import Array, Side
from actions.selfcare.figures.words import label

LABEL_HEIGHT, CAPTION_HEIGHT = 48, 46
LABEL_SIZE, CAPTION_SIZE = 19, 18
"""Of the letters, pixels."""
BADGE = 14
"""Radius of the disc round a number."""
AT_START, AT_END = ("lead",), ("ghost", "way", "force", "mark")
"""The signs that the two still panels show."""


@dataclass(frozen=True)
class Text:
    """One line of words."""

    words: str
    x: float
    y: float
    """Where it begins, or its middle; pixels, the baseline."""
    size: float
    tone: str
    centred: bool = False
    layer: str = ""


Item = Shape | Text


@dataclass(frozen=True)
class Picture:
    """Everything in drawing order."""

    width: int
    height: int
    items: tuple[Item, ...]


def still(exercise: Exercise, side: Side) -> Picture:
    """Start and end: beside each other for somebody upright, one above the other for somebody lying."""
    shown = stage(exercise, side)
    panel = shown.window
    beside = (panel.width, panel.height) == TALL
    width = panel.width * (2 if beside else 1)
    below = 0 if beside else panel.height + CAPTION_HEIGHT
    items = [
        *_label(exercise, side),
        *moved(shown.shapes(0, AT_START), 0, LABEL_HEIGHT),
        *moved(shown.shapes(1, AT_END), width - panel.width, LABEL_HEIGHT + below),
        *_caption(1, exercise.start.caption, 0, LABEL_HEIGHT + panel.height),
        *_caption(2, exercise.end.caption, width - panel.width, LABEL_HEIGHT + below + panel.height),
    ]
    if beside:
        top, bottom = LABEL_HEIGHT, LABEL_HEIGHT + panel.height
        gap = np.array([[width / 2, top], [width / 2, bottom]], dtype=np.float64)
        items.append(Shape("gap", gap, line="paper", width=8))
    return Picture(width, LABEL_HEIGHT + below + panel.height + CAPTION_HEIGHT, tuple(items))


SHOWN: dict[str, tuple[str, ...]] = {
    "start": ("lead",),
    "go": ("ghost", "way"),
    "hold": ("ghost", "force", "mark"),
    "back": ("ghost",),
}
"""The signs that belong to each phase of the movement."""


def moving(shown: Stage, progress: float, phases: Collection[str]) -> Picture:
    """One panel at one moment of the movement, with the captions and signs of these phases.

    Args:
        shown: the exercise.
        progress: 0 at the start, 1 at the end.
        phases: names of phases; several for a drawing that chooses from them later by the items' layers.
    """
    return _single(shown, progress, [sign for phase in phases for sign in SHOWN[phase]], phases)


def ended(shown: Stage) -> Picture:
    """The end alone, with every sign that explains it."""
    return _single(shown, 1, AT_END, ["hold"])


def _single(shown: Stage, progress: float, signs: Collection[str], phases: Collection[str]) -> Picture:
    exercise, panel = shown.exercise, shown.window
    captions = {
        "start": (1, exercise.start.caption),
        "go": (2, exercise.end.caption),
        "hold": (2, exercise.end.caption),
        "back": (0, exercise.back),
    }
    items = [*_label(exercise, shown.side), *moved(shown.shapes(progress, signs), 0, LABEL_HEIGHT)]
    for phase in phases:
        number, words = captions[phase]
        items += [replace(item, layer=phase) for item in _caption(number, words, 0, LABEL_HEIGHT + panel.height)]
    return Picture(panel.width, LABEL_HEIGHT + panel.height + CAPTION_HEIGHT, tuple(items))


def moved(shapes: list[Shape], right: float, down: float) -> Iterator[Shape]:
    """The same shapes elsewhere."""
    return (replace(shape, points=shape.points + np.array([right, down])) for shape in shapes)


def _label(exercise: Exercise, side: Side) -> Iterator[Item]:
    yield Shape("label dot", _disc(24, LABEL_HEIGHT / 2, 8), fill="work_shin")
    yield Text(label(exercise, side), 42, LABEL_HEIGHT / 2 + LABEL_SIZE * 0.36, LABEL_SIZE, "ink")


def _caption(number: int, words: str, left: float, top: float) -> Iterator[Item]:
    middle = top + CAPTION_HEIGHT / 2
    if number:
        yield Shape(f"badge {number}", _disc(left + 30, middle, BADGE), fill="ink")
        yield Text(str(number), left + 30, middle + CAPTION_SIZE * 0.36, CAPTION_SIZE, "paper", centred=True)
    yield Text(words, left + (54 if number else 16), middle + CAPTION_SIZE * 0.36, CAPTION_SIZE, "ink")


def _disc(x: float, y: float, radius: float) -> Array:
    disc: Array = np.array([x, y]) + radius * COMPASS
    return disc
