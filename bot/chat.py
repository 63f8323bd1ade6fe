"""Talk in the terminal, no server: `make chat`. Lines from a file or a pipe work too."""

from __future__ import annotations

import sys

from bot.quiet import quieten

quieten()

import asyncio  # noqa: E402
import os  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from bot.channels.rest import turn  # noqa: E402

PROMPT = "you  > "
BOT = "bot  "


def shown(messages: list[dict[str, Any]]) -> list[str]:
    """The text of an answer as lines for a terminal, options in brackets."""
    lines = []
    for message in messages:
        text = message.get("text")
        if text:
            lines += [f"{BOT if index == 0 else '     '}{line}" for index, line in enumerate(text.split("\n"))]
            titles = [f"[{button['title']}]" for button in message.get("buttons", [])]
            if titles:
                lines.append("     " + " ".join(titles))
    return lines


async def _talk() -> None:
    print("Starting Kneewise, about 10 seconds …", file=sys.stderr, flush=True)
    from bot.server import make_agent, make_endpoints

    root = Path(__file__).resolve().parents[1]
    agent = await make_agent(os.environ.get("KNEEWISE_MODEL", str(root / "models")), make_endpoints("sqlite://"))
    interactive = sys.stdin.isatty()
    print("Ready. Write about your knee; Ctrl-D ends.", file=sys.stderr, flush=True)
    while True:
        try:
            line = await asyncio.get_running_loop().run_in_executor(None, input, PROMPT if interactive else "")
        except (EOFError, KeyboardInterrupt):
            return
        if not interactive:
            print(f"{PROMPT}{line}")
        for text in shown(await turn(agent, "terminal", line, "rest")):
            print(text, flush=True)


def main() -> int:
    """Run the chat.

    Returns:
        The exit code.
    """
    asyncio.run(_talk())
    return 0


if __name__ == "__main__":
    sys.exit(main())
