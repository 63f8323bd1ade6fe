"""One message of each kind of card, made by the real card makers, and their plain shape for the widget."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from actions import cards
from actions.conversation import protocol
from actions.selfcare.cards import exercise_card, plan_card
from actions.selfcare.plan import all_exercises, make_plan
from actions.triage.engine import assess
from actions.triage.model import Question
from actions.wording import content

AT_HOME: dict[str, Any] = {
    "for_whom": "self", "age": 36, "location": ["front"], "aggravated_by": ["stairs_down", "running"], "duration_weeks": 3,
    "trend": "better", "side": "right", "onset": "gradual", "load_change": ["more_distance"], "main_activity": "running",
    "sessions_per_week": 3, "longest_recent_session": "7 km", "pain_now": 2, "pain_worst": 4, "self_care_weeks": 0,
}  # fmt: skip
LEVELS: dict[str, dict[str, Any]] = {
    "ambulance": {"calf_swollen_or_tender": "yes", "breathless_or_chest_pain": "yes"},
    "emergency_department": {"recent_injury": "yes", "cannot_take_four_steps": "yes"},
    "urgent": {"calf_swollen_or_tender": "yes"},
    "soon": {**AT_HOME, "giving_way": "yes"},
    "routine": {**AT_HOME, "stops_daily_life": "yes"},
    "self_care": AT_HOME,
}


def message(card: cards.Card) -> dict[str, Any]:
    """A card as a channel gets it."""
    buttons = [{"title": title, "payload": payload} for title, payload in card.buttons]
    return {"text": card.text, "buttons": buttons, "custom": {"card": card.data} if card.data else {}}


def question(id: str) -> dict[str, Any]:
    """The card of one question or screen."""
    screen = protocol().screens.get(id)
    return message(cards.question(Question(id, tuple(screen.findings) if screen else (id,)), protocol()))


def assessment(level: str) -> dict[str, Any]:
    """A result at a level."""
    findings = LEVELS[level]
    everything = {id: "no" for id, one in protocol().findings.items() if one.kind == "yes_no"}
    return message(cards.assessment(assess({**everything, **findings}, protocol()), protocol(), findings))


def progress() -> dict[str, Any]:
    """A diary of three days."""
    entries = [{"date": f"2026-11-{day:02}", "pain": pain} for day, pain in ((1, 6), (8, 4), (15, 3))]
    card = {"kind": "progress", "entries": entries, "image": "/progress/somebody.svg",
            "alt": "Pain went from 6 to 3 in two weeks.", "trend": "better"}  # fmt: skip
    return {"text": "Pain went from 6 to 3 in two weeks.", "custom": {"card": card}}


@cache
def samples() -> dict[str, dict[str, Any]]:
    """Name to message, for every kind of card and input."""
    adults = all_exercises(AT_HOME)
    result = assess(AT_HOME, protocol())
    told = {"location": ["front"], "calf_swollen_or_tender": "yes", "fever_or_unwell": "no", "duration_weeks": 3}
    return {
        "opening": message(cards.opening_question()),
        "yes_no": question("giving_way"),
        "one_of": question("trend"),
        "any_of": question("emergency_screen"),
        "knee_map": question("location"),
        "scale": question("pain_now"),
        "number": question("age"),
        "weeks": question("duration_weeks"),
        "distance": question("longest_recent_session"),
        "understood": message(cards.understood(told, protocol())),
        **{level: assessment(level) for level in LEVELS},
        "plan": message(
            plan_card(make_plan(AT_HOME, protocol(), date(2026, 11, 22)), "http://127.0.0.1/plan/x", "right")
        ),
        "exercise": message(exercise_card(next(one for one in adults if one.id == "calf_raises"), "right")),
        "advice": message(cards.advice(next(one for one in content("advice.yml") if one.get("follow_up")))),
        "progress": progress(),
        "handoff": message(cards.summary("This is what I have:", AT_HOME, result, protocol())),
        "safety": message(cards.safety()),
    }
