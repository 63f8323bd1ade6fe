"""The few parts of Block Kit that are used, each within Slack's limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.channels.slack.mrkdwn import marked, pieces, shortened

Block = dict[str, Any]

LONGEST_SECTION = 3000
LONGEST_CONTEXT = 2000
LONGEST_HEADER = 150
LONGEST_TITLE = 75
"""Characters on a button or an option, and in an option's description."""
CUT_AT = 55
"""Where an option that is too long is cut, so that no single word is left for the line below it."""
MOST_BLOCKS = 50
MOST_BUTTONS = 25
MOST_TICKS = 10
MOST_OPTIONS = 100


def plain_text(text: str) -> dict[str, Any]:
    """Text that is shown as it is."""
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn(text: str) -> dict[str, Any]:
    """Text already marked up."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def header(text: str) -> Block:
    """A heading of at most `LONGEST_HEADER` characters."""
    return {"type": "header", "text": plain_text(text)}


def sections(text: str) -> list[Block]:
    """A plain text, over as many sections as it needs."""
    return [{"type": "section", "text": mrkdwn(marked(piece))} for piece in pieces(text, LONGEST_SECTION)]


def bold(text: str) -> list[Block]:
    """A plain text in bold; one that Slack would not take as bold stays as it is."""
    if not text.strip() or "*" in text or "\n" in text or len(marked(text)) > LONGEST_SECTION - 2:
        return sections(text)
    return [{"type": "section", "text": mrkdwn(f"*{marked(text.strip())}*")}]


def context(text: str) -> list[Block]:
    """A plain text in small letters."""
    parts = pieces(text, LONGEST_CONTEXT)
    return [{"type": "context", "elements": [mrkdwn(marked(part))]} for part in parts]


def image(address: str, alt: str) -> Block:
    """A picture that Slack fetches from an https address."""
    return {"type": "image", "image_url": address, "alt_text": shortened(alt, LONGEST_CONTEXT)[0]}


def beside(text: str, address: str, alt: str) -> Block:
    """A short text with a picture at its side."""
    picture = {"type": "image", "image_url": address, "alt_text": shortened(alt, LONGEST_CONTEXT)[0]}
    return {"type": "section", "text": mrkdwn(marked(text)), "accessory": picture}


def button(action_id: str, title: str, value: str, *, strong: bool = False, label: str | None = None) -> dict[str, Any]:
    """A button.

    Args:
        action_id: unique in its block.
        title: cut at a word when it is too long.
        value: what comes back when it is tapped, 2,000 characters at most.
        strong: the one that goes on.
        label: what a screen reader says instead of the title.
    """
    made: dict[str, Any] = {
        "type": "button",
        "action_id": action_id,
        "text": plain_text(_on_button(title)),
        "value": value,
    }
    if strong:
        made["style"] = "primary"
    if label:
        made["accessibility_label"] = label[:LONGEST_TITLE]
    return made


def _on_button(title: str) -> str:
    start, rest = shortened(title, LONGEST_TITLE)
    return start if not rest else shortened(title, LONGEST_TITLE - 2)[0] + " …"


def option(title: str, value: str) -> dict[str, Any]:
    """One entry of a list; what does not fit into its title stands below it."""
    start, rest = (title, "") if len(title) <= LONGEST_TITLE else shortened(title, CUT_AT)
    made: dict[str, Any] = {"text": plain_text(start), "value": value}
    if rest:
        made["description"] = plain_text(shortened(rest, LONGEST_TITLE)[0])
    return made


def actions(block_id: str, elements: list[dict[str, Any]]) -> Block:
    """A row of elements."""
    return {"type": "actions", "block_id": block_id, "elements": elements}


def select(action_id: str, placeholder: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    """A list of which one entry can be chosen."""
    return {"type": "static_select", "action_id": action_id, "placeholder": plain_text(placeholder), "options": options}


def checkboxes(action_id: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    """A list of which any entry can be ticked, at most `MOST_TICKS` of them."""
    return {"type": "checkboxes", "action_id": action_id, "options": options}


def rows(block_id: str, elements: Iterable[dict[str, Any]]) -> list[Block]:
    """Elements over as many rows as they need."""
    all_of_them = list(elements)
    starts = range(0, len(all_of_them), MOST_BUTTONS)
    return [actions(f"{block_id}:{start}", all_of_them[start : start + MOST_BUTTONS]) for start in starts]
