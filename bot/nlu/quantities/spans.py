"""The stretches of time in a message: "three weeks", "three weeks ago", "since Tuesday", "day 4"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.nlu.quantities.calendar import points
from bot.nlu.quantities.message import Measure, Message, amount
from bot.nlu.quantities.patterns import follows, leads
from bot.nlu.quantities.words import DAYS_IN

LENGTH, AGO = "length", "ago"
CLOCK = ("minute", "hour")
IS_AGO = re.compile(
    r"\s*(?:or so|or thereabouts|or something|now)?\s*"
    r"(?:ago|back\b(?! pain| ache)|earlier|prior|previously|(?:since|before)(?=\s*(?:$|[.,!?])))\b"
)
BEFORE = leads("before")
SENTENCE_OVER = re.compile(r"\s*(?:$|[,.!?;])")
FINE_DAY = follows("it it's its i he she my the is and")
""" "One day it's fine."""
LAST_ONE = re.compile(
    r"\b(?:the|this|for) (?:the )?(?:last|past) (?P<unit>week|fortnight|month|year)\b(?:\sor\s(?P<more>two|three|2|3)\b)?"
)
""" "The last month" is a length, "last month" a day in the past."""
NTH_DAY = re.compile(
    r"\b(?P<nth>\d{1,2})(?:st|nd|rd|th) day (?=of (?:pain|this|it|being|aching|swelling|limping)|with|now|since|after|in a row)|\b(?<!good )(?<!bad )(?<!best )(?<!worst )day (?P<day>\d{1,2})\b(?! of (?:my|the|a) (?:\w+ )?(?:trip|cycle|holiday))"
)
ONWARDS = re.compile(r"\s(?:onwards?|on)(?=\s*(?:$|[,.;!?]|and\b|i\b|it))")
HOW_MANY = re.compile(r"(?:\d|½|\b(?:one|two|three|four|five|six|eight|ten|twelve|of|few|couple|several|an?|odd))\s?$")
PERIOD_LED_BY = leads("the this for")


@dataclass(frozen=True)
class Time:
    """A stretch of time up to now, or the time since a day."""

    days: float
    form: str
    """`length` ("three weeks"), `ago` ("three weeks ago"), or the kind of a `Point`."""
    since: bool
    start: int
    end: int


def spans(message: Message, today: date) -> list[Time]:
    """Every stretch of time that the message names, in its order.

    Args:
        message: the message.
        today: the day it was written.
    """
    days = list(_days(message, today))
    lengths = [one for one in _lengths(message) if not any(one.start < day.end and day.start < one.end for day in days)]
    return sorted([*lengths, *days], key=lambda one: one.start)


def _lengths(message: Message) -> Iterator[Time]:
    for one in message.measures:
        if one.unit in DAYS_IN:
            ago = _ago(message, one)
            if ago:
                yield Time(one.days, AGO, False, one.start, ago)
            elif one.unit not in CLOCK and not _is_no_length(message, one):
                yield Time(one.days, LENGTH, False, one.start, one.end)
    for match in LAST_ONE.finditer(message.text):
        yield Time(
            DAYS_IN[match["unit"]] * amount(match["more"] or "one"), LENGTH, False, match.start("unit"), match.end()
        )
    for match in NTH_DAY.finditer(message.text):
        yield Time(int(match["nth"] or match["day"]), LENGTH, False, match.start(), match.end())


def _ago(message: Message, one: Measure) -> int | None:
    """Where "three weeks ago", or "before three weeks", ends."""
    ago = IS_AGO.match(message.text, one.end)
    if ago:
        return ago.end()
    before = BEFORE.search(message.before(one.start, 8)) and SENTENCE_OVER.match(message.text, one.end)
    return one.end if before else None


def _is_counted(message: Message, start: int) -> bool:
    """The "hours ago" of "36 hours ago"."""
    hours = message.text.startswith(CLOCK, start)
    return hours and HOW_MANY.search(message.before(start, 12)) is not None


def _is_no_length(message: Message, one: Measure) -> bool:
    """ "One day it's fine"; "a good night's sleep"; "two more weeks"."""
    if " more " in message.text[one.start : one.end]:
        return True
    one_day = message.text[one.start : one.end] == "one day" and FINE_DAY.match(message.text, one.end)
    return bool(one_day) or one.unit == "night" and one.value <= 1


def _days(message: Message, today: date) -> Iterator[Time]:
    for point in points(message.text, today):
        before = message.text[max(0, point.start - 6) : point.start]
        if before.rstrip().endswith("ago") or point.kind == "period" and PERIOD_LED_BY.search(before):
            continue
        if point.kind == "today" and _is_counted(message, point.start):
            continue
        since = point.since or point.said_from and _says_since(message, point.start, point.end)
        yield Time(point.days, point.kind, since, point.start, point.end)


def _says_since(message: Message, start: int, end: int) -> bool:
    """ "From May onwards", "sore from May": as with "since"."""
    return ONWARDS.match(message.text, end) is not None or message.last_before(start, ("symptom",), 14) is not None
