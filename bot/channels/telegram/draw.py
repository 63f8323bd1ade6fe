"""Cards drawn for Telegram: lines with a style, buttons one a row, a picture. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.wording import say
from bot.channels.telegram.layout import Line, printable
from bot.channels.telegram.presses import Done, Press, Rest, Send, Tick

TICKED, UNTICKED = "☑", "☐"
MOST_BUTTONS = 90
"""Telegram takes 100 under one message."""
SCREENS = "_screen"
"""How the id of a question ends whose options are findings of their own (vocabulary, Contract 1)."""

Button = tuple[str, Press]


@dataclass(frozen=True)
class Drawn:
    """One card, ready to be laid out.

    Args:
        lines: its words.
        buttons: one a row.
        question: what the buttons answer.
        options: value and title of what can be ticked.
        picture: paths on this server that show the same, the best first.
        alt: the picture in words.
    """

    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()
    question: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    picture: tuple[str, ...] = ()
    alt: str = ""

    @property
    def is_screen(self) -> bool:
        """Each option is a finding of its own, so the rest of them can be left unsure."""
        return bool(self.question and self.question.endswith(SCREENS))


def draw(message: Mapping[str, Any]) -> Drawn:
    """One message of the bot, drawn.

    Args:
        message: `text`, `buttons` and `custom.card`, each of which may be missing.
    """
    card = (message.get("custom") or {}).get("card") or {}
    text = printable(str(message.get("text") or card.get("text") or ""))
    buttons = tuple((printable(one["title"]), Send(one["payload"])) for one in message.get("buttons") or ())
    painter = PAINTERS.get(card.get("kind", ""), _as_it_is)
    return painter(text.split("\n"), buttons, card)


def ticks(question: str, options: Sequence[tuple[str, str]], ticked: Sequence[str]) -> list[Button]:
    """The buttons of a tick list, one for each option."""
    return [
        (f"{TICKED if value in ticked else UNTICKED} {number}. {title}", Tick(question, value))
        for number, (value, title) in enumerate(options, 1)
    ]


def finishing(question: str, screen: bool) -> list[Button]:
    """The buttons that send a tick list on, once something is ticked."""
    buttons: list[Button] = [(say("telegram_done"), Done(question))]
    return [*buttons, (say("telegram_rest"), Rest(question))] if screen else buttons


def _plain(lines: Sequence[str]) -> tuple[Line, ...]:
    return tuple(Line(line) for line in lines)


def _headed(lines: Sequence[str]) -> tuple[Line, ...]:
    return (Line(lines[0], "b"), *_plain(lines[1:]))


def _as_it_is(lines: list[str], buttons: tuple[Button, ...], card: Mapping[str, Any]) -> Drawn:
    return Drawn(_plain(lines), buttons[:MOST_BUTTONS], picture=_pictures(card), alt=str(card.get("alt") or ""))


def _question(lines: list[str], buttons: tuple[Button, ...], card: Mapping[str, Any]) -> Drawn:
    options = [(str(one["value"]), printable(str(one["title"]))) for one in card["options"]]
    tickable = tuple(options[:MOST_BUTTONS]) if card["input"] == "any_of" else ()
    return Drawn(_headed(lines), buttons[:MOST_BUTTONS], str(card["id"]), tickable)


def _assessment(lines: list[str], buttons: tuple[Button, ...], card: Mapping[str, Any]) -> Drawn:
    """What to do first, in bold, then the headings; the note at the foot in italics."""
    headings = {say("result_why"), say("result_safety_net")}
    first, *rest = lines
    shown = [Line(line, "b" if line in headings else "i" if line == card.get("note") else "") for line in rest]
    return Drawn((Line(first, "b"), *shown), buttons)


def _plan(lines: list[str], buttons: tuple[Button, ...], card: Mapping[str, Any]) -> Drawn:
    """The plan; each exercise can be asked for."""
    asks = [(say("telegram_how", name=one["name"]), Send(f"/exercise {one['id']}")) for one in card["exercises"]]
    shown = tuple(Line(line, "b" if line.endswith(":") else "") for line in lines)
    return Drawn(shown, (*buttons, *asks)[:MOST_BUTTONS])


def _exercise(lines: list[str], buttons: tuple[Button, ...], card: Mapping[str, Any]) -> Drawn:
    return Drawn(_headed(lines), buttons, picture=_pictures(card), alt=printable(str(card.get("alt") or "")))


def _advice(lines: list[str], buttons: tuple[Button, ...], card: Mapping[str, Any]) -> Drawn:
    title = printable(str(card.get("title") or ""))
    return Drawn((*([Line(title, "b")] if title else []), *_plain(lines)), buttons)


def _pictures(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Where its pictures are, in a form that Telegram shows, the best first."""
    found = (str(card[name]) for name in ("gif", "picture", "image") if card.get(name))
    return tuple(path for path in found if path.endswith((".gif", ".png")))


PAINTERS: dict[str, Callable[[list[str], tuple[Button, ...], Mapping[str, Any]], Drawn]] = {
    "question": _question,
    "assessment": _assessment,
    "plan": _plan,
    "exercise": _exercise,
    "advice": _advice,
}
