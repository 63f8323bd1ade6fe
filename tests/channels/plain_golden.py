"""Every card as REST and the web page are sent it: `python -m tests.channels.plain_golden --write` draws the files anew."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.channels.rest import items_of
from bot.channels.web.entries import answered
from tests.channels.every_card import every_card

FOLDER = Path(__file__).parent / "golden"
DRAWN: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "rest": lambda message: items_of("somebody", [message]),
    "web": lambda message: answered(message, 0).as_json(),
}


def golden() -> dict[str, str]:
    """File, with its channel's folder, to content."""
    files = {}
    for channel, draw in DRAWN.items():
        for kind, messages in every_card().items():
            cards = {name: draw(message) for name, message in messages.items()}
            files[f"{channel}/{kind}.json"] = json.dumps(cards, ensure_ascii=False, indent=1) + "\n"
    return files


def main() -> int:
    """Write the files, or say which differ."""
    made = golden()
    if "--write" in sys.argv:
        for name, text in made.items():
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    different = [name for name, text in made.items() if (FOLDER / name).read_text(encoding="utf-8") != text]
    print("\n".join(different) or "all as they were")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
