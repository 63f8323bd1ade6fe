"""Draws the pages: templates with everything escaped, and the words for levels, states, ages and steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from actions.triage.model import Level
from actions.triage.page.levels import badge as level_badge

HERE = Path(__file__).parent

STATUS = {
    "waiting": "Waiting",
    "acknowledged": "Acknowledged",
    "taken_over": "Taken over",
    "closed": "Closed",
}
SHOWN = {"open": "All open", "mine": "Mine", **STATUS}
PAST = {
    "acknowledge": "acknowledged this",
    "take_over": "took over the chat",
    "hand_back": "handed the chat back to the assistant",
    "close": "closed this",
    "reopen": "opened this again",
    "reply": "replied",
    "note": "wrote a note",
}
"""What somebody did, after their name."""
DONE = {
    "acknowledge": "You have acknowledged this hand-off.",
    "take_over": "You have taken over. The assistant is silent for this person, except for red flags.",
    "hand_back": "You have handed the chat back to the assistant.",
    "close": "You have closed this hand-off.",
    "reopen": "You have opened this hand-off again.",
    "reply": "Your reply is on its way to the person's chat.",
    "note": "Your note is saved. The person cannot see it.",
}
WHO = {"person": "Person", "bot": "Assistant", "clinician": "Clinician"}


def age(since: datetime, now: datetime) -> str:
    """How long ago, in one or two units.

    Args:
        since: UTC.
        now: UTC; a little earlier than `since` where clocks differ.
    """
    minutes = max(0, int((now - since) / timedelta(minutes=1)))
    hours, days = minutes // 60, minutes // 1440
    if minutes < 1:
        return "just now"
    if hours < 1:
        return f"{minutes} min"
    if hours < 10:
        return f"{hours} h {minutes % 60} min"
    if days < 2:
        return f"{hours} h"
    return f"{days} days"


def badge(level: str) -> Markup:
    """Shape and words for a level; only words for one that is not known."""
    try:
        return Markup(level_badge(Level.of(level)))  # noqa: S704  built by `element`, which escapes
    except ValueError:
        return Markup.escape(level)


def when(at: datetime) -> Markup:
    """A time in UTC; the page's script shows it in the reader's own zone."""
    return Markup('<time datetime="{}Z">{} UTC</time>').format(f"{at:%Y-%m-%dT%H:%M:%S}", f"{at.day} {at:%b %Y, %H:%M}")


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(age=age, badge=badge, when=when)
    made.globals.update(STATUS=STATUS, SHOWN=SHOWN, PAST=PAST, DONE=DONE, WHO=WHO)
    return made


TEMPLATES = _environment()


def draw(template: str, values: Mapping[str, Any]) -> str:
    """One page as HTML.

    Args:
        template: a file of `templates/`.
        values: what it shows; every text is escaped.
    """
    return TEMPLATES.get_template(template).render(values)
