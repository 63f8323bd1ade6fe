"""The body on the bones: every part is the skin stretched over a few balls, so it is round from every side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from actions.selfcare.figures.skeleton import (
    ANKLE_HEIGHT,
    FOREARM,
    OUTWARD,
    SHANK,
    SIDES,
    THIGH,
    UPPER_ARM,
    Array,
    Figure,
    Place,
)


@dataclass(frozen=True)
class Ball:
    """One ball of a part: metres in its bone's own directions."""

    bone: str
    place: Place
    radius: float


@dataclass(frozen=True)
class Part:
    """One piece of the body that is drawn in one colour."""

    name: str
    limb: str
    """What it is drawn together with, without a seam between: `left_leg`, `right_arm`, `hips`, `chest`, `head`."""
    tone: str
    """Its colour in the theme when its limb does not work."""
    balls: tuple[Ball, ...]


@dataclass(frozen=True)
class Solid:
    """A part in space: centres (n, 3) and radii (n), metres."""

    part: Part
    centres: Array
    radii: Array

    @property
    def lowest(self) -> float:
        """The height of its lowest point above the floor, metres."""
        return float(np.min(self.centres[:, 1] - self.radii))


_TRUNK = (
    ("hips", "hips", "trousers", (
        ("pelvis", (-0.01, 0.0, 0.075), 0.094), ("pelvis", (-0.01, 0.0, -0.075), 0.094),
        ("pelvis", (0.005, 0.09, 0.055), 0.088), ("pelvis", (0.005, 0.09, -0.055), 0.088),
    )),
    ("chest", "chest", "shirt", (
        ("pelvis", (0.0, 0.125, 0.066), 0.085), ("pelvis", (0.0, 0.125, -0.066), 0.085),
        ("chest", (0.0, 0.19, 0.085), 0.098), ("chest", (0.0, 0.19, -0.085), 0.098),
        ("chest", (-0.005, 0.33, 0.135), 0.062), ("chest", (-0.005, 0.33, -0.135), 0.062),
        ("chest", (-0.012, 0.385, 0.05), 0.044), ("chest", (-0.012, 0.385, -0.05), 0.044),
    )),
    ("neck", "head", "skin", (("chest", (-0.012, 0.37, 0), 0.053), ("head", (0.0, 0.08, 0), 0.047))),
    ("face", "head", "skin", (
        ("head", (0.008, 0.185, 0), 0.098), ("head", (0.035, 0.112, 0), 0.064), ("head", (0.106, 0.15, 0), 0.013),
    )),
    ("hair", "head", "hair", (
        ("head", (-0.022, 0.212, 0), 0.092), ("head", (-0.052, 0.15, 0), 0.062), ("head", (0.03, 0.245, 0), 0.06),
    )),
    ("fringe", "head", "hair", (
        ("head", (0.062, 0.258, 0.03), 0.03), ("head", (0.062, 0.258, -0.03), 0.03),
        ("head", (0.0, 0.262, 0.03), 0.05), ("head", (0.0, 0.262, -0.03), 0.05),
    )),
    ("left_ear", "head", "ear", (("head", (-0.012, 0.17, -0.094), 0.017), ("head", (-0.006, 0.148, -0.088), 0.012))),
    ("right_ear", "head", "ear", (("head", (-0.012, 0.17, 0.094), 0.017), ("head", (-0.006, 0.148, 0.088), 0.012))),
)  # fmt: skip

_LEG = (
    ("thigh", "trousers", (
        ("thigh", (0, -0.005, 0.002), 0.088), ("thigh", (0.012, -0.14, 0.004), 0.078),
        ("thigh", (0.004, -THIGH, 0), 0.055),
    )),
    ("shin", "shin", (
        ("shank", (0.004, 0, 0), 0.053), ("shank", (-0.014, -0.12, 0), 0.054), ("shank", (-0.008, -0.26, 0), 0.041),
        ("shank", (0, 0.012 - SHANK, 0), 0.034),
    )),
    ("foot", "shoe", (
        ("foot", (-0.004, -0.008, 0), 0.036), ("foot", (-0.048, 0.034 - ANKLE_HEIGHT, 0), 0.034),
        ("foot", (0.06, 0.036 - ANKLE_HEIGHT, 0), 0.036), ("toes", (0, 0.006, 0.006), 0.030),
        ("toes", (0, 0.003, -0.012), 0.027),
    )),
    ("toes", "shoe", (
        ("toes", (0, 0.006, 0.006), 0.030), ("toes", (0, 0.003, -0.012), 0.027), ("toes", (0.05, -0.001, 0), 0.023),
    )),
)  # fmt: skip

_ARM = (
    ("upper_arm", "skin", (("upper_arm", (0, -0.01, 0), 0.048), ("upper_arm", (0, -UPPER_ARM, 0), 0.037))),
    ("forearm", "skin", (
        ("forearm", (0, 0, 0), 0.036), ("forearm", (0.004, -0.08, 0), 0.037), ("forearm", (0, -FOREARM, 0), 0.026),
    )),
    ("hand", "skin", (
        ("hand", (0, -0.01, 0), 0.026), ("hand", (0.006, -0.06, 0), 0.033), ("hand", (0.008, -0.135, -0.004), 0.018),
    )),
    ("thumb", "skin", (("hand", (0.01, -0.03, 0), 0.02), ("hand", (0.05, -0.085, -0.012), 0.013))),
    ("sleeve", "shirt", (("upper_arm", (0, 0.002, -0.008), 0.062), ("upper_arm", (0, -0.15, 0.004), 0.055))),
)  # fmt: skip


@cache
def parts() -> tuple[Part, ...]:
    """Every part of the body."""
    single = [Part(name, limb, tone, tuple(Ball(*ball) for ball in balls)) for name, limb, tone, balls in _TRUNK]
    return (*single, *_paired("leg", _LEG), *_paired("arm", _ARM))


def _paired(limb: str, rows: tuple[tuple[str, str, tuple[tuple[str, Place, float], ...]], ...]) -> Iterator[Part]:
    for side in SIDES:
        for name, tone, balls in rows:
            own = (Ball(f"{side}_{bone}", (x, y, z * OUTWARD[side]), r) for bone, (x, y, z), r in balls)
            yield Part(f"{side}_{name}", f"{side}_{limb}", tone, tuple(own))


def solids(figure: Figure) -> dict[str, Solid]:
    """Every part where the bones carry it, by its name."""
    return {
        part.name: Solid(
            part,
            np.array([figure[ball.bone].point(ball.place) for ball in part.balls]),
            np.array([ball.radius for ball in part.balls]),
        )
        for part in parts()
    }
