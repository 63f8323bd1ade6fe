"""A simulated patient: answers every card from the facts of a vignette, and the report on how all of them went.

`python -m tests.vignettes.patient` prints the report, with `--write` also into docs/vignettes.md.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from actions.answers import Heard, Message, check_value
from actions.cards import NOT_SURE, Card, payload
from actions.dialogue import Talk
from actions.record import Record
from actions.triage import Level, Protocol, Question, load_protocol, next_step
from actions.triage.model import Finding

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "vignettes.md"
TODAY = date(2024, 5, 1)
"""Fixed, so that a plan's review date never changes a test."""
ENDLESS = 60
"""Cards after which a talk is given up; no talk may come near."""
KEYS = {"id", "level", "rules", "facts", "words", "source", "note"}


@dataclass(frozen=True)
class Vignette:
    """One invented person, with the level of care that the clinical reference gives them."""

    id: str
    level: Level
    rules: tuple[str, ...]
    """Rules that must be among the reasons."""
    facts: Mapping[str, Any]
    """Finding id to value; a yes-or-no finding that is not listed is `no`."""
    words: str
    """How the person would say it."""
    source: str
    note: str
    file: str

    def answer(self, finding: Finding) -> Any:
        """What this person answers when asked for `finding`; what the facts leave open is the least they can say."""
        if finding.id in self.facts:
            return self.facts[finding.id]
        return {"yes_no": "no", "any_of": []}.get(finding.kind, NOT_SURE)

    def unasked(self, protocol: Protocol) -> dict[str, Any]:
        """Facts that no card asks for, so that the person must say them of their own accord (RF25)."""
        return {id: value for id, value in self.facts.items() if protocol.findings[id].watched}


@dataclass(frozen=True)
class Outcome:
    """How one talk went."""

    level: Level
    rules: tuple[str, ...]
    """The reasons as the assessment card names them: rules, or at self-care the patterns that fit."""
    asked: tuple[str, ...]
    """The ids of the question cards, in order."""
    findings: Mapping[str, Any]
    """What was known at the end."""


Player = Callable[[Vignette, Protocol], Outcome]
Results = list["tuple[Vignette, Outcome]"]


def read_vignettes(protocol: Protocol, folder: Path = HERE) -> list[Vignette]:
    """Every vignette of a folder.

    Args:
        protocol: says which findings exist, and which values fit them.
        folder: holds files of vignettes.

    Raises:
        ValueError: a key or a finding that does not exist, or a value that does not fit; with file and id.
    """
    found = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            try:
                found.append(_vignette(entry, path.stem, protocol))
            except (KeyError, ValueError) as error:
                raise ValueError(f"{path.name}: {entry.get('id')}: {error}") from None
    return found


def _vignette(entry: dict[str, Any], file: str, protocol: Protocol) -> Vignette:
    if set(entry) != KEYS:
        raise ValueError(f"keys must be {sorted(KEYS)}, not {sorted(entry)}")
    return Vignette(
        id=entry["id"],
        level=Level.of(entry["level"]),
        rules=tuple(entry["rules"]),
        facts={id: check_value(protocol.findings[id], value) for id, value in entry["facts"].items()},
        words=entry["words"].strip(),
        source=(entry["source"] or "").strip(),
        note=(entry["note"] or "").strip(),
        file=file,
    )


# --- playing ---------------------------------------------------------------------------------------


def through_engine(vignette: Vignette, protocol: Protocol) -> Outcome:
    """Play one vignette with the engine alone: its questions are answered until it gives an assessment."""
    record = Record()
    record.take(vignette.unasked(protocol))
    asked: list[str] = []
    while isinstance(step := next_step(record.findings, protocol, frozenset(record.doubts)), Question):
        asked.append(step.id)
        if len(asked) > ENDLESS:
            raise AssertionError(f"{vignette.id}: no end after {asked}")
        record.take({id: vignette.answer(protocol.findings[id]) for id in step.asks})
    reasons = step.because or step.fits
    return Outcome(step.level, tuple(reason.id for reason in reasons), tuple(asked), record.findings)


def through_words(read: Callable[[str], Message]) -> Player:
    """A player whose people first say everything in their own words, and tap the cards from there.

    Args:
        read: understands a text, with the trained model.
    """
    return lambda vignette, protocol: through_dialogue(vignette, protocol, read(vignette.words))


def through_dialogue(vignette: Vignette, protocol: Protocol, first: Message | None = None) -> Outcome:
    """Play one vignette through whole turns of talk: it sees cards, and taps or types payloads (Contract 2).

    Args:
        vignette: the person.
        protocol: for the questions.
        first: what they open with; "my knee hurts", and what no card asks for, when None.
    """
    heard = tuple(Heard(id, id, "present") for id in vignette.unasked(protocol))
    message = first or Message("my knee hurts", intent="report", heard=heard)
    kept: dict[str, Any] = {}
    asked: list[str] = []
    while len(asked) <= ENDLESS:
        talk = Talk(Record.from_json(kept), message, protocol, TODAY)
        shown = talk.reply(message.intent)
        kept = json.loads(json.dumps(talk.record.to_json()))
        waiting = [card for card in shown if card.kind in ("question", "assessment")]
        if len(waiting) != 1 or waiting[0].data is None:
            raise AssertionError(f"{vignette.id}: one question or one result expected, got {[c.kind for c in shown]}")
        card, data = waiting[0], waiting[0].data
        if card.kind == "assessment":
            rules = tuple(reason["rule"] for reason in data["reasons"])
            return Outcome(Level.of(data["level"]), rules, tuple(asked), kept["findings"])
        asked.append(data["id"])
        message = Message(reply(card, vignette, protocol), intent="answer")
    raise AssertionError(f"{vignette.id}: no end after {asked}")


def reply(card: Card, vignette: Vignette, protocol: Protocol) -> str:
    """The payload with which this person answers a question card, from what the card shows and nothing else.

    Raises:
        AssertionError: the card has no button for an answer that takes one tap.
    """
    asked = card.data or {}
    if asked["id"] in protocol.screens:
        told = {one["value"]: vignette.answer(protocol.findings[one["value"]]) for one in asked["options"]}
        unsure = NOT_SURE in told.values()
        value: Any = told if unsure else [id for id, said in told.items() if said == "yes"]
    else:
        value = vignette.answer(protocol.findings[asked["id"]])
    text = payload(asked["id"], value)
    one_tap = asked["input"] in ("yes_no", "one_of") or value in ([], NOT_SURE)
    if one_tap and text not in [button for _, button in card.buttons]:
        raise AssertionError(f"{vignette.id}: no button says {text}; there are {card.buttons}")
    return text


def play_all(vignettes: Iterable[Vignette], protocol: Protocol, player: Player) -> Results:
    """Every vignette with its outcome."""
    return [(vignette, player(vignette, protocol)) for vignette in vignettes]


# --- the report ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """Some of a number of talks."""

    hits: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval, from 0 to 1; the whole range when there is nothing to count."""
        if not self.of:
            return 0.0, 1.0
        z = 1.959964
        share, width = self.hits / self.of, z * z / self.of
        middle = (share + width / 2) / (1 + width)
        half = z / (1 + width) * math.sqrt(share * (1 - share) / self.of + width / self.of / 4)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        percent = f"{100 * self.hits / self.of:.1f}%" if self.of else "none"
        return f"{self.hits} of {self.of} | {percent} | {100 * low:.1f} to {100 * high:.1f}"


def share(results: Results, holds: Callable[[Vignette, Outcome], bool], of: Iterable[Level] = tuple(Level)) -> Share:
    """How many of the vignettes at some levels went in a certain way."""
    counted = [holds(vignette, outcome) for vignette, outcome in results if vignette.level in of]
    return Share(sum(counted), len(counted))


def exact(vignette: Vignette, outcome: Outcome) -> bool:
    """The level is the one expected."""
    return outcome.level == vignette.level


def under(vignette: Vignette, outcome: Outcome) -> bool:
    """Under-triage: less urgent than expected."""
    return outcome.level < vignette.level


def over(vignette: Vignette, outcome: Outcome) -> bool:
    """Over-triage: more urgent than expected."""
    return outcome.level > vignette.level


def safe(vignette: Vignette, outcome: Outcome) -> bool:
    """Safe as Gilbert 2020 counts it (10.1136/bmjopen-2020-040269): at most one level less urgent than expected."""
    return outcome.level >= vignette.level - 1


def emergency(_: Vignette, outcome: Outcome) -> bool:
    """Sent to an emergency department or to call an ambulance."""
    return outcome.level >= Level.EMERGENCY_DEPARTMENT


EMERGENCIES = (Level.AMBULANCE, Level.EMERGENCY_DEPARTMENT)
NO_EMERGENCIES = tuple(level for level in Level if level not in EMERGENCIES)


def report(results: Results, protocol: Protocol) -> str:
    """The results as studies of symptom checkers give them, in Markdown.

    Args:
        results: from `play_all`.
        protocol: its version is named.
    """
    emergencies = [outcome for vignette, outcome in results if vignette.level in EMERGENCIES]
    levels = sorted(Level, reverse=True)
    lines = [
        f"{len(results)} vignettes, protocol {protocol.version}. Each share comes with Wilson's 95% interval.",
        "",
        "| measure | talks | share | 95% interval |",
        "|---|---|---|---|",
        f"| exact level | {share(results, exact)} |",
        f"| safe: at most one level less urgent (Gilbert 2020) | {share(results, safe)} |",
        f"| under-triage: less urgent than expected | {share(results, under)} |",
        f"| over-triage: more urgent than expected | {share(results, over)} |",
        f"| sensitivity for emergencies (department or ambulance) | {share(results, emergency, EMERGENCIES)} |",
        f"| non-emergencies sent to an emergency service | {share(results, emergency, NO_EMERGENCIES)} |",
        *[f"| sensitivity, {level.id} | {share(results, exact, (level,))} |" for level in levels],
        "",
        "| level expected | mean cards | most cards | " + " | ".join(level.id for level in levels) + " |",
        "|---|---|---|" + "---|" * len(levels),
    ]
    for level in levels:
        lines.append(_row(level.id, [outcome for vignette, outcome in results if vignette.level == level]))
    lines.append(_row("all", [outcome for _, outcome in results]))
    if emergencies:
        most = max(len(outcome.asked) for outcome in emergencies)
        lines += ["", f"An emergency is named after at most {most} cards. The last columns: the level that was given."]
    return "\n".join(lines)


def _row(name: str, outcomes: list[Outcome]) -> str:
    """Cards and given levels of one group."""
    cards = [len(outcome.asked) for outcome in outcomes] or [0]
    given = [str(sum(outcome.level == level for outcome in outcomes)) for level in sorted(Level, reverse=True)]
    return f"| {name} | {sum(cards) / len(cards):.1f} | {max(cards)} | " + " | ".join(given) + " |"


HEAD = """# How the vignettes go

Written by `python -m tests.vignettes.patient --write`; do not edit. The people are invented. The same project wrote
them, the rules and this page, from one reference. No clinician has reviewed any of it. So the numbers show that the
rules do what they say. They say nothing about how real people would fare. A simulated patient knows every fact about
itself and taps the right button. Real people do not.

"""


def main(arguments: list[str]) -> int:
    """Print the report.

    Args:
        arguments: `--write` also writes docs/vignettes.md.

    Returns:
        0 when every talk ended at the expected level, else 1.
    """
    protocol = load_protocol()
    results = play_all(read_vignettes(protocol), protocol, through_dialogue)
    text = report(results, protocol)
    print(text)
    for vignette, outcome in results:
        if not exact(vignette, outcome):
            print(f"{vignette.id}: {outcome.level.id}, expected {vignette.level.id}; reasons {outcome.rules}")
    if "--write" in arguments:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(HEAD + text + "\n", encoding="utf-8")
    return 0 if all(exact(*result) for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
