"""What a length such as "three weeks" is about."""

from __future__ import annotations

import re

from bot.nlu.quantities.case import CARE, DURATION, INJURY, NOTHING, TURN, About, Case, Rule
from bot.nlu.quantities.message import Mark
from bot.nlu.quantities.patterns import leads, phrases, within
from bot.nlu.quantities.people import RELATIVE

NEAR = 45
"""Characters in which a word after the length belongs to it."""
ABOUT = r"about around round roughly over nearly almost only just under"
NOT_UP_TO_NOW_BEFORE = leads(
    r"(?<!going_)on every each per in within times? once twice thrice x sets_of next spen[dt] out_of_the_last out_of until"
    r" till til another lasts lasting takes? taking before by age older stage week grade any coming other give_it allow aged_me"
    r" (?<!coming_)up_to wait waited never_had never_(?:missed|taken|took)"
    r" (?:times|once|twice|x)_an? in_(?:about|around|over|roughly|under) within_about",
    "about around roughly maybe at_least a_good",
)
DAY_N = re.compile(r"day \d")
X_FOR = re.compile(
    r"\b(?:pain\w*|swell\w*|swollen|sore\w*|ach\w+|stiff\w*|symptoms|limp\w*|hurting|physio\w*|rehab|rest\w*|ice|exercises)\s(?:\w+\s)?x\s?$"
)
""" "Knee pain x (3 weeks)"."""
NOT_UP_TO_NOW_AFTER = re.compile(
    r"\s*-?"
    + phrases(
        r"old young of_age pregnant gone\b postpartum post_?-?partum post_?-?op gestation a_week per_ a_day each / later"
        r" until till before from_(?:now|today) time\b at_a_time away wait course plan\b program flight drive shift run\b"
        r" walk\b ride\b hike\b holiday vacation into_(?:my|recovery|a|the) in_a_row on_the_trot notice clean sober free experience (?:of_)?service off_sick out_from married"
        r" contract warranty trial prescription supply trip race challenge normal enough too_long too_short long_enough"
        r" is_(?:that|it)_(?:ok|normal|too) to_(?:heal|recover|get_better|go|come|appear|show|settle|develop|start|calm) younger older an?_\w+(?:er|or|ist|man|ian)\b out\b last\b between off_work"
        r" with_(?:flu|covid|a_cold) in_(?:two|three|four|five|ten|\d)\b out_of in_(?:19|20)\d\d once twice thrice"
        r" (?:of_)?(?:on_end|each_time|every_time|at_a_time|afterwards|after(?!noon))\b"
    )
)
NOT_IN = re.compile(
    r"\b(?:(?:have|has|had)n'?t|(?:have|has|not?) (?:not|never|been|had|run|done|played|slept|walked|trained)|never been|no (?:exercise|sport|running|training|gym|football))\b[^.,]{0,24}\sin\s(?:over\s|about\s|nearly\s)?$"
)
""" "I haven't run in (three weeks)"."""
RECANTED = re.compile(
    r"[\s.,-]*(?:no|nope|actually|sorry|i mean|wait|make that|or rather)\b,?\s(?:\w+\s){0,2}?(?:\d|an?\b|one|two|three|four|five|six)"
)
OVER_WHICH = leads("in_(?:the|this)_(?:last|past)")
TIMES = within(r"once twice (?:\d+|two|three|four|five|several|many)_times")
""" "In the last six months it locked three times"."""
AFTER = leads("after", ABOUT)
STILL = within(
    "still no_joy no_luck no_use no_good no_help nothing hasn't_helped not_helped didn't_help no_better not_better no_improvement no_change no_different even"
)
GOES_ON = re.compile(
    r"\s*,?\s*(?:it|its|it's|i|i'm|im|my|the|there|still|no|with no)\b.{0,20}\b(?:still|no|not|isn'?t|hasn'?t)\b"
)
EXPECTING = leads("(?:wife|she|partner|girlfriend|i'm|im|i_am|she's|shes)(?:_is)?", "about now nearly almost")
THIS_IS = leads("(?:pain|ache|it|injury|swelling|problem|this|thing)(?:'s|_is)", "about only around now")
QUESTION = re.compile(
    r"^\s*(?:do|does|can|should|shall|will|would)\b|\b"
    + phrases(
        r"how_long how_many how_soon when_(?:will|can|should|do) will_(?:it|i|my|this|the) should_i until_i can_i could_i"
        r" (?:is|would)_it_(?:be_)?(?:ok|okay|safe|fine|normal|better|bad) may_i do_you if_(?:it|i|my|this|the)"
        r" is_\S+_\S+_(?:normal|enough|too)"
    )
    + r"\b"
)
ANSWERED = re.compile(r"\b(?:been|since|past|last|had|now|already)\s(?:\w+\s){0,2}$")
SINCE = leads("since", ABOUT)
CHILD = re.compile(rf"\b{RELATIVE}\s\($")
""" "My toddler (22 months)"."""
HABIT = re.compile(
    r"(?:^\W*|\b(?:he|she|dad|mum|husband|wife)\s(?:has\s)?|(?:he|she)'?s\s)(?:have\s|has\s)?been an? (?:\w+ )?\w*(?:er|or|man|woman|ist|ian|nurse|postie|chef|cook|guard|mum|dad) (?:for )?(?:over |about |nearly )?$|"
    r"\bi(?:'ve| have|ve)? been an? (?!bit|little)(?:\w+ ){1,4}(?:for )?(?:over |about |nearly )?$|"
    r"\b(?:been|have|has|i've|ive|he's|she's)\s(?:a|an|the|in|\w+ing|\w+ed)?\s?(?:\w+\s){0,4}?"
    r"(?:work\w*|play\w*|run(?:ning|ner)?|cycl\w*|train\w*|smok\w*|married|teach\w*|driv\w*|danc\w*|doing|nurse|builder|"
    r"kneeling|standing|lifting|coach\w*|together|retired|here|living|lived|vegan|vegetarian|member|pregnant)\s"
    r"(?:\w+\s){0,3}?(?:for\s)?(?:over\s|about\s|nearly\s|the\s(?:last|past)\s)?$"
)
""" "I have played football for (twenty years)"."""
OF_CARE = re.compile(
    r"['\s]*(?:worth )?(?:of |off |with |without |doing |on )?(?:into |doing |just |only |complete |total |full |proper "
    r"|strict |solid |daily |regular |the |my |pure |some |good |religious |nothing but |gentle |(?:pilates|yoga|swimming|cycling|massage|ice)(?: and |, | & |/))*$"
)
OFF = re.compile(
    r"\s*(?:completely |fully |totally )?(?:off\b(?! work| school| sick| for)|"
    r"out (?:from|of) (?:running|football|rugby|netball|tennis|training|the gym|sports?|playing)\b)"
)
ON = re.compile(r"\s+on\b(?=,|\s(?:and|its|it|it's|still|now|i|my|the knee)\b)")
COUNTED_FROM = re.compile(
    r"\s*(?:now |on |or so |today )?(?:since|after|following|post|from)\b(?!\s(?:now|today))(?!\s?noon)"
)
HAS_HURT_FOR = re.compile(r"\b(?:been|had|has|have|ached)\b[^.]*\bfor (?:about |around |over |nearly )?$")
CARE_TURNED = re.compile(r"\b(?:but|however|though|yet)\b|\b(?:been|its|it's)\b.*\bnow\b")
PARTED = re.compile(r",|\bbut\b|\band\b|\bfor my\b")


def _of_something(case: Case) -> About | None:
    """ "Three weeks of rest", "two weeks off", "three years of nursing school"."""
    text, end = case.message.text, case.time.end
    care = case.message.first_after(end, ("care",), NEAR)
    if care and OF_CARE.match(text, end, care.start) or OFF.match(case.after):
        return NOTHING if case.advised() or NOT_UP_TO_NOW_BEFORE.search(case.before) else About(CARE)
    other = case.message.first_after(end, ("work", "activity", "event", "med"), 15)
    if other and " of " in text[end : other.start] and OF_CARE.match(text, end, other.start):
        return NOTHING
    return None


def _three_weeks_on(case: Case) -> About | None:
    """ "Three weeks on it still hurts"."""
    if not ON.match(case.after):
        return None
    injury = case.message.last_before(case.time.start, ("injury",)) or case.injury_near()
    return About(INJURY if injury else DURATION, injury)


def _counted_from(case: Case) -> About | None:
    """ "Three weeks since I fell", "three weeks after the operation"."""
    counted = COUNTED_FROM.match(case.after)
    if not counted:
        return None
    kinds = ("injury", "onset", "symptom", "event", "care", "activity", "med")
    about = case.message.first_after(case.time.end + counted.end(), kinds, NEAR)
    if about and about.kind == "injury":
        hurt_for = case.before.endswith(" for ") and case.message.last_before(case.time.start, ("symptom",), 25)
        return About(DURATION) if hurt_for else About(INJURY, about)
    if about and about.kind in ("onset", "symptom") or HAS_HURT_FOR.search(case.before):
        return About(DURATION)
    return NOTHING


def _not_up_to_now(case: Case) -> About | None:
    """ "Every three weeks", "in three weeks", "three weeks pregnant", "is three weeks normal"."""
    before, after = case.before, case.after
    if OVER_WHICH.search(before) and TIMES.search(after):
        return NOTHING
    if AFTER.search(before) and not (STILL.search(before) or GOES_ON.match(after)):
        return NOTHING
    if CHILD.search(before) or EXPECTING.search(before) and not after.startswith((" in", " since")):
        return NOTHING
    if THIS_IS.search(before) and after.startswith(" old"):
        return About(DURATION)
    if NOT_UP_TO_NOW_AFTER.match(after) or RECANTED.match(case.message.text, case.time.end):
        return NOTHING
    if NOT_UP_TO_NOW_BEFORE.search(before) and not _led_otherwise(case):
        return NOTHING
    return NOTHING if QUESTION.search(before) and not ANSWERED.search(before) else None


def _led_otherwise(case: Case) -> bool:
    """ "I haven't run in three weeks", "on day 3", "pain x 3 weeks"."""
    day = DAY_N.match(case.message.text, case.time.start)
    return bool(NOT_IN.search(case.before) or day or X_FOR.search(case.before))


def _since(case: Case) -> About | None:
    """ "Since three weeks", as some say it."""
    return (
        About(DURATION)
        if SINCE.search(case.before) and not case.message.last_before(case.time.start, ("care",), 20)
        else None
    )


def _governed(case: Case) -> About | None:
    """By the last word before it that is about something: pain, care, or what else takes its time."""
    message, time = case.message, case.time
    kinds = ("care", "event", "injury", "onset", "symptom", "med", "work", "activity")
    about = message.last_before(time.start, kinds) or _one_before(case)
    if about is None:
        return NOTHING if HABIT.search(case.before) else About(DURATION)
    if about.kind in ("injury", "onset", "symptom"):
        return About(DURATION)
    care = about if about.kind == "care" else message.last_before(about.start, ("care",), NEAR)
    if care is about and CARE_TURNED.search(message.text, about.end, time.start):
        return About(DURATION)
    if care and (care is about or about.kind != "event" and not TURN.search(message.text, care.end, time.start)):
        return NOTHING if case.advised() else About(CARE)
    pain = message.last_before(time.start, ("onset", "symptom"))
    parted = about.kind != "med" and PARTED.search(message.text, about.end, time.start)
    return About(DURATION) if (pain or parted) and not HABIT.search(case.before) else NOTHING


def _one_before(case: Case) -> Mark | None:
    """What the sentence before is about, where this one is nothing but the time: "Tried resting. 2 weeks." """
    start, end = case.message.sentence(case.time.start)
    if end - start > case.time.end - case.time.start + 8:
        return None
    marks = [mark for mark in case.message.marks_within(start - 40, start) if mark.kind in ("care", "symptom")]
    return marks[-1] if marks else None


LENGTH_RULES: tuple[Rule, ...] = (_of_something, _three_weeks_on, _counted_from, _not_up_to_now, _since, _governed)
