"""The buttons under a message: which stand there, and what each carries. Pure."""

from __future__ import annotations

from collections.abc import Callable

from bot.channels.telegram.draw import Drawn, finishing, ticks
from bot.channels.telegram.keyboards import Keyboard
from bot.channels.telegram.presses import encode, shorten

Keep = Callable[[str, str], None]
"""Remembers under a key what is too long for a button."""


def board(card: Drawn, html: str, keep: Keep) -> Keyboard | None:
    """The keyboard of a card; None when it has no buttons.

    Args:
        card: what is shown.
        html: the text that the buttons stand under.
        keep: remembers what is too long.
    """
    if not (card.buttons or card.options):
        return None
    buttons = tuple((title, shorten(encode(press), keep)) for title, press in card.buttons)
    return Keyboard(html, buttons, card.question, card.options, card.is_screen)


def markup(keyboard: Keyboard, keep: Keep) -> dict[str, list[list[dict[str, str]]]]:
    """The keyboard as Telegram takes it, one button a row.

    A tick list begins with its boxes. Once something is ticked, the buttons that would say otherwise make room for
    those that send it. Where nothing is asked, a button that was used is gone.
    """
    last = [(title, data) for title, data in keyboard.buttons if data not in keyboard.ticked]
    first: list[tuple[str, str]] = []
    if keyboard.options and keyboard.question:
        boxes = ticks(keyboard.question, keyboard.options, keyboard.ticked)
        first = [(title, shorten(encode(press), keep)) for title, press in boxes]
        if keyboard.ticked:
            sending = finishing(keyboard.question, keyboard.screen)
            last = [(title, shorten(encode(press), keep)) for title, press in sending]
    return {"inline_keyboard": [[{"text": title, "callback_data": data}] for title, data in [*first, *last]]}
