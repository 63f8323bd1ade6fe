"""A question's elements: buttons, a list, tick boxes, or a scale."""

from __future__ import annotations

from typing import Any

from actions import cards
from actions.conversation import protocol
from actions.errands.questions import own_questions
from actions.wording import say
from bot.channels.slack import blocks
from bot.channels.slack.blocks import Block

MOST_CHOICES_AS_BUTTONS = 8
PICK, SEND, TICK = "pick", "send", "tick"
"""Action ids that are read back: a list, the button below tick boxes, and tick boxes."""
TEN = "of 10"


def asks(card: dict[str, Any], buttons: list[tuple[str, str]], begin: str) -> list[Block]:
    """The elements below a question.

    Args:
        card: the question card.
        buttons: (title, payload) of the card.
        begin: what the ids of its blocks begin with; the question's id follows.
    """
    id, options = str(card["id"]), [(str(one["value"]), str(one["title"])) for one in card.get("options", [])]
    block = f"{begin}:{id}"
    if card.get("input") == "any_of" and options:
        send = blocks.button(SEND, say("slack_send"), id, strong=True)
        return [*_ticks(block, options), *blocks.rows(block, [send, *_taps(buttons)])]
    if len(options) > MOST_CHOICES_AS_BUTTONS:
        known = {cards.payload(id, value) for value, _ in options}
        others = [(title, payload) for title, payload in buttons if payload not in known]
        entries = [blocks.option(title, value) for value, title in options[: blocks.MOST_OPTIONS]]
        picked = blocks.select(PICK, say("slack_pick"), entries)
        return blocks.rows(block, [picked, *_taps(others)])
    return blocks.rows(block, [*_scale(id), *_taps(buttons)])


def _taps(buttons: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [blocks.button(f"tap:{number}", title, payload) for number, (title, payload) in enumerate(buttons)]


def _ticks(block: str, options: list[tuple[str, str]]) -> list[Block]:
    """Tick boxes, ten in a block at most, numbered so that the numbers can be typed as well."""
    entries = [blocks.option(f"{number}. {title}", value) for number, (value, title) in enumerate(options, 1)]
    starts = range(0, len(entries), blocks.MOST_TICKS)
    return [
        blocks.actions(f"{block}:{TICK}:{start}", [blocks.checkboxes(TICK, entries[start : start + blocks.MOST_TICKS])])
        for start in starts
    ]


def _scale(id: str) -> list[dict[str, Any]]:
    """A button for each number of a scale up to ten; nothing for other questions."""
    return [
        blocks.button(f"scale:{n}", str(n), cards.payload(id, n), label=say("slack_of_10", number=n))
        for n in _numbers(id)
    ]


def _numbers(id: str) -> range:
    """The numbers of a scale up to ten; none for a question that has none."""
    finding = protocol().findings.get(id)
    if finding is not None:
        is_scale = finding.kind == "number" and finding.unit == TEN
        return range(int(finding.low), int(finding.high) + 1) if is_scale else range(0)
    low, high = own_questions().get(id, {}).get("range", (0, 0))
    return range(low, high + 1) if (low, high) == (0, 10) else range(0)


def spoken(text: str, card: dict[str, Any], buttons: list[tuple[str, str]]) -> str:
    """The text with every choice that it does not name yet; numbered where a number can be typed."""
    titles = [title for title, _ in buttons]
    if card.get("kind") == "question" and card.get("input") == "yes_no":
        return "\n".join([text, *(f"{number}. {title}" for number, title in enumerate(titles, 1))])
    unsaid = [title for title in titles if title.lower() not in text.lower()]
    return "\n".join([text, *(f"[{title}]" for title in unsaid)])
