"""From what was said to findings: payloads, answers in the light of the question, and free text. Pure functions."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from actions.cards import CHECK_IN, DELETE, NOT_SURE, OPENING, options
from actions.triage.model import Finding, Protocol
from actions.wording import content, opening

RECORDED = {"present": "yes", "absent": "no", "uncertain": NOT_SURE}
"""Status of a heard finding to its value; past, hypothetical and other_person leave it not asked."""


def _words(kind: str) -> frozenset[str]:
    """A list of short answers from `clinical/wording.yml`."""
    return frozenset(str(word) for word in content("wording.yml")["answers"][kind])


def _numbers(kind: str) -> dict[str, int]:
    """Words for numbers, the first of the list for 1."""
    return {word: number for number, word in enumerate(content("wording.yml")["answers"][kind], 1)}


YES, NO, UNSURE, ALL = _words("said_yes"), _words("said_no"), _words("unsure"), _words("all")
BESIDE_NUMBERS, BESIDE_TITLES = _words("beside_numbers"), _words("beside_titles")
ASKING = _words("asking")
FIRST_WORDS = {**dict.fromkeys(_words("first_yes"), "yes"), **dict.fromkeys(_words("first_no"), "no")}
NOT_A_NO = tuple(_words("not_a_no"))
WORD_NUMBERS, ORDINALS = _numbers("numbers"), {**_numbers("ordinals"), "last": -1}
DENIES_THE_REST = re.compile(r"^(no\b|nope\b|none\b|nothing\b|only\b|just\b|neither\b)")
MOST_WORDS_OF_A_BARE_ANSWER = 7
"""A longer message is read for what it says, not for yes or no."""
LONGEST_MESSAGE = 4000
"""Characters that are read (the pipeline cuts there); the rest is asked for in parts. A 500-word ramble has about 2,800."""
RECENT_INJURY_DAYS = 42
"""An injury longer ago is not a recent one (vocabulary, Readings)."""
LONG_NO = 12
"""A "no" that goes on for longer than this may deny something else than the whole list."""
CORRECTS = re.compile(r"\b(" + "|".join(sorted(_words("corrects"))) + r")\b")
UNITS = re.compile(r"^(km|k|kms|kilomet(?:re|er)s?|miles?|mi|min|mins|minutes?)$")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


class BadAnswer(ValueError):
    """A payload that does not belong to any question, or does not fit it. Its text is safe to show."""


@dataclass(frozen=True)
class Heard:
    """One thing that the language pipeline read in a message."""

    id: str
    value: Any
    status: str


@dataclass(frozen=True)
class Message:
    """One message from the person, as the language pipeline understood it."""

    text: str
    intent: str = "report"
    heard: tuple[Heard, ...] = ()
    topic: str | None = None
    exercise: str | None = None
    language: str | None = None
    """The language it is in, when it is not English."""

    @property
    def words(self) -> str:
        """Lower case, one space, no apostrophes and no punctuation at the ends."""
        return tidy(self.text)

    @property
    def corrects(self) -> bool:
        """The person says that something told before was wrong."""
        return bool(CORRECTS.search(self.words))


@dataclass(frozen=True)
class Payload:
    """An answer that a button sent: `/answer{"question": …, "value": …}`."""

    question: str
    value: Any


def tidy(text: str) -> str:
    """Text made comparable: lower case, apostrophes gone, punctuation to spaces."""
    text = re.sub(r"['’`]", "", text.lower())
    return " ".join(re.sub(r"[^\w\s./,-]", " ", text).strip(" .,!?-").split())


def read_payload(text: str) -> Payload | None:
    """The answer in a `/answer{…}` message; None when the message is not one.

    Raises:
        BadAnswer: it starts like an answer but cannot be read as one.
    """
    text = text.strip()
    if not text.startswith("/answer"):
        return None
    try:
        data = json.loads(text[len("/answer") :])
        return Payload(str(data["question"]), data["value"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadAnswer("it needs a question and a value") from None


def take_payload(answer: Payload, asks: Iterable[str], protocol: Protocol) -> dict[str, Any]:
    """Findings from a button.

    Args:
        answer: what was sent.
        asks: for a screen, the finding ids that it showed and that were not told otherwise since.
        protocol: names what may be asked and which values fit.

    Returns:
        Finding id to value.

    Raises:
        BadAnswer: unknown question, or a value that does not fit it.
    """
    if answer.question in protocol.screens or answer.question == CHECK_IN:
        return _screen_values(answer.value, tuple(asks))
    finding = protocol.findings.get(answer.question)
    if finding is None or finding.watched:
        raise BadAnswer("there is no such question")
    return {finding.id: check_value(finding, answer.value)}


def check_value(finding: Finding, value: Any) -> Any:
    """The value in its recorded form.

    Raises:
        BadAnswer: it does not fit the finding's kind.
    """
    if value == NOT_SURE:
        return NOT_SURE
    if finding.kind == "yes_no":
        value = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        if value not in ("yes", "no"):
            raise BadAnswer("it must be yes, no or not_sure")
        return value
    allowed = {option.value for option in finding.options}
    if finding.kind == "any_of":
        chosen = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) and one in allowed for one in chosen):
            raise BadAnswer("it must be a list of the options")
        return [option.value for option in finding.options if option.value in chosen]
    if finding.kind == "one_of":
        if not isinstance(value, str) or value not in allowed:
            raise BadAnswer("it must be one of the options")
        return value
    return _number_value(finding, value)


def _number_value(finding: Finding, value: Any) -> Any:
    if isinstance(value, bool):
        raise BadAnswer("it must be a number")
    unit = ""
    if isinstance(value, str):
        parts = value.strip().lower().split()
        match = re.fullmatch(r"(-?\d+(?:\.\d+)?)([a-z]*)", parts[0]) if parts else None
        if not match or len(parts) > 2:
            raise BadAnswer("it must be a number")
        value, unit = float(match[1]), (parts[1] if len(parts) == 2 else match[2])
    if not isinstance(value, (int, float)) or (isinstance(value, float) and not math.isfinite(value)):
        raise BadAnswer("it must be a number")
    if not finding.low <= value <= finding.high:
        raise BadAnswer(f"it must lie between {finding.low:g} and {finding.high:g}")
    if finding.id == "longest_recent_session":
        if not UNITS.match(unit):
            raise BadAnswer("it needs a unit: km, miles or minutes")
        return f"{value:g} {_unit(unit)}"
    if unit and unit != finding.unit and unit.rstrip("s") != finding.unit.rstrip("s"):
        raise BadAnswer(f"the unit must be {finding.unit}")
    return int(value) if float(value).is_integer() else value


def _unit(unit: str) -> str:
    return "km" if unit.startswith("k") else "miles" if unit in ("mi", "mile", "miles") else "minutes"


def _screen_values(value: Any, asks: tuple[str, ...]) -> dict[str, Any]:
    if value == NOT_SURE:
        return dict.fromkeys(asks, NOT_SURE)
    if isinstance(value, dict):
        if not set(value) <= set(asks) or not set(map(str, value.values())) <= {"yes", "no", NOT_SURE}:
            raise BadAnswer("it must name the findings on the card, each yes, no or not_sure")
        return {id: value.get(id, "no") for id in asks}
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value) or not set(value) <= set(asks):
        raise BadAnswer("it must be a list of the findings on the card")
    return {id: "yes" if id in value else "no" for id in asks}


def in_context(message: Message, pending: str, asks: list[str], protocol: Protocol) -> dict[str, Any] | None:
    """What the message answers to the pending card, in the person's own words.

    Args:
        message: what was said.
        pending: the card that waits.
        asks: the finding ids on it, in the order of its options.
        protocol: for kinds and options.

    Returns:
        Finding id to value; None when it does not answer the card.
    """
    if pending in (OPENING, DELETE):
        return _to_choice(message, pending)
    if pending in protocol.screens or pending == CHECK_IN:
        return _to_screen(message, asks, protocol)
    finding = protocol.findings.get(pending)
    return _to_finding(message, finding) if finding else None


def _to_choice(message: Message, pending: str) -> dict[str, Any] | None:
    values = list(opening()["options"]) if pending == OPENING else ["yes", "no"]
    titles = list(opening()["options"].values()) if pending == OPENING else ["yes", "no"]
    picked = _picked(message.words, titles)
    if picked and len(picked) == 1:
        return {pending: values[picked[0]]}
    if pending == DELETE and (said := yes_no(message)) in ("yes", "no"):
        return {pending: said}
    return None


def _to_finding(message: Message, finding: Finding) -> dict[str, Any] | None:
    own = [one for one in message.heard if one.id == finding.id and one.status in RECORDED]
    if finding.kind == "yes_no":
        said = yes_no(message)
        picked = _picked(message.words, [option.title for option in options(finding)])
        if picked and len(picked) == 1 and said is None:
            said = options(finding)[picked[0]].value
        if own and len(message.words.split()) >= 3:
            said = RECORDED[own[-1].status]
        return {finding.id: said} if said else None
    if finding.kind == "number":
        return _to_number(message, finding, own)
    if message.words in UNSURE or message.intent == "not_sure" and not own:
        return {finding.id: NOT_SURE}
    picked = _picked(message.words, [option.title for option in finding.options])
    if finding.kind == "one_of":
        present = [one.value for one in own if one.status == "present"]
        if present:
            return {finding.id: present[-1]}
        if picked and not own and len(picked) == 1:
            return {finding.id: finding.options[picked[0]].value}
        if finding.id == "for_whom" and (said := yes_no(message)) in ("yes", "no"):
            return {finding.id: "self" if said == "yes" else "someone_else"}
        return None
    chosen = {one.value for one in own if one.status == "present"} | {finding.options[i].value for i in picked or ()}
    if chosen:
        return {finding.id: [option.value for option in finding.options if option.value in chosen]}
    return {finding.id: []} if message.words in NO or message.intent == "deny" else None


def _to_number(message: Message, finding: Finding, own: list[Heard]) -> dict[str, Any] | None:
    if own:
        try:
            return {finding.id: check_value(finding, own[-1].value)}
        except BadAnswer:
            return None
    if message.words in UNSURE or message.intent == "not_sure":
        return {finding.id: NOT_SURE}
    if finding.id in ("self_care_weeks", "pain_now", "pain_worst") and message.words in NO:
        return {finding.id: 0}
    if finding.id == "self_care_weeks":
        spans = [one.value for one in message.heard if one.id == "duration_weeks" and one.status == "present"]
        if spans:
            return {finding.id: spans[-1]}
    number = NUMBER.search(message.text)
    words = [WORD_NUMBERS[word] for word in message.words.split() if word in WORD_NUMBERS]
    if not number and not words:
        return None
    bare = message.words if finding.id == "longest_recent_session" else (number[0] if number else words[0])
    try:
        return {finding.id: check_value(finding, bare)}
    except BadAnswer:
        return None


def _to_screen(message: Message, asks: list[str], protocol: Protocol) -> dict[str, Any] | None:
    heard = {one.id: RECORDED[one.status] for one in message.heard if one.id in asks and one.status in RECORDED}
    said = yes_no(message)
    if said == NOT_SURE and not heard:
        return dict.fromkeys(asks, NOT_SURE)
    short = len(message.words.split()) <= LONG_NO
    digits = any(map(str.isdigit, message.words))
    if said == "no" and short and not digits and not any(value != "no" for value in heard.values()):
        return dict.fromkeys(asks, "no")
    if message.words in ALL:
        return dict.fromkeys(asks, "yes")
    picked = _picked(message.words, [protocol.findings[id].title for id in asks])
    if picked:
        ticked = {asks[index] for index in picked}
        return {**{id: "yes" if id in ticked else "no" for id in asks}, **heard}
    if heard:
        if DENIES_THE_REST.match(message.words) and "yes" in heard.values():
            return {**dict.fromkeys(asks, "no"), **heard}
        return heard
    if said == "yes" and len(asks) == 1:
        return {asks[0]: "yes"}
    return None


def yes_no(message: Message) -> str | None:
    """Yes, no or not sure, where the words or the intent say nothing else."""
    words = message.words
    for value, known in ((NOT_SURE, UNSURE), ("yes", YES), ("no", NO)):
        if words in known:
            return value
    first = words.partition(" ")[0].rstrip(",")
    denies = any(one.status == "absent" for one in message.heard)
    if first in FIRST_WORDS and not (denies or message.corrects or words.startswith(NOT_A_NO)):
        return FIRST_WORDS[first]
    if message.heard or len(words.split()) > MOST_WORDS_OF_A_BARE_ANSWER:
        return None
    return {"affirm": "yes", "deny": "no", "not_sure": NOT_SURE}.get(message.intent)


def _picked(words: str, titles: list[str]) -> list[int] | None:
    """Which options were named, by number ("2", "1 and 3", "the second one") or by title; None when none was."""
    tidied = [tidy(title) for title in titles]
    if words in tidied:
        return [tidied.index(words)]
    said = set(re.findall(r"[a-z]+", words)) - BESIDE_TITLES
    digits = any(map(str.isdigit, words))
    within = [
        index for index, title in enumerate(tidied) if said and not digits and said <= set(re.findall(r"[a-z]+", title))
    ]
    if len(within) == 1:
        return within
    parts = re.findall(r"\d+|[a-z]+", words)
    if len(parts) <= 24 and any(map(str.isdigit, parts)) and all(p.isdigit() or p in BESIDE_NUMBERS for p in parts):
        found = [int(part) - 1 for part in parts if part.isdigit() and len(part) < 3]
        return sorted(set(found)) if found and all(0 <= number < len(titles) for number in found) else None
    ordinals = [ORDINALS[word] for word in words.split() if word in ORDINALS]
    if ordinals and len(words.split()) <= 6:
        found = [len(titles) - 1 if number == -1 else number - 1 for number in ordinals]
        return sorted(set(found)) if all(0 <= number < len(titles) for number in found) else None
    return None


def volunteered(
    heard: Iterable[Heard], known: Mapping[str, Any], correcting: bool, protocol: Protocol
) -> dict[str, Any]:
    """Findings that free text adds to what is known.

    Args:
        heard: what the pipeline read.
        known: the record so far.
        correcting: the person says that something before was wrong.
        protocol: for kinds.

    Returns:
        Finding id to value. A red flag that was told stays, unless the person takes it back. What is watched for and
        never asked counts as said when it is doubted.
    """
    new: dict[str, Any] = {}
    for one in heard:
        finding = protocol.findings.get(one.id)
        if finding is None or one.status not in RECORDED:
            continue
        if finding.kind == "yes_no":
            value = RECORDED[one.status]
            if finding.watched and value == NOT_SURE:
                value = "yes"
            if finding.watched and value != "yes":
                continue
            before = new.get(one.id, known.get(one.id))
            if before == "yes" and value != "yes" and (one.id in new or not correcting):
                continue
            if value == NOT_SURE and before in ("yes", "no"):
                continue
            new[one.id] = value
        elif one.status != "present":
            continue
        elif finding.kind == "any_of":
            before = [] if correcting else list(known.get(one.id) or []) if known.get(one.id) != NOT_SURE else []
            chosen = {*new.get(one.id, before), one.value}
            new[one.id] = [option.value for option in finding.options if option.value in chosen]
        else:
            try:
                new[one.id] = check_value(finding, one.value)
            except BadAnswer:
                continue
    days = new.get("injury_days_ago", 0)
    if days != NOT_SURE and days > RECENT_INJURY_DAYS and "recent_injury" not in {**known, **new}:
        new["recent_injury"] = "no"
    return new
