"""A message as numbers with their units, and as marks: what each stretch of it is about. Looks only near by."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.nlu.quantities.marks import BEGAN, MARKS, SPORT, TREATMENT
from bot.nlu.quantities.patterns import either, leads, phrases
from bot.nlu.quantities.words import DAYS_IN, ONES, TENS, UNITS, UNSPOKEN, VAGUE

REACH = 70
"""Characters to either side in which words belong to a number."""
SENTENCE_END = re.compile(r"[!?;\n]|\.(?!\d)")
WORD = re.compile(r"[a-z][a-z'&]*")

DIGITS = r"\d{1,4}(?:[.,]\d{1,2})?(?!\d|[.,]\d)"
SPOKEN = rf"(?:{either(TENS)}(?:[\s-]{either(word for word, one in ONES.items() if 0 < one < 10)})?|{either(ONES)})\b"
ONE_NUMBER = rf"(?:{DIGITS}|{SPOKEN})"
RANGE = rf"{ONE_NUMBER}(?:\s?(?:-|–|to|or)\s?{ONE_NUMBER})?"
SLASHED_RANGE = r"\d{1,2}/\d{1,2}(?=\s?(?:day|week|wk|month|mth|year|yr|time|mile|km|min)s?\b)"
AND_A_HALF = r"\s(?:and|n|&|an)\s(?:a\s)?half"
BEFORE_THE_UNIT = phrases(r"good whole solid full odd long more straight or_so plus and_a_bit")
UNIT_OF = {written: unit for unit, all_written in UNITS.items() for written in all_written.split()}
NUMBER = re.compile(
    rf"(?<![\w/:'£$€#+])(?<!\d[.,-])(?<!\w-)"
    rf"(?:(?P<n>three\squarters\sof\san?\b|{SLASHED_RANGE}|{RANGE}|{either(VAGUE)}\b|½|"
    rf"(?=(?:hour|day|week|month|year|mile){AND_A_HALF}|(?:hour|mile)[\s-]long\b|(?<!\w\s)hours?\s(?:on|in)\sthe\b))(?P<half>\s?½|\s1/2|{AND_A_HALF})?(?:ish\b)?)"
    rf"(?:(?P<score>\s?/\s?10(?![\d/])|\s?(?:out\s?of|outta|outa|of)\s?(?:10|ten)\b)|"
    rf"\+?[\s-]?(?:{BEFORE_THE_UNIT}\s)?(?P<unit>{either(UNIT_OF)})(?:'s)?(?:(?![\w'])|(?<=\dh)(?=[0-5]\d\b))"
    rf"(?P<tail>{AND_A_HALF}|\sor\s(?:two|three|2|3)\b)?)?"
)
"""A number, "half" and "ish", and the unit or "out of 10"."""
ONE_OF_A_RANGE = re.compile(ONE_NUMBER)
GLUED = re.compile(r"[\w%°:'$£€+]|/(?!(?:[mf]|week|wk)\b)|-\w|[.,]\d|\s?-\s?a\s?-")
"""What makes a number without unit something else: "7/8", "5-a-side", "3am", "100%"."""
CLOCK_TAIL = re.compile(
    r"\s?([0-5]\d)(?:\s?(?:min|mins|minutes)\b|(?![\w:/.%]|\s?(?:[a-z]*k\b|km|mile|times|x\b|week|day|year|month)))"
)
""" "1 hr (15)"."""
HOW_OFTEN = leads(
    r"(?!(?:was|its|it's|is|this|has|hurts|lasts|plus|thats|that's|perhaps|knees|always|as|us|aches)\s)[a-z]+s once twice time \d*(?:ks?|kms?|miles?|mi) \d*x \d+"
)
"""What "a day" may follow that says how often or how much: "8 miles a day", "twice a day"."""
DENIED = re.compile(
    r"(?:\b(?:no|not|never|without|nor|dont|didnt|havent|cant|any)|n't)\s(?:"
    + phrases(
        r"known real obvious major recent particular specific actual history_of memory_of remember recall an? any the my i"
        r" had have kind_of sort_of fall fell accident twist knock injury trauma or of"
    )
    + r",?\s){0,4}$"
)
"""Before an injury that there was not: "no fall", "I can't remember any injury"."""


def _mark_patterns() -> dict[str, re.Pattern[str]]:
    """First letter to the phrases of `MARKS` that begin with it, so that a word is held against few of them."""
    by_letter: dict[str, list[str]] = defaultdict(list)
    for kind, listed in MARKS.items():
        own: dict[str, list[str]] = defaultdict(list)
        for phrase in listed.replace("<sport>", SPORT).replace("<treatment>", TREATMENT).split():
            own[phrase[0]].append(phrase.replace("<began>", phrases(BEGAN) + r"\b"))
        for letter, found in own.items():
            by_letter[letter].append(f"(?P<{kind}>{phrases(' '.join(found))})")
    return {letter: re.compile(rf"(?:{'|'.join(kinds)})(?![\w-])") for letter, kinds in by_letter.items()}


MARK = _mark_patterns()


@dataclass(frozen=True)
class Mark:
    """A stretch of the message that is about something."""

    kind: str
    """A key of `MARKS`."""
    start: int
    end: int


@dataclass(frozen=True)
class Measure:
    """A number as it stands in the message."""

    low: float
    """The smaller of "3 to 4", else the number itself."""
    value: float
    """The larger of "3 to 4", else the number itself."""
    unit: str
    """A key of `UNITS`, `score` for "out of 10", or nothing."""
    exact: bool
    """In figures or a plain number word; not "a few"."""
    start: int
    end: int

    @property
    def days(self) -> float:
        """Length in days, for a unit of time."""
        return self.value * DAYS_IN[self.unit]


class Message:
    """A message, its numbers and its marks.

    Args:
        text: in lower case, with plain apostrophes; as long as the message that was typed.
    """

    def __init__(self, text: str):
        self.text = text
        self.ends = [match.start() for match in SENTENCE_END.finditer(text)]
        self.marks = list(marks_of(text))
        self._starts = [mark.start for mark in self.marks]
        self.measures = _joined(list(_measures(text)), text)

    def sentence(self, at: int) -> tuple[int, int]:
        """Where the sentence around a place begins and ends."""
        index = bisect_left(self.ends, at)
        start = self.ends[index - 1] + 1 if index else 0
        return start, self.ends[index] if index < len(self.ends) else len(self.text)

    def before(self, at: int, reach: int = REACH) -> str:
        """What stands before a place in its sentence."""
        return self.text[max(self.sentence(at)[0], at - reach) : at]

    def after(self, at: int, reach: int = REACH) -> str:
        """What stands after a place in its sentence."""
        return self.text[at : min(self.sentence(at)[1], at + reach)]

    def around(self, start: int, end: int, reach: int = REACH) -> list[Mark]:
        """The marks near a stretch, in its sentence."""
        first, last = self.sentence(start)[0], self.sentence(end)[1]
        return self.marks_within(max(first, start - reach), min(last, end + reach))

    def marks_within(self, start: int, end: int) -> list[Mark]:
        """The marks that begin in a stretch."""
        return self.marks[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def last_before(self, at: int, kinds: Collection[str], reach: int = REACH) -> Mark | None:
        """The mark of these kinds that stands last before a place, in its sentence."""
        marks = self.marks_within(max(self.sentence(at)[0], at - reach), at)
        return next((mark for mark in reversed(marks) if mark.kind in kinds), None)

    def first_after(self, at: int, kinds: Collection[str], reach: int = REACH) -> Mark | None:
        """The mark of these kinds that stands first after a place, in its sentence."""
        marks = self.marks_within(at, min(self.sentence(at)[1], at + reach))
        return next((mark for mark in marks if mark.kind in kinds), None)


def amount(words: str) -> float:
    """The number that one word or figure says.

    Args:
        words: figures, a number word, one of `VAGUE`, or nothing for "month and a half".
    """
    words = re.sub(r"\s+", " ", words.strip())
    if words[:1].isdigit():
        return float(words.replace(",", "."))
    if words in VAGUE or words in UNSPOKEN:
        return VAGUE.get(words, UNSPOKEN.get(words, 1))
    return sum(TENS.get(part, ONES.get(part, 0)) for part in re.split(r"[\s-]", words))


def numbers_in(words: str) -> list[float]:
    """Both ends of "3 to 4", or the one number."""
    return [amount(part) for part in ONE_OF_A_RANGE.findall(words)]


def marks_of(text: str) -> Iterator[Mark]:
    """What each stretch of a text is about, in its order."""
    upto = 0
    for word in WORD.finditer(text):
        pattern = MARK.get(word[0][0]) if word.start() >= upto else None
        match = pattern.match(text, word.start()) if pattern else None
        if match is None:
            continue
        upto, kind = match.end(), match.lastgroup or ""
        denied = kind == "injury" and DENIED.search(text[max(0, match.start() - 40) : match.start()])
        if kind != "nothing" and not denied:
            yield Mark(kind, match.start(), match.end())


def _measures(text: str) -> Iterator[Measure]:
    for match in NUMBER.finditer(text):
        words, written, tail = match["n"], match["unit"] or "", match["tail"] or ""
        unit = "score" if match["score"] else UNIT_OF.get(written, "")
        exact = words not in VAGUE and words not in UNSPOKEN
        if not unit and (not exact or GLUED.match(text, match.end())):
            continue
        if words in ("a", "an") and (len(written) < 2 or _how_often(text, match)):
            continue
        numbers = numbers_in(words) if exact else [amount(words)]
        more = 0.5 if match["half"] or tail.endswith("half") else 0
        minutes = CLOCK_TAIL.match(text, match.end()) if unit == "hour" and exact else None
        if minutes:
            whole = amount(words) + int(minutes[1]) / 60
            yield Measure(whole, whole, unit, exact, match.start(), minutes.end())
            continue
        high = amount(tail.split()[-1]) if tail.endswith(("two", "three", "2", "3")) else max(numbers) + more
        yield Measure(min(numbers) + more, high, unit, exact, match.start(), match.end())


def _how_often(text: str, match: re.Match[str]) -> bool:
    """ "A day" in "twice a day"."""
    ago = text.startswith((" ago", " back"), match.end())
    return not ago and HOW_OFTEN.search(text[max(0, match.start() - 16) : match.start()]) is not None


def _joined(measures: list[Measure], text: str) -> list[Measure]:
    """ "1 hour 20 minutes" and "a year and 3 months" as one length."""
    joined: list[Measure] = []
    for one in measures:
        last = joined[-1] if joined else None
        if last and _goes_on(last, one, text):
            total = (last.days + one.days) / DAYS_IN[last.unit]
            joined[-1] = Measure(total, total, last.unit, last.exact, last.start, one.end)
        else:
            joined.append(one)
    return joined


def _goes_on(last: Measure, one: Measure, text: str) -> bool:
    smaller = 0 < DAYS_IN.get(one.unit, 0) < DAYS_IN.get(last.unit, 0)
    return smaller and text[last.end : one.start] in (" ", " and ", "")
