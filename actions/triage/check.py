"""Looks for mistakes in `clinical/` that a file alone does not show: `python -m actions.triage.check`.

`load_protocol` refuses what does not fit together (K100 to K108). Here follow the questions and rules that are
idle (K109 to K112), missing sources in every file (K105), check-ins about no finding (K113), and words that a person could not read (K201 to K205).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any, TextIO

from actions import cards
from actions.triage import yaml_lines
from actions.triage.conditions import NOT_SURE
from actions.triage.errors import Mistake, ProtocolError
from actions.triage.loader import CLINICAL, load_protocol
from actions.triage.model import Finding, Presentation, Protocol, Question, Rule, Screen
from actions.triage.people import people
from actions.triage.reading import OPTIONS, Text, is_prose, reading_age, sentences, syllables, texts, words

MOST_WORDS = 20
MOST_YEARS = 11
FEWEST_WORDS = 15
"""Below this, a reading age says more about chance than about the text."""
MOST_TITLE = 75
"""Characters of a button in Slack."""
MOST_BYTES = 64
"""A Telegram button's data."""
SOURCED = ("advice.yml", "check_in.yml", "exercises.yml", "load.yml")
"""Files whose sources `load_protocol` does not read."""
BUTTONS = ("title", OPTIONS, "none_of_these", "not_sure", "yes_word", "no_word")


@dataclass(frozen=True)
class Content:
    """Everything in `clinical/`, read once."""

    protocol: Protocol
    files: Mapping[str, Any]
    texts: tuple[Text, ...]


def check(folder: Path) -> list[Mistake]:
    """Every mistake in the content, in the order of files and lines.

    Args:
        folder: where the files are, `clinical/` for example.

    Returns:
        An empty list when all is well. What `load_protocol` refuses has to be mended before the rest is looked at.
    """
    try:
        content = read(folder)
    except ProtocolError as error:
        return error.mistakes
    return sorted(set(chain.from_iterable(look(content) for look in LOOKS)))


def read(folder: Path) -> Content:
    """Read the content.

    Raises:
        ProtocolError: when it is not sound enough to look at.
    """
    names = (*SOURCED, "levels.yml", "wording.yml")
    files = {name: yaml_lines.read(folder / name) for name in names}
    return Content(load_protocol(folder), files, tuple(texts(folder)))


# --- questions -------------------------------------------------------------------------------------------


def unasked(content: Content) -> Iterator[Mistake]:
    """K109: a finding that a rule needs and nobody asks for."""
    protocol = content.protocol
    known = set(chain.from_iterable(_asks(step.ask, protocol) for step in protocol.order))
    known |= {finding.id for finding in protocol.findings.values() if finding.watched}
    for rule in protocol.rules:
        for id in sorted(rule.when.ids() - known):
            what = f"{rule.key} needs {id}, which nobody asks for. Put it into the order in findings.yml, alone or in a screen."
            yield Mistake(_file_of(rule, content), rule.line, "K109", what)


def unused(content: Content) -> Iterator[Mistake]:
    """K110: a question that no rule and no presentation uses."""
    protocol = content.protocol
    used = set(chain.from_iterable(rule.when.ids() for rule in protocol.rules))
    for pattern in protocol.presentations:
        used |= pattern.fits_when.ids().union(
            *(clue.when.ids() for clue in pattern.speaks_for + pattern.speaks_against)
        )
    for step in protocol.order:
        for id in _asks(step.ask, protocol):
            if id not in used:
                what = f"{id} is asked, but no rule and no presentation uses it. Take it out, or write the rule that needs it."
                yield Mistake("findings.yml", step.line, "K110", what)


def bare_questions(content: Content) -> Iterator[Mistake]:
    """K205: a question without why, without a second wording, or without room for not sure."""
    protocol = content.protocol
    for card in _questions(protocol):
        for lack in _lacks(card, protocol):
            yield Mistake("findings.yml", card.line, "K205", f"{card.id} has no {lack}. Every question needs one.")


def _lacks(card: Finding | Screen, protocol: Protocol) -> Iterator[str]:
    if not card.why:
        yield "why"
    if card.plainer in ("", card.prompt):
        yield "second wording of its own in plainer"
    asks = _asks(card.id, protocol)
    if not offers_not_sure(cards.question(Question(card.id, asks), protocol)):
        yield "way to answer not sure"


def offers_not_sure(card: cards.Card) -> bool:
    """Whether a question card lets the person say that they are not sure."""
    return any(payload == cards.payload((card.data or {})["id"], NOT_SURE) for _, payload in card.buttons)


def long_payloads(content: Content) -> Iterator[Mistake]:
    """K204: an answer that does not fit into a Telegram button, `a|<card id>|<value>`."""
    for card in _questions(content.protocol):
        for value in _values(card):
            payload = f"a|{card.id}|{value}"
            if len(payload.encode()) > MOST_BYTES:
                what = (
                    f"{payload!r} has {len(payload.encode())} bytes. Shorten the id or the value to fit {MOST_BYTES}."
                )
                yield Mistake("findings.yml", card.line, "K204", what)


def _values(card: Finding | Screen) -> list[str]:
    """The values whose payloads could be longest; several choices travel as a list of their numbers."""
    if isinstance(card, Screen):
        return [_numbers(card.findings), NOT_SURE]
    several = [_numbers(card.options)] if card.kind == "any_of" else []
    return [*(option.value for option in card.options), *several, NOT_SURE]


def _numbers(choices: Collection[object]) -> str:
    return ",".join(str(number) for number in range(1, len(choices) + 1))


def _asks(ask: str, protocol: Protocol) -> tuple[str, ...]:
    return protocol.screens[ask].findings if ask in protocol.screens else (ask,)


def _questions(protocol: Protocol) -> list[Finding | Screen]:
    asked = [finding for finding in protocol.findings.values() if not finding.watched]
    return [*asked, *protocol.screens.values()]


# --- rules -----------------------------------------------------------------------------------------------


def impossible(content: Content) -> Iterator[Mistake]:
    """K111: a rule that can never hold, whatever a person who is sure answers."""
    protocol = content.protocol
    for rule in protocol.rules:
        if not any(rule.when.holds(findings) for findings in people([rule.when], protocol.findings, unsure=False)):
            what = f"{rule.key} can never hold, because its parts contradict each other. Mend its `when`."
            yield Mistake(_file_of(rule, content), rule.line, "K111", what)


def shadowed(content: Content) -> Iterator[Mistake]:
    """K112: a rule that never changes anything, because one of its id that counts before it always holds with it."""
    rules = content.protocol.rules
    for place, rule in enumerate(rules):
        before = [other for other in rules[:place] if other.id == rule.id]
        if before and _only_with(rule, before, content.protocol):
            what = (
                f"{rule.key} never changes anything, because {' or '.join(o.key for o in before)} always holds with it. "
                "Take it out, or mend its `when`."
            )
            yield Mistake(_file_of(rule, content), rule.line, "K112", what)


def _only_with(rule: Rule, others: list[Rule], protocol: Protocol) -> bool:
    """Whether one of `others` holds for everybody for whom `rule` does, and there is somebody."""
    everybody = people([rule.when, *(other.when for other in others)], protocol.findings, unsure=True)
    holding = [findings for findings in everybody if rule.when.holds(findings)]
    return bool(holding) and all(any(other.when.holds(findings) for other in others) for findings in holding)


def _file_of(rule: Rule, content: Content) -> str:
    if rule.id == content.files["levels.yml"]["no_pattern"]["id"]:
        return "levels.yml"
    own = any(pattern.id == rule.id for pattern in content.protocol.presentations)
    return "presentations.yml" if own else "red_flags.yml"


# --- sources ---------------------------------------------------------------------------------------------


def unsourced(content: Content) -> Iterator[Mistake]:
    """K105: an entry without a source, or with one that does not exist, in the files beside the protocol."""
    for file in SOURCED:
        for entry in _entries(content.files[file]):
            sources = entry.get("sources") or []
            unknown = [source for source in sources if source not in content.protocol.sources]
            name = entry.get("id") or entry.get("name") or "The entry"
            if not sources:
                what = f"{name} names no source. Name at least one id of sources.yml."
                yield Mistake(file, entry[yaml_lines.LINE], "K105", what)
            for source in unknown:
                what = f"{source!r} is not in sources.yml. Add it there, or mend the name."
                yield Mistake(file, entry[yaml_lines.LINE], "K105", what)


def unknown_in_check_ins(content: Content) -> Iterator[Mistake]:
    """K113: check-ins that name a finding which does not exist."""
    rules = content.files["check_in.yml"]
    known = content.protocol.findings
    own = {entry["id"] for entry in rules["questions"] if "range" in entry}
    named = {
        "questions": [entry["id"] for entry in rules["questions"] if entry["id"] not in own],
        "screen": rules["screen"]["findings"],
        "without_sessions": [id for id in rules["without_sessions"] if id not in own],
        "fit_the_plan": rules["fit_the_plan"],
        "without_activity": rules["without_activity"],
        "stale": rules["stale"]["lasting"],
    }
    for room, ids in named.items():
        for id in ids:
            if id not in known:
                line = rules["screen"][yaml_lines.LINE] if room == "screen" else rules[yaml_lines.LINE]
                what = f"{room} names {id}, which is no finding. Add it to findings.yml, or mend the name."
                yield Mistake("check_in.yml", line, "K113", what)


def _entries(data: Any) -> Iterator[dict[str, Any]]:
    """Every mapping that is reviewed on its own."""
    if isinstance(data, dict):
        if "id" in data or "review" in data or "sources" in data:
            yield data
        data = list(data.values())
    if isinstance(data, list):
        for part in data:
            yield from _entries(part)


# --- words -----------------------------------------------------------------------------------------------


def long_sentences(content: Content) -> Iterator[Mistake]:
    """K201: a sentence of more than 20 words."""
    for text in content.texts:
        for sentence in sentences(text.text):
            count = len(words(sentence))
            if count > MOST_WORDS:
                what = f"{text.where} has a sentence of {count} words: {sentence!r}. Make two of it, or cut it to {MOST_WORDS}."
                yield Mistake(text.file, text.line, "K201", what)


def hard_words(content: Content) -> Iterator[Mistake]:
    """K202: words that need a reading age over 11, in all that is read together in one entry."""
    for (file, entry), group in groupby(content.texts, key=lambda text: (text.file, text.entry)):
        prose = [text for text in group if is_prose(text.text)]
        count = sum(len(words(text.text)) for text in prose)
        if count < FEWEST_WORDS:
            continue
        age = reading_age(text.text for text in prose)
        if age > MOST_YEARS:
            what = f"{' '.join(entry)} needs a reading age of {age:.1f}. Use shorter sentences{_longest(prose)}."
            yield Mistake(file, prose[0].line, "K202", what)


def _longest(prose: list[Text]) -> str:
    """The words that weigh most, where there are any of three syllables or more."""
    found = dict.fromkeys(word.strip(".").lower() for text in prose for word in words(text.text))
    long = sorted((word for word in found if syllables(word) > 2), key=lambda word: -syllables(word))
    return f", or plainer words for {', '.join(long[:4])}" if long else ""


def long_titles(content: Content) -> Iterator[Mistake]:
    """K203: the title of an option or a button that a channel would refuse or cut."""
    for text in content.texts:
        is_button = text.key in BUTTONS
        if is_button and len(text.text) > MOST_TITLE:
            what = f"{text.where} has {len(text.text)} characters: {text.text!r}. Cut it to {MOST_TITLE}."
            yield Mistake(text.file, text.line, "K203", what)


LOOKS = (
    unasked,
    unused,
    impossible,
    shadowed,
    unsourced,
    unknown_in_check_ins,
    long_sentences,
    hard_words,
    long_titles,
    long_payloads,
    bare_questions,
)


# --- the command -----------------------------------------------------------------------------------------


def summary(content: Content) -> str:
    """What there is, and what a clinician has still to do."""
    protocol = content.protocol
    patterns = {pattern.id for pattern in protocol.presentations}
    rules = [rule for rule in protocol.rules if rule.id not in patterns]
    entries: list[Rule | Presentation] = [*rules, *protocol.presentations]
    unsigned = [entry for entry in entries if not entry.reviewed_by]
    doubtful = [e for file in SOURCED for e in _entries(content.files[file]) if e.get("review") == "needed"]
    return (
        f"The content {protocol.version} is sound: {len(protocol.findings)} findings, {len(rules)} rules, "
        f"{len(patterns)} presentations, {len(content.files['advice.yml'])} topics, {len(protocol.sources)} sources.\n"
        f"No clinician has reviewed {len(unsigned)} of {len(entries)} rules and presentations. "
        f"{len(doubtful)} entries of advice, exercises and load need a check of what is not confirmed in a source."
    )


def main(folder: Path, out: TextIO) -> int:
    """Print every mistake, one a line, or the summary.

    Returns:
        0 when there is no mistake, otherwise 1.
    """
    mistakes = check(folder)
    print("\n".join(map(str, mistakes)) if mistakes else summary(read(folder)), file=out)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(Path(os.environ.get("KNEEWISE_CLINICAL", CLINICAL)), sys.stdout))
