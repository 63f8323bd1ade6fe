"""How often somebody does their sport in a week, and how far or long at the most."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.quantities.message import ONE_NUMBER, Mark, Measure, Message
from bot.nlu.quantities.patterns import either, follows, leads, phrases, within
from bot.nlu.quantities.people import about_somebody_else
from bot.nlu.quantities.words import MONTHS, SHORT_WEEKDAYS, WEEKDAYS

MOST_A_WEEK = 30
LONGEST = 1000
KM_IN_MILE = 1.609
HALF_MARATHON, MARATHON, PARKRUN = 21.0, 42.0, 5.0
NEAR = 45
"""Characters in which a word of sport belongs to a number."""
SHORT = 25
"""Characters beside the number in a message that says little else."""
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
    r"\b(?:every\s?day|daily|each\sday|every\s(?:single\s)?(?:day|morning|evening)|seven\sdays|"
    r"(?:(?<=miles\s)|(?<=mile\s)|(?<=km\s)|(?<=k\s)|(?<=mins\s)|(?<=minutes\s)|(?<=hours\s)|(?<=hour\s))(?:a|per)\sday)\b"
)
EVERY_OTHER_DAY = re.compile(r"\b(?:every\s(?:other|second|2nd)|alternate)\s(?:day|night|evening|morning)s?\b")
DAY_NAME = either([*WEEKDAYS, *SHORT_WEEKDAYS])
NAMED_DAYS = (
    re.compile(rf"\b{DAY_NAME}s?(?:\s?(?:,|/|&|\+|-|and|\s)\s?(?:and\s)?{DAY_NAME}s?)+\b"),
    re.compile(rf"\b(?:(?:every|on\san?)\s{DAY_NAME}|{either(WEEKDAYS)}s)\b"),
)
LESS_SPORT = re.compile(r"run|train|mile|cut|reduc|swap|switch")

# formerly, and now
USED_TO = within("used_to previously before_this before_that in_the_past years_ago back_in")
BEFORE_THIS = follows("before_(?:this|that|it|the)")
NOWADAYS = within("now but these_days at_the_moment currently lately today down_to")
NOW_ONLY = re.compile(
    r"\bto\s$|\bnow\s(?:i'm\s|im\s|its\s|it's\s|i\s)?"
    r"(?:only\s|just\s|down\sto\s|barely\s|about\s|maybe\s|doing\s|manage\s|do\s|at\s)*$"
)

# how far and how long
CLAUSE = re.compile(r"[,(]|\bbut\b")
COUCH_DONE = re.compile(r"\b(?:finished|completed|did|done)\b[^.]{0,12}\bcouch\sto\s$")
NOT_YET = within(
    r"training_for train_for signed_up entered entering want(?:ing)?_to hoping hope_to going_to gonna planning plan_to next upcoming"
    r" can_i could_i should_i will_i aim\w* race_in would_like (?:i'd|id)_(?:like|love) booked due_to dream\w* goal able_to_do"
    r" supposed_to about_to idea_of can't_run couch_to (?:i'm|im|i_am)_doing_(?:the|an?|my) tomorrow"
    r" (?:ok|okay|safe|fine|alright)_to prepar\w+ i_have_a got_a"
)
NOT_BY_SPORT = within(
    r"live lives living drive drove driving driven car hospital bus train_journey shoes trainers journey commute_of gp done_about away"
    r" flew bike_is cant can't cannot could(?:n'?t|_not) not_even barely can_only can_barely more_than over_about trouble unable"
    r" struggle\w*"
)
COUNT = re.compile(rf"\b(?:{ONE_NUMBER}|x)\s$")
""" "Two (5k runs a week)"."""
FIRST = within("my_first")
IT_IS = leads("it's its it_is")
WHERE_IT_HURTS = leads(
    r"after past at beyond until from within into hurts? hurting"
    r" (?:when|once|if)_(?:i've|ive|i_have)_(?:walked|run|done|cycled|jogged)",
    "about around the only just over a roughly",
)
A_SESSION = re.compile(r"\s?-?(?:[a-z]+\s){0,2}?(?:hike|run|ride|walk|swim|race|jog|cycle|row|trek|loop)s?\b")
RACE = re.compile(r"\s?-?race\b")
NO_SESSION = re.compile(
    rf"\s?-?(?:(?:(?!twice|once|two|three|four|five|six|times)[a-z]+\s){{0,2}}{A_WEEK}|"
    + phrases(
        r"(?:(?:a|per|each|every)_|/)(?:month|year|yr) away\b from\b to_the_(?:nearest|hospital|doctor) steps?\b tomorrow next\b"
        r" event\b ago\b later\b on_them on_these an?_hour\b per_hour mph drive\b flight\b shift commute\b a_side radius"
        r" too_(?:far|much|long) (?:and|then)_(?:i_)?(?:had|have)_to then_it long_queue before to_go\b"
    )
    + rf"|in\s{either(MONTHS)}\b)"
)
NO_MINUTES_BEFORE = within(
    r"after stiff\w* every(?:_few)?(?=\s$) within ago lasts? lasting wait\w* takes? taking drive drove sit\w* sat sleep slept into until"
    r" flight shift more_than desk (?:hurts?|aches?|sore|pain)_for ice\w* icing rest\w* stand\w* morning loosen\w* than work\w* up_to max"
)
NO_MINUTES_AFTER = re.compile(
    r"\s?-?(?:walk|drive|bus|ride)\s(?:to|from|away|into)\b|\s?"
    + phrases("into in_the_morning a_day_at at_a_desk ago after later shift appointment")
    + r"|\s?(?:of\s\w+\s)?(?:\w+\s){0,3}?(?:sets|brings|triggers|before\s(?:i|my|it|the))\b"
)
BARE_BEFORE = re.compile(
    r"\W*(?:(?:about|around|roughly|approx|nearly|over|usually|maybe|say|up\sto|it\swas|just)\s){0,2}"
)
BARE_AFTER = re.compile(r"\s?(?:or\sso|max|tops|ish)?\W*")
RACES = (
    (re.compile(r"\bhalf[\s-]marathons?\b"), HALF_MARATHON),
    (re.compile(r"(?<!half )(?<!half-)\bmarathons?\b"), MARATHON),
    (re.compile(r"\bpark\s?runs?\b"), PARKRUN),
)
DID = re.compile(r"\b(?:ran|did|done|completed|finished|after|since|walked|raced)\b[^.!?,]{0,30}$")
WAS = re.compile(r"\s(?:last\b|yesterday\b|(?:an?|two|three|\d+|few)\s\w+\sago\b)")


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
            if not _formerly(message, one.start) and not BEFORE_THIS.match(message.text, week):
                holds_distance = re.search(r"\d", message.text[one.end : week])
                yield one.value, one.start, one.end if holds_distance else week
        elif told_before and not one.unit and NOW_ONLY.search(message.before(one.start, 24)):
            yield one.value, one.start, one.end
    for match in ONCE.finditer(message.text):
        if _is_sport(message, match.start(), match.end()) and not _formerly(message, match.start()):
            yield ONCES[match["m"] or match["n"]], *match.span()
    for pattern, value in ((EVERY_OTHER_DAY, 3.5), (DAILY, 7.0)):
        for match in pattern.finditer(message.text):
            if _after_sport(message, match.start()) and not _formerly(message, match.start()):
                yield value, *match.span()
    yield from _named_days(message)


def _per_week(message: Message, one: Measure) -> int | None:
    """Where "3 times a week" ends."""
    if one.unit not in ("", "times", "day", "night") or not one.exact:
        return None
    match = PER_WEEK.match(message.text, one.end)
    return match.end() if match else None


def _named_days(message: Message) -> Iterator[tuple[float, int, int]]:
    """ "Mon wed fri", "every Tuesday", "on Saturdays"."""
    matches = [match for pattern in NAMED_DAYS for match in pattern.finditer(message.text)]
    matches = [match for match in matches if _after_sport(message, match.start(), "injury")]
    days = {day[:3] for match in matches for day in re.findall(rf"\b{DAY_NAME}", match[0])}
    if days:
        yield len(days), *min(match.span() for match in matches)


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
        return len(message.text) - (end - start) < SHORT
    return mark.kind == SPORT or mark is before and _less_sport(message, mark)


def _less_sport(message: Message, mark: Mark) -> bool:
    """ "I cut my runs to (2 a week)" is care, and tells how often."""
    return mark.kind == "care" and LESS_SPORT.search(message.text, mark.start, mark.end) is not None


def _formerly(message: Message, at: int) -> bool:
    before = message.before(at)
    past = USED_TO.search(before)
    return past is not None and not NOWADAYS.search(before, past.end())


def longest_session(message: Message) -> tuple[str, int, int] | None:
    """The longest session, as text with its unit, and where it says so; a distance rather than a time.

    Args:
        message: the message.
    """
    found = max([*_distances(message), *_races(message)], key=_km, default=None)
    found = found or max(_minutes(message), key=lambda one: one[0], default=None)
    if found is None or not 0 < found[0] <= LONGEST:
        return None
    return f"{found[0]:g} {found[1]}", found[2], found[3]


def _km(distance: tuple[float, str, int, int]) -> float:
    return distance[0] * (KM_IN_MILE if distance[1] == "miles" else 1)


def _distances(message: Message) -> Iterator[tuple[float, str, int, int]]:
    for one in message.measures:
        if one.unit in ("km", "miles") and _was_done(message, one):
            hurts_there = WHERE_IT_HURTS.search(message.before(one.start))
            if not hurts_there or A_SESSION.match(message.text, one.end):
                yield one.value, one.unit, one.start, one.end


def _was_done(message: Message, one: Measure) -> bool:
    """The distance or time is one of sport, and no plan."""
    before, text = message.before(one.start), message.text
    if COUCH_DONE.search(before):
        return True
    clause = CLAUSE.split(before)[-1]
    first = FIRST.search(clause) and not DID.search(before)
    to_come = first or NOT_YET.search(clause) or RACE.match(text, one.end) and not DID.search(before)
    weekly = NO_SESSION.match(text, one.end) and not COUNT.search(before)
    there = IT_IS.search(before) and text.startswith(" to ", one.end)
    other = there or weekly or NOT_BY_SPORT.search(clause)
    return not (to_come or other or _formerly(message, one.start) or about_somebody_else(message, one.start))


def _races(message: Message) -> Iterator[tuple[float, str, int, int]]:
    """Races that have a length of their own."""
    for pattern, km in RACES:
        for match in pattern.finditer(message.text):
            before = message.before(match.start())
            done = km == PARKRUN or DID.search(before) or WAS.match(message.text, match.end())
            if done and not NOT_YET.search(before) and not _formerly(message, match.start()):
                yield km, "km", match.start(), match.end()


def _minutes(message: Message) -> Iterator[tuple[float, str, int, int]]:
    """Times of sport, and a time that is the whole message: the answer to how long."""
    text = message.text
    for one in message.measures:
        if one.unit not in ("minute", "hour"):
            continue
        clause = CLAUSE.split(message.before(one.start))[-1]
        if NO_MINUTES_BEFORE.search(clause) or NO_MINUTES_AFTER.match(text, one.end) or not _was_done(message, one):
            continue
        sport = any(mark.kind == SPORT for mark in message.around(one.start, one.end, NEAR))
        if sport or BARE_BEFORE.fullmatch(text, 0, one.start) and BARE_AFTER.fullmatch(text, one.end):
            yield one.days * 1440, "minutes", one.start, one.end
