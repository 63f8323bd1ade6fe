"""The conversations that are held: each one played once without faults, to know what the person should see."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any
from unittest import mock

from rasa.core.agent import Agent

from bot.channels.rest import turn
from bot.play import play, read_script
from tests.faults.seen import is_safety, last_record, rows_of_people, seen, talk_of

SCRIPTS = sorted((File(__file__).parents[1] / "conversations").glob("*.yml"))
MOST_STEPS = 14
SECONDS_WITHOUT_FAULTS = 600.0
"""For a turn: on a busy machine, what a person should see is not the safety card."""
OPENINGS = [
    "my knee hurts", "front of my knee hurts on the stairs since i run more, i am 34", "hello", "i twisted my knee yesterday",
    "my left knee is puffy, i'm 52", "/answer" + json.dumps({"question": "opening", "value": "care_now"}),
    "sore below the kneecap after jumping, i am 24, three weeks now", "my knee gives way", "knee pain when running",
]  # fmt: skip
ASIDES = ["/why", "/summary", "/back", "why do you ask", "thanks", "can i run with this", "what is runner's knee", "hm"]
AFTERWARDS = [
    "/summary",
    "/human",
    "why",
    "show me my exercises",
    "thanks",
    "/back",
    "/checkin",
    "my calf is swollen too",
]
FORGETS = "delete"
"""What such a talk says is answered differently when it comes twice: nothing is left to know it by."""

Send = Callable[[str], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True)
class Step:
    """One message and what its answer shows."""

    said: str
    seen: str


@dataclass(frozen=True)
class Path:
    """A conversation as it goes without faults.

    Attributes:
        name: where it is from.
        steps: what is said, one after the other.
        record: what the bot has written down at its end.
        rows: and how many rows in which table.
    """

    name: str
    steps: tuple[Step, ...]
    record: str
    rows: dict[str, int]


class Enough(Exception):
    """The conversation is as long as it is to be."""


async def paths(agent: Agent, amount: int, chance: random.Random) -> list[Path]:
    """So many conversations: half of them scripted ones, half walks by the buttons of the cards.

    Args:
        agent: in this process, without faults.
        amount: how many.
        chance: draws them.
    """
    scripts = [path for path in SCRIPTS if FORGETS not in path.stem]
    chance.shuffle(scripts)
    found = [await _played(agent, script, chance) for script in scripts[: amount // 2]]
    found += [await _walked(agent, number, chance) for number in range(amount - len(found))]
    return [path for path in found if path.steps]


async def replayed(agent: Agent, path: Path) -> Path:
    """The same once more, by what was said: two plays that differ mean that a comparison proves nothing."""

    async def say_all(send: Send) -> None:
        for step in path.steps:
            await send(step.said)

    return await _recorded(agent, path.name, say_all, len(path.steps))


async def _played(agent: Agent, script: File, chance: random.Random) -> Path:
    async def say_all(send: Send) -> None:
        await play(read_script(script), send)

    return await _recorded(agent, script.stem, say_all, chance.randint(4, MOST_STEPS))


async def _walked(agent: Agent, number: int, chance: random.Random) -> Path:
    async def say_all(send: Send) -> None:
        answer = await send(chance.choice(OPENINGS))
        while True:
            answer = await send(_next(answer, chance))

    return await _recorded(agent, f"walk {number}", say_all, chance.randint(3, MOST_STEPS))


async def _recorded(agent: Agent, name: str, say_all: Callable[[Send], Awaitable[None]], most: int) -> Path:
    sender, steps = f"without-faults-{uuid.uuid4().hex}", []

    async def send(text: str) -> list[dict[str, Any]]:
        if len(steps) >= most:
            raise Enough
        answer = await turn(agent, sender, text, "rest", f"m{len(steps)}")
        if is_safety(answer):
            raise AssertionError(f"{name}: failed without a fault, at {text!r}")
        steps.append(Step(text, seen(answer)))
        return answer

    with suppress(Enough), mock.patch("bot.channels.turns.SECONDS_FOR_A_TURN", SECONDS_WITHOUT_FAULTS):
        await say_all(send)
    records = agent.tracker_store.records
    person = records.person(sender)
    rows = rows_of_people(records).get(person, {})
    return Path(name, tuple(steps), last_record(talk_of(records, person)), rows)


def _next(answer: list[dict[str, Any]], chance: random.Random) -> str:
    """Something that a person may say next, mostly by a button or an option of the card."""
    cards = [item["custom"]["card"] for item in answer if "card" in (item.get("custom") or {})]
    question = next((card for card in reversed(cards) if card["kind"] == "question"), None)
    if question is None:
        payloads = [button["payload"] for item in answer for button in item.get("buttons", [])]
        return chance.choice(payloads or AFTERWARDS)
    if chance.random() < 0.1:
        return chance.choice(ASIDES)
    return "/answer" + json.dumps({"question": question["id"], "value": _value(question, chance)})


def _value(question: dict[str, Any], chance: random.Random) -> Any:
    options = [option["value"] for option in question.get("options", [])]
    if question["input"] == "any_of":
        return [chance.choice(options)] if options and chance.random() < 0.3 else []
    if question["input"] == "number":
        low, high = question.get("range") or (0, 90)
        return chance.randint(int(low), min(int(high), int(low) + 60))
    if question["input"] == "yes_no":
        return chance.choices(["no", "yes", "not_sure"], [6, 2, 1])[0]
    return chance.choice(options) if options else "in this chat"
