"""People who talk, and send a message again under the same id until it is answered, as a browser does."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from actions.wording import service
from tests.faults.paths import Path, Step
from tests.faults.seen import difference, is_safety, seen

SECONDS_TO_ANSWER = 5.0
"""Within these, there is to be an answer or the safety card."""
SECONDS_OF_PATIENCE = 30.0
"""For one request; who then has nothing was left in silence."""
SECONDS_UNTIL_GIVEN_UP = 120.0
"""For one message with all its repetitions; who then has no answer was lost."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 1.0
IN_HASTE = 0.03
"""Share of the messages that are sent twice at once."""


@dataclass
class Held:
    """One conversation as it was held."""

    sender: str
    path: Path
    answered: int = 0
    """Steps whose right answer arrived."""
    wrong: str = ""
    given_up: str = ""


@dataclass
class Measured:
    """Everything that is measured over all people. Times are seconds of the loop's clock."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """Of requests: right, wrong, safety card, told that it is down, nothing."""
    late: list[float] = field(default_factory=list)
    """Seconds of the requests that had neither answer nor safety card in time."""
    worst: float = 0.0
    waits: list[tuple[float, float]] = field(default_factory=list)
    """Of each message: when it was sent first, and how many seconds later the right answer was there."""
    failures: list[tuple[float, str]] = field(default_factory=list)
    """When a request was not answered rightly, and what came instead."""


class People:
    """So many at a time.

    Args:
        url: of nginx.
        paths: what they say.
        chance: draws.
        log: hears of what is wrong.
    """

    def __init__(self, url: str, paths: Sequence[Path], chance: random.Random, log: Callable[[str], None]):
        self._webhook = f"{url}/webhooks/rest/webhook"
        self._paths, self._chance, self._log = paths, chance, log
        self._numbers = itertools.count()
        self.held: list[Held] = []
        self.measured = Measured()
        self.stopping = False
        """No further conversation is begun."""

    async def talk(self, conversations: int, at_once: int) -> None:
        """Hold so many conversations."""
        await asyncio.gather(*(self._talk_on(conversations) for _ in range(at_once)))

    async def _talk_on(self, conversations: int) -> None:
        while not self.stopping:
            number = next(self._numbers)
            if number >= conversations:
                return
            held = Held(f"{number}-{uuid.uuid4().hex}", self._chance.choice(self._paths))
            self.held.append(held)
            await self._hold(held, number)

    async def _hold(self, held: Held, number: int) -> None:
        """One conversation, from an address of its own: nginx and the bot limit what comes from one."""
        address = f"127.{1 + number // 62500 % 250}.{number // 250 % 250}.{1 + number % 250}"
        connector = aiohttp.TCPConnector(local_addr=(address, 0))
        async with aiohttp.ClientSession(connector=connector) as session:
            for at, step in enumerate(held.path.steps):
                if not await self._say(session, held, f"m{at}", step):
                    return
                held.answered += 1

    async def _say(self, session: aiohttp.ClientSession, held: Held, id: str, step: Step) -> bool:
        """Say one thing until it is answered; whether it was answered rightly."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while loop.time() - begun < SECONDS_UNTIL_GIVEN_UP:
            copies = 2 if self._chance.random() < IN_HASTE else 1
            came = await asyncio.gather(*(self._ask(session, held.sender, id, step) for _ in range(copies)))
            strange = next((answer for outcome, answer in came if outcome == "wrong"), None)
            if strange is not None:
                held.wrong = f"{held.path.name}, {id}: {step.said!r}\n{difference(step.seen, shown(strange))}"
                self._log(f"WRONG in {held.sender}: {held.wrong}")
                return False
            if any(outcome == "right" for outcome, _ in came):
                self.measured.waits.append((begun, loop.time() - begun))
                return True
            await asyncio.sleep(self._chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))
        held.given_up = f"{held.path.name}, {id}"
        self._log(f"GIVEN UP in {held.sender}: {held.given_up}")
        return False

    async def _ask(self, session: aiohttp.ClientSession, sender: str, id: str, step: Step) -> tuple[str, str]:
        """One request; what came of it, and the answer."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        outcome, answer = await self._asked(session, {"sender": sender, "message": step.said, "message_id": id}, step)
        took = loop.time() - begun
        measured = self.measured
        measured.outcomes[outcome] += 1
        measured.worst = max(measured.worst, took)
        if took > SECONDS_TO_ANSWER or outcome == "nothing":
            measured.late.append(took)
            self._log(f"LATE: {outcome} after {took:.1f} s in {sender} {id}")
        if outcome != "right":
            measured.failures.append((begun, outcome))
        return outcome, answer

    async def _asked(self, session: aiohttp.ClientSession, body: dict[str, str], step: Step) -> tuple[str, str]:
        timeout = aiohttp.ClientTimeout(total=SECONDS_OF_PATIENCE)
        try:
            async with session.post(self._webhook, json=body, timeout=timeout) as reply:
                status, text = reply.status, await reply.text()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            return "nothing", repr(error)
        return judged(status, text, step), text


def judged(status: int, text: str, step: Step) -> str:
    """What an answer is: right, safety card, told that it is down, nothing, or wrong."""
    try:
        answer: Any = json.loads(text)
    except ValueError:
        return "wrong"
    if status == 503:
        return "told that it is down" if "emergency" in text else "nothing"
    if status != 200 or not isinstance(answer, list):
        return "wrong"
    if is_safety(answer):
        return "safety card" if service()["emergency"] in text else "wrong"
    return "right" if seen(answer) == step.seen else "wrong"


def shown(text: str) -> str:
    """An answer as it is compared; as it came, where it is none."""
    try:
        return seen(json.loads(text))
    except (ValueError, AttributeError, TypeError):
        return text
