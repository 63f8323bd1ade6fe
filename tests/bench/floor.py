"""The floor: whole triages with no server, asked by lines (`tests.bench.lines`).

One process, one loop: the pipeline reads a message, the engine answers, the cards are drawn as JSON. No HTTP, no Rasa
around it that picks an action and keeps events, no database.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten()

import asyncio  # noqa: E402
import itertools  # noqa: E402
import json  # noqa: E402
import random  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

from actions import known  # noqa: E402
from actions.conversation import message_from, protocol  # noqa: E402
from actions.dialogue import Talk  # noqa: E402
from actions.record import Record  # noqa: E402
from tests.bench.lines import ROOT, serve  # noqa: E402
from tests.bench.says import Triage  # noqa: E402

NUMBERS = itertools.count(1_000_000)


async def triage(agent: Any, chance: random.Random) -> int:
    """One whole triage.

    Args:
        agent: its pipeline reads.
        chance: picks the words.

    Returns:
        How many messages it had.
    """
    record, talk = Record(), Triage(chance)
    said: str | None = talk.first
    while said is not None:
        message = message_from(await agent.parse_message(said))
        shown = Talk(record, message, protocol(), known.today()).reply(message.intent)
        drawn = json.dumps(
            [{"text": card.text, "buttons": card.buttons, "custom": {"card": card.data}} for card in shown]
        )
        said = talk.after(json.loads(drawn))
    return talk.messages


async def floor(agent: Any, seconds: float) -> dict[str, float]:
    """Messages a second, and processor milliseconds of one.

    Args:
        agent: the loaded bot.
        seconds: how long, at least.
    """
    chance, messages = random.Random(next(NUMBERS)), 0
    begun, used = time.perf_counter(), time.process_time()
    while time.perf_counter() - begun < seconds:
        messages += await triage(agent, chance)
    took = time.perf_counter() - begun
    return {"a_second": messages / took, "ms": 1000 * took / messages,
            "cpu_ms": 1000 * (time.process_time() - used) / messages}  # fmt: skip


def main() -> None:
    """Load once, then answer `{"seconds": …}`."""
    from bot.server import make_agent, make_endpoints

    loop = asyncio.new_event_loop()
    agent = loop.run_until_complete(make_agent(str(ROOT / "models"), make_endpoints("sqlite://")))
    serve(lambda request: loop.run_until_complete(floor(agent, request["seconds"])))


if __name__ == "__main__":
    main()
