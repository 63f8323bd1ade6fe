"""Every card as Telegram is sent it: `python -m tests.channels.telegram.golden --write` draws the golden files anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from bot.channels.telegram.buttons import board, markup
from bot.channels.telegram.layout import as_html
from bot.channels.telegram.post import Bubble, bubbles
from tests.channels.every_card import every_card

FOLDER = Path(__file__).parents[1] / "golden" / "telegram"


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
    files = {}
    for kind, messages in every_card().items():
        cards = {name: drawn(message) for name, message in messages.items()}
        files[f"{kind}.json"] = json.dumps(cards, ensure_ascii=False, indent=1) + "\n"
    return files


def main() -> int:
    """Write the files, or say which differ."""
    made = golden()
    if "--write" in sys.argv:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    different = [name for name, text in made.items() if (FOLDER / name).read_text(encoding="utf-8") != text]
    print("\n".join(different) or "all as they were")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
