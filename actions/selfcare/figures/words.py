"""The words of a picture: title, label, and the text for those who cannot see it."""

from __future__ import annotations

from actions.selfcare.figures.poses import Exercise
from actions.selfcare.figures.skeleton import Side
from actions.wording import content


def name(exercise: Exercise) -> str:
    """What the exercise is called in `clinical/exercises.yml`."""
    names = {entry["id"]: entry["name"] for entry in content("exercises.yml")["exercises"]}
    return str(names[exercise.id])


def label(exercise: Exercise, side: Side) -> str:
    """Which leg works."""
    return exercise.label.format(side=side, Side=side.capitalize())


def alternative(exercise: Exercise, side: Side) -> str:
    """The picture in words: the exercise, the leg that works, and both poses by their captions."""
    poses = ((1, exercise.start), (2, exercise.end))
    told = " ".join(f"{n}, {pose.caption}: {pose.says.format(side=side)}" for n, pose in poses)
    return f"{name(exercise)}. {label(exercise, side)}. {told}"
