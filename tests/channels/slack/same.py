"""Whether a conversation on Slack ends as it does on REST. `python -m tests.channels.slack.same` plays all of them (minutes)."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from bot.channels.turns import turn
from bot.play import Played, play, read_script
from tests.channels.slack.driver import Driver
from tests.channels.slack.house import House

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = sorted((ROOT / "tests" / "conversations").glob("*.yml"))


def course(played: Played) -> tuple[str | None, list[str]]:
    """The level that was reached, and every question in order."""
    end = played.assessment
    return end["level"] if end else None, [card["id"] for card in played.cards if card["kind"] == "question"]


async def differences(path: Path, agent: Any, house: House) -> tuple[list[str], Driver]:
    """Play one script on both; what went differently, or was not as written on Slack alone."""
    script, sender = read_script(path), uuid.uuid4().hex

    async def rest(text: str) -> Any:
        return await turn(agent, sender, text, "rest")

    driver = Driver(house, house.person(f"U{sender[:10].upper()}"))
    on_slack, on_rest = await play(script, driver.send), await play(script, rest)
    problems = [problem for problem in on_slack.problems if problem not in on_rest.problems]
    if course(on_slack) != course(on_rest):
        problems.append(f"Slack {course(on_slack)}, REST {course(on_rest)}")
    return problems, driver


async def _all() -> int:
    from bot.server import make_agent, make_endpoints

    agent = await make_agent(str(ROOT / "models"), make_endpoints("sqlite://"))
    wrong = tapped = typed = 0
    with tempfile.TemporaryDirectory() as folder:
        async with House(Path(folder), agent=agent) as house:
            for path in SCRIPTS:
                problems, driver = await differences(path, agent, house)
                wrong, tapped, typed = wrong + bool(problems), tapped + driver.tapped, typed + driver.typed
                print("\n".join(f"{path.stem}: {problem}" for problem in problems) or path.stem, flush=True)
    print(f"{len(SCRIPTS) - wrong} of {len(SCRIPTS)} went on Slack as on REST; {tapped} taps, {typed} typed messages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_all()))
