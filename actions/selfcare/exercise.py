"""The exercises: which ones, in which order, and how many sets fit into a first session. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.wording import content

CALM, EASILY_UPSET = "calm", "easily_upset"


@dataclass(frozen=True)
class Exercise:
    """One exercise as `clinical/exercises.yml` describes it."""

    id: str
    name: str
    purpose: str
    start_position: str
    steps: tuple[str, ...]
    sets: int
    full_sets: int
    """The sets to build up to; more than `sets` where a first session has no room for all."""
    reps: int | None
    hold_seconds: int | None
    seconds_each_rep: float
    rest_seconds: float
    """Between two sets, or between two holds."""
    each_side: bool
    times_per_week: int
    easier: tuple[str, ...]
    harder: tuple[str, ...]
    sources: tuple[str, ...]
    order: int
    """Its place for this person."""
    later: str
    """When to add it; empty when it is there from the beginning."""
    skip: str
    """Why it is left out at first for this person; empty when it is not."""

    @property
    def seconds(self) -> float:
        """How long all sets take, with the rests between them."""
        rests = (self.sets - 1) * self.rest_seconds
        if self.hold_seconds:
            return (self.sets * self.hold_seconds + rests) * (2 if self.each_side else 1)
        # One side rests while the other works.
        return self.sets * (self.reps or 0) * self.seconds_each_rep * (2 if self.each_side else 1) + rests


def irritability(findings: Mapping[str, Any]) -> str:
    """`easily_upset` when pain is over a bound of `exercises.yml` or not known, else `calm`."""
    bounds = content("exercises.yml")["irritability"]
    worst, now = findings.get("pain_worst"), findings.get("pain_now")
    if not isinstance(worst, (int, float)) or worst > bounds["pain_worst_over"]:
        return EASILY_UPSET
    return EASILY_UPSET if isinstance(now, (int, float)) and now > bounds["pain_now_over"] else CALM


def all_exercises(findings: Mapping[str, Any]) -> list[Exercise]:
    """Every exercise with its full dose, and the reason to skip it at first where this person has one."""
    return [_exercise(entry, findings) for entry in content("exercises.yml")["exercises"]]


def first_session(findings: Mapping[str, Any]) -> tuple[Exercise, ...]:
    """The exercises to begin with, in order, with as many sets as fit into the time of a first session."""
    chosen = [exercise for exercise in all_exercises(findings) if not exercise.later and not exercise.skip]
    return _fitted(tuple(sorted(chosen, key=lambda exercise: exercise.order)))


def session(findings: Mapping[str, Any], steps_up: int) -> tuple[Exercise, ...]:
    """A session after some steps up: one set more of each exercise for each step, up to the full dose.

    Args:
        findings: what is known about the person.
        steps_up: 0 for the first session.
    """
    first = first_session(findings)
    return tuple(replace(one, sets=min(one.full_sets, one.sets + steps_up)) for one in first)


def session_seconds(exercises: tuple[Exercise, ...]) -> float:
    """How long a session takes, with the warm-up and the ways from one exercise to the next."""
    timing = content("exercises.yml")["timing"]
    between = max(0, len(exercises) - 1) * timing["seconds_between_exercises"]
    return float(60 * timing["warm_up_minutes"] + between + sum(exercise.seconds for exercise in exercises))


def exercise_called(id: str, findings: Mapping[str, Any]) -> Exercise | None:
    """The exercise with this id, as the plan has it where it is part of the plan; None when there is none."""
    known = {exercise.id: exercise for exercise in (*all_exercises(findings), *first_session(findings))}
    return known.get(id)


def _fitted(exercises: tuple[Exercise, ...]) -> tuple[Exercise, ...]:
    """Fewer sets of what takes longest, then fewer exercises from the end, until the time is kept."""
    rule = content("exercises.yml")["first_session"]
    while session_seconds(exercises) > 60 * rule["minutes_at_most"]:
        shorten = [exercise for exercise in exercises if exercise.sets > rule["sets_at_least"]]
        if not shorten:
            exercises = exercises[:-1]
            continue
        longest = max(shorten, key=lambda exercise: exercise.seconds)
        fewer = replace(longest, sets=longest.sets - 1)
        exercises = tuple(fewer if exercise is longest else exercise for exercise in exercises)
    return exercises


def _exercise(entry: Mapping[str, Any], findings: Mapping[str, Any]) -> Exercise:
    dose, timing = entry["dose"], content("exercises.yml")["timing"]
    one_way = timing["seconds_each_way"]
    return Exercise(
        id=entry["id"],
        name=entry["name"],
        purpose=entry["purpose"],
        start_position=entry["start_position"],
        steps=tuple(entry["steps"]),
        sets=dose["sets"],
        full_sets=dose["sets"],
        reps=dose.get("reps"),
        hold_seconds=dose.get("hold_seconds"),
        seconds_each_rep=dose.get("seconds_up", one_way) + dose.get("seconds_down", one_way),
        rest_seconds=dose.get("rest_seconds", timing["seconds_between_holds"]),
        each_side=bool(dose.get("each_side")),
        times_per_week=entry["times_per_week"],
        easier=tuple(entry.get("easier", ())),
        harder=tuple(entry.get("harder", ())),
        sources=tuple(entry["sources"]),
        order=_order(entry, findings),
        later=str(entry["add_when"]) if entry.get("later") else "",
        skip=_skip(entry.get("skip_when") or {}, findings),
    )


def _order(entry: Mapping[str, Any], findings: Mapping[str, Any]) -> int:
    """The place for this person's irritability; after all others where something that hurts says so."""
    last = _brought_on_by(entry.get("last_when") or {}, findings)
    behind = len(content("exercises.yml")["exercises"]) if last else 0
    return int(entry["order"][irritability(findings)]) + behind


def _skip(rule: Mapping[str, Any], findings: Mapping[str, Any]) -> str:
    pain = findings.get("pain_worst")
    hurts = isinstance(pain, (int, float)) and _brought_on_by(rule, findings)
    return str(rule["text"]) if hurts and pain > rule["pain_over"] else ""


def _brought_on_by(rule: Mapping[str, Any], findings: Mapping[str, Any]) -> bool:
    """Whether one of the rule's activities brings the pain on."""
    brought_on, wanted = findings.get("aggravated_by"), rule.get("aggravated_by", ())
    wanted = [wanted] if isinstance(wanted, str) else wanted
    return isinstance(brought_on, list) and any(one in brought_on for one in wanted)
