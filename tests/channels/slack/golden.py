"""Every card as Slack gets it, kept in `tests/channels/golden/slack/`. `python -m tests.channels.slack.golden --write` draws anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

from actions import cards
from actions.errands.check_in import progress_card
from actions.errands.questions import CONSENT, CONTACT, own_questions
from actions.errands.questions import card as errand_question
from actions.records.effects import Memory, PastCheckIn
from actions.selfcare.cards import exercise_card, plan_card
from actions.selfcare.plan import exercise_called, make_plan
from actions.triage import load_protocol
from actions.triage.engine import assess
from actions.triage.model import Question
from actions.wording import content
from bot.channels.slack.draw import draw, home
from bot.channels.turns import card_message
from tests.channels import golden_files
from tests.channels.golden_files import as_text, keep

FOLDER = golden_files.FOLDER / "slack"
PUBLIC = "https://knee.example"
HEALTHY = {"for_whom": "self", "age": 35, "recent_injury": "no", "duration_weeks": 3, "trend": "same", "side": "right",
           "location": ["front"], "aggravated_by": ["running", "stairs_down"], "main_activity": "running"}  # fmt: skip
LEVELS = {
    "ambulance": {"breathless_or_chest_pain": "yes", "calf_swollen_or_tender": "yes"},
    "emergency_department": {"hot_or_red_knee": "yes", "fever_or_unwell": "yes"},
    "urgent": {"calf_swollen_or_tender": "yes"},
    "soon": {"giving_way": "yes"},
    "routine": {"stops_daily_life": "yes"},
    "self_care": {},
}
QUESTIONS = ("trend", "knee_locked", "age", "pain_now", "aggravated_by", "main_activity", "duration_weeks", "location")
HANDOFF = {
    "text": "Sent. Your reference is KW-1234.\nAge 35 & right knee <2 weeks>.",
    "custom": {"card": {"kind": "handoff", "reference": "KW-1234", "status": "waiting", "summary": "Age 35"}},
}


def progress() -> cards.Card:
    """How it went over two weeks."""
    days = [(date(2026, 11, 8), 5), (date(2026, 11, 15), 4), (date(2026, 11, 22), 3)]
    done = tuple(PastCheckIn(day, {"pain_now": pain, "pain_worst": pain}, "stay") for day, pain in days)
    made = progress_card(Memory(check_ins=done, chart_address=f"{PUBLIC}/progress/sealed"))
    assert made is not None
    return made


def messages() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and message of every kind of card, made by what makes it in a talk."""
    protocol = load_protocol()
    for screen in protocol.screens.values():
        yield f"question_{screen.id}", card_message(cards.question(Question(screen.id, screen.findings), protocol))
    for id in QUESTIONS:
        yield f"question_{id}", card_message(cards.question(Question(id, (id,)), protocol))
    yield "question_opening", card_message(cards.opening_question())
    yield "question_delete", card_message(cards.delete_question())
    yield "understood", card_message(cards.understood({"location": ["front"], "duration_weeks": 3}, protocol))
    for level, findings in LEVELS.items():
        told = {**HEALTHY, **findings}
        yield f"assessment_{level}", card_message(cards.assessment(assess(told, protocol), protocol, told))
    made = make_plan(HEALTHY, protocol, date(2026, 11, 22))
    yield "plan", card_message(plan_card(made, f"{PUBLIC}/plan/secret", "right"))
    for exercise in made.exercises[:1]:
        found = exercise_called(exercise.id, HEALTHY)
        assert found is not None
        yield "exercise", card_message(exercise_card(found, "right"))
    yield "advice", card_message(cards.advice(content("advice.yml")[0]))
    yield "summary", card_message(cards.summary("This is what I have:", HEALTHY, assess(HEALTHY, protocol), protocol))
    yield "why", card_message(cards.why_card(assess(HEALTHY, protocol), protocol))
    yield "progress", card_message(progress())
    for id in (CONTACT, CONSENT, *own_questions()):
        yield f"question_{id}", card_message(errand_question(id, protocol, []))
    yield "handoff", HANDOFF
    yield "safety", card_message(cards.safety())
    yield "say", card_message(cards.plain("intro"))


def drawings() -> dict[str, Any]:
    """Name to what is sent."""
    made: dict[str, Any] = {"home": home()}
    for name, message in messages():
        made[name] = [{"text": one.text, "blocks": one.blocks} for one in draw(message, PUBLIC)]
    for name, message in messages():
        if name == "exercise":
            made[f"{name}_without_address"] = [{"text": one.text, "blocks": one.blocks} for one in draw(message)]
    return made


if __name__ == "__main__":
    sys.exit(keep({FOLDER: {f"{name}.json": as_text(drawing) for name, drawing in drawings().items()}}))
