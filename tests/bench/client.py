"""People who talk to a bot over HTTP, in a process of their own: `tests.bench.lines` says how it is asked.

`{"do": "load", …}` lets so many people talk whole triages for some seconds; `{"do": "talks", …}` has one long talk with
both bots, a message to each in turn, so that a busy moment slows both.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import resource
import time
from typing import Any

import aiohttp

from tests.bench.lines import serve
from tests.bench.says import KINDS, STARTERS_TALK, TALK, NoEnd, varied

WEBHOOK = "/webhooks/rest/webhook"
SECONDS_FOR_A_MESSAGE = 60
WARM_UP = 0.5
"""Seconds of a load before anything counts: connections open, and nobody is in step any more."""
NUMBERS = itertools.count()


class Line:
    """Sends messages and measures them.

    Args:
        session: keeps connections open.
        url: of the bot.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str):
        self._session, self._address = session, url + WEBHOOK
        self.taken: list[tuple[float, float]] = []
        """When each message was answered, and the seconds it took."""
        self.lost = 0
        """Talks that came to no end."""

    async def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        """One message; its answer."""
        begun = time.perf_counter()
        async with self._session.post(self._address, json={"sender": sender, "message": text}) as reply:
            reply.raise_for_status()
            answer = list(await reply.json())
        now = time.perf_counter()
        self.taken.append((now, now - begun))
        return answer


def opened() -> aiohttp.ClientSession:
    """A session with as many connections as there are people."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=SECONDS_FOR_A_MESSAGE)
    )


async def person(line: Line, kind: str, chance: random.Random, end: float) -> int:
    """One person after the other until the time is up; how many came to their end."""
    ended = 0
    while True:
        talk, sender = KINDS[kind](chance), f"bench-{chance.getrandbits(64):x}"
        text: str | None = talk.first
        while text is not None:
            if time.perf_counter() > end:
                return ended
            answer = await line.say(sender, text)
            try:
                text = talk.after(answer)
            except NoEnd:
                line.lost += 1
                break
        else:
            ended += 1


async def load(url: str, kind: str, people: int, seconds: float) -> dict[str, Any]:
    """Messages a second while so many people talk at once.

    Args:
        url: of the bot.
        kind: what they say, a key of `KINDS`.
        people: how many at a time.
        seconds: how long it is counted.
    """
    used = processor_seconds()
    async with opened() as session:
        line, begun = Line(session, url), time.perf_counter() + WARM_UP
        talks = [person(line, kind, random.Random(next(NUMBERS)), begun + seconds) for _ in range(people)]
        ended = sum(await asyncio.gather(*talks))
    took = sorted(spent for at, spent in line.taken if begun <= at <= begun + seconds)
    return {
        "messages": len(took), "a_second": len(took) / seconds, "p50_ms": 1000 * took[len(took) // 2],
        "p95_ms": 1000 * took[int(len(took) * 0.95)], "ended": ended, "lost": line.lost,
        "client_share": (processor_seconds() - used) / (seconds + WARM_UP),
    }  # fmt: skip


def processor_seconds() -> float:
    """What this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def talks(urls: dict[str, str], windows: dict[str, int]) -> dict[str, Any]:
    """One long talk with each bot, a message to each in turn.

    Args:
        urls: of the bots by their name.
        windows: turns to look at, and how many turns from there on.

    Returns:
        For each bot and turn the milliseconds of its messages.
    """
    chance, says = random.Random(next(NUMBERS)), {"ours": TALK, "starter": STARTERS_TALK}
    async with opened() as session:
        lines = {name: Line(session, url) for name, url in urls.items()}
        sender = f"bench-long-{chance.getrandbits(64):x}"
        for number in range(max(int(at) + amount for at, amount in windows.items()) - 1):
            for name, line in lines.items():
                text = says[name][number % len(says[name])]
                await line.say(sender, varied(text, chance) if name == "ours" else text)
    return {
        name: {at: [1000 * spent for _, spent in line.taken[int(at) - 1 : int(at) - 1 + amount]]
               for at, amount in windows.items()}
        for name, line in lines.items()
    }  # fmt: skip


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked."""
    do = {"load": load, "talks": talks}[request.pop("do")]
    return asyncio.run(do(**request))


if __name__ == "__main__":
    serve(answer)
