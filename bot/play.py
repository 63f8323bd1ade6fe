"""Plays a scripted conversation against a bot, and says where it differs from what was expected.

`python -m bot.play --url http://127.0.0.1:5005 tests/conversations/*.yml` plays it against a running server and
prints the transcript; the tests play the same files inside their own process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml

Messages = "list[dict[str, Any]]"
Send = Callable[[str], Awaitable[Any]]

MOST_TURNS = 45
HEALTHY: dict[str, Any] = {
    "for_whom": "self", "age": 35, "recent_injury": "no", "duration_weeks": 3, "trend": "same", "self_care_weeks": 0,
    "stops_daily_life": "no", "location": ["front"], "aggravated_by": ["stairs_down"], "onset": "gradual",
}  # fmt: skip
"""What a person answers who has nothing but runner's knee; `answers` of a script goes first."""
KEYS = {"name", "says", "answers", "in_words", "expect", "turns", "then"}
EXPECTED = {"level", "rules", "no_rules", "questions_at_most", "cards", "no_cards", "understood", "question", "text",
            "no_text", "plan"}  # fmt: skip


@dataclass
class Played:
    """One conversation as it went."""

    transcript: list[str] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    questions: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def question(self) -> dict[str, Any] | None:
        """The question that waits for an answer."""
        for card in reversed(self.cards):
            if card["kind"] == "question":
                return card
            if card["kind"] in ("assessment", "safety"):
                return None
        return None

    @property
    def assessment(self) -> dict[str, Any] | None:
        """The last assessment."""
        return next((card for card in reversed(self.cards) if card["kind"] == "assessment"), None)


def read_script(path: Path) -> dict[str, Any]:
    """A script, checked.

    Raises:
        ValueError: a key that means nothing, or no expectation at all.
    """
    script: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    unknown = set(script) - KEYS
    for expect in [script.get("expect"), *(turn.get("expect") for turn in _turns(script))]:
        unknown |= set(expect or {}) - EXPECTED
    if unknown or "name" not in script:
        raise ValueError(f"{path.name}: {sorted(unknown) or 'no name'}; keys are {sorted(KEYS)}, {sorted(EXPECTED)}")
    if not script.get("expect") and not any(turn.get("expect") for turn in _turns(script)):
        raise ValueError(f"{path.name}: nothing is expected")
    return script


def _turns(script: dict[str, Any]) -> list[dict[str, Any]]:
    return [*script.get("turns", []), *script.get("then", [])]


async def play(script: dict[str, Any], send: Send) -> Played:
    """Play one script.

    Args:
        script: from `read_script`.
        send: gives one message to the bot and returns its answer.
    """
    played = Played()
    for said in script.get("says", []):
        await _say(played, send, said)
    for turn in script.get("turns", []):
        await _turn(played, send, turn)
    if "expect" in script:
        answers = {**HEALTHY, **{id: _value(value) for id, value in script.get("answers", {}).items()}}
        while played.question and len(played.transcript) < MOST_TURNS * 4:
            asked = played.question
            words = script.get("in_words", {}).get(asked["id"])
            await _say(played, send, words if words is not None else _answer(asked, answers))
            if played.question is asked:
                break
        check(played, script["expect"], played.cards)
    for turn in script.get("then", []):
        await _turn(played, send, turn)
    return played


async def _turn(played: Played, send: Send, turn: dict[str, Any]) -> None:
    before = len(played.cards)
    lines = len(played.transcript)
    await _say(played, send, turn["say"])
    check(played, turn.get("expect", {}), played.cards[before:], played.transcript[lines + 1 :])


async def _say(played: Played, send: Send, text: str) -> None:
    played.transcript.append(f"person  {text}")
    messages = await send(text)
    if not messages:
        played.problems.append(f"no answer to {text!r}")
    for message in messages:
        if "text" in message:
            played.transcript.append("bot     " + message["text"].replace("\n", "\n        "))
        card = (message.get("custom") or {}).get("card")
        if card:
            played.cards.append(card)
            played.questions += card["kind"] == "question"


def check(played: Played, expect: dict[str, Any], cards: list[dict[str, Any]], said: list[str] | None = None) -> None:
    """Compare what came with what was expected; differences go to `played.problems`."""
    kinds = [card["kind"] for card in cards]
    last = next((card for card in reversed(cards) if card["kind"] == "assessment"), None)
    level = last["level"] if last else None
    rules = {reason["rule"] for reason in last["reasons"]} if last else set()
    understood = {id: value for card in cards if card["kind"] == "understood" for id, value in card["findings"].items()}
    asked = next((card["id"] for card in reversed(cards) if card["kind"] == "question"), None)
    text = "\n".join(played.transcript if said is None else said).lower()
    problem = played.problems.append
    if "level" in expect and level != expect["level"]:
        problem(f"level {level}, expected {expect['level']}; rules {sorted(rules)}")
    for rule in expect.get("rules", []):
        if rule not in rules:
            problem(f"{rule} is not among the reasons {sorted(rules)}")
    for rule in expect.get("no_rules", []):
        if rule in rules:
            problem(f"{rule} is among the reasons")
    if "questions_at_most" in expect and played.questions > int(expect["questions_at_most"]):
        problem(f"{played.questions} questions, at most {expect['questions_at_most']} expected")
    for kind in expect.get("cards", []):
        if kind not in kinds:
            problem(f"no {kind} card; there were {kinds}")
    for kind in expect.get("no_cards", []):
        if kind in kinds:
            problem(f"there was a {kind} card")
    for id, value in expect.get("understood", {}).items():
        if understood.get(id) != _value(value):
            problem(f"understood {id} as {understood.get(id)!r}, expected {_value(value)!r}")
    if "question" in expect and asked != expect["question"]:
        problem(f"asked {asked}, expected {expect['question']}")
    if "plan" in expect and ("plan" in kinds) != (expect["plan"] == "true"):
        problem(f"plan shown: {'plan' in kinds}, expected {expect['plan']}")
    for part in expect.get("text", []):
        if part.lower() not in text:
            problem(f"nobody said {part!r}")
    for part in expect.get("no_text", []):
        if part.lower() in text:
            problem(f"somebody said {part!r}")


def _answer(asked: dict[str, Any], answers: dict[str, Any]) -> str:
    """The payload that answers a question card from the person's facts."""
    id, options = asked["id"], [option["value"] for option in asked["options"]]
    if id in answers:
        value = answers[id]
    elif asked["input"] == "any_of":
        chosen = {option: answers[option] for option in options if answers.get(option, "no") != "no"}
        value = list(chosen) if set(chosen.values()) <= {"yes"} else chosen
    elif asked["input"] == "yes_no":
        value = "no"
    else:
        value = options[0] if options else 0
    return "/answer" + json.dumps({"question": id, "value": value})


def _value(text: Any) -> Any:
    """A value of a script as the bot knows it: scripts are read as plain text."""
    if isinstance(text, list):
        return [_value(one) for one in text]
    if not isinstance(text, str):
        return text
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


async def _play_over_http(url: str, paths: list[Path]) -> int:
    wrong = 0
    async with aiohttp.ClientSession() as session:
        for path in paths:
            sender = uuid.uuid4().hex

            async def send(text: str, sender: str = sender) -> Any:
                body = {"sender": sender, "message": text}
                async with session.post(f"{url.rstrip('/')}/webhooks/rest/webhook", json=body) as reply:
                    return await reply.json()

            script = read_script(path)
            played = await play(script, send)
            print(f"# {script['name']}  ({path.name})\n")
            print("\n".join(played.transcript), "\n")
            for problem in played.problems:
                print(f"NOT AS EXPECTED: {problem}")
            wrong += bool(played.problems)
    print(f"{len(paths) - wrong} of {len(paths)} went as expected")
    return 1 if wrong else 0


def main() -> int:
    """Command line.

    Returns:
        0 when every conversation went as expected.
    """
    parser = argparse.ArgumentParser(description="Play scripted conversations against a running server.")
    parser.add_argument("--url", default="http://127.0.0.1:5005")
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    return asyncio.run(_play_over_http(options.url, options.files))


if __name__ == "__main__":
    sys.exit(main())
