"""The exact reader: a message in, mentions of findings with their status and quantities out. No Rasa."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from actions.answers import LONGEST_MESSAGE, RECENT_INJURY_DAYS
from bot.nlu.lexicon import Lexicon, Mention, Spans
from bot.nlu.quantities import Quantity, quantities
from bot.nlu.status import ABSENT, OTHER, PRESENT, UNCERTAIN, Cues, status_of
from bot.nlu.text import Token, Words, clean, tokens
from bot.nlu.words import NOT_PHRASES

NEAR_BODY = 6
OTHER_PARTS = ("@other_body", "@calf", "@foot")

DENIAL = "not "
"""Lookups whose phrases say that a finding is absent without a "no": `not swelling_within_two_hours`."""

KNEE_ONLY = frozenset({
    "hot_or_red_knee", "large_swelling", "mild_swelling", "knee_locked", "giving_way", "cannot_move_knee", "lump",
    "popping_or_grinding", "tender_to_touch", "cannot_bend_to_90", "knee_out_of_shape", "swelling_within_two_hours",
    "morning_stiffness_over_30_min", "constant_or_night_pain", "deep_wound",
})  # fmt: skip
"""Findings of the knee itself: said of an ankle or an elbow they mean nothing here."""


@dataclass(frozen=True)
class Read:
    """One thing read in a message."""

    id: str
    """`finding` ids and value ids as in the vocabulary."""
    value: Any
    """The finding id itself for a yes-or-no finding, else its value."""
    yes_no: bool
    status: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class View:
    """A message as the exact reader sees it."""

    text: str
    tokens: Sequence[Token]
    elements: Mapping[str, Spans]
    """Where each word, word group and cue of the lexicon stands."""
    reads: Sequence[Read]
    elsewhere: frozenset[str] = frozenset()
    """Findings that were said of another part of the body."""
    for_somebody_else: bool = False
    """The writer asks for somebody else, who is then the patient (vocabulary, Readings)."""


class Reader:
    """Reads messages with one lexicon.

    Args:
        entries: lookup name to lines, from `data/nlu/findings` and `data/nlu/status`.
        words: spelling and stems.
    """

    def __init__(self, entries: Mapping[str, Sequence[str]], words: Words):
        self.words = words
        self.lexicon = Lexicon(
            {name: lines for name, lines in entries.items() if not name.startswith(NOT_PHRASES)}, words
        )

    def read(self, text: str, today: date) -> list[Read]:
        """Everything the message says about the knee.

        Args:
            text: the message as typed.
            today: for quantities such as "since March".

        Returns:
            Findings with their status in the order of the message; numbers with their unit.
        """
        return list(self.look(text, today).reads)

    def look(self, text: str, today: date) -> View:
        """The same as `read`, with what it was read from.

        Args:
            text: the message as typed.
            today: for quantities such as "since March".
        """
        text = clean(text, LONGEST_MESSAGE)
        found_tokens = tokens(text, self.words)
        elements = self.lexicon.elements_in(found_tokens)
        cues = Cues(elements)
        all_mentions = self.lexicon.mentions(found_tokens, elements)
        elsewhere = [mention for mention in all_mentions if self._elsewhere(mention, found_tokens, elements)]
        mentions = [mention for mention in all_mentions if mention not in elsewhere]
        somebody = self._patient_is_somebody_else(mentions, elements)
        reads = []
        for mention in mentions:
            status = status_of(mention, mentions, found_tokens, cues)
            if status == OTHER and somebody:
                status = PRESENT
            reads.append(self._read(mention, status, found_tokens, text))
        reads = _straighten(reads)
        numbers = quantities(text, today)
        reads += [
            Read(one.id, one.value, False, PRESENT, one.start, one.end, text[one.start : one.end]) for one in numbers
        ]
        settled = _settled([*reads, *_implied(numbers, text), *_sizes(reads)])
        heard = {read.id for read in settled}
        dropped = frozenset(mention.label.partition("=")[0] for mention in elsewhere) - heard
        return View(text, found_tokens, elements, settled, dropped, somebody)

    def _read(self, mention: Mention, status: str, found: Sequence[Token], text: str) -> Read:
        denied = mention.label.startswith(DENIAL)
        id, _, value = mention.label.removeprefix(DENIAL).partition("=")
        if denied:
            status = {PRESENT: ABSENT, ABSENT: UNCERTAIN}.get(status, status)
        start, end = found[mention.start].start, found[mention.end - 1].end
        return Read(id, value or id, not value, status, start, end, text[start:end])

    def _elsewhere(self, mention: Mention, found: Sequence[Token], elements: Mapping[str, Spans]) -> bool:
        """The mention belongs to another part of the body than the knee."""
        if mention.label.split("=")[0] not in KNEE_ONLY:
            return False
        sentence = found[mention.start].sentence
        knees = self._distances(mention, found, elements.get("@knee", []), sentence)
        if any(distance == 0 for distance in knees):
            return False
        parts = [span for group in OTHER_PARTS for span in elements.get(group, [])]
        others = self._distances(mention, found, parts, sentence)
        near = [distance for distance in others if distance <= NEAR_BODY]
        return bool(near) and min(near) < min(knees, default=NEAR_BODY + 1)

    @staticmethod
    def _distances(mention: Mention, found: Sequence[Token], spans: Spans, sentence: int) -> list[int]:
        """Words between the mention and each body part of the sentence; 0 when it stands inside."""
        return [
            0 if mention.start <= start < mention.end else
            mention.start - end + 1 if end <= mention.start else start - mention.end + 2
            for start, end in spans
            if found[start].sentence == sentence
        ]  # fmt: skip

    @staticmethod
    def _patient_is_somebody_else(mentions: Sequence[Mention], elements: Mapping[str, Spans]) -> bool:
        labels = {mention.label for mention in mentions}
        own = "for_whom=self" in labels or "@cue_self" in elements
        return "for_whom=someone_else" in labels and not own


def _implied(numbers: list[Quantity], text: str) -> list[Read]:
    """An injury that has a date is an injury: within six weeks it is recent (vocabulary, Readings)."""
    return [
        Read("recent_injury", "recent_injury", True, PRESENT if float(one.value) <= RECENT_INJURY_DAYS else ABSENT,
             one.start, one.end, text[one.start : one.end])
        for one in numbers
        if one.id == "injury_days_ago"
    ]  # fmt: skip


def _straighten(reads: list[Read]) -> list[Read]:
    """ "Can't straighten it" is a knee that is stuck; with a pop it is a torn tendon (vocabulary, Readings)."""
    pop = any(read.id == "pop_at_injury" and read.status == PRESENT for read in reads)
    meant = "cannot_lift_straight_leg" if pop else "knee_locked"
    return [replace(read, id=meant, value=meant) if read.id == "cannot_straighten" else read for read in reads]


def _sizes(reads: list[Read]) -> list[Read]:
    """ "No swelling" denies both sizes of it (vocabulary, Readings)."""
    if any(read.id == "large_swelling" for read in reads):
        return []
    return [
        replace(read, id="large_swelling", value="large_swelling")
        for read in reads
        if read.id == "mild_swelling" and read.status == ABSENT
    ]


def _settled(reads: list[Read]) -> list[Read]:
    """One reading of each thing: of several mentions of one finding the present one wins, then the doubtful one."""
    rank = {"present": 0, "uncertain": 1, "absent": 2, "hypothetical": 3, "past": 4, "other_person": 5}
    best: dict[tuple[str, Any], Read] = {}
    for read in reads:
        key = (read.id, read.value if not read.yes_no else "")
        if key not in best or rank[read.status] < rank[best[key].status]:
            best[key] = read
    return sorted(best.values(), key=lambda read: (read.start, read.id))
