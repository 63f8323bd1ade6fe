"""The plan as a page to print: the same words as the card, pictures, and a box to tick for each day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from html import escape
from typing import Any

from actions.selfcare import figures
from actions.selfcare.cards import dose_in_words, side_of
from actions.selfcare.plan import Exercise, Plan
from actions.wording import content, say

WEEKS_TO_TICK = 6
DAYS = 7


def plan_page(plan: Plan, findings: Mapping[str, Any], made_on: date) -> str:
    """A whole HTML page; `/media/plan.css` lays it out, for the screen and for paper.

    Args:
        plan: what to do.
        findings: for the side of the pictures.
        made_on: the first day to tick.
    """
    side = side_of(findings)
    warm_up = content("exercises.yml")["timing"]["warm_up_minutes"]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(say('plan_page_title'))}</title>",
        '<link rel="stylesheet" href="/media/plan.css"></head><body><main>',
        f"<h1>{escape(say('plan_page_title'))}</h1>",
        f"<p>{escape(say('plan_page_made', date=_day(made_on), review=_day(plan.review_on)))}</p>",
        f"<h2>{escape(say('plan_page_load'))}</h2><ol>",
        *[f"<li>{escape(line.text)} <span class='why'>{escape(line.why)}</span></li>" for line in plan.load_lines],
        f"</ol><p class='rule'>{escape(plan.pain_rule)}</p>",
        f"<p class='stop'>{escape(say('plan_stop', rules=' '.join(plan.stop_rules)))}</p>",
        f"<h2>{escape(say('plan_page_exercises'))}</h2>",
        f"<p>{escape(say('plan_session', minutes=plan.session_minutes, warm_up=warm_up))}</p>",
        *[f"<p>{escape(note)}</p>" for note in plan.notes],
        *[_exercise(exercise, side) for exercise in plan.exercises],
        f"<h2>{escape(say('plan_page_days'))}</h2>",
        _boxes(plan, made_on),
        f"<p class='foot'>{escape(say('plan_page_foot'))}</p>",
        "</main></body></html>",
    ]
    return "\n".join(parts)


def _exercise(exercise: Exercise, side: figures.Side) -> str:
    steps = "".join(f"<li>{escape(step)}</li>" for step in (exercise.start_position, *exercise.steps))
    picture = f"/media/exercises/{exercise.id}.{side}.light.svg"
    alt = escape(figures.alt_text(exercise.id, side), quote=True)
    dose = dose_in_words(exercise)
    return (
        f"<section><h3>{escape(exercise.name)}</h3><p>{escape(dose[:1].upper() + dose[1:])}. {escape(exercise.purpose)}"
        f'</p><img src="{picture}" alt="{alt}" width="480"><ol>{steps}</ol></section>'
    )


def _boxes(plan: Plan, made_on: date) -> str:
    """A row for each exercise and for the pain, a column for each day, a table for each week."""
    tables = []
    for week in range(WEEKS_TO_TICK):
        days = [made_on + timedelta(days=week * DAYS + day) for day in range(DAYS)]
        head = "".join(f"<th scope='col'>{day:%a} {day.day}</th>" for day in days)
        rows = [exercise.name for exercise in plan.exercises] + [say("plan_page_pain")]
        body = "".join(
            f"<tr><th scope='row'>{escape(row)}</th>{'<td><span class=box></span></td>' * DAYS}</tr>" for row in rows
        )
        caption = escape(say("plan_page_week", number=week + 1))
        tables.append(
            f"<table><caption>{caption}</caption><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
    return "\n".join(tables)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
