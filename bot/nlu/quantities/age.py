"""How old the person with the knee is; not how old somebody else, a pair of shoes or an injury is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.nlu.quantities.message import Measure, Message
from bot.nlu.quantities.patterns import leads, phrases
from bot.nlu.quantities.people import RELATIVE, about_somebody_else, in_passing

OLDEST = 115
REACH = 1000
"""Characters in which a message tells whose knee it is."""
GROWN = 15
"""Years from which a number that stands alone is taken for an age."""

# what leads to an age
HEDGE = (
    phrases("only gone just now nearly almost about around roughly already currently both like a an female male f m")
    + r"\s"
)
I_AM = re.compile(
    r"\b"
    + phrases(
        r"i_am i'm im i_m am being aged? age_is we'?re_both we_are_both (?:gonna|going_to)_be age_of turn(?:ed|ing|s)? i'?ll_be will_be shall_be (?:just|i|i've|about_to)_hit pushing"
        r" approaching coming_up(?:_to)? reached to_be going_on age\s?/\s?sex"
    )
    + rf"[\s:=-]+(?:{HEDGE}){{0,2}}$"
)
THEY_ARE = re.compile(
    rf"\b(?:(?:he|she|they|who|patient|{RELATIVE})(?:\s?'?s|,?\sis|\sare|\swho\sis|\sis\saged?|\saged?)|who's|whos|(?:he|she)'?ll\sbe)"
    rf"\s(?:{HEDGE}){{0,2}}$|\b(?:my|his|her|our)\s(?:son|daughter|lad|boy|girl|kid)s?\s(?:is\s)?$"
)
PERSON_BESIDE = re.compile(
    rf"^\W*(?:my\s)?{RELATIVE}\s(?:aged?\s)?$|\b(?:{RELATIVE}|me|my\sage|here|retired|hi|hello|hey|man|woman|male|female|guy|bloke|lady|runner)\b[\w\s]{{0,12}}"
    rf"[,(:]\s?(?:{HEDGE})?(?:aged?\s)?$"
)
SEX = re.compile(r"\b(?:m|f|male|female|man|woman)[\s,/]+(?:aged?\s)?$")
AT = re.compile(r"^\W*(?:and\s|so\s|but\s|because\s)?at\s$")
STILL_AT = re.compile(
    r"\b(?:i'm|im|i am|still|is it|is this|normal)\b"
    r"(?:(?!\b(?:had|got|started|was|did|replaced|retired|diagnosed)\b)[^.])*\bat\s$"
)
LIST_OF_ME = re.compile(
    r"\b(?:im|i'm|i\sam)\s(?:an?\s)?(?:[a-z]+\s){1,3}and\s$|"
    r"\b(?:im|i'm|i\sam|name\sis|name's)\s"
    r"(?!(?:size|bmi|over|under|taking|doing|on|past|at|like|still|in|up|down|not|about)\b)[a-z]+,?\s$|"
    r"\b(?:im|i'm|i\sam)\s(?:[\d'\x22.]+\s?[a-z']{0,6}(?:\stall)?(?:,\s?|\sand\s|\s)){1,3}$"
)
""" "I'm a runner and 45", "im dave 53", "im 6'2 and 100kg and 33"."""
OF_YEARS = leads("(?:man|woman|lady|widow|widower|gentleman|chap|bloke|mother|father)_of")
CHILD_OF = leads("(?:lad|lass|boy|girl|child|kid|son|daughter|toddler|youngster|teenager|grandson|granddaughter)_of")
AGED = leads("aged age ripe_old_age_of", ":")
I_HAVE = leads("i_have i've", "already now")
""" "I have 42 years", as some say it."""
NEARLY = re.compile(r"\W*(?:nearly|almost|just|only)\s")
GREETED = leads("hi hello hey doc yo", "[,.]")
ALONE_BEFORE = re.compile(r"(?:^|[\n,.;(]|\bage\?|\bhere|\bdoc|\bhi|\bhello|\bhey|\byo)\s?$")

# what leads to another number
SINCE_AGE = re.compile(
    r"\b(?:since|from|at|by|until|till|before|after)\s(?:the\s)?(?:age\s(?:of\s)?|aged?\s)?$|\bwhen\si\swas\s$|"
    r"\b(?:diagnosed|started|began|got|had|developed|replaced|when)\b[^,.]{0,30}\baged?\s$"
)
NUMBERED = re.compile(r"\d\s?[,.;(]\s?$|\b(?:size|number|no|route|bus|level|grade|at|of|to|reps|sets)\s?[,:]?\s?$")
CARER = re.compile(
    r"(?<!\bhi\s)(?<!\bhey\s)(?<!hello\s)(?<!dear\s)\b(?:nurse|doctor|doc|gp|physio\w*|surgeon|consultant|therapist|trainer|coach|teacher)\b[^.,]{0,12}$"
)
AS_IF = re.compile(r"\b(?:like|feel(?:s|ing)?|felt|of)\s(?:\w+\s){0,2}$|\bthan\s(?:an?\s)?$")
CARED_FOR = leads(
    r"(?:have|got|ve|i've|with|carry\w*|after|lift\w*|for|by|chas\w*|pick\w*(?:_up)?|mum_of|mom_of|mother_of|dad_of|and|hold\w*"
    r"|against|to|of|feed\w*)_(?:an?|my|our|his|her|two|the)"
)
THEIR_KNEE = re.compile(r"\b(?:his|her|their|whose)\s(?:\w+\s)?(?:knees?|kneecaps?|legs?)\b")
MY_KNEE = re.compile(r"\bmy\s(?:\w+\s)?(?:knees?|kneecaps?|legs?)\b")
NOT_M = leads("the of for in size ran swim swam walk")
"""Before metres."""

# what follows an age
OLD = re.compile(r"\s?-?(?:/|s\s|')?\s?(?:o\b|olds?\b|of\sage\b|young\b)")
OLD_PERSON = re.compile(rf"{OLD.pattern}\s(?:\w+\s)?{RELATIVE}\b")
ENDS = re.compile(
    r"\s?(?!(?:and|&|,|or)\s?\d+(?!\s[a-z]|\d))(?:$|[,.;:!?)\n&-]|/(?!\d)|(?!"
    + phrases(r"o'?clock or_\d out of to_\d times and_a_half point in_a_row per \d % months?\b down up\b")
    + r")[a-z])"
)
LISTED = re.compile(r"\s?(?:$|[,.;)]|(?:and|from|here|with|yo)\b)")
OF_SEX = re.compile(r"\s(?:fe)?male\b|\s(?:wo)?man\b|\s(?:lady|bloke|guy)\b")
YEARS_END = re.compile(r"\s?(?:$|[,.;)]|and\b|with\b)")
IN_A_LIST = re.compile(r"\s?(?:[,.;)\n]|$|(?:this|next|last)\s(?:year|month|week|birthday)\b|tomorrow\b)")
NOW_AT = re.compile(r"\s?,?\s?(?:should|do|am|i|i'm|im|is|my|years|it|its|can|would|with)\b")
FIRST_OF_ALL = re.compile(
    r"\s?(?:(?:&|n)\s(?=[a-z])|and\s(?:an?\s(?!half|bit)|i|im|i'm|still|never|fit|active)|[,.;)\n]\s?(?!(?:"
    r"maybe|i\s(?:think|guess|reckon)|or|about|roughly|probably|give|ish|max|tops|but|not|no|\d)\b)\w+[\s\S]*\w+\s\w+|"
    r"here\b|yrs?\b|/?[mf]\b)"
)
""" "29, diabetic, hot knee"; not "12, I think"."""
BIRTHDAY_WAS = re.compile(r"\sin\s\S+\s(?:day|week|month)s?\b|\s(?:this|next|last)\s(?:year|month|week|birthday)\b")
THING = re.compile(
    r"(?:s|\sold|old)?\s?-?(?:old)?\s"
    + phrases(
        "pair trainers shoes boots injury tear scar house car bike mattress dog puppy problem op replacement prosthesis implant"
        " knee_replacement treadmill"
    )
    + r"\b"
)

BORN = re.compile(r"\b(?:born|dob|d\.o\.b\.?|date\sof\sbirth)\b[^.!?\n]{0,24}?\b((?:19|20)\d\d)\b")
BIRTHDAY = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\sbirthday\b")
WAS_THEN = (
    r"(?:yesterday|last\s(?:week|month|\w+day)|this\s(?:week|month|year)|(?:on|in)\s(?:\w+day|the\s\d|"
    + phrases("jan\\w* feb\\w* march april may june july aug\\w* sept?\\w* oct\\w* nov\\w* dec\\w*")
    + r"\b(?!\s\d)))"
)
HAD_BIRTHDAY = re.compile(rf"\b(?:i|he|she)\s(?:was|turned)\s(\d{{1,3}})\s{WAS_THEN}")
GLUED_SEX = re.compile(r"\b[mf]/?(\d\d)\b(?!\s?(?:kg|cm|%))")
MENDED = re.compile(r"\b(?:no|i mean|sorry|actually)\b[^.]{0,16}$")


def age(message: Message, today: date) -> tuple[int, int, int] | None:
    """The age of the patient in years, and where it stands: the first that is told, unless it is mended.

    Args:
        message: the message.
        today: for a year of birth.
    """
    found = None
    for one in message.measures:
        if (not found or MENDED.search(message.before(one.start, 24))) and _is_age(message, one):
            who = not I_AM.search(message.before(one.start)) and OLD_PERSON.match(message.text, one.end)
            if not (about_somebody_else(message, who.end() if who else one.start) or in_passing(message, one.start)):
                found = int(one.value), one.start, one.end
    return found or next(_in_other_words(message, today), None)


def _in_other_words(message: Message, today: date) -> Iterator[tuple[int, int, int]]:
    """ "Born in 1980", "my 70th birthday", "f21"."""
    for pattern in (BORN, BIRTHDAY, HAD_BIRTHDAY, GLUED_SEX):
        for match in pattern.finditer(message.text):
            years = today.year - int(match[1]) if pattern is BORN else int(match[1])
            if 0 < years <= OLDEST and not about_somebody_else(message, match.start()):
                yield years, match.start(1), match.end(1)


def _is_age(message: Message, one: Measure) -> bool:
    before, after = message.before(one.start), message.text[one.end : one.end + 60]
    halves = one.value % 1 and not (one.value < GROWN and THEY_ARE.search(before))
    if one.value != one.low or not one.exact or halves or not 1 <= one.value <= OLDEST:
        return False
    if THING.match(after) or CARER.search(before):
        return False
    if one.unit == "yo" or one.unit == "year" and OLD.match(after):
        carried = CARED_FOR.search(before) and not _told_of(message)
        return not (carried or SINCE_AGE.search(before) or AS_IF.search(before))
    if one.unit == "year":
        if one.value > 12 and OF_SEX.match(after):
            return True
        named = any(pattern.search(before) for pattern in (I_AM, THEY_ARE, PERSON_BESIDE, I_HAVE))
        if one.value > 12 and SEX.search(before):
            return True
        return named and one.value > 12 and YEARS_END.match(after) is not None
    if one.unit == "sex":
        return one.value > 9 and not NOT_M.search(before)
    if one.unit or SINCE_AGE.search(before) and not before.endswith("at "):
        return False
    return _plain_age(message, one, before, after)


def _told_of(message: Message) -> bool:
    """ "We have a 15 year old, her knee is sore": the child is the patient."""
    return THEIR_KNEE.search(message.text, 0, REACH) is not None and not MY_KNEE.search(message.text, 0, REACH)


def _plain_age(message: Message, one: Measure, before: str, after: str) -> bool:
    """A number without a unit that stands where people put their age."""
    spelled = message.text[one.start].isalpha() and one.value < 5
    if THEY_ARE.search(before) and (LISTED if spelled else ENDS).match(after):
        return True
    if (CHILD_OF.search(before) or AGED.search(before)) and ENDS.match(after):
        return True
    if one.value > GROWN and OF_YEARS.search(before) and ENDS.match(after):
        return True
    if PERSON_BESIDE.search(before) and IN_A_LIST.match(after):
        return True
    still_at = STILL_AT.search(before) and (IN_A_LIST.match(after) or after.startswith(" to "))
    if still_at or AT.search(before) and NOW_AT.match(after):
        return one.value > GROWN
    if one.value < 5 or NUMBERED.search(before):
        return False
    if I_AM.search(before) and ENDS.match(after) or SEX.search(before):
        return True
    if one.value > 9 and NEARLY.fullmatch(before) and re.match(r"\s?(?:[,.]|$)", after):
        return True
    if one.value >= GROWN and LIST_OF_ME.search(before) and LISTED.match(after):
        return True
    return 10 < one.value < 100 and _alone(message, one, before, after)


def _alone(message: Message, one: Measure, before: str, after: str) -> bool:
    """First of all in the message, or between commas."""
    if not message.text[: one.start].strip() or GREETED.search(before):
        birthday = one.value > GROWN and BIRTHDAY_WAS.match(after)
        return bool(birthday) or FIRST_OF_ALL.match(after) is not None
    alone = ALONE_BEFORE.search(message.text[max(0, one.start - 8) : one.start]) and IN_A_LIST.match(after)
    return one.value > GROWN and alone is not None
