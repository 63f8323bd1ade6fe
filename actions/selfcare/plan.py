"""The plan of one person: what to change in training, and the exercises of a first session."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from math import ceil
from typing import Any

from actions.selfcare.exercise import (
    EASILY_UPSET,
    Exercise,
    all_exercises,
    exercise_called,
    irritability,
    session,
    session_seconds,
)
from actions.selfcare.load import LoadLine, load_plan
from actions.triage.model import Assessment, Level, Protocol
from actions.triage.yaml_lines import LINE
from actions.wording import content

__all__ = ["ADULT", "Exercise", "Plan", "all_exercises", "exercise_called", "make_plan", "may_have_plan"]

ADULT = 18
"""Years from which exercise advice is given (promise 5 of the design, vocabulary: gates)."""
MOST_LOAD_LINES = 5
"""More than a handful of changes at once is not followed, and one change at a time is the rule anyway."""
VERSIONED = ("load.yml", "exercises.yml")


@dataclass(frozen=True)
class Plan:
    """What to change this week, which exercises to do, and when to look again."""

    version: str
    """Of the content it was made from, 8 hexadecimal digits."""
    lines: tuple[LoadLine, ...]
    """All advice on training, the one thing to change first at the head."""
    exercises: tuple[Exercise, ...]
    session_minutes: int
    """How long the first session takes, warm-up and all."""
    notes: tuple[str, ...]
    """How to begin with the exercises, how to go on, and which come later."""
    pain_rule: str
    stop_rules: tuple[str, ...]
    review_on: date

    @property
    def load_lines(self) -> tuple[LoadLine, ...]:
        """The advice on training that a card shows."""
        return self.lines[:MOST_LOAD_LINES]

    @property
    def load(self) -> tuple[str, ...]:
        """Its words."""
        return tuple(line.text for line in self.load_lines)


def may_have_plan(result: Assessment, findings: Mapping[str, Any]) -> bool:
    """Only adults at self-care get exercise advice (promise 5 of the design)."""
    age = findings.get("age")
    return result.level == Level.SELF_CARE and isinstance(age, (int, float)) and age >= ADULT


def make_plan(
    findings: Mapping[str, Any],
    protocol: Protocol,
    today: date,
    last_session: Mapping[str, Any] | None = None,
    steps_up: int = 0,
) -> Plan:
    """The plan for one person at self-care.

    Args:
        findings: what is known about the person.
        protocol: for the meaning of the findings.
        today: the day the plan is made; the review falls at the end of the trial of six weeks.
        last_session: pain of the last check-in, see `load_plan`; None for a first plan.
        steps_up: how often check-ins have moved the plan up.

    Returns:
        The same plan for the same findings, as long as the content is the same.
    """
    load, moves = content("load.yml"), content("exercises.yml")
    exercises = session(findings, steps_up)
    return Plan(
        version=version(),
        lines=load_plan(findings, protocol, load, last_session),
        exercises=exercises,
        session_minutes=ceil(session_seconds(exercises) / 60),
        notes=tuple(_notes(exercises, findings)),
        pain_rule=_pain_rule(load["pain_zones"]),
        stop_rules=tuple(moves["stop_rules"]),
        review_on=today + timedelta(weeks=moves["trial_weeks"]),
    )


def version() -> str:
    """The version of what plans are made from: a hash that changes with any word or number of it."""
    text = json.dumps([_without_lines(content(file)) for file in VERSIONED], default=str)
    return sha256(text.encode()).hexdigest()[:8]


def _without_lines(data: Any) -> Any:
    """Content as it reads, wherever in the file it stands."""
    if isinstance(data, Mapping):
        return {str(key): _without_lines(value) for key, value in data.items() if key != LINE}
    return [_without_lines(one) for one in data] if isinstance(data, list) else data


def _notes(exercises: tuple[Exercise, ...], findings: Mapping[str, Any]) -> Iterator[str]:
    moves = content("exercises.yml")
    known = isinstance(findings.get("pain_worst"), (int, float))
    if known and irritability(findings) == EASILY_UPSET:
        yield moves["irritability"]["easily_upset"]
    if any(exercise.sets < exercise.full_sets for exercise in exercises):
        yield moves["first_session"]["build_up"]
    yield moves["progress_rule"]
    for exercise in all_exercises(findings):
        if exercise.later or exercise.skip:
            yield exercise.later or f"{exercise.name}: {exercise.skip}"


def _pain_rule(zones: Mapping[str, Any]) -> str:
    """The scale, the three zones with their numbers, the next morning, and when to come back."""
    bounds = {
        "green": f"Pain {zones['green']['from']} to {zones['green']['to']} of 10",
        "amber": f"{zones['amber']['from']} to {zones['amber']['to']}",
        "red": f"Over {zones['red']['over']}",
    }
    told = [f"{bound} ({zone}): {str(zones[zone]['strength']).partition('. ')[2]}" for zone, bound in bounds.items()]
    return " ".join([zones["scale"], *told, zones["next_morning"]["text"], zones["check_again"]["text"]])
