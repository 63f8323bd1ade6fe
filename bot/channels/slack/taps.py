"""What a tap means, and how the message looks once it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions import cards
from actions.wording import say
from bot.channels.slack import blocks
from bot.channels.slack.blocks import Block
from bot.channels.slack.draw import LONGEST_TEXT, QUESTION
from bot.channels.slack.incoming import Tapped
from bot.channels.slack.mrkdwn import escape
from bot.channels.slack.questions import PICK, SEND, TICK

LONGEST_ANSWER = 2_000


@dataclass(frozen=True)
class Chosen:
    """What was chosen."""

    text: str
    """What it says to the bot."""
    title: str
    """What it says to the person."""


class NothingTicked(Exception):
    """Sent with no box ticked, which is not the same as "none of these"."""


def chosen(tapped: Tapped) -> Chosen | None:
    """What a tap says; None for an element that is not ours.

    Raises:
        NothingTicked: a tick list was sent empty.
    """
    action, question = tapped.action, question_of(tapped)
    if action["action_id"] == SEND and question:
        ticked = _ticked(tapped.state, question)
        if not ticked:
            raise NothingTicked
        return Chosen(cards.payload(question, [value for value, _ in ticked]), ", ".join(title for _, title in ticked))
    if action["action_id"] == PICK and question:
        picked = _option(action.get("selected_option"))
        return Chosen(cards.payload(question, picked[0]), picked[1]) if picked else None
    text, value = action.get("text"), action.get("value")
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ANSWER:
        return None
    title = text.get("text") if isinstance(text, dict) else None
    return Chosen(value, title if isinstance(title, str) else "")


def question_of(tapped: Tapped) -> str | None:
    """The question that an element belongs to; None for an offer."""
    begin, _, rest = str(tapped.action["block_id"]).partition(":")
    return rest.partition(":")[0] or None if begin == QUESTION else None


def _ticked(state: dict[str, Any], question: str) -> list[tuple[str, str]]:
    """Value and title of every ticked box of a question, in the order of the boxes."""
    found = []
    for block_id, elements in state.items():
        if str(block_id).startswith(f"{QUESTION}:{question}:{TICK}:") and isinstance(elements, dict):
            box = elements.get(TICK)
            options = box.get("selected_options") if isinstance(box, dict) else None
            found += [read for one in options if (read := _option(one))] if isinstance(options, list) else []
    return [(value, title.partition(". ")[2] or title) for value, title in found]


def _option(option: Any) -> tuple[str, str] | None:
    """Value and title of a chosen option."""
    if not isinstance(option, dict) or not isinstance(option.get("value"), str):
        return None
    parts = [option.get("text"), option.get("description")]
    words = [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    return option["value"], " ".join(words)


def answered(message: dict[str, Any], title: str | None, offer: str | None = None) -> dict[str, Any]:
    """Text and blocks of a message whose question is answered.

    Args:
        message: as it was.
        title: what was chosen; None when it was answered in words.
        offer: the action id of an offer that was taken: only that one goes. None takes every element away.
    """
    shown = message.get("blocks")
    kept = [left for one in shown if (left := _left(one, offer))] if isinstance(shown, list) else []
    text = str(message.get("text") or "")
    if title:
        line = say("slack_chosen", choice=title)
        kept = [*kept[: blocks.MOST_BLOCKS - 1], *blocks.context(line)[:1]]
        text = f"{text}\n{escape(line)}"
    return {"text": text if len(text) <= LONGEST_TEXT + 100 else text[:LONGEST_TEXT], "blocks": kept}


def _left(block: Any, offer: str | None) -> Block | None:
    """What stays of a block."""
    if not isinstance(block, dict):
        return None
    if block.get("type") != "actions":
        return block
    elements = block.get("elements")
    if offer is None or not isinstance(elements, list):
        return None
    rest = [one for one in elements if isinstance(one, dict) and one.get("action_id") != offer]
    return {**block, "elements": rest} if rest else None
