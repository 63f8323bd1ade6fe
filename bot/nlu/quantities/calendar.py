"""Days and dates as people say them: how many days ago "last sat", "the 3rd", "March" or "since 2019" was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.nlu.quantities.message import amount
from bot.nlu.quantities.patterns import either, leads, phrases
from bot.nlu.quantities.words import FEASTS, MONTHS, SEASONS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS

MONTH_NUMBER = {**{name: number for number, name in enumerate(MONTHS, 1)}, **SHORT_MONTHS}
DAY_NUMBER = {**{name: number for number, name in enumerate(WEEKDAYS)}, **SHORT_WEEKDAYS}
PART_OF_MONTH = {
    "early": 5, "start": 2, "beginning": 2, "mid": 15, "middle": 15, "late": 25, "end": 27, "back end": 25, "latter part": 23,
    "first half": 8, "second half": 23, "first week": 4, "1st week": 4, "second week": 11, "2nd week": 11, "third week": 18,
    "3rd week": 18, "last week": 27, "first weekend": 4, "last weekend": 27,
}  # fmt: skip
"""The day that stands for a part of a month."""
PART_OF_SEASON = {"start": -30, "beginning": -30, "end": 40}
"""Days from the middle of a season."""
DAYS_AGO = {"week": 7, "month": 30, "year": 365}
"""What "last week" and the like mean."""

SINCE = ("since", "ever since", "back to")
OF_WEEKDAYS = (*SINCE, "on", "from", "this", "last")
OF_DATES = (*SINCE, "on", "from", "of", "was")
OF_MONTHS = (*SINCE, "in", "from", "last", "of", "early", "mid", "late", "during", "around")
OF_YEARS = (*SINCE, "in", "from", "around", "about", "of", "during")
WORDS_THEMSELVES = frozenset(["may", "march", "mar", "sun", "sat", "wed", "mon", "fri", "dec", "jan"])
"""A date only after a word such as "since"."""

PREPOSITION = phrases("back_to ever_since since on last in from over at this around about early mid late of was during")
ALMOST = rf"(?:{phrases('about around roughly approximately approx sometime_in sometime like maybe say')}\s)?"
IN_DAY = rf"(?:\s{phrases('morning afternoon evening night lunchtime nite eve morn aft am pm just_gone')})?"
YEAR = r"(?:19|20)\d\d"
MONTH, DAY = either(MONTH_NUMBER), either(DAY_NUMBER)
NTH = r"\d{1,2})(?:st|nd|rd|th)"
A_DATE_ENDS = r"\s?(?:$|[,.;!?)]|" + phrases(
    r"of_(?:this|last|the)_month this_month last_month and but when while it its i my he she at playing still by now so"
)
KINDS = {
    "figures": r"(?P<f1>\d{1,2})[/.-](?P<f2>\d{1,2})[/.-](?P<f3>(?:20)?\d\d)(?!\d)|(?P<iso>20\d\d-\d\d-\d\d)(?!\d)",
    "weekdays": rf"(?P<how_many>two|three|four|five|six|couple\sof|few|\d)\s(?P<counted>weekend|{DAY})s?\s(?:ago|back)\b",
    "before": r"day\sbefore\syesterday|night\sbefore\slast",
    "yesterday": rf"(?:{phrases('yesterday yesterdy yesturday ystday yday yesty yest last_night')}){IN_DAY}",
    "today": phrases(
        r"this_(?:morning|afternoon|evening|avo|arvo|aft|lunchtime|mornin|am) today tonight 2day 2nite just_now"
        r" (?:minutes|moments|hours)_ago at_lunch(?:_?time)? (?:at|over)_breakfast at_tea_?time"
    ),
    "earlier": rf"earlier(?!\s{phrases('this in than on_in last each every now')})",
    "weekday": rf"(?:(?P<weeks>a|one|two)\sweeks?\s(?:ago\s)?(?:on\s|last\s)?)?(?:last\s)?(?P<day>{DAY})\b{IN_DAY}"
    r"(?P<last_week>\slast\sweek)?(?!\s(?:league|team|school|roast|club|side)\b)",
    "date": rf"(?:(?P<d1>{NTH}?\s(?:of\s)?(?P<m1>{MONTH})|(?P<m2>{MONTH})\s(?:the\s)?(?P<d2>{NTH}?(?![\d:])|"
    rf"(?P<d3>{NTH}(?={A_DATE_ENDS}\b)))(?:\s(?P<date_year>{YEAR})\b)?",
    "month": rf"(?:(?P<part>{'|'.join(PART_OF_MONTH)})(?:\sof)?[\s-]+(?:the\s)?)?(?:last\s)?(?P<name>{MONTH})"
    rf"(?:\s(?:of\s)?(?P<month_year>{YEAR}|last\syear|this\syear))?",
    "turn": r"(?:start|beginning)\sof\s(?:the|this)\s(?P<turned>month|year|week)",
    "period": r"last\s(?P<last>week|weekend|month|year)|(?P<weeks_before>week(?:end)?)\sbefore\slast|(?P<gone>weekend\s(?:just\s)?(?:gone|past)|past\sweekend)|weekend",
    "feast": rf"(?:(?P<third>{'|'.join(PART_OF_SEASON)})\sof\s(?:the\s)?)?(?:last\s)?(?P<feast_name>{either(FEASTS)})(?:\s(?:of\s)?(?P<feast_year>{YEAR}|last\syear|this\syear))?",
    "year": rf"{YEAR}(?:ish)?",
}
"""The ways to name a day in the past; the first that fits is taken."""
POINT = re.compile(
    rf"(?:(?P<prep>{PREPOSITION})\s)?{ALMOST}(?:the\s)?(?:"
    + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items())
    + r")\b(?!\s?(?:%|km\b))"
)
FIRST = re.compile(
    rf"\b(?:{PREPOSITION}|\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|{DAY}|{MONTH}|{either(FEASTS)}|{YEAR}|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?={MONTH})|"
    + phrases(
        r"about around roughly sometime approx\w* like maybe say the day night y\w*day yest last this today tonight 2day"
        r" 2nite just earlier minutes moments hours an? one two three four five six couple few \d first second third 1st 2nd 3rd back latter past at start beginning weekend mid\w* end week [a-z]\w*day"
    )
    + r")\b"
)
"""A word that may be the first of a date; the whole pattern is tried only there."""
SAT_BEFORE = leads(
    r"i he she we they and the in just when have has had im i'm while is was were being get got been then a \d"
)
NOT_YET = leads("next every each by before coming tomorrow than per after", "the")


@dataclass(frozen=True)
class Point:
    """A day in the past."""

    days: int
    """How many days ago it was."""
    kind: str
    """A key of `KINDS`."""
    since: bool
    """Said with "since"."""
    said_from: bool
    """Said with "from", which may mean the same."""
    start: int
    end: int


def points(text: str, today: date) -> Iterator[Point]:
    """Every day that the message names, as days before today.

    Args:
        text: the message in lower case.
        today: the day it was written.
    """
    upto = 0
    for word in FIRST.finditer(text):
        match = POINT.match(text, word.start()) if word.start() >= upto else None
        if match is None:
            continue
        upto, prep = match.end(), match["prep"] or ""
        kind = next(kind for kind in KINDS if match[kind])
        days = DAYS[kind](match, today)
        if days is not None and days >= 0 and not NOT_YET.search(text[max(0, match.start() - 14) : match.start()]):
            yield Point(days, kind, prep in SINCE, prep == "from", match.start(), match.end())


def _figures(match: re.Match[str], today: date) -> int | None:
    """ "14/11/2026": the day before the month, unless that cannot be or has yet to come."""
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        read = [_day(year, month, day)]
    else:
        first, second, year = int(match["f1"]), int(match["f2"]), int(match["f3"][-2:]) + 2000
        read = [_day(year, second, first), _day(year, first, second)]
    return next(((today - then).days for then in read if then and then <= today), None)


def _weekdays(match: re.Match[str], today: date) -> int:
    """ "Three Sundays ago"; of weekends their Saturday."""
    day = DAY_NUMBER[match["counted"]] if match["counted"] in DAY_NUMBER else WEEKDAYS.index("saturday")
    weeks = int(amount(match["how_many"])) - 1
    return ((today.weekday() - day) % 7 or 7) + 7 * weeks


def _weekday(match: re.Match[str], today: date) -> int | None:
    name = match["day"]
    spoken_of = match["prep"] in OF_WEEKDAYS or " " in match["weekday"] or _stands_as_a_day(match)
    if (name in WORDS_THEMSELVES or name in SHORT_WEEKDAYS) and not spoken_of:
        return None
    if match["last_week"]:
        return today.weekday() + 7 - DAY_NUMBER[name]
    weeks_more = {"a": 7, "one": 7, "two": 14}.get(match["weeks"] or "", 0)
    return ((today.weekday() - DAY_NUMBER[name]) % 7 or 7) + weeks_more


def _stands_as_a_day(match: re.Match[str]) -> bool:
    """ "Fell sat." and "fell thurs", but not "then I sat." or "the sun"."""
    if match["day"] not in WORDS_THEMSELVES:
        return True
    before, after = (
        match.string[max(0, match.start() - 14) : match.start()],
        match.string[match.end() : match.end() + 1],
    )
    return (after in ("", ".", ",") or match.string.startswith(" after ", match.end())) and not SAT_BEFORE.search(
        before
    )


LAST_MONTH = re.compile(r"\s(?:of\s)?last\smonth\b")


def _date(match: re.Match[str], today: date) -> int | None:
    if match["d3"] and match["prep"] not in OF_DATES:
        return None
    day, month = int(match["d1"] or match["d2"] or match["d3"]), match["m1"] or match["m2"]
    if month:
        return _ago(MONTH_NUMBER[month], day, today, match["date_year"])
    then = _day(today.year, today.month, day)
    if then is None or then > today or LAST_MONTH.match(match.string, match.end()):
        before = today.replace(day=1) - timedelta(days=1)
        then = _day(before.year, before.month, day)
    return (today - then).days if then else None


def _month(match: re.Match[str], today: date) -> int | None:
    """From its first day with "since", else from its middle, or the part that is named."""
    name, prep, year = match["name"], match["prep"] or "", match["month_year"]
    last = prep == "last" or "last" in match["month"]
    clear = name not in WORDS_THEMSELVES and name not in SHORT_MONTHS
    if not (clear or prep in OF_MONTHS or match["part"] or year or last):
        return None
    part = match["part"] or (prep if prep in PART_OF_MONTH else None)
    day = PART_OF_MONTH[part] if part else 1 if prep in (*SINCE, "from") else 15
    if year:
        year = _named_year(year, today)
    elif MONTH_NUMBER[name] == today.month and not year and not part:
        return 365 if last else today.day // 2
    return _ago(MONTH_NUMBER[name], day, today, year)


def _turn(match: re.Match[str], today: date) -> int:
    return {"week": today.weekday(), "month": today.day - 1, "year": today.timetuple().tm_yday - 1}[match["turned"]]


def _period(match: re.Match[str], today: date) -> int | None:
    if match["weeks_before"] == "week":
        return 10
    if match["last"] in DAYS_AGO:
        return DAYS_AGO[match["last"]]
    since_saturday = (today.weekday() - WEEKDAYS.index("saturday")) % 7 or 7
    if match["weeks_before"]:
        return since_saturday + 7
    return since_saturday if match["last"] or match["prep"] or match["gone"] else None


def _feast(match: re.Match[str], today: date) -> int | None:
    """Since the feast or the middle of the season; autumn is "fall" only after "last"."""
    name, prep, last = match["feast_name"], match["prep"], "last" in match[0]
    in_any = name in SEASONS and prep == "in" and " the " not in match[0]
    if not (prep or last) or in_any or name == "fall" and not last:
        return None
    days = _ago(*FEASTS[name], today, _named_year(match["feast_year"], today))
    if days is None:
        return None
    if name in SEASONS:
        days = max(0, days - PART_OF_SEASON.get(match["third"] or "", 0))
    return days + 365 if last and days < 60 and not match["feast_year"] else days


def _year(match: re.Match[str], today: date) -> int | None:
    """From the middle of the year, or of what has passed of it."""
    begun = date(int(match["year"][:4]), 1, 1)
    if match["prep"] not in OF_YEARS or begun > today:
        return None
    return ((today - begun).days + max(0, (today - date(begun.year, 12, 31)).days)) // 2


def _ago(month: int, day: int, today: date, year: str | None) -> int | None:
    """Days since the last time that this was the date, or since it in that year."""
    then = _day(int(year) if year else today.year, month, day)
    if then and not year and then > today:
        then = _day(today.year - 1, month, day)
    return (today - then).days if then else None


def _day(year: int, month: int, day: int) -> date | None:
    """The date, where there is one: no 31st of June."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _named_year(said: str | None, today: date) -> str | None:
    """The year in figures, also of "last year"."""
    return str(today.year - (said == "last year")) if said in ("last year", "this year") else said


DAYS: dict[str, Callable[[re.Match[str], date], int | None]] = {
    "figures": _figures,
    "weekdays": _weekdays,
    "before": lambda match, today: 2,
    "yesterday": lambda match, today: 1,
    "today": lambda match, today: 0,
    "earlier": lambda match, today: 0,
    "weekday": _weekday,
    "date": _date,
    "month": _month,
    "turn": _turn,
    "period": _period,
    "feast": _feast,
    "year": _year,
}
"""How many days ago each of `KINDS` was."""
