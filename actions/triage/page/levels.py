"""How a level of care is shown: a shape and words, so that colour is never needed."""

from __future__ import annotations

from actions.triage.model import Level
from actions.triage.page.markup import Markup, element, join

NAMES = {
    Level.AMBULANCE: "Ambulance now",
    Level.EMERGENCY_DEPARTMENT: "Emergency department now",
    Level.URGENT: "Urgent: the same day",
    Level.SOON: "Soon: within two weeks",
    Level.ROUTINE: "Routine: in the coming weeks",
    Level.SELF_CARE: "Self-care at home",
}

SHAPES = {
    Level.AMBULANCE: element("path", d="M0 4h7v8H0zM9 4h7v8H9z"),
    Level.EMERGENCY_DEPARTMENT: element("path", d="M2 2h12v12H2z"),
    Level.URGENT: element("path", d="M8 1.5 15.5 14.5H.5z"),
    Level.SOON: element("path", d="M8 .5 15.5 8 8 15.5.5 8z"),
    Level.ROUTINE: element("circle", cx=8, cy=8, r=7),
    Level.SELF_CARE: element("circle", cx=8, cy=8, r=6, class_="hollow"),
}
"""Two squares, a square, a triangle, a diamond, a disc, a ring; each 16 wide and high."""


def shape(level: Level) -> Markup:
    """The shape alone, for a place that has the words beside it."""
    return element(
        "svg", SHAPES[level], class_=f"shape {level.id}", viewBox="0 0 16 16", aria_hidden="true", focusable="false"
    )


def badge(level: Level) -> Markup:
    """Shape and words."""
    return element("span", shape(level), join(" ", NAMES[level]), class_=f"badge {level.id}")
