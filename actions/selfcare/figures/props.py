"""The things around the person, built from boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from actions.selfcare.figures.camera import Eye, flat
from actions.selfcare.figures.poses import Prop
from actions.selfcare.figures.skeleton import OUTWARD, Array, Place, Side

LEG, RAIL = 0.036, 0.16
"""A chair's legs, and the height of the rail of its back, metres."""
BRICK = 0.16


class Box(NamedTuple):
    """A box by two opposite corners, metres; z outward on the working side."""

    low: Place
    high: Place


class Face(NamedTuple):
    """One side of a box in the picture."""

    tone: str
    outline: Array


def boxes(prop: Prop) -> tuple[Box, ...]:
    """The boxes that a prop is made of."""
    return KINDS[prop.kind](prop.at, prop.size)


def faces(prop: Prop, seen: Eye, side: Side) -> list[Face]:
    """The faces of a prop that can be seen, the furthest box first."""
    placed = [_placed(box, side) for box in boxes(prop)]
    placed.sort(key=lambda corners: float(corners.mean(axis=0) @ seen.out))
    found = [face for corners in placed for face in _seen(corners, seen)]
    return [Face(_WALL_TONES[face.tone], face.outline) for face in found] if prop.kind == "wall" else found


def top_under(prop: Prop | None, x: float, z: float) -> float:
    """The height of what one could stand on at a place (z outward): the prop's top if it is low, or the floor."""
    tops = [
        high[1]
        for low, high in (boxes(prop) if prop else ())
        if high[1] < 0.3 and low[0] <= x <= high[0] and low[2] <= z <= high[2]
    ]
    return max(tops, default=0.0)


def bricks(prop: Prop, side: Side) -> Iterator[Array]:
    """A few joints between bricks (2, 3) on the front end of a wall, so that it is seen to be a wall."""
    if prop.kind != "wall":
        return
    ((_, _, _), (x, high, face)) = boxes(prop)[0]
    for row in range(1, int(high / BRICK)):
        ends = [face - 0.03 - 0.12 * (row % 3), face - 0.15 - 0.12 * (row % 3)]
        yield np.array([[x, row * BRICK, z * OUTWARD[side]] for z in ends])


def _block(at: Place, size: Place) -> tuple[Box, ...]:
    """One box; `at` is the middle of its back edge on the floor."""
    (x, y, z), (long, high, wide) = at, size
    return (Box((x, y, z - wide / 2), (x + long, y + high, z + wide / 2)),)


def _wall(at: Place, size: Place) -> tuple[Box, ...]:
    """A wall beside the person; `at` is the middle of the face that is turned to them."""
    (x, y, z), (long, high, thick) = at, size
    return (Box((x - long / 2, y, z - thick), (x + long / 2, y + high, z)),)


def _chair(at: Place, size: Place) -> tuple[Box, ...]:
    """A chair that faces forward; `at` is the middle of the back edge of its seat, size counts from the floor."""
    (x, seat, z), (deep, high, wide) = at, size
    left, right, front, under = z - wide / 2, z + wide / 2, x + deep, seat - LEG
    backs, fronts = (x, x + LEG), (front - LEG, front)
    rows = ((left, left + LEG), (right - LEG, right))
    legs = [Box((a, 0, c), (b, under, d)) for a, b in (backs, fronts) for c, d in rows]
    posts = [Box((x, seat, c), (x + LEG, high, d)) for c, d in rows]
    rail = Box((x, high - RAIL, left), (x + LEG, high, right))
    return (*legs, Box((x, under, left), (front, seat, right)), *posts, rail)


def _rail(at: Place, size: Place) -> tuple[Box, ...]:
    """A hand rail on two posts; `at` is the foot of its back end."""
    (x, y, z), (long, high, wide) = at, size
    ends = ((x, x + LEG), (x + long - LEG, x + long))
    posts = [Box((a, y, z), (b, high - LEG, z + wide)) for a, b in ends]
    return (*posts, Box((x - LEG, high - LEG, z), (x + long + LEG, high, z + wide)))


KINDS: Mapping[str, Callable[[Place, Place], tuple[Box, ...]]] = {
    "wall": _wall,
    "step": _block,
    "mat": _block,
    "chair": _chair,
    "rail": _rail,
}


def _placed(box: Box, side: Side) -> Array:
    """The eight corners in space; corner n has the high x, y, z where n has the bit 4, 2, 1."""
    corners = [[(box.high if n >> 2 - axis & 1 else box.low)[axis] for axis in range(3)] for n in range(8)]
    placed: Array = np.array(corners) * [1.0, 1.0, OUTWARD[side]]
    return placed


_WALL_TONES = {"prop_top": "wall_face", "prop_front": "wall_face", "prop_side": "wall_end"}
_SIDES = (
    ("prop_top", 1, (2, 3, 7, 6)),
    ("prop_side", 0, (4, 5, 7, 6)),
    ("prop_side", 0, (0, 1, 3, 2)),
    ("prop_front", 2, (1, 3, 7, 5)),
    ("prop_front", 2, (0, 2, 6, 4)),
)
"""Tone, the axis it looks along, and its corners; nobody sees a thing from below."""


def _seen(corners: Array, seen: Eye) -> list[Face]:
    middle = corners.mean(axis=0)
    found = []
    for tone, axis, ring in _SIDES:
        outward = corners[list(ring)].mean(axis=0) - middle
        if outward[axis] * seen.out[axis] > 1e-9:
            found.append(Face(tone, flat(corners[list(ring)], seen)))
    return found
