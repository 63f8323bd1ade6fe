"""How often somebody does their sport in a week."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.quantities.message import Mark, Measure, Message, amount, marks_of
from bot.nlu.quantities.patterns import either, follows, phrases, within
from bot.nlu.quantities.people import about_somebody_else
from bot.nlu.quantities.words import SHORT_WEEKDAYS, WEEKDAYS

MOST_A_WEEK = 30
NEAR = 45
"""Characters in which a word of sport belongs to a number."""
SHORT = 30
"""Characters beside the number in a message that says little else."""
DISTANCE = re.compile(r"\d\s?(?:k|kms?|miles?)\b")
NO_SPORT = ("onset", "symptom", "med", "work", "care", "event")
SPORT = "activity"

# how often
A_WEEK = (
    r"(?:(?:an?\s|per\s|each\s|every\s|in\sa\s|in\sthe\s|/\s?|the\s)(?:single\s|average\s|typical\s|normal\s)?(?:week|wk)\b"
    r"|weekly\b)"
)
COUNTED = phrases(
    r"x times? days? nights? mornings? evenings? runs? sessions? rides? walks? class(?:es)? match(?:es)? games? workouts? swims?"
    r" hikes? lessons? hours?"
)
NOT_COUNTED = phrases("once twice when and but for hurts? with after")
PER_WEEK = re.compile(
    rf"\s?(?:-\s?)?(?:\d+\s?(?:k|km|miles?)\s)?{COUNTED}?(?:\s(?!{NOT_COUNTED}\b)[a-z]+){{0,4}}?(?:\s\d+\s?(?:k|km|miles?))?\s?(?:{A_WEEK}|(?<=x\s)(?:week|wk)\b)"
)
ONCE = re.compile(rf"\b(?P<n>once|twice|thrice)(?:\sor\s(?P<m>twice|three\stimes|thrice))?\s{A_WEEK}")
ONCES = {"once": 1, "twice": 2, "thrice": 3, "three times": 3}
DAILY = re.compile(
    r"\b(?:every\s?day|(?<!twice )(?<!times )(?<!x )daily|each\sday|every\s(?:single\s)?(?:day|morning|evening)|seven\sdays|"
    r"(?:(?<=miles\s)|(?<=mile\s)|(?<=km\s)|(?<=k\s)|(?<=mins\s)|(?<=minutes\s)|(?<=hours\s)|(?<=hour\s))(?:a|per)\sday)\b"
)
EVERY_OTHER_DAY = re.compile(r"\b(?:every\s(?:other|second|2nd)|alternate)\s(?:day|night|evening|morning)s?\b")
VAGUELY = re.compile(
    rf"\b(?P<n>(?:a\s)?couple(?:\sof)?|(?:a\s)?few)\s(?:[a-z]+\s){{0,2}}?{COUNTED}\s(?:[a-z]+\s)?{A_WEEK}"
)
WEEKLY = re.compile(r"(?<!twice )(?<!once )(?<!thrice )(?<!times )(?<!x )(?<!\d )(?<!bi-)(?<!three )\bweekly\s")
DAY_NAME = either([*WEEKDAYS, *SHORT_WEEKDAYS])
DAY_TO_DAY = re.compile(rf"\b(?P<first>{DAY_NAME})s?\s?(?:-|–|to|til|till|thru|through)\s?(?P<last>{DAY_NAME})s?\b")
NAMED_DAYS = (
    re.compile(rf"\b{DAY_NAME}s?(?:\s?(?:,|/|&|\+|-|and|\s)\s?(?:and\s)?{DAY_NAME}s?)+\b"),
    re.compile(rf"\b(?:(?:every|each|on\san?)\s{DAY_NAME}|{either(WEEKDAYS)}s)\b"),
)
LESS_SPORT = re.compile(r"run|train|mile|cut|reduc|swap|switch")

I_DO = re.compile(
    r"\s?(?:nights?|mornings?|evenings?)?,?\s?(?:for\s)?(?:i|we|he|she|football|training|gym|class)\b(?!\s(?:ran|went|did|played|walked|cycled|swam|was|had))"
)
# formerly, and now
USED_TO = within("used_to previously before_this before_that in_the_past years_ago back_in")
BEFORE_THIS = follows("before_(?:this|that|it|the)")
NOWADAYS = within("now but these_days at_the_moment currently lately today down_to")
NOW_ONLY = re.compile(
    r"\bto\s$|\bnow\s(?:i'm\s|im\s|its\s|it's\s|i\s)?"
    r"(?:only\s|just\s|down\sto\s|barely\s|about\s|maybe\s|doing\s|manage\s|do\s|at\s)*$"
)


def sessions_per_week(message: Message) -> tuple[float, int, int] | None:
    """Sessions a week, and where it says so: the most that is not of former times, or what is left of it now.

    Args:
        message: the message.
    """
    found: tuple[float, int, int] | None = None
    for value, start, end in sorted(_frequencies(message), key=lambda one: one[1]):
        if not 0 <= value <= MOST_A_WEEK or about_somebody_else(message, start):
            continue
        if not found or value >= found[0] or NOW_ONLY.search(message.before(start, 24)):
            found = value, start, end
    return found


def _frequencies(message: Message) -> Iterator[tuple[float, int, int]]:
    told_before = False
    for one in message.measures:
        week = _per_week(message, one)
        if week and _is_sport(message, one.start, week):
            told_before = True
            if not formerly(message, one.start) and not BEFORE_THIS.match(message.text, week):
                holds_distance = re.search(r"\d", message.text[one.end : week])
                yield one.value, one.start, one.end if holds_distance else week
        elif told_before and not one.unit and NOW_ONLY.search(message.before(one.start, 24)):
            yield one.value, one.start, one.end
    for match in ONCE.finditer(message.text):
        if _is_sport(message, match.start(), match.end()) and not formerly(message, match.start()):
            yield ONCES[match["m"] or match["n"]], *match.span()
    for pattern, value in ((EVERY_OTHER_DAY, 3.5), (DAILY, 7.0)):
        for match in pattern.finditer(message.text):
            alone = value < 7 and _says_no_more(message, *match.span())
            of_sport = alone or _after_sport(message, match.start()) or _before_sport(message, *match.span())
            if of_sport and not formerly(message, match.start()):
                yield value, *match.span()
    yield from _named_days(message)
    yield from _vaguely(message)


def _vaguely(message: Message) -> Iterator[tuple[float, int, int]]:
    """ "A couple of runs a week", "a weekly swim"."""
    for match in VAGUELY.finditer(message.text):
        if _is_sport(message, *match.span()) and not formerly(message, match.start()):
            yield amount(match["n"]), *match.span()
    for match in WEEKLY.finditer(message.text):
        follows_it = message.first_after(match.end(), (SPORT, *NO_SPORT), 20)
        if follows_it and follows_it.kind == SPORT and not formerly(message, match.start()):
            yield 1, match.start(), match.end() - 1


def _per_week(message: Message, one: Measure) -> int | None:
    """Where "3 times a week" ends."""
    if one.unit not in ("", "times", "day", "night") or not (one.exact or one.value >= 2):
        return None
    match = PER_WEEK.match(message.text, one.end)
    return match.end() if match else None


def _named_days(message: Message) -> Iterator[tuple[float, int, int]]:
    """ "Mon wed fri", "every Tuesday", "on Saturdays"."""
    matches = [match for pattern in NAMED_DAYS for match in pattern.finditer(message.text)]
    matches = [match for match in matches if _of_sport(message, *match.span())]
    days = {day[:3] for match in matches for day in re.findall(rf"\b{DAY_NAME}", match[0])}
    through = DAY_TO_DAY.search(message.text)
    if through and _of_sport(message, *through.span()):
        first, last = (_day_number(through[name]) for name in ("first", "last"))
        yield (last - first) % 7 + 1, *through.span()
    elif days:
        yield len(days), *min(match.span() for match in matches)


def _day_number(name: str) -> int:
    return SHORT_WEEKDAYS[name] if name in SHORT_WEEKDAYS else WEEKDAYS.index(name)


def _of_sport(message: Message, start: int, end: int) -> bool:
    """Days on which one does sport, or that are all of the message."""
    named = len(re.findall(rf"\b{DAY_NAME}", message.text[start:end])) > 1
    alone = named and _says_no_more(message, start, end)
    return alone or _after_sport(message, start, "injury") or named and _before_sport(message, start, end)


def _says_no_more(message: Message, start: int, end: int) -> bool:
    """The message is little else, and of nothing but sport."""
    short = len(message.text) - (end - start) < SHORT
    return short and not any(mark.kind in (*NO_SPORT, "injury") for mark in message.marks)


def _before_sport(message: Message, start: int, end: int) -> bool:
    """ "Every morning (I do yoga)": sport is the first thing told, by somebody who does it."""
    if message.last_before(start, (SPORT, *NO_SPORT, "injury"), NEAR):
        return False
    mark = message.first_after(end, (SPORT, *NO_SPORT, "injury"), NEAR)
    return mark is not None and mark.kind == SPORT and I_DO.match(message.text, end) is not None


def _after_sport(message: Message, at: int, *other: str) -> bool:
    mark = message.last_before(at, (SPORT, *NO_SPORT, *other), NEAR)
    return mark is not None and mark.kind == SPORT


def _is_sport(message: Message, start: int, end: int) -> bool:
    """What is done so often is sport, not pain, tablets or work."""
    kinds = (SPORT, *NO_SPORT)
    inside = [mark for mark in message.marks_within(start, end) if mark.kind in kinds]
    before = message.last_before(start, kinds, NEAR)
    mark = inside[0] if inside else before or message.first_after(end, kinds, 30)
    if mark is None:
        distance = DISTANCE.search(message.before(start, NEAR))
        return distance is not None or len(message.text) - (end - start) < SHORT
    return mark.kind == SPORT or mark is before and (_less_sport(message, mark) or _sport_begun(message, mark))


def _less_sport(message: Message, mark: Mark) -> bool:
    """ "I cut my runs to (2 a week)" is care, and tells how often."""
    return mark.kind == "care" and LESS_SPORT.search(message.text, mark.start, mark.end) is not None


def _sport_begun(message: Message, mark: Mark) -> bool:
    """ "Since starting spin (3 times a week)"."""
    last_word = message.text[mark.start : mark.end].split()[-1]
    begun = mark.kind == "event" and message.text.startswith("start", mark.start)
    return begun and any(one.kind == SPORT for one in marks_of(last_word))


def formerly(message: Message, at: int) -> bool:
    """What stands at a place was so once, and is not now.

    Args:
        message: the message.
        at: the place.
    """
    before = message.before(at)
    past = USED_TO.search(before)
    return past is not None and not NOWADAYS.search(before, past.end())
