"""How far or long somebody goes at the most when they do their sport."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.quantities.message import ONE_NUMBER, Measure, Message
from bot.nlu.quantities.patterns import either, leads, phrases, within
from bot.nlu.quantities.people import about_somebody_else
from bot.nlu.quantities.sessions import A_WEEK, NEAR, NO_SPORT, SPORT, formerly, sessions_per_week
from bot.nlu.quantities.words import MONTHS

LONGEST = 1000
KM_IN_MILE = 1.609
HALF_MARATHON, MARATHON, PARKRUN = 21.0, 42.0, 5.0

CLAUSE = re.compile(r"[,(]|\bbut\b")
COUCH_DONE = re.compile(r"\b(?:finished|completed|did|done)\b[^.]{0,12}\bcouch\sto\s$")
NOT_YET = within(
    r"training_for train_for signed_up entered entering want(?:ing)?_to hoping hope_to going_to gonna planning plan_to next upcoming"
    r" can_i could_i should_i will_i aim\w* race_in would_like (?:i'd|id)_(?:like|love) booked due_to dream\w* goal able_to_do"
    r" supposed_to about_to idea_of can't_run couch_to (?:i'm|im|i_am)_doing_(?:the|an?|my) tomorrow"
    r" (?:ok|okay|safe|fine|alright)_to prepar\w+ i_have_a got_a"
)
PLANNED = re.compile(r"\b(?:race|run|event|sportive|tournament)\sin\s(?:\d|an?\b|two|three|four|five|six)")
""" "I've a race in three weeks, (10k)"."""
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
    r" flight shift more_than desk (?:hurts?|aches?|sore|pain)_for ice\w* icing rest\w* stand\w* (?<!every\s)(?<!each\s)morning loosen\w* than work\w* up_to max"
)
NO_MINUTES_AFTER = re.compile(
    r"[^.,]{0,30}\b(?:then|until)\s(?:it|the\s(?:pain|knee)|my\sknee)\b|\s?-?(?:walk|drive|bus|ride)\s(?:to|from|away|into)\b|\s?"
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
WAS = re.compile(r"(?:\s(?:in|at)\s\w+)?\s(?:last\b|yesterday\b|(?:an?|two|three|\d+|few)\s\w+\sago\b)")


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
    to_come = (
        first
        or NOT_YET.search(clause)
        or PLANNED.search(before)
        or RACE.match(text, one.end)
        and not DID.search(before)
    )
    weekly = NO_SESSION.match(text, one.end) and not COUNT.search(before)
    there = IT_IS.search(before) and text.startswith(" to ", one.end)
    other = there or weekly or NOT_BY_SPORT.search(clause)
    return not (to_come or other or formerly(message, one.start) or about_somebody_else(message, one.start))


def _races(message: Message) -> Iterator[tuple[float, str, int, int]]:
    """Races that have a length of their own, where it is not told."""
    distances = list(_distances(message))
    for pattern, km in RACES:
        for match in pattern.finditer(message.text):
            before = message.before(match.start())
            done = km == PARKRUN or DID.search(before) or WAS.match(message.text, match.end())
            told = any(abs(_km(one) - km) < 0.05 * km for one in distances)
            if done and not told and not NOT_YET.search(before) and not formerly(message, match.start()):
                yield km, "km", match.start(), match.end()


def _tells_how_often(message: Message) -> bool:
    """ "Twice a week, about an hour" and nothing but that."""
    return not any(mark.kind in NO_SPORT for mark in message.marks) and sessions_per_week(message) is not None


def _minutes(message: Message) -> Iterator[tuple[float, str, int, int]]:
    """Times of sport, and a time that is the whole message: the answer to how long."""
    text, of_sport = message.text, _tells_how_often(message)
    for one in message.measures:
        if one.unit not in ("minute", "hour"):
            continue
        clause = CLAUSE.split(message.before(one.start))[-1]
        if NO_MINUTES_BEFORE.search(clause) or NO_MINUTES_AFTER.match(text, one.end) or not _was_done(message, one):
            continue
        sport = any(mark.kind == SPORT for mark in message.around(one.start, one.end, NEAR))
        if sport or of_sport or BARE_BEFORE.fullmatch(text, 0, one.start) and BARE_AFTER.fullmatch(text, one.end):
            yield one.days * 1440, "minutes", one.start, one.end
