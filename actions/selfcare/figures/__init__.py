"""Pictures of the exercises, drawn from joint angles.

`poses.yml` says what each exercise looks like; `skeleton` turns its angles into places, `body` puts flesh on them,
`scene` flattens one moment into shapes, `layout` adds words, and `draw` (SVG) and `raster` (PNG, GIF) put the shapes
into a file. The same exercise, side and theme always give the same picture.
"""

from __future__ import annotations

from actions.selfcare.figures import draw, raster, words
from actions.selfcare.figures.poses import Exercise, exercises
from actions.selfcare.figures.skeleton import Side
from actions.selfcare.figures.theme import Theme

__all__ = ["Side", "Theme", "alt_text", "animated_svg", "exercise_ids", "gif", "still_png", "still_svg"]


def exercise_ids() -> tuple[str, ...]:
    """The exercises that have a picture."""
    return tuple(exercises())


def still_svg(exercise_id: str, side: Side = "left", theme: Theme = "light") -> str:
    """Start and end as an SVG, 640 pixels wide.

    Args:
        exercise_id: one of `exercise_ids()`.
        side: the leg that works; where both do, the side from which they are seen.
        theme: for a light or a dark background.

    Raises:
        KeyError: this exercise has no picture.
    """
    return draw.still_picture(_exercise(exercise_id), side, theme)


def animated_svg(exercise_id: str, side: Side = "left", theme: Theme = "light") -> str:
    """The movement as an SVG without script; it stands still at the end for who prefers less motion."""
    return draw.moving_picture(_exercise(exercise_id), side, theme)


def still_png(exercise_id: str, side: Side = "left", theme: Theme = "light") -> bytes:
    """Start and end as a PNG, 1280 pixels wide."""
    return raster.png(_exercise(exercise_id), side, theme)


def gif(exercise_id: str, side: Side = "left", theme: Theme = "light") -> bytes:
    """The movement as a GIF that repeats, under 200 kB."""
    return raster.gif(_exercise(exercise_id), side, theme)


def alt_text(exercise_id: str, side: Side = "left") -> str:
    """The picture in words: which leg works, and both poses."""
    return words.alternative(_exercise(exercise_id), side)


def _exercise(exercise_id: str) -> Exercise:
    known = exercises()
    if exercise_id not in known:
        raise KeyError(f"No picture for {exercise_id!r}; there are {', '.join(known)}.")
    return known[exercise_id]
