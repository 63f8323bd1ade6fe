"""One of every card that a person can be shown, by kind and name, as the bot hands it to a channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from actions import cards
from actions.cards import Card
from actions.selfcare.cards import exercise_card, plan_card
from actions.selfcare.plan import all_exercises, make_plan
from actions.triage import Assessment, Question, assess, load_protocol
from actions.wording import content, say
from bot.channels.turns import card_message

PROTOCOL = load_protocol()
RUNNER = {"recent_injury": "no", "location": ["front"], "aggravated_by": ["running"], "age": 30, "onset": "sudden"}


def every_card() -> dict[str, dict[str, dict[str, Any]]]:
    """Kind → name → message."""
    made: dict[str, dict[str, dict[str, Any]]] = {}
    for name, card in _cards():
        made.setdefault(card.kind, {})[name] = card_message(card)
    return made


def _cards() -> Iterator[tuple[str, Card]]:
    findings = [finding for finding in PROTOCOL.findings.values() if not finding.watched]
    for asked in (*findings, *PROTOCOL.screens.values()):
        for plainer in (False, True):
            question = Question(asked.id, getattr(asked, "findings", (asked.id,)), plainer)
            yield asked.id + ("-plainer" if plainer else ""), cards.question(question, PROTOCOL)
    yield cards.OPENING, cards.opening_question()
    yield cards.DELETE, cards.delete_question()
    home = assess(RUNNER, PROTOCOL)
    yield "self_care", cards.assessment(home, PROTOCOL, RUNNER)
    for rule in PROTOCOL.rules:
        result = Assessment(rule.level, (rule,), (), PROTOCOL.version)
        yield rule.key, cards.assessment(result, PROTOCOL, RUNNER)
        yield f"why-{rule.key}", cards.why_card(result, PROTOCOL)
    for topic in content("advice.yml"):
        yield topic["id"], cards.advice(topic)
    for exercise in all_exercises({}):
        yield exercise.id, exercise_card(exercise)
    yield "plan", plan_card(make_plan(RUNNER, PROTOCOL, date(2026, 1, 5)), "https://knee.example/plan/secret")
    yield "understood", cards.understood(RUNNER, PROTOCOL)
    yield "summary", cards.summary(say("human"), RUNNER, home, PROTOCOL)
    yield "safety", cards.safety()
    yield "progress", _progress()
    yield "sent", Card("Sent.\nReference KW-1234.", {"kind": "handoff", "reference": "KW-1234", "status": "waiting"})


def _progress() -> Card:
    data = {"kind": "progress", "entries": [{"date": "2026-01-05", "pain": 4}], "image": "/progress/x.svg",
            "picture": "/progress/x.png", "alt": "Worst pain: 4 on 5 January.", "trend": "unknown"}  # fmt: skip
    return Card("Thank you.\n5 January: 4", data)
