"""A hand-off in the talk: the draft the person sees, what is sent when they agree, and a summary to take along."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any

from actions import cards
from actions.cards import Card
from actions.errands.questions import CONTACT
from actions.handoff import summary
from actions.handoff.summary import IN_THIS_CHAT
from actions.record import Record
from actions.records.effects import HandedOff
from actions.triage.engine import assess
from actions.triage.model import Assessment, Protocol
from actions.wording import fill, say

if TYPE_CHECKING:
    from actions.turn import Turn

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that are not mistaken for each other on the phone."""


def reference() -> str:
    """A new reference, short enough to read out; 30 to the power of 10 of them."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"K-{letters[:5]}-{letters[5:]}"


def content_of(record: Record, protocol: Protocol, today: date, finished: bool) -> dict[str, Any]:
    """What is handed over about this talk."""
    result = assess(record.findings, protocol)
    advised = [fill(line) for line in protocol.levels[result.level].actions] if record.result else []
    raised = [at for at, line in enumerate(record.said) if line in record.alarming]
    return summary.content(
        record.findings, result, protocol, record.said, advised, today, raised=raised, finished=finished
    )


def draft(turn: Turn) -> dict[str, Any]:
    """A hand-off that waits for the person's word: what was shown is what will be sent."""
    finished = isinstance(turn._next(), Assessment)
    return {"reference": reference(), "content": content_of(turn.record, turn.protocol, turn.today, finished)}


def draft_card(record: Record) -> Card:
    """Exactly what will be sent, with how the person is to be reached."""
    return _card("draft", "", f"{summary.text(record.told['content'])}\n{_contact_line(record)}")


def sent_card(record: Record) -> Card:
    """It was sent: the reference, and what to do meanwhile."""
    reference = record.told["reference"]
    card = _card("sent", reference, summary.text(record.told["content"]))
    return Card(say("handoff_sent", reference=reference), card.data)


def effect(record: Record) -> HandedOff:
    """What is written and delivered."""
    told = record.told
    return HandedOff(told["reference"], told["content"]["level"], told[CONTACT], told["content"])


def summary_card(turn: Turn, intro: str) -> Card:
    """What was told, to show to a clinician, when nobody receives hand-offs here."""
    if not turn.record.findings:
        return cards.plain(intro)
    result = assess(turn.record.findings, turn.protocol) if turn.record.result else None
    return cards.summary(say(intro), turn.record.findings, result, turn.protocol)


def _contact_line(record: Record) -> str:
    contact = record.told[CONTACT]
    return say("handoff_reach_here") if contact == IN_THIS_CHAT else say("handoff_reach", contact=contact)


def _card(status: str, reference: str, text: str) -> Card:
    return Card(text, {"kind": "handoff", "reference": reference, "status": status, "summary": text})
