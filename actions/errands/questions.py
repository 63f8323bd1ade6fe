"""Questions that belong to an errand: their cards, and what an answer to one means. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from actions.answers import NUMBER, UNSURE, WORD_NUMBERS, BadAnswer, Message, yes_no
from actions.cards import CHECK_IN, NOT_SURE, Card, question_card
from actions.handoff.summary import IN_THIS_CHAT
from actions.triage.model import Option, Protocol
from actions.triage.yaml_lines import LINE
from actions.wording import content, fill, say

CONTACT, CONSENT = "handoff_contact", "handoff_consent"
REMINDER = "reminder"
LONGEST_CONTACT = 200


def own_questions() -> dict[str, Mapping[str, Any]]:
    """The number questions of a check-in that are no findings, by id."""
    return {entry["id"]: entry for entry in content("check_in.yml")["questions"] if "range" in entry}


def is_own(id: str | None) -> bool:
    """Whether an id is a question of an errand, rather than a finding or a screen of the protocol."""
    return id in (CONTACT, CONSENT, REMINDER) or id in own_questions()


def card(id: str, protocol: Protocol, asks: list[str], plainer: bool = False) -> Card:
    """The card of an errand's question.

    Args:
        id: of a check-in's question, of its screen, of a reminder or of a hand-off.
        protocol: for the findings on a card.
        asks: the findings on the screen.
        plainer: in its second wording.
    """
    yes_or_no = (Option("yes", say("yes_word")), Option("no", say("no_word")))
    if id == CONTACT:
        here = Option(IN_THIS_CHAT, say("handoff_here"))
        return question_card(CONTACT, say("handoff_contact"), say("handoff_contact_why"), "text", (here,), unsure=False)
    if id == CONSENT:
        prompt, why = say("handoff_consent"), say("handoff_consent_why")
        return question_card(CONSENT, prompt, why, "yes_no", yes_or_no, unsure=False)
    if id == REMINDER:
        choices = tuple(Option(value, say(f"reminder_{value}")) for value in (*every_days(), "stop"))
        return question_card(REMINDER, say("reminder_ask"), say("reminder_why"), "one_of", choices, unsure=False)
    if id == CHECK_IN:
        entry = content("check_in.yml")["screen"]
        ticks = tuple(Option(one, protocol.findings[one].title) for one in asks)
        return question_card(CHECK_IN, entry["plainer" if plainer else "prompt"], entry["why"], "any_of", ticks)
    entry = next(one for one in content("check_in.yml")["questions"] if one["id"] == id)
    finding = protocol.findings.get(id)
    texts = {"plainer": finding.plainer, "why": finding.why} if finding else {}
    texts = {**texts, **{key: entry[key] for key in ("prompt", "plainer", "why") if key in entry}}
    return question_card(id, fill(texts["plainer" if plainer else "prompt"]), texts["why"], "number", ())


def why(id: str) -> str:
    """Why an errand asks what it asks."""
    if id == CHECK_IN:
        return str(content("check_in.yml")["screen"]["why"])
    reasons = {CONTACT: "handoff_contact_why", CONSENT: "handoff_consent_why", REMINDER: "reminder_why"}
    return say(reasons[id]) if id in reasons else str(own_questions()[id]["why"])


def every_days() -> dict[str, int]:
    """How often a reminder may come: its name, and the days between two."""
    return {
        str(name): days for name, days in content("check_in.yml")["reminders"]["every_days"].items() if name != LINE
    }


def read(id: str, message: Message) -> Any:
    """What a message in words answers to an errand's own question; None when it does not answer it."""
    if id == CONTACT:
        said = " ".join(message.text.split())
        return None if not said or said.startswith("/") or said.endswith("?") else contact(said)
    if id == CONSENT:
        said_so = yes_no(message)
        return said_so if said_so in ("yes", "no") else None
    if id == REMINDER:
        return _how_often(message)
    if message.words in UNSURE or message.intent == "not_sure":
        return NOT_SURE
    numbers = [float(number.replace(",", ".")) for number in NUMBER.findall(message.text)]
    numbers += [WORD_NUMBERS[word] for word in message.words.split() if word in WORD_NUMBERS]
    if not numbers and yes_no(message) == "no":
        numbers = [0]
    return checked(id, numbers[0]) if len(numbers) == 1 and _fits(id, numbers[0]) else None


def checked(id: str, value: Any) -> Any:
    """The value of a tap in its recorded form.

    Raises:
        BadAnswer: it does not fit the question.
    """
    if id == CONTACT:
        if not isinstance(value, str) or not value.strip():
            raise BadAnswer("it must be a text")
        return contact(value)
    if id == CONSENT:
        if value not in ("yes", "no"):
            raise BadAnswer("it must be yes or no")
        return value
    if id == REMINDER:
        if not isinstance(value, str) or value not in (*every_days(), "stop"):
            raise BadAnswer("it must be one of the options")
        return value
    if value == NOT_SURE:
        return NOT_SURE
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadAnswer("it must be a number")
    if not _fits(id, value):
        low, high = own_questions()[id]["range"]
        raise BadAnswer(f"it must lie between {low} and {high}")
    return int(value) if float(value).is_integer() else value


def contact(said: str) -> str:
    """How the person wants to be reached, as they said it."""
    said = " ".join(said.split())[:LONGEST_CONTACT]
    return (
        IN_THIS_CHAT if re.sub(r"[^a-z ]", "", said.lower()).strip() in ("here", "in this chat", "this chat") else said
    )


def _fits(id: str, number: float) -> bool:
    low, high = own_questions()[id]["range"]
    return bool(low <= number <= high)


def _how_often(message: Message) -> str | None:
    for value in (*every_days(), "stop"):
        if message.words == say(f"reminder_{value}").lower() or message.words == value.replace("_", " "):
            return value
    days = re.findall(r"\b(every day|daily|other day|2 days|two days|week|weekly|stop|none|never|no)\b", message.words)
    named = {"every day": "daily", "daily": "daily", "other day": "every_other_day", "2 days": "every_other_day",
             "two days": "every_other_day", "week": "weekly", "weekly": "weekly"}  # fmt: skip
    return named.get(days[0], "stop") if len(days) == 1 else None
