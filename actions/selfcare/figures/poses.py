"""Reads `poses.yml`: what each exercise looks like at its start, on the way and at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from actions.selfcare.figures.skeleton import (
    JOINTS,
    OPPOSITE,
    OUTWARD,
    SIDES,
    Angles,
    Figure,
    Frame,
    Place,
    Side,
    figure,
    rotation,
    standing,
)
from actions.triage import yaml_lines
from actions.triage.yaml_lines import LINE

FILE = Path(__file__).with_name("poses.yml")
SINGLE_JOINTS = ("spine", "neck")
POSE_KEYS = {"caption", "says", "both", "working", "other", *SINGLE_JOINTS, LINE}
MIRRORED_TURNS = ("bend", "turn")
"""Turns of the single joints that go to the working side in the file, to the right in the skeleton."""


class PoseError(ValueError):
    """A mistake in `poses.yml`, with its line."""


@dataclass(frozen=True)
class Pose:
    """One position of the body."""

    caption: str
    """One or two words under the picture."""
    says: str
    """The position in words, with {side} for the working side; it never names the other side by its word."""
    angles: Mapping[Side, Angles]
    """The joint angles when this side works."""


@dataclass(frozen=True)
class Ground:
    """What the body rests on, so that everything else follows from the joint angles."""

    bone: str
    """`pelvis`, or a bone of the working leg."""
    height: float
    """Metres: of the pelvis, or of the surface under the foot."""
    rolled: float
    """Degrees from upright over to the other side; 90 is lying on it."""


@dataclass(frozen=True)
class Prop:
    """A thing in the picture."""

    kind: str
    """A name in `props.KINDS`."""
    at: Place
    """Metres: forward, up, and outward on the working side; what it means is up to the kind."""
    size: Place


@dataclass(frozen=True)
class Arrow:
    """Where something goes, or which way a force acts."""

    bone: str
    """The bone whose point it follows; `working` or `other` in front."""
    point: Place
    """The point in the bone's own directions, z outward."""
    shift: tuple[float, float]
    """Metres in the picture: to the right (to the left when the left leg works), and up."""
    push: Place | None
    """A straight arrow with this direction and length, z outward on the working side; without it the arrow follows
    the point from the start to the end."""
    force: bool
    """Whether it is a force that is held, rather than a way that is gone."""
    on: Literal["start", "end"]
    """In which picture it stands."""
    first: float
    last: float
    """The piece of the movement that it follows, 0 to 1."""


@dataclass(frozen=True)
class Mark:
    """A pulsing ring round the place that works, or a line that should stay level."""

    kind: Literal["ring", "level"]
    bone: str
    point: Place
    size: float


@dataclass(frozen=True)
class View:
    """From where it is seen, degrees."""

    turn: float
    """From straight in front (0) round to the working side (90)."""
    down: float
    """How far above the horizon the eye is."""


@dataclass(frozen=True)
class Exercise:
    """Everything needed to draw one exercise."""

    id: str
    label: str
    """Which leg works, with {Side}."""
    works: Literal["working", "both"]
    back: str
    """The caption on the way back to the start."""
    start: Pose
    middle: Pose | None
    """Between the two, where a straight way would go through the furniture."""
    end: Pose
    ground: Ground
    view: View
    props: tuple[Prop, ...]
    arrows: tuple[Arrow, ...]
    marks: tuple[Mark, ...]

    def angles(self, progress: float, side: Side) -> Angles:
        """The joint angles on the way from the start (0) to the end (1)."""
        start, end = self.start.angles[side], self.end.angles[side]
        if self.middle is None:
            return _mixed(((1 - progress, start), (progress, end)))
        half = self.middle.angles[side]
        p = progress
        return _mixed(((2 * (p - 0.5) * (p - 1), start), (4 * p * (1 - p), half), (2 * p * (p - 0.5), end)))

    def figure(self, progress: float, side: Side) -> Figure:
        """Every bone's place on the way from the start (0) to the end (1)."""
        bone = self.ground.bone
        turn = rotation("x", -OUTWARD[side] * self.ground.rolled)
        if bone == "pelvis":
            return figure(self.angles(progress, side), bone, Frame(turn, np.array([0.0, self.ground.height, 0.0])))
        bone = f"{side}_{bone}"
        place = standing()[bone].place + np.array([0.0, self.ground.height, 0.0])
        return figure(self.angles(progress, side), bone, Frame(turn, place))

    def works_on(self, side: Side) -> tuple[Side, ...]:
        """The legs that work."""
        return SIDES if self.works == "both" else (side,)


def bone_of(name: str, side: Side) -> str:
    """`working thigh` and `other thigh` as a bone of the skeleton; `head` as it is."""
    owner, _, bone = name.rpartition(" ")
    return f"{side if owner == 'working' else OPPOSITE[side]}_{bone}" if owner else bone


@cache
def exercises() -> Mapping[str, Exercise]:
    """Every exercise of the file by its id.

    Raises:
        PoseError: the file names a joint or a turn that is not in the skeleton.
    """
    return {id: _exercise(id, entry) for id, entry in yaml_lines.read(FILE).items() if id != LINE}


def _mixed(shares: tuple[tuple[float, Angles], ...]) -> Angles:
    names = {name for _, angles in shares for name in angles}
    return {name: sum(share * angles.get(name, 0.0) for share, angles in shares) for name in sorted(names)}


def _exercise(id: str, entry: Mapping[str, Any]) -> Exercise:
    ground, view = entry["ground"], entry["view"]
    return Exercise(
        id=id,
        label=entry["label"],
        works=entry["works"],
        back=entry["back"],
        start=_pose(entry["start"]),
        middle=_pose(entry["middle"]) if "middle" in entry else None,
        end=_pose(entry["end"]),
        ground=Ground(ground["bone"], ground["height"], ground.get("rolled", 0)),
        view=View(view["turn"], view["down"]),
        props=tuple(Prop(prop["kind"], prop["at"], prop["size"]) for prop in entry.get("props", ())),
        arrows=tuple(
            Arrow(
                bone=arrow["bone"],
                point=arrow["point"],
                shift=arrow["shift"],
                push=arrow.get("push"),
                force=arrow.get("force", False),
                on=arrow.get("on", "end"),
                first=arrow.get("first", 0.0),
                last=arrow.get("last", 1.0),
            )
            for arrow in entry["arrows"]
        ),
        marks=tuple(Mark(mark["kind"], mark["bone"], mark["point"], mark["size"]) for mark in entry.get("marks", ())),
    )


def _pose(entry: Mapping[str, Any]) -> Pose:
    if unknown := set(entry) - POSE_KEYS:
        raise PoseError(
            f"{FILE.name}, line {entry[LINE]}: a pose has no {', '.join(sorted(unknown))}; it has "
            f"{', '.join(sorted(POSE_KEYS - {LINE}))}."
        )
    angles: dict[Side, Angles] = {side: dict(_angles(entry, side)) for side in SIDES}
    return Pose(entry.get("caption", ""), entry.get("says", ""), angles)


def _angles(entry: Mapping[str, Any], side: Side) -> Iterator[tuple[str, float]]:
    owners: dict[str, tuple[Side, ...]] = {"both": SIDES, "working": (side,), "other": (OPPOSITE[side],)}
    for joint in SINGLE_JOINTS:
        for turn, degrees in _turns(joint, entry.get(joint, {})):
            yield f"{joint}.{turn}", degrees * (OUTWARD[side] if turn in MIRRORED_TURNS else 1)
    for owner, sides in owners.items():
        for joint, turns in entry.get(owner, {}).items():
            if joint == LINE:
                continue
            for turn, degrees in _turns(joint, turns):
                yield from ((f"{one}_{joint}.{turn}", degrees) for one in sides)


def _turns(joint: str, turns: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for turn, degrees in turns.items():
        if turn == LINE:
            continue
        if turn not in JOINTS.get(joint, {}):
            known = ", ".join(f"{one} {name}" for one, names in JOINTS.items() for name in names)
            raise PoseError(f"{FILE.name}, line {turns[LINE]}: no {joint} {turn}; there are {known}.")
        yield turn, float(degrees)
