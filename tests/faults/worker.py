"""A worker as it is, but for its actions: they fail when a file says so. With `--all N`: the supervisor of N of these."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

ORDER, ONE_MORE = "actions", "block"
"""Files in the folder of the run: how actions fail at the moment; and that one of them is to stop its whole worker."""
HOW = ("raise", "raise inside", "hang", "nonsense")
NONSENSE: list[Any] = [
    None, "sorry", {}, {"events": None, "responses": []}, {"events": [], "responses": []},
    {"events": [{"event": "no such event"}], "responses": [{"text": "my knee is a teapot"}]},
    {"events": [3], "responses": [4]}, {"events": [], "responses": [{"text": 7, "buttons": "none"}]},
    {"events": [{"event": "slot", "name": "record", "value": {"findings": 5}}], "responses": [{"text": "wrong"}]},
    {"events": [{"event": "slot", "name": "record", "value": "gone"}], "responses": []},
    {"events": [{"event": "restart"}], "responses": []},
]  # fmt: skip
SECONDS_BLOCKED = 60.0


def break_actions(folder: Path) -> None:
    """From now on, actions of this process fail as the files in the folder say."""
    from actions.dialogue import Talk
    from bot.actions_in_process import InProcessActions

    whole, reply = InProcessActions.request, Talk.reply

    def ordered() -> str:
        try:
            return (folder / ORDER).read_text()
        except FileNotFoundError:
            return ""

    async def request(self: InProcessActions, json: dict[str, Any], **more: Any) -> Any:
        block_once(folder)
        how = ordered() if random.random() < 0.5 else ""
        if how == "raise":
            raise RuntimeError("broken on purpose")
        if how == "hang":
            await asyncio.Event().wait()
        if how == "nonsense":
            return random.choice(NONSENSE)
        return await whole(self, json, **more)

    def inside(self: Talk, wish: str) -> Any:
        if ordered() == "raise inside" and random.random() < 0.5:
            raise RuntimeError("broken on purpose")
        return reply(self, wish)

    InProcessActions.request, Talk.reply = request, inside  # type: ignore[method-assign]


def block_once(folder: Path) -> None:
    """Stop the whole process for a while, if that was ordered; the first that finds the order takes it away."""
    try:
        (folder / ONE_MORE).unlink()
    except FileNotFoundError:
        return
    time.sleep(SECONDS_BLOCKED)


def main(arguments: list[str]) -> int:
    """Run one worker, or the supervisor of several."""
    if arguments:
        from bot.workers import Workers

        return asyncio.run(Workers(int(arguments[1]), [sys.executable, "-m", "tests.faults.worker"], os.environ).run())
    from bot.server import main as serve

    break_actions(Path(os.environ["FAULTS_FOLDER"]))
    return serve()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
