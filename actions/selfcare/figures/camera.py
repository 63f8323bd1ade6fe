"""From space to the flat picture, without perspective."""

from __future__ import annotations

from math import cos, radians, sin
from typing import NamedTuple

import numpy as np

from actions.selfcare.figures.poses import View
from actions.selfcare.figures.skeleton import OUTWARD, Array, Side

DIRECTIONS = 40
"""Points of every outline; with 40 a ball as big as the head is round to a tenth of a pixel."""
_ROUND = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
COMPASS: Array = np.stack([np.cos(_ROUND), np.sin(_ROUND)], axis=1)
"""Unit steps in all directions of the picture."""


class Eye(NamedTuple):
    """The directions of the picture in space: to its right, up it, and out of it towards the eye."""

    right: Array
    up: Array
    out: Array


def eye(view: View, side: Side) -> Eye:
    """Where the picture is seen from; for the left side it is the mirror image of the right."""
    turn, down = radians(view.turn), radians(view.down)
    mirror = OUTWARD[side]
    level = np.array([cos(turn), 0.0, sin(turn) * mirror])
    right = np.array([sin(turn) * mirror, 0.0, -cos(turn)])
    above = np.array([0.0, 1.0, 0.0])
    return Eye(right, cos(down) * above - sin(down) * level, cos(down) * level + sin(down) * above)


def flat(points: Array, seen: Eye) -> Array:
    """Points (n, 3) in space as points (n, 2) in the picture: right and up, metres."""
    seen_flat: Array = points @ np.stack([seen.right, seen.up], axis=1)
    return seen_flat


def skin(centres: Array, radii: Array) -> Array:
    """The outline (40, 2) stretched over discs: centres (n, 2), radii (n)."""
    reach = centres @ COMPASS.T + radii[:, None]
    outermost = np.argmax(reach, axis=0)
    outline: Array = centres[outermost] + radii[outermost, None] * COMPASS
    return outline


def cast(points: Array, radii: Array, height: float, seen: Eye) -> Array:
    """The outline (40, 2) of the shadow that balls throw straight down on a surface.

    Args:
        points: their centres in space (n, 3), metres.
        radii: their radii (n).
        height: of the surface.
        seen: where the picture is seen from.
    """
    fallen = points.copy()
    fallen[:, 1] = height
    centres = flat(fallen, seen)
    squash = np.array([1.0, seen.out[1]])  # a disc on the floor is seen as wide as it is, but flat
    length = np.linalg.norm(COMPASS * squash, axis=1)
    outermost = np.argmax(centres @ COMPASS.T + radii[:, None] * length, axis=0)
    outline: Array = centres[outermost] + radii[outermost, None] * COMPASS * squash**2 / length[:, None]
    return outline
