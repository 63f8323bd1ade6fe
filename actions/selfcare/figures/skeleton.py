"""Bones, joints and how far each joint goes; from joint angles to places in space.

Space: x points where the person looks, y up, z to the person's right; metres. With every joint at zero the person
stands straight, arms hanging, feet forward. The origin is on the floor between the two ankles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Side = Literal["left", "right"]
Axis = Literal["x", "y", "z"]
Array = NDArray[np.float64]
Place = tuple[float, float, float]
Angles = Mapping[str, float]
"""Degrees by `joint.turn`, the joint's side in front where there are two: `left_hip.flexion`. Missing is zero."""

SIDES: tuple[Side, Side] = ("left", "right")
OUTWARD: dict[Side, int] = {"left": -1, "right": 1}
OPPOSITE: dict[Side, Side] = {"left": "right", "right": "left"}


class Turn(NamedTuple):
    """One way in which a joint turns, and how far."""

    axis: Axis
    sign: int
    """-1: turns clockwise seen against the axis, on the right side of the body."""
    least: float
    most: float


JOINTS: dict[str, dict[str, Turn]] = {
    "spine": {"flexion": Turn("z", -1, -30, 75), "bend": Turn("x", 1, -35, 35), "turn": Turn("y", -1, -45, 45)},
    "neck": {"flexion": Turn("z", -1, -45, 45), "bend": Turn("x", 1, -45, 45), "turn": Turn("y", -1, -60, 60)},
    "hip": {
        "flexion": Turn("z", 1, -15, 125),
        "abduction": Turn("x", -1, -25, 45),
        "rotation": Turn("y", -1, -45, 45),
    },
    "knee": {"flexion": Turn("z", -1, 0, 130)},
    "ankle": {"dorsiflexion": Turn("z", 1, -50, 20), "eversion": Turn("x", -1, -35, 25)},
    "toes": {"extension": Turn("z", 1, -30, 80)},
    "shoulder": {
        "flexion": Turn("z", 1, -60, 180),
        "abduction": Turn("x", -1, -40, 180),
        "rotation": Turn("y", -1, -70, 90),
    },
    "elbow": {"flexion": Turn("z", 1, 0, 145)},
    "wrist": {"flexion": Turn("z", 1, -70, 80)},
}
"""How each joint turns, in the order in which the turns are made; degrees.

Hip, knee, ankle and toes: Merck Manual, "Normal values for range of motion of joints". The hip's adduction, the
spine, neck and arm: American Academy of Orthopaedic Surgeons, "Joint motion: method of measuring and recording",
1965. Where books differ, the tighter. Rotation is outward, bend and turn are to the person's right.
"""

THIGH, SHANK, UPPER_ARM, FOREARM = 0.417, 0.418, 0.316, 0.248
"""Metres, for a person 1.70 m tall, after Drillis and Contini 1966 (.245, .246, .186 and .146 of the height)."""
ANKLE_HEIGHT = 0.072
HIP_HEIGHT = THIGH + SHANK + ANKLE_HEIGHT


@dataclass(frozen=True)
class Bone:
    """One stiff piece, and the joint where it begins."""

    parent: str
    """The bone it hangs on; empty for the pelvis, which hangs on nothing."""
    begins: Place
    """Where its joint is, in the parent's own directions."""
    joint: str
    """The joint's key in the angles: `left_hip`; empty for the pelvis."""
    turns: Mapping[str, Turn]
    mirror: int
    """-1 on the left: what turns outward there turns the other way in space."""


@dataclass(frozen=True)
class Frame:
    """Where a bone is: where it begins, and its own directions as the columns of a rotation."""

    turn: Array
    place: Array

    def point(self, place: Place) -> Array:
        """A point given in the bone's own directions."""
        point: Array = self.place + self.turn @ np.array(place)
        return point


Figure = Mapping[str, Frame]
"""Every bone's frame by its name."""

_SINGLE: dict[str, tuple[str, str, Place]] = {
    "pelvis": ("", "", (0, 0, 0)),
    "chest": ("spine", "pelvis", (0, 0.12, 0)),
    "head": ("neck", "chest", (0, 0.37, 0)),
}
_PAIRED: dict[str, tuple[str, str, Place]] = {
    "thigh": ("hip", "pelvis", (0, 0, 0.085)),
    "shank": ("knee", "thigh", (0, -THIGH, 0)),
    "foot": ("ankle", "shank", (0, -SHANK, 0)),
    "toes": ("toes", "foot", (0.125, 0.024 - ANKLE_HEIGHT, 0)),
    "upper_arm": ("shoulder", "chest", (0, 0.335, 0.17)),
    "forearm": ("elbow", "upper_arm", (0, -UPPER_ARM, 0)),
    "hand": ("wrist", "forearm", (0, -FOREARM, 0)),
}
"""Bone → the joint where it begins, the bone before it, and the place of the joint there (z: outward)."""


@cache
def bones() -> Mapping[str, Bone]:
    """Every bone by name, parents first."""
    made = {
        name: Bone(parent, begins, joint, JOINTS.get(joint, {}), 1) for name, (joint, parent, begins) in _SINGLE.items()
    }
    for side in SIDES:
        out = OUTWARD[side]
        for name, (joint, parent, (x, y, z)) in _PAIRED.items():
            on = parent if parent in _SINGLE else f"{side}_{parent}"
            made[f"{side}_{name}"] = Bone(on, (x, y, z * out), f"{side}_{joint}", JOINTS[joint], out)
    return made


def figure(angles: Angles, ground: str, at: Frame) -> Figure:
    """Places every bone.

    Args:
        angles: the joint angles, degrees.
        ground: the bone that rests on something; the rest of the body follows from it.
        at: where that bone is.
    """
    frames: dict[str, Frame] = {"": Frame(np.eye(3), np.zeros(3))}
    for name, bone in bones().items():
        on = frames[bone.parent]
        frames[name] = Frame(on.turn @ _turn(bone, angles), on.point(bone.begins))
    move = at.turn @ frames[ground].turn.T
    away = at.place - move @ frames[ground].place
    return {name: Frame(move @ frame.turn, move @ frame.place + away) for name, frame in frames.items() if name}


def standing() -> Figure:
    """The person with every joint at zero, on the floor."""
    return figure({}, "pelvis", Frame(np.eye(3), np.array([0, HIP_HEIGHT, 0])))


def rotation(axis: Axis, degrees: float) -> Array:
    """The turn about one axis, counter-clockwise seen against it."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    rows: dict[Axis, list[list[float]]] = {
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }
    return np.array(rows[axis])


def _turn(bone: Bone, angles: Angles) -> Array:
    whole = np.eye(3)
    for name, turn in bone.turns.items():
        mirror = 1 if turn.axis == "z" else bone.mirror
        degrees = angles.get(f"{bone.joint}.{name}", 0.0)
        if degrees:
            whole = whole @ rotation(turn.axis, turn.sign * mirror * degrees)
    return whole
