"""What a picture is made of: flat shapes in pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from actions.selfcare.figures.skeleton import Array

HEAD = 16.0
"""Pixels of an arrow's head."""


@dataclass(frozen=True)
class Shape:
    """A filled outline or an open line."""

    role: str
    """What it is: `left_thigh`, `wall 2`, `arrow 1 head`; the same in every moment of the movement."""
    points: Array
    """(n, 2), pixels, y down."""
    fill: str = ""
    """A tone of the theme; empty for an open line."""
    line: str = ""
    width: float = 0.0
    """Of the line, pixels."""
    dash: float = 0.0
    """Length of dashes and gaps, pixels; 0 draws it through."""
    layer: str = ""
    """`shade` for shadows, one of `scene.SIGNS` for signs, a phase for captions that come and go."""


@dataclass(frozen=True)
class Window:
    """How metres in the picture become pixels."""

    width: int
    height: int
    """Pixels of the panel."""
    scale: float
    """Pixels to the metre."""
    left: float
    top: float
    """Where the origin is."""

    def pixels(self, points: Array) -> Array:
        """(n, 2) metres right and up as pixels right and down."""
        return np.stack([self.left + self.scale * points[:, 0], self.top - self.scale * points[:, 1]], axis=1)


def arrow(role: str, way: Array, layer: str) -> tuple[Shape, Shape]:
    """A thick line along a way (n, 2), and the head at its end."""
    tip = way[-1]
    body = way[np.linalg.norm(way - tip, axis=1) > HEAD]
    ahead = (tip - body[-1]) / np.linalg.norm(tip - body[-1])
    across = np.array([-ahead[1], ahead[0]])
    neck = tip - ahead * HEAD
    return (
        Shape(f"{role} shaft", np.concatenate([body, neck[None, :]]), line="arrow", width=6, layer=layer),
        Shape(f"{role} head", np.stack([tip, neck - across * 11, neck + across * 11]), fill="arrow", layer=layer),
    )


def clipped(outline: Array, width: float, height: float) -> Array:
    """The part of a convex outline (n, 2) that is inside a panel; empty if none is."""
    points = [np.array(point) for point in outline]
    for axis, bound, keep in ((0, 0.0, 1), (0, width, -1), (1, 0.0, 1), (1, height, -1)):
        kept: list[Array] = []
        for one, following in zip(points, points[1:] + points[:1], strict=True):
            here, there = keep * (one[axis] - bound), keep * (following[axis] - bound)
            if here >= 0:
                kept.append(one)
            if here * there < 0:
                kept.append(one + (following - one) * here / (here - there))
        points = kept
    return np.array(points)
