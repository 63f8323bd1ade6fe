"""Numbers with their units: how long, how old, how bad, how often, how far. Own rules (measured: language.md 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

WEEKS_IN = {"hour": 1 / 168, "day": 1 / 7, "night": 1 / 7, "week": 1, "fortnight": 2, "month": 52 / 12, "year": 52}
NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "couple": 2, "a couple": 2, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 4, "half a": 0.5,
    "half": 0.5, "the last": 1, "the past": 1, "last": 1,
}  # fmt: skip
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

AMOUNT = (
    r"(?P<n>\d+(?:[.,]\d+)?(?:\s?(?:-|to|or)\s?\d+(?:[.,]\d+)?)?|half an?|an? couple of|a couple|couple of|couple|"
    r"a few|few|several|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty)"
)
UNIT = r"(?P<unit>hour|hr|day|night|week|wk|fortnight|month|mth|year|yr)s?"
SPAN = re.compile(rf"\b{AMOUNT}(?:\s?and a half)?\s?(?:good |whole |solid |odd )?{UNIT}\b(?P<half> and a half)?")
SINCE_DAY = re.compile(rf"\b(?:since|from|last|on)\s+(?P<day>{'|'.join(DAYS)})\b")
SINCE_MONTH = re.compile(
    rf"\bsince\s+(?:last\s+|early\s+|late\s+|mid\s+|the (?:start|end) of\s+)?(?P<month>{'|'.join(MONTHS)})\b"
)
SINCE_YESTERDAY = re.compile(r"\b(?:since\s+)?(?P<when>yesterday|this morning|last night|today)\b")
SINCE_LAST = re.compile(r"\bsince last (?P<unit>week|weekend|month|year)\b")
BARE_SPAN = re.compile(r"\b(?:for|over|about|past|last) (?P<n>ages|months|years|weeks|days)\b")
NOT_A_SPAN_BEFORE = re.compile(
    r"(?:\bevery|\bper|\bin|\bwithin|\btimes an?|\bonce an?|\btwice an?|\bx|\beach|\bsessions an?|\bruns an?|\bdays an?|"
    r"\bhours an?|\bunder|\bover 18|\bnext|\bfor the next|\bevery other)\s*$"
)
NOT_A_SPAN_AFTER = re.compile(
    r"^\s*(?:old|of age|pregnant|gone pregnant|a week|per|run|walk|ride|drive|shift|plan|programme|program|flight|"
    r"/|postpartum|post partum|post-partum|later)"
)
TIMES = re.compile(
    r"\b(?P<n>\d{1,2}|once|twice|one|two|three|four|five|six|seven)\s?(?:x|times?|runs?|sessions?|days?|rides?|walks?|"
    r"classes|matches|games|workouts?)?\s?(?:a|per|each|every|/)\s?(?:week|wk)\b"
)
EVERY_DAY = re.compile(
    r"\b(?:run|walk|cycle|train|ride|jog|hike|gym|exercise|swim)\w*\s+(?:it\s+)?(?:every day|everyday|daily)\b"
)
DISTANCE = re.compile(
    r"\b(?P<n>\d+(?:\.\d+)?)\s?(?P<unit>km|kms|k|kilomet(?:re|er)s?|miles?|mi)\b(?!\s?(?:a|per)\s?(?:week|wk))"
)
SESSION_MINUTES = re.compile(
    r"\b(?P<n>\d+|half an|an|one|two|twenty|thirty|forty)\s?(?:-|\s)?(?P<unit>min|mins|minutes?|hours?|hrs?)\b"
)
SESSION_WORDS = re.compile(
    r"\b(?:run|runs|running|walk|walks|ride|rides|jog|jogs|session|sessions|longest|hike|hikes|swim|workout)\b"
)
AGE = (
    re.compile(
        r"\b(?:i am|im|i'm|aged?|age is|age:|turned|turning)\s+(?P<n>\d{1,3})\b(?!\s?(?:%|weeks?|months?|days?|wks?|km|k\b|miles?|stone|kg|lbs?|/|out of|pregnant|min))"
    ),
    re.compile(
        r"\b(?:she|he|shes|hes|she's|he's|who)\s?(?:is|'s|s)?\s+(?P<n>\d{1,3})\b(?!\s?(?:%|weeks?|months?|days?|kg|stone|/|out of|min|st\b|nd\b|rd\b|th\b))"
    ),
    re.compile(r"\b(?P<n>\d{1,3})\s?-?(?:years?|yrs?|yr|y)[\s-]?(?:/?\s?o(?:ld)?\b|of age)"),
    re.compile(r"\b(?P<n>\d{1,3})\s?(?:yo|y/o|y\.o\.?)\b"),
    re.compile(r"\b(?P<n>\d{2})\s?/?\s?(?:m|f|male|female)\b"),
    re.compile(r"\b(?:m|f|male|female)\s?/?\s?(?P<n>\d{2})\b"),
    re.compile(r"\bage\s*[:=]?\s*(?P<n>\d{1,3})\b"),
)
SCORE = (
    re.compile(r"(?P<n>\d{1,2}(?:\.5)?)\s?(?:-\s?(?P<m>\d{1,2})\s?)?(?:/\s?10\b|out of (?:10|ten)\b)"),
    re.compile(r"\b(?P<w>zero|one|two|three|four|five|six|seven|eight|nine|ten)\s?(?:/\s?10\b|out of (?:10|ten)\b)"),
    re.compile(
        r"\b(?:pain|hurts?|score|ache|level|scale|sore(?:ness)?)\b[^.!?\d]{0,24}?\b(?:a|an|about|around|at|is|was|of|say|like|maybe|to|it's)\s+(?:a |an |about a |about |around )?"
        r"(?P<n>\d{1,2})(?:ish)?\b(?!\s?(?:km|k\b|miles?|mins?|minutes?|weeks?|wks?|days?|months?|years?|hours?|hrs?|am|pm|%|times|st|nd|rd|th|x|of|stairs|sets|reps|:))"
    ),
    re.compile(
        r"\b(?:about|around|like|say|its|it's|maybe|solid|probably)\s+(?:a|an)\s+(?P<w>zero|one|two|three|four|five|six|seven|eight|nine|ten)\b(?!\s(?:minute|hour|day|week|month|year|mile|km|of))"
    ),
    re.compile(
        r"\b(?:about|around|like|say|its|it's|maybe|solid|probably|was|at|is)\s+(?:a|an)\s+(?P<n>\d{1,2})(?:ish)?\b(?!\s?(?:-|km|k\b|miles?|mins?|minutes?|weeks?|wks?|days?|months?|years?|hours?|hrs?|%|times|sets|st|nd|rd|th|stone))"
    ),
)
SCORE_WORDS = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
NOW = re.compile(r"\b(?:now|right now|today|at the moment|currently|at rest|resting|sitting)\b")
INJURY = re.compile(
    r"\b(?:twist|fell|fall|fallen|injur|hurt it|hurt my|tackle|crash|accident|slipp|landed|hit|bang|bash|knock|sprain|"
    r"went over|collid|kicked|trip|pop|snap|dislocat|wrench|jarred|tore|happened|did it|came off)\w*"
)
BEGAN = re.compile(r"\b(?:start|began|begun|came on|first|notic|been|since|onset|onwards)\w*")
CARE = re.compile(
    r"\b(?:rest|resting|rested|physio|exercises|stretching|stretches|icing|iced|ice|taking it easy|took it easy|"
    r"strengthening|rehab|eased off|backed off|cut back|self care|self-care|not running|stopped running|off running|easing off|looking after it)\b"
)


@dataclass(frozen=True)
class Quantity:
    """A number that the message gives, in the unit of its finding."""

    id: str
    value: float | int | str
    start: int
    end: int


def quantities(text: str, today: date) -> list[Quantity]:
    """Every quantity in the message.

    Args:
        text: the message, any case; positions in the result refer to it.
        today: for "since March" and "since Tuesday".

    Returns:
        Ages in years, pain from 0 to 10, spans in weeks (or days since an injury), sessions a week, and the
        longest session with its unit; each kind once, the last mention of it, the worst of several pains.
    """
    low = re.sub(r"[’`]", "'", text.lower())
    found: dict[str, Quantity] = {}
    taken: list[tuple[int, int]] = []
    for reader in (_ages, _scores, _sessions, _spans, _distances):
        for quantity in reader(low, today):
            if quantity is None or any(quantity.start < end and start < quantity.end for start, end in taken):
                continue
            taken.append((quantity.start, quantity.end))
            found[quantity.id] = quantity
    return list(found.values())


def _ages(text: str, today: date) -> Iterator[Quantity]:
    for pattern in AGE:
        for match in pattern.finditer(text):
            age = int(match["n"])
            if 1 <= age <= 115:
                yield Quantity("age", age, match.start(), match.end())
                return


def _scores(text: str, today: date) -> Iterator[Quantity]:
    scores: list[tuple[float, int, int]] = []
    for pattern in SCORE:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if groups.get("w"):
                value: float = SCORE_WORDS[groups["w"]]
            else:
                value = max(float(groups["n"]), float(groups.get("m") or 0))
            if 0 <= value <= 10 and not any(match.start() < end and start < match.end() for _, start, end in scores):
                scores.append((value, match.start(), match.end()))
    scores.sort(key=lambda one: one[1])
    second = re.search(r"(?:,|and|but)?\s*\b(\d)\s(?:now|at rest|today|right now)\b", text)
    if scores and second and not any(start <= second.start(1) < end for _, start, end in scores):
        yield Quantity("pain_now", int(second[1]), second.start(1), second.end(1))
    if not scores:
        return
    if len(scores) == 1:
        value, start, end = scores[0]
        nearby = text[max(0, start - 16) : end + 14]
        id = "pain_now" if NOW.search(nearby) and not re.search(r"\bworst\b|when i|going", nearby) else "pain_worst"
        yield Quantity(id, _whole(value), start, end)
        return
    worst = max(scores, key=lambda one: one[0])
    yield Quantity("pain_worst", _whole(worst[0]), worst[1], worst[2])
    for value, start, end in scores:
        if (value, start, end) != worst and NOW.search(text[max(0, start - 14) : end + 14]):
            yield Quantity("pain_now", _whole(value), start, end)


def _sessions(text: str, today: date) -> Iterator[Quantity]:
    for match in TIMES.finditer(text):
        word = match["n"]
        number = {"once": 1, "twice": 2}.get(word) or NUMBER_WORDS.get(word) or int(word)
        yield Quantity("sessions_per_week", _whole(number), match.start(), match.end())
    for match in EVERY_DAY.finditer(text):
        yield Quantity("sessions_per_week", 7, match.start(), match.end())


def _spans(text: str, today: date) -> Iterator[Quantity | None]:
    for match in SPAN.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if NOT_A_SPAN_BEFORE.search(before) or NOT_A_SPAN_AFTER.search(after):
            continue
        unit = {"hr": "hour", "wk": "week", "mth": "month", "yr": "year"}.get(match["unit"], match["unit"])
        if unit == "hour" and not re.match(r"\s*ago", after):
            continue
        amount = _amount(match["n"]) + (0.5 if "and a half" in match[0] else 0)
        yield _span(text, match.start(), match.end(), amount * WEEKS_IN[unit])
    for match in SINCE_DAY.finditer(text):
        days = (today.weekday() - DAYS.index(match["day"])) % 7 or 7
        yield _span(text, match.start(), match.end(), days / 7)
    for match in SINCE_MONTH.finditer(text):
        months = (today.month - 1 - MONTHS.index(match["month"])) % 12
        weeks = max(1.0, (months * 30.4 + (today.day - 1)) / 7) if months else max(0.5, today.day / 14)
        yield _span(text, match.start(), match.end(), weeks)
    for match in SINCE_YESTERDAY.finditer(text):
        days = {"yesterday": 1, "last night": 1}.get(match["when"], 0)
        related = match[0].startswith("since") or INJURY.search(text[max(0, match.start() - 60) : match.end() + 40])
        if related and (match["when"] != "today" or match[0].startswith("since")):
            yield _span(text, match.start(), match.end(), days / 7)
    for match in SINCE_LAST.finditer(text):
        weeks = {"week": 1, "weekend": 5 / 7, "month": 52 / 12, "year": 52}[match["unit"]]
        yield _span(text, match.start(), match.end(), weeks)


def _span(text: str, start: int, end: int, weeks: float) -> Quantity | None:
    """A span of time as the finding that its surroundings make it: since an injury, of care, or of pain."""
    around = text[max(0, start - 45) : start]
    after = text[end : end + 30]
    if CARE.search(around[-30:]) or re.match(
        r"\s*(?:of|off)\s(?:rest|physio|exercises|stretching|running|rehab|ice)", after
    ):
        return Quantity("self_care_weeks", round(weeks, 3), start, end)
    ago = re.match(r"\s*(?:ago|back)\b", after) or re.search(
        r"yesterday|this morning|last night|today|on \w+day|last \w+day", text[start:end]
    )
    if ago and (INJURY.search(around) or INJURY.search(after)):
        return Quantity("injury_days_ago", _whole(round(weeks * 7, 1)), start, end)
    if weeks > 8 and re.match(r"\s*(?:ago|back)\b", after) and not BEGAN.search(around + after):
        return None
    return Quantity("duration_weeks", round(weeks, 3), start, end)


def _distances(text: str, today: date) -> Iterator[Quantity]:
    for match in DISTANCE.finditer(text):
        unit = "km" if match["unit"].startswith("k") else "miles"
        yield Quantity("longest_recent_session", f"{float(match['n']):g} {unit}", match.start(), match.end())
    for match in SESSION_MINUTES.finditer(text):
        around = text[max(0, match.start() - 30) : match.end() + 15]
        if not SESSION_WORDS.search(around) or re.search(r"\bago|after|into|stiff|every", around):
            continue
        number = 0.5 if match["n"] == "half an" else NUMBER_WORDS.get(match["n"], 40 if match["n"] == "forty" else None)
        number = float(match["n"]) if number is None else number
        minutes = number * 60 if match["unit"].startswith("h") else number
        yield Quantity("longest_recent_session", f"{minutes:g} minutes", match.start(), match.end())


def _amount(words: str) -> float:
    words = words.strip()
    if words[0].isdigit():
        parts = [float(part.replace(",", ".")) for part in re.findall(r"\d+(?:[.,]\d+)?", words)]
        return max(parts)
    for name in sorted(NUMBER_WORDS, key=len, reverse=True):
        if words.startswith(name):
            return NUMBER_WORDS[name]
    return 1


def _whole(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value
