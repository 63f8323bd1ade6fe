"""The first plan: load rules that fit what the person told, and the five exercises in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from actions.triage.loader import read_condition
from actions.triage.model import Assessment, Level, Protocol
from actions.wording import content

ADULT = 18
"""Years from which exercise advice is given (promise 5 of the design, vocabulary: gates)."""
MOST_LOAD_RULES = 5
"""More than a handful of changes at once is not followed, and one change at a time is the rule anyway."""


@dataclass(frozen=True)
class Exercise:
    """One exercise as `clinical/exercises.yml` describes it."""

    id: str
    name: str
    purpose: str
    start_position: str
    steps: tuple[str, ...]
    sets: int
    reps: int | None
    hold_seconds: int | None
    each_side: bool
    times_per_week: int
    easier: tuple[str, ...]
    harder: tuple[str, ...]
    sources: tuple[str, ...]
    order: int
    later: bool
    skip: str
    """Why it is left out at first for this person; empty when it is not."""


@dataclass(frozen=True)
class Plan:
    """What to change this week, which exercises to do, and when to look again."""

    load: tuple[str, ...]
    exercises: tuple[Exercise, ...]
    pain_rule: str
    stop_rules: tuple[str, ...]
    review_on: date


def may_have_plan(result: Assessment, findings: Mapping[str, Any]) -> bool:
    """Only adults at self-care get exercise advice (promise 5 of the design)."""
    age = findings.get("age")
    return result.level == Level.SELF_CARE and isinstance(age, (int, float)) and age >= ADULT


def make_plan(findings: Mapping[str, Any], protocol: Protocol, today: date) -> Plan:
    """The first plan for one person at self-care.

    Args:
        findings: what is known about the person.
        protocol: for the meaning of the findings.
        today: the day the plan is made; the review falls at the end of the trial of six weeks.

    Returns:
        Load rules whose condition holds (at most five), and the exercises in the order for an irritable knee.
    """
    load = content("load.yml")
    zones = load["pain_zones"]
    rules = [rule for rule in load["first_rules"] if _holds(rule.get("when"), findings, protocol)]
    particular = [rule for rule in rules if rule.get("when")]
    general = [rule for rule in rules if not rule.get("when")]
    exercises = sorted(all_exercises(findings), key=lambda exercise: exercise.order)
    return Plan(
        load=tuple(rule["text"] for rule in (general[:2] + particular + general[2:])[:MOST_LOAD_RULES]),
        exercises=tuple(exercise for exercise in exercises if not exercise.later and not exercise.skip),
        pain_rule=_pain_rule(zones),
        stop_rules=tuple(content("exercises.yml")["stop_rules"]),
        review_on=today + timedelta(weeks=content("exercises.yml")["trial_weeks"]),
    )


def _pain_rule(zones: Mapping[str, Any]) -> str:
    """The three zones with their numbers, in one line each sentence."""
    bounds = {
        "green": f"Pain {zones['green']['from']} to {zones['green']['to']} of 10:",
        "amber": f"{zones['amber']['from']} to {zones['amber']['to']}:",
        "red": f"Over {zones['red']['over']}:",
    }
    return " ".join(f"{bounds[zone]} {str(zones[zone]['strength']).partition('. ')[2]}" for zone in bounds)


def all_exercises(findings: Mapping[str, Any]) -> list[Exercise]:
    """Every exercise, with the reason to skip it at first where this person has one."""
    return [_exercise(entry, findings) for entry in content("exercises.yml")["exercises"]]


def exercise_called(id: str, findings: Mapping[str, Any]) -> Exercise | None:
    """The exercise with this id; None when there is none."""
    return next((exercise for exercise in all_exercises(findings) if exercise.id == id), None)


def _exercise(entry: Mapping[str, Any], findings: Mapping[str, Any]) -> Exercise:
    dose = entry["dose"]
    skip = entry.get("skip_when") or {}
    brought_on = findings.get("aggravated_by")
    hurts = isinstance(brought_on, list) and skip.get("aggravated_by") in brought_on
    pain = findings.get("pain_worst")
    skipped = hurts and isinstance(pain, (int, float)) and pain > skip.get("pain_over", 10)
    return Exercise(
        id=entry["id"],
        name=entry["name"],
        purpose=entry["purpose"],
        start_position=entry["start_position"],
        steps=tuple(entry["steps"]),
        sets=dose["sets"],
        reps=dose.get("reps"),
        hold_seconds=dose.get("hold_seconds"),
        each_side=bool(dose.get("each_side")),
        times_per_week=entry["times_per_week"],
        easier=tuple(entry.get("easier", ())),
        harder=tuple(entry.get("harder", ())),
        sources=tuple(entry["sources"]),
        order=entry["order"],
        later=bool(entry.get("later")),
        skip=str(skip.get("text", "")) if skipped else "",
    )


def _holds(condition: Any, findings: Mapping[str, Any], protocol: Protocol) -> bool:
    return bool(read_condition(condition, protocol.findings, "load.yml").holds(findings))
