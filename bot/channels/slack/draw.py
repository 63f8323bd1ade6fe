"""Cards as Slack messages. The whole text stands in `text`, which screen readers and notifications read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from actions.wording import say
from bot.channels.slack import blocks
from bot.channels.slack.blocks import MOST_BLOCKS, Block
from bot.channels.slack.mrkdwn import marked, pieces
from bot.channels.slack.pictures import Pictures
from bot.channels.slack.questions import asks, spoken

LONGEST_TEXT = 3_900
"""A message may be longer, but not one that is to be changed once it is answered."""
QUESTION, OFFER = "question", "offer"
"""What the blocks with elements begin with: the elements of a question go together, those of an offer one by one."""
BULLET = re.compile(r"^- ", re.MULTILINE)


@dataclass(frozen=True)
class Drawn:
    """One Slack message."""

    text: str
    blocks: list[Block]

    @property
    def is_question(self) -> bool:
        """Whether it waits for an answer."""
        return any(str(block.get("block_id", "")).startswith(QUESTION) for block in self.blocks)


def draw(message: dict[str, Any], public_url: str | None = None) -> list[Drawn]:
    """One message of an answer, as one Slack message, or several when it is very long.

    Args:
        message: {text, buttons, custom: {card}} as `turns.turn` gives it.
        public_url: where Slack can fetch pictures; None draws none.

    Returns:
        What to send, in order; empty only for a message with nothing in it.
    """
    text = str(message.get("text") or "")
    card = (message.get("custom") or {}).get("card") or {}
    buttons = [(str(one["title"]), str(one["payload"])) for one in message.get("buttons") or []]
    pictures = Pictures(public_url)
    is_question = card.get("kind") == "question"
    below = asks(card, buttons, QUESTION) if is_question else _offers(buttons)
    whole = spoken(text, card, buttons)
    parts = pieces(whole, LONGEST_TEXT)
    body = DRAWERS.get(str(card.get("kind")), _said)(text, card, pictures)
    if len(parts) == 1 and len(body) + len(below) <= MOST_BLOCKS:
        return [Drawn(marked(whole), [*body, *below])]
    drawn = [Drawn(marked(part), blocks.sections(part)) for part in parts]
    return [*drawn[:-1], Drawn(drawn[-1].text, [*drawn[-1].blocks, *below])] if drawn else []


def _offers(buttons: list[tuple[str, str]]) -> list[Block]:
    made = [blocks.button(f"offer:{number}", title, payload) for number, (title, payload) in enumerate(buttons)]
    return blocks.rows(OFFER, made)


def _said(text: str, card: dict[str, Any], pictures: Pictures) -> list[Block]:
    return blocks.sections(BULLET.sub("• ", text))


def _question(text: str, card: dict[str, Any], pictures: Pictures) -> list[Block]:
    """The prompt, without the options that stand below as elements, unless one of them had to be cut."""
    lines, options = text.split("\n"), [str(one["title"]) for one in card.get("options", [])]
    if card.get("input") == "any_of" or all(len(title) <= blocks.LONGEST_TITLE for title in options):
        listed = {f"{number}. {title}" for number, title in enumerate(options, 1)}
        lines = [line for line in lines if line not in listed]
    return [*blocks.bold(lines[0]), *blocks.context("\n".join(lines[1:]))]


def _assessment(text: str, card: dict[str, Any], pictures: Pictures) -> list[Block]:
    """A care card: its heading is the one thing to do, with the shape of its level."""
    heading, *lines = text.split("\n")
    foot = [line for line in lines if line == card.get("note")]
    return [*_heading(heading), *_lines([line for line in lines if line not in foot]), *blocks.context("\n".join(foot))]


def _plan(text: str, card: dict[str, Any], pictures: Pictures) -> list[Block]:
    """The plan line by line; an exercise has its picture beside it."""
    heading, *lines = text.split("\n")
    made, waiting = _heading(heading.rstrip(":")), []
    exercises = {f"- {one['name']}:": one for one in card.get("exercises", [])}
    for line in lines:
        exercise: dict[str, Any] = next((one for start, one in exercises.items() if line.startswith(start)), {})
        address = pictures.address(exercise.get("image"))
        if address is None:
            waiting.append(line)
            continue
        made += _lines(waiting)
        made.append(blocks.beside("• " + line[2:], address, str(exercise.get("alt") or exercise["name"])))
        waiting = []
    return made + _lines(waiting)


def _titled(text: str, card: dict[str, Any], pictures: Pictures) -> list[Block]:
    """A title, the picture if there is one, then the text."""
    title, source = str(card.get("title") or ""), say("sources", names="").rstrip(" .")
    text = text[len(title) + 2 :] if title and text.startswith(f"{title}. ") else text
    lines = text.split("\n")
    sources = [line for line in lines if line.startswith(source)]
    rest = [line for line in lines if line not in sources]
    return [*_heading(title), *pictures.blocks(card), *_lines(rest), *blocks.context("\n".join(sources))]


def _heading(text: str) -> list[Block]:
    return [blocks.header(text)] if 0 < len(text) <= blocks.LONGEST_HEADER else blocks.bold(text)


def _lines(lines: list[str]) -> list[Block]:
    """Lines in sections; one that ends in a colon begins a new one, in bold."""
    made: list[Block] = []
    waiting: list[str] = []
    for line in lines:
        if line.endswith(":"):
            made += [*_said("\n".join(waiting), {}, Pictures(None)), *blocks.bold(line)]
            waiting = []
        else:
            waiting.append(line)
    return made + _said("\n".join(waiting), {}, Pictures(None))


DRAWERS: dict[str, Callable[[str, dict[str, Any], Pictures], list[Block]]] = {
    "question": _question, "assessment": _assessment, "plan": _plan, "exercise": _titled, "advice": _titled,
    "progress": _titled,
}  # fmt: skip


def home() -> dict[str, Any]:
    """The app's own page: who this is, who can read along, and a start button."""
    start = blocks.button("offer:start", say("slack_start"), "/start", strong=True)
    shown = [
        blocks.header("Kneewise"),
        *blocks.sections(say("intro")),
        *blocks.sections(say("slack_home")),
        *blocks.sections(say("slack_home_how")),
        *blocks.rows(OFFER, [start]),
        *blocks.context(say("bot")),
    ]
    return {"type": "home", "blocks": shown}
