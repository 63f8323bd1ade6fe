"""Pain from 0 to 10: the worst of it, and how it is now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.nlu.quantities.message import Measure, Message, numbers_in
from bot.nlu.quantities.patterns import follows, leads, phrases, within

WORST = 10
NO_SCALE = 15
""" "11 out of 10" is meant for the worst there is; 20/10 is no score."""
NEAR = 32
"""Characters in which a word of now belongs to a score."""
SHORT = 25
"""Characters beside a score in a message that says little else."""

SCALE = within(
    r"scale_of_(?:10|ten) scale_(?:(?:of|from)_)?(?:0|1|zero|one)\s?(?:-|to)\s?(?:10|ten)"
    r" (?:0|zero|1|one|10|ten)_(?:being|meaning|as|is_(?:the|no|my|agony)|=_(?:the|no|my|agony))_?\w* if_(?:an?_)?(?:10|ten)_is_(?:the_)?\w+ (?:0|1|zero|one)\s?(?:-|to)\s?(?:10|ten)_scale"
)
OUT_OF_TEN = within("out_of_(?:10|ten)")

# what leads to a score
ADJECTIVE = phrases(
    "solid steady constant consistent good strong dull sharp mild bad nasty low high firm real full light"
)
ARTICLE = re.compile(rf"\ban?\s(?:{ADJECTIVE}\s)?$")
MUCH = re.compile(rf"\b{ADJECTIVE}\s$")
HEAD = phrases(
    r"pain\w* score level intensity severity rat(?:e|ed|ing) give_(?:it|this) gave_(?:it|this) (?:call|mark|score|rate)_(?:it|this) peak(?:s|ed|ing)? spik\w+ max\w*"
    r" goes went gone going gets got getting climbs? jumps? rises? shoots? creeps? hits? hitting reach\w* worst bad_as high_as"
    r" hurt\w* ach\w* it's its it_is it_was was (?:i'?d|i_would|would)_(?:say|call|put) scale currently now moment minute sits"
    r" sitting_at hover\w* that's thats start\w* otherwise dropp\w+ down eas\w+ usually normally mostly days nights times feels"
    r" sore\w* rest varies ranges? more_like vas nrs nprs"
)
LINK = phrases(
    r"is was are at to up like a an about around of say maybe probably roughly been its it's currently now solid steady good strong"
    r" dull sharp mild bad constant index rating number value between from level score it me as high be just only more mostly usually"
    r" normally today the pain scale here that possibly perhaps easily definitely out sits hits gets feels worst my i i'd id this"
    r" morning resting knee for on im i'm"
)
LED_TO = re.compile(rf"\b{HEAD}(?:[\s:=,~-]+{LINK}){{0,6}}[\s:=,~-]+$")
LED_FAR = re.compile(
    r"\b(?:pain|score|level|ache|it|stairs|walking|running|squatting|kneeling)\s(?:[a-z']+\s){0,5}?(?:is|are|was|=|at)\s"
    r"(?:about\s|around\s|an?\s|maybe\s|like\s)?$"
)
BARE = re.compile(
    r"(?:^|[,.;(:]|\b"
    + phrases("and but maybe about then to like a an probably from be or around solid steady it's its days is are")
    + rf")\s?(?:an?\s|about\s|around\s)?(?:{ADJECTIVE}\s)?$"
)
IT_IS = leads(r"it's its it_is was it_was goes got going days now down (?<!can\s)hits? times that's thats rest")
"""Words that lead to a score, but to much else too."""
IN_A_STATE = leads(
    "stairs hills? walking running squatting kneeling standing bending resting rest sitting night mornings? worst best now today moment"
    " (?:good|bad|best|worst)_days? flat average",
    "is its it's are about an? maybe around more_like",
)
WHENEVER = re.compile(r"\bwhen(?:ever)?\s(?:i|it|i'm|im)\s[^.,:;]{1,30}[,:]\s(?:it's\s|its\s|about\s|an?\s|maybe\s)?$")
""" "When I press on it, (8)"."""
AT_THE_MOMENT = re.compile(r"\b(?:at the (?:mo|moment|minute)|right now|currently|at present)[,:]?\s$")
FROM_TO = re.compile(
    r"\bbetween\s(?:an?\s)?\S+\sand\s(?:an?\s)?$|\bfrom\s(?:an?\s|about\s)*[a-z\d.]+\s(?:down\s|up\s)?to\s(?:an?\s|about\s)*$"
)
NOT_LED_BY = leads(
    r"inr goes_at hurt_it_at on by since until before aged? size number grade stage l take took takes dose bus step (?<!bad\s)(?<!good\s)day week mile sets"
    r" level_of_fitness kids children phase type tier chapter page floor room apartment flat line route gear resistance incline class"
    r" season temperature temp out_of bmi i'm im i_am he's hes she's shes under over pressure a1c hba1c (?:fell|went|walk\w*|go|goes|going|climb\w*)_(?:down|up)",
    "is of to was :",
)
FOR = leads("for", "about around nearly over only just")
FAR_FROM = leads("near nowhere_near not isn't isnt wasn't wasnt", "even quite exactly an? at to")
DATED = leads("on since until by before dated?", "the")
ASKS = re.compile(r"^\W*(?:what\s(?:does|do|is|'s)|why|does|how\s(?:do|does|can|should))\b")

# what follows a score
POSTURE = (
    r"(?:sat|stood|lying|laid|still|kneeling|going|coming|getting|(?!being\b|during\b|thing|painkill)[a-z]{3,}ing)"
)
COUNTED = re.compile(
    r"\s"
    + phrases(
        r"people of_(?!pain|discomfort) patients? cases times stars? days nights steps runs adults women men kids runners service for_(?:service|effort)"
        r" chance reviews? rating_for marks?"
    )
    + r"\b"
)
""" "8 out of 10 people"."""
NUMBERED_LIST = re.compile(r"\s*1[.)]\s?[a-z]")
LISTED = re.compile(r"[.)]\s?[a-z]")
""" "1. it hurts 2. it clicks"."""
FOLLOWS = re.compile(
    r"\s*(?:$|[,.;!?()&+-](?!\d)|"
    + phrases(
        r"ish or_so on when whenever if at in_the right now today currently but and going walking running most all some after before"
        r" during while with for resting rest sitting sittin standing down then by to_a to from tonight usually normally max tops i it"
        r" its worse depending again since this climbing kneeling squatting bending lying though because cos as only even last"
        r" yesterday until or coming pain mostly overall without unless out(?!\sof) atm best worst stairs average avg maybe possibly"
        r" perhaps sometimes often doctor doc mate lol tbh honestly haha please thanks the_rest overnight suddenly instantly plus straight over through all about at_least i_think"
    )
    + rf"\b|(?:just\s|while\s|whilst\s|even\s)?{POSTURE}\b)"
)
NOT_THEN = re.compile(
    r"\s*"
    + phrases(
        r"on_the_(?:mri|scan|xray) in_the_(?:family|house) at_home and_a_half to_\d+_(?:week|day|time|mile) or_\d+_\w"
        r" of_(?:us|my|the|them) for_(?:the|a)\b i_(?:was|were)"
    )
)
STATE = re.compile(
    r"\s*(?:-\s?|\(|plus\s|just\s|while\s|,\s(?=when|whenever|if|going|on the))?(?:"
    + phrases(
        r"when whenever at_rest resting sitting sittin walking running standing on_(?:the_|my_|an?_)?(?:way|stairs|hills?|bad|good|steps|flat|level|move)"
        r" going at_the_(?:moment|minute|mo) now right_now currently at_night in_the_morning after during if kneeling squatting"
        r" bending lying today at_(?:its_|it's_)?worst most climbing down at_present atm max at_its this_morning otherwise stairs"
        r" with_movement to_walk going_down downstairs upstairs the_rest"
    )
    + rf"|{POSTURE})\b"
)
AT_A_TIME = follows("in_the at_(?:night|lunch\\w*) days? today tonight now")
SENTENCE_OVER = re.compile(r"\s?(?:$|[.!?;])")
GUESS = leads("probably maybe possibly perhaps say")
AT_WORST = follows("at_(?:its_|it's_|the_|my_)?worst max tops at_most")

# now, and changes
NO_PAIN = re.compile(r"\b(?:no pain|painless|pain ?free|nothing|fine|ok|okay|none|no bother)\s(?:at all\s|when\s)?$")
FOR_LONG = r"(?!\s(?:for|too|long|a\slong|all))"
NOW = within(
    r"rest(?=\s\d|\sis\s\d|:) right_now now currently at_the_(?:moment|minute|mo) atm at_present presently at_rest resting today"
    rf" (?:right_)?this_(?:minute|second|moment|instant|very_\w+) (?<=\d\s)this_(?:morning|afternoon|evening) (?<!after\s)(?<!from\s)(?<!of\s)(?<!when\si've\sbeen\s)(?:sitting|sittin|sat){FOR_LONG} lying(?:_down)?"
    rf" when_(?:i|i'm|im|i_am)_(?:sit|sat|rest|lie|resting|lying){FOR_LONG}"
)
HURTS = re.compile(
    r"pain|hurt|ach|sore|scale|scor|rat(?:e|ing)|worst|knee|stairs|agon|out\s?of|/\s?10|flare|spik|twinge"
)
CHANGED = re.compile(
    r"\b(?:gone|went|dropp?ed|down|eased|improved|come|came|got)\s(?:\w+\s){0,2}from\s(?:an?\s|about\s)*$"
)
TO = re.compile(r"\s*(?:down\s|up\s)?(?:-|–|to)\s(?:an?\s|about\s|around\s|maybe\s)*")
DOWN_TO = leads("(?:down|up|dropped|risen|eased|improved)_to", "an? about")
FROM = re.compile(r"(?:/10)?\sfrom\s(?:an?\s|about\s|around\s)*")
WAS = re.compile(r"\b(?:was|were|been|started)\s(?:at\s)?(?:an?\s|about\s)*$")
PARTING = re.compile(r"[,.;]|\bbut\b|\band\b|\bthen\b")
STOP = re.compile(r"[.;]|\bbut\b")


@dataclass
class Score:
    """One score, and whether it is the pain of now."""

    value: float
    start: int
    end: int
    now: bool = False


def pains(message: Message, of_sport: bool = False) -> Iterator[tuple[str, float, int, int]]:
    """The findings `pain_now` and `pain_worst` with value and place.

    A single score is the worst, unless a word of now stands beside it.

    Args:
        message: the message.
        of_sport: it tells how often somebody does sport, so that its numbers may be about that.
    """
    if of_sport and not HURTS.search(message.text):
        return
    scores = _scores(message)
    if not scores:
        return
    _mark_changes(message, scores)
    _mark_now(message, scores)
    now = next((score for score in scores if score.now), None)
    others = [score for score in scores if not score.now]
    if now:
        yield "pain_now", now.value, now.start, now.end
    if others:
        worst = max(others, key=lambda score: score.value)
        yield "pain_worst", max(worst.value, now.value if now else 0), worst.start, worst.end


def _scores(message: Message) -> list[Score]:
    """The numbers that are surely scores, and beside them those that are likely."""
    numbers = [one for one in message.measures if one.unit in ("", "score") and one.value <= NO_SCALE]
    scales = _scales(message) if numbers else []
    sure, likely = [], []
    for one in numbers:
        if any(start <= one.start < end for start, end in scales):
            continue
        if _is_score(message, one, bool(scales)):
            sure.append(one)
        elif not one.unit and _is_likely(message, one):
            likely.append(one)
    if sure or len(likely) > 1 or any(_says_when(message, one) for one in likely):
        sure = sorted([*sure, *likely], key=lambda one: one.start)
    return [score for one in sure for score in _as_scores(message, one)]


def _scales(message: Message) -> list[tuple[int, int]]:
    """Where the message names the scale itself: "from 0 to 10", "10 being the worst", "out of 10?"."""
    scores = {one.end for one in message.measures if one.unit == "score"}
    bare = [match.span() for match in OUT_OF_TEN.finditer(message.text) if match.end() not in scores]
    return bare + [match.span() for match in SCALE.finditer(message.text)]


def _is_score(message: Message, one: Measure, scale: bool) -> bool:
    """It is out of ten, or words of pain lead to it and nothing is counted by it."""
    before = message.before(one.start)
    if one.unit == "score":
        return not (DATED.search(before) or FAR_FROM.search(before) or COUNTED.match(message.text, one.end))
    if not _stands_alone(message, one, before):
        return False
    article = ARTICLE.search(before) is not None
    if LED_TO.search(before):
        return article or not IT_IS.search(before) or HURTS.search(message.text) is not None
    if not BARE.search(before):
        return False
    return scale or (article or before.rstrip().endswith((":", "="))) and _of_pain(message, one)


def _is_likely(message: Message, one: Measure) -> bool:
    """It is a score where others are: "it's 3", or beside "at rest", "on the stairs", "now"."""
    before = message.before(one.start)
    if not _stands_alone(message, one, before):
        return False
    led = (pattern.search(before) for pattern in (LED_TO, LED_FAR, IN_A_STATE, FROM_TO, WHENEVER, AT_THE_MOMENT))
    bare = BARE.search(before) and (ARTICLE.search(before) or STATE.match(message.text, one.end))
    return bool(bare) or any(led)


def _stands_alone(message: Message, one: Measure, before: str) -> bool:
    """Nothing is counted or measured by the number."""
    if one.value > WORST or not one.exact or one.value * 2 % 1 or ASKS.match(before):
        return False
    if message.text[one.start : one.end] == "one" and not before.endswith(("a ", "at ", "to ")):
        return False
    follows_well = FOLLOWS.match(message.text, one.end) and not NOT_THEN.match(message.text, one.end)
    if NUMBERED_LIST.match(message.text) and LISTED.match(message.text, one.end):
        return False
    return bool(follows_well) and not any(pattern.search(before) for pattern in (NOT_LED_BY, FAR_FROM, FOR))


def _of_pain(message: Message, one: Measure) -> bool:
    """The message says little beside the number, or speaks of pain near it."""
    if len(message.text) - (one.end - one.start) < SHORT:
        return True
    return HURTS.search(message.before(one.start) + message.after(one.end)) is not None


def _says_when(message: Message, one: Measure) -> bool:
    """ "5 at the moment", "8 at worst", "probably 8 when I kneel": sure even alone."""
    if NOW.match(message.text, one.end + 1) or AT_WORST.match(message.text, one.end):
        return True
    before, written = message.before(one.start), message.text[one.start : one.end]
    if (WHENEVER.search(before) or AT_THE_MOMENT.search(before)) and SENTENCE_OVER.match(message.text, one.end):
        return True
    leads_on = (
        GUESS.search(before)
        or ARTICLE.search(before)
        or MUCH.search(before)
        or "pain" in before
        and before.endswith((", ", "but "))
    )
    first = not before.strip() and not AT_A_TIME.match(message.text, one.end)
    return bool((leads_on or first or written.endswith("ish")) and STATE.match(message.text, one.end))


def _as_scores(message: Message, one: Measure) -> list[Score]:
    """One score; two for "gone down from 5 to 3", which ends now."""
    if one.value == one.low or not CHANGED.search(message.before(one.start, NEAR)):
        return [Score(min(one.value, WORST), one.start, one.end)]
    first, last, *_ = (min(number, WORST) for number in numbers_in(message.text[one.start : one.end]))
    return [Score(first, one.start, one.start + 1), Score(last, one.end - 1, one.end, now=True)]


def _mark_changes(message: Message, scores: list[Score]) -> None:
    """ "From a 7 to a 3" and "down to a 3 from a 7" tell of now."""
    for first, second in zip(scores, scores[1:]):
        before, between = message.before(first.start, NEAR), message.text[first.end : second.start]
        if TO.fullmatch(between) and CHANGED.search(before):
            second.now = True
        if FROM.fullmatch(between) and DOWN_TO.search(before):
            first.now = True


def _mark_now(message: Message, scores: list[Score]) -> None:
    """Give each word of now to the score it stands with."""
    text, nexts = message.text, iter(scores)
    left, right = None, next(nexts, None)
    for match in NOW.finditer(text):
        while right and right.start < match.end():
            left, right = right, next(nexts, None)
        near_left = left and 0 <= match.start() - left.end < NEAR
        if NO_PAIN.search(text, max(0, match.start() - NEAR), match.start()):
            continue
        bygone = left and WAS.search(text, max(0, left.start - NEAR), left.start)
        if left and near_left and not bygone and not PARTING.search(text, left.end, match.start()):
            left.now = True
        elif right and right.start - match.end() < NEAR and not STOP.search(text, match.end(), right.start):
            right.now = True
