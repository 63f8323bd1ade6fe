"""Cards for the plan and for a single exercise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions.cards import Card
from actions.selfcare import figures
from actions.selfcare.load import LoadLine
from actions.selfcare.plan import MOST_LOAD_LINES, Exercise, Plan
from actions.wording import content, say


def side_of(findings: Mapping[str, Any]) -> figures.Side:
    """The side that pictures show: the sore one; the left one when both are, or nobody said."""
    return "right" if findings.get("side") == "right" else "left"


def picture(exercise: Exercise, side: figures.Side, kind: str = "png") -> str:
    """Path of an exercise's picture on this server.

    Args:
        exercise: which one.
        side: the leg that works.
        kind: `png` or `svg` for a still, `gif` or `anim.svg` for the movement.
    """
    return f"/media/exercises/{exercise.id}.{side}.light.{kind}"


def plan_card(plan: Plan, address: str | None = None, side: figures.Side = "left") -> Card:
    """The whole plan in words.

    Args:
        plan: what to do.
        address: of its printable page, where there is one.
        side: the leg that the pictures show.
    """
    per_week = max((exercise.times_per_week for exercise in plan.exercises), default=0)
    warm_up = content("exercises.yml")["timing"]["warm_up_minutes"]
    lever, *others = plan.load_lines
    lines = [
        f"{say('plan_intro')}:",
        f"- {lever.text} {say('plan_why', why=lever.why)}",
        *[f"- {line.text}" for line in others],
        say("plan_exercises", times=per_week),
        *[f"- {exercise.name}: {dose_in_words(exercise)}" for exercise in plan.exercises],
        say("plan_session", minutes=plan.session_minutes, warm_up=warm_up),
        *plan.notes,
        plan.pain_rule,
        say("plan_stop", rules=" ".join(plan.stop_rules)),
        say("plan_review", date=f"{plan.review_on.day} {plan.review_on:%B}"),
        *([say("plan_link", url=address)] if address else []),
    ]
    data: dict[str, Any] = {
        "kind": "plan",
        "version": plan.version,
        "load": list(plan.load),
        "why": [line.why for line in plan.load_lines],
        "sources": [list(line.sources) for line in plan.load_lines],
        "more": [_line(line) for line in plan.lines[MOST_LOAD_LINES:]],
        "exercises": [_listed(exercise, side) for exercise in plan.exercises],
        "session_minutes": plan.session_minutes,
        "notes": list(plan.notes),
        "pain_rule": plan.pain_rule,
        "review_on": plan.review_on.isoformat(),
        "stop_rules": list(plan.stop_rules),
        "page": address,
    }
    return Card("\n".join(lines), data)


def exercise_card(exercise: Exercise, side: figures.Side = "left") -> Card:
    """One exercise, step by step, with its pictures."""
    steps = [exercise.start_position, *exercise.steps]
    lines = [f"{exercise.name}. {exercise.purpose}", *[f"{n}. {step}" for n, step in enumerate(steps, 1)]]
    lines.append(_dose_now_and_later(exercise))
    lines += [f"Easier: {line}" for line in exercise.easier] + [f"Harder: {line}" for line in exercise.harder]
    data = {
        "kind": "exercise",
        "id": exercise.id,
        "title": exercise.name,
        "steps": steps,
        "sources": list(exercise.sources),
        "image": picture(exercise, side),
        "animation": picture(exercise, side, "anim.svg"),
        "gif": picture(exercise, side, "gif"),
        "alt": figures.alt_text(exercise.id, side),
        "easier": list(exercise.easier),
        "harder": list(exercise.harder),
        **_dose(exercise),
        "stop_rules": list(content("exercises.yml")["stop_rules"]),
    }
    return Card("\n".join(lines), data)


def dose_in_words(exercise: Exercise) -> str:
    """Sets with repetitions or seconds, `3 sets of 12` for example."""
    sets = f"{exercise.sets} sets of " if exercise.sets > 1 else ""
    amount = f"{exercise.reps} times" if exercise.reps else f"{exercise.hold_seconds} seconds"
    return sets + amount + (" on each side" if exercise.each_side else "")


def _dose_now_and_later(exercise: Exercise) -> str:
    dose, full = dose_in_words(exercise), dose_in_words(replace(exercise, sets=exercise.full_sets))
    return say("exercise_build_up", dose=dose, full=full) if dose != full else f"{dose[:1].upper()}{dose[1:]}."


def _line(line: LoadLine) -> dict[str, Any]:
    return {"id": line.id, "text": line.text, "why": line.why, "sources": list(line.sources)}


def _dose(exercise: Exercise) -> dict[str, Any]:
    """Sets with their repetitions or seconds, and the seconds of rest between them."""
    amount = {"reps": exercise.reps} if exercise.reps else {"hold_seconds": exercise.hold_seconds}
    return {"sets": exercise.sets, **amount, "rest_seconds": exercise.rest_seconds, "each_side": exercise.each_side}


def _listed(exercise: Exercise, side: figures.Side) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "name": exercise.name,
        **_dose(exercise),
        "times_per_week": exercise.times_per_week,
        "image": picture(exercise, side),
        "alt": figures.alt_text(exercise.id, side),
    }
