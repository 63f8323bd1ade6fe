"""Cards for the plan and for a single exercise."""

from __future__ import annotations

from typing import Any

from actions.cards import Card
from actions.selfcare.plan import Exercise, Plan
from actions.wording import say


def plan_card(plan: Plan) -> Card:
    """The whole plan in words."""
    per_week = max((exercise.times_per_week for exercise in plan.exercises), default=0)
    lines = [
        f"{say('plan_intro')}:",
        *[f"- {line}" for line in plan.load],
        say("plan_exercises", times=per_week),
        *[f"- {exercise.name}: {dose_in_words(exercise)}" for exercise in plan.exercises],
        plan.pain_rule,
        say("plan_stop", rules=" ".join(plan.stop_rules)),
        say("plan_review", date=f"{plan.review_on.day} {plan.review_on:%B}"),
    ]
    data: dict[str, Any] = {
        "kind": "plan",
        "load": list(plan.load),
        "exercises": [_listed(exercise) for exercise in plan.exercises],
        "pain_rule": plan.pain_rule,
        "review_on": plan.review_on.isoformat(),
        "stop_rules": list(plan.stop_rules),
    }
    return Card("\n".join(lines), data)


def exercise_card(exercise: Exercise) -> Card:
    """One exercise, step by step."""
    steps = [exercise.start_position, *exercise.steps]
    lines = [f"{exercise.name}. {exercise.purpose}", *[f"{n}. {step}" for n, step in enumerate(steps, 1)]]
    lines.append(dose_in_words(exercise)[:1].upper() + dose_in_words(exercise)[1:] + ".")
    lines += [f"Easier: {line}" for line in exercise.easier] + [f"Harder: {line}" for line in exercise.harder]
    data = {
        "kind": "exercise",
        "id": exercise.id,
        "title": exercise.name,
        "steps": steps,
        "sources": list(exercise.sources),
        "image": None,
        "alt": exercise.start_position,
        "easier": list(exercise.easier),
        "harder": list(exercise.harder),
    }
    return Card("\n".join(lines), data)


def dose_in_words(exercise: Exercise) -> str:
    """Sets with repetitions or seconds, `3 sets of 12` for example."""
    sets = f"{exercise.sets} sets of " if exercise.sets > 1 else ""
    amount = f"{exercise.reps} times" if exercise.reps else f"{exercise.hold_seconds} seconds"
    return sets + amount + (" on each side" if exercise.each_side else "")


def _listed(exercise: Exercise) -> dict[str, Any]:
    amount = {"reps": exercise.reps} if exercise.reps else {"hold_seconds": exercise.hold_seconds}
    return {
        "id": exercise.id,
        "name": exercise.name,
        "sets": exercise.sets,
        **amount,
        "times_per_week": exercise.times_per_week,
        "image": None,
        "alt": exercise.start_position,
    }
