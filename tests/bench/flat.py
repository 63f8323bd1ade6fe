"""Does a long talk cost more than a short one? `python -m tests.bench.flat` prints it as ratios.

Processor time, so that a busy machine changes nothing. Every talk says the same things in turn, so turn 5 and turn 300
are compared over the same kinds of messages.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten()

import argparse  # noqa: E402
import asyncio  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from datetime import date, timedelta  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import median  # noqa: E402
from typing import Any  # noqa: E402

from bot.channels.turns import turn  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SAYS = ["my knee kills going downstairs {}", "/back", "no swelling at all {}", "why", "/summary"]
CHANNEL = "rest"
MOST = 1.3


async def turns(agent: Any, sender: str, upto: int) -> list[float]:
    """Processor milliseconds of each turn of one talk."""
    taken = []
    for number in range(upto):
        text = SAYS[number % len(SAYS)].format(number)
        begun = time.process_time()
        await turn(agent, sender, text, CHANNEL)
        taken.append((time.process_time() - begun) * 1000)
    return taken


def around(taken: list[float], number: int) -> float:
    """The mean over one round of what is said, beginning at a turn."""
    part = taken[number : number + len(SAYS)]
    return sum(part) / len(part)


async def ratios(agent: Any, at: tuple[int, ...] = (5, 20, 100, 300), talks: int = 5) -> dict[int, float]:
    """What a turn costs, relative to the first of `at`: medians over talks.

    Args:
        agent: the bot.
        at: turns to look at, rising.
        talks: how many talks.
    """
    each = [await turns(agent, f"bench-flat-{number}", at[-1] + len(SAYS)) for number in range(talks)]
    cost = {number: median(around(taken, number) for taken in each) for number in at}
    return {number: cost[number] / cost[at[0]] for number in at}


def calm(messages: list[dict[str, Any]]) -> str | None:
    """A calm answer to the question in an answer; None when nothing is asked."""
    cards = [(message.get("custom") or {}).get("card") or {} for message in messages]
    asked = next((card for card in reversed(cards) if card.get("kind") == "question"), None)
    if asked is None:
        return None
    options = [option["value"] for option in asked.get("options", [])]
    value: Any = {"yes_no": "no", "any_of": [], "number": 3}.get(asked["input"], options[0] if options else "fine")
    return "/answer" + json.dumps({"question": asked["id"], "value": value})


async def day(agent: Any, sender: str, opening: str) -> tuple[float, int]:
    """One talk of one day to its end: processor milliseconds a turn, and how many turns."""
    said: str | None = opening
    taken = []
    while said is not None and len(taken) < 40:
        begun = time.process_time()
        answer = await turn(agent, sender, said, CHANNEL)
        taken.append((time.process_time() - begun) * 1000)
        said = calm(answer)
    return sum(taken) / len(taken), len(taken)


async def check_ins(
    agent: Any, days: int, set_day: Callable[[date], None], sender: str = "bench-days"
) -> tuple[float, float]:
    """What a turn of a check-in costs on the first ten days and on the last ten: processor milliseconds, medians.

    Args:
        agent: the bot.
        days: how many days in a row.
        set_day: tells the bot what day it is.
        sender: who checks in.
    """
    begin = date(2026, 1, 1)
    set_day(begin)
    await day(agent, sender, "front of my knee hurts on the stairs since i run more, i am 30")
    cost = []
    for number in range(1, days + 1):
        set_day(begin + timedelta(days=number))
        cost.append((await day(agent, sender, "/checkin"))[0])
    return median(cost[:10]), median(cost[-10:])


async def measure(at: tuple[int, ...], talks: int, days: int) -> dict[str, float]:
    """Both on a new database.

    Args:
        at: turns to look at, rising.
        talks: how many talks.
        days: how many check-ins.

    Returns:
        Ratios by "turn N" and "day N", and the milliseconds of a check-in as "first_ms" and "last_ms".
    """
    from bot.server import make_agent, make_endpoints

    with tempfile.TemporaryDirectory() as folder:
        agent = await make_agent(str(ROOT / "models"), make_endpoints(f"sqlite:///{folder}/flat.db"))
        found = {f"turn {number}": ratio for number, ratio in (await ratios(agent, at, talks)).items()}
        first, last = await check_ins(
            agent, days, lambda day: os.environ.__setitem__("KNEEWISE_TODAY", day.isoformat())
        )
    return {**found, f"day {days}": last / first, "first_ms": first, "last_ms": last}


def main() -> int:
    """Print the figures, as JSON when asked for.

    Returns:
        0 when nothing costs more than `MOST` times what it did at first.
    """
    parser = argparse.ArgumentParser(description="Does a long talk cost more than a short one?")
    parser.add_argument("--turns", type=int, nargs="+", default=[5, 20, 100, 300])
    parser.add_argument("--talks", type=int, default=5)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = asyncio.run(measure(tuple(asked.turns), asked.talks, asked.days))
    print(json.dumps(found) if asked.json else "\n".join(f"{name:10} {value:6.2f}" for name, value in found.items()))
    return 0 if all(value <= MOST for name, value in found.items() if not name.endswith("ms")) else 1


if __name__ == "__main__":
    sys.exit(main())
