"""Every card as Telegram is sent it: `python -m tests.channels.telegram.golden --write` draws the golden files anew."""

from __future__ import annotations

import sys
from typing import Any

from bot.channels.telegram.buttons import board, markup
from bot.channels.telegram.layout import as_html
from bot.channels.telegram.post import Bubble, bubbles
from tests.channels import golden_files
from tests.channels.golden_files import keep, of_every_card

FOLDER = golden_files.FOLDER / "telegram"


def drawn(message: dict[str, Any]) -> list[dict[str, Any]]:
    """What is sent for one message, without the chat."""
    return [_sent(bubble) for bubble in bubbles([message])]


def _sent(bubble: Bubble) -> dict[str, Any]:
    html = as_html(bubble.lines)
    sent: dict[str, Any] = {"html": html.split("\n")}
    if bubble.picture:
        sent["picture"] = list(bubble.picture)
    kept: dict[str, str] = {}
    keyboard = board(bubble.card, html, kept.__setitem__) if bubble.card else None
    if keyboard:
        rows = markup(keyboard, kept.__setitem__)["inline_keyboard"]
        sent["buttons"] = {button["text"]: button["callback_data"] for row in rows for button in row}
    return {**sent, "kept": kept} if kept else sent


def golden() -> dict[str, str]:
    """File name → content."""
    return of_every_card(drawn)


if __name__ == "__main__":
    sys.exit(keep({FOLDER: golden()}))
