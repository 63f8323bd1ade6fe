"""The golden files of the channels: every card as it is sent, compared or drawn anew.

`python -m tests.channels.golden_files [--write]` does REST and the web page; Slack and Telegram have commands of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.channels.rest import items_of
from bot.channels.web.entries import answered
from tests.channels.every_card import every_card

FOLDER = Path(__file__).parent / "golden"
PLAIN: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "rest": lambda message: items_of("somebody", [message]),
    "web": lambda message: answered(message, 0).as_json(),
}


def as_text(drawing: Any) -> str:
    """A drawing as it stands in its file."""
    return json.dumps(drawing, indent=1, ensure_ascii=False) + "\n"


def of_every_card(draw: Callable[[dict[str, Any]], Any]) -> dict[str, str]:
    """File name to content, one file a kind of card.

    Args:
        draw: a message to what the channel sends for it.
    """
    return {
        f"{kind}.json": as_text({name: draw(message) for name, message in messages.items()})
        for kind, messages in every_card().items()
    }


def keep(made: Mapping[Path, Mapping[str, str]]) -> int:
    """The command: compare with the files, or write them and take away those that are left over.

    Args:
        made: folder to file name to content.

    Returns:
        1 when something differs.
    """
    options = argparse.ArgumentParser(description="Compare every card as it is sent with its golden file.")
    options.add_argument("--write", action="store_true", help="write the files anew")
    write, differing = options.parse_args().write, 0
    for folder, files in made.items():
        folder.mkdir(parents=True, exist_ok=True)
        kept = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
        for name in sorted(name for name in {*kept, *files} if kept.get(name) != files.get(name)):
            print(f"{'written' if write else 'differs'}: {folder.name}/{name}")
            differing += not write
            if write and name in files:
                (folder / name).write_text(files[name], encoding="utf-8")
            elif write:
                (folder / name).unlink()
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(keep({FOLDER / channel: of_every_card(draw) for channel, draw in PLAIN.items()}))
