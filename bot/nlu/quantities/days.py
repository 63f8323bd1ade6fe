"""What a day such as "three weeks ago", "on Tuesday" or "since March" is about."""

from __future__ import annotations

import re

from bot.nlu.quantities.case import CARE, DURATION, INJURY, NOTHING, TURN, About, Case, Rule
from bot.nlu.quantities.lengths import HABIT
from bot.nlu.quantities.patterns import follows, leads, within
from bot.nlu.quantities.spans import AGO

NEAR = 45
"""Characters in which a word after the day belongs to it."""
LONG_AGO = 56
"""Days after which "it was sore … ago" tells of an earlier time, unless it began then."""
SINCE = re.compile(r"\bsince\b[^.,]{0,50}$")
AFTER = re.compile(r"\b(?:since|after|when)\b[^.,]{0,50}$")
BEGAN_WHEN = re.compile(
    r"\b(?:start\w*|began|begun|came on|noticed)\b[^.,]{0,20}\b(?:when|after|once|as soon as)\b[^.,]{0,40}$"
)
""" "It started when I got back into running (five weeks ago)"."""
SAYS_SINCE = re.compile(r"\W*(?:ever\s|only\s|just\s|i think\s)?since\b")
""" "Since a holiday in April", in answer to how long."""
EVER_SINCE = re.compile(r"\bsince\b(?=\s*(?:$|[,.;!?]|and\b|about\b))")
""" "Ran on Sunday and it has hurt ever since"."""
IT_HURTS_SINCE = re.compile(
    r"\W*(?:and\s)?(?:it|its|it's|my|the|knee|knee's|both|been|sore|hurts|hurting)\b[^,]{0,40}\bsince\b\s*(?:$|[,;!]|then)"
)
FINE_UNTIL = re.compile(
    r"\b(?:fine|ok|okay|no (?:pain|problems?|issues?|trouble)|nothing|great|perfect|good|alright)\b[^.]{0,20}"
    r"\b(?:un)?till? (?:about |around )?$"
)
UNTIL = leads("(?:un)?till?", "the about")
COMPARED = re.compile(
    r"\b(?:(?<!more )(?<!less )(?<!longer )than|same as|compared|unlike)\b[^,.]{0,40}$|"
    r"(?:/\s?10|out of (?:10|ten))\s?$|\bout of the (?:last )?$"
)
FUTURE = within(
    r"next tomorrow upcoming booked appointment appt race event wedding going_to gonna will due planned (?<!went_)flying see_the"
    r" see_my seeing can_i could_i should_i want_to hoping scheduled have_(?:an?|my) has_(?:an?|his|her) i'm_on"
)
SINCE_ELSE = within(r"lost gained kilos? kg stone lbs pounds weight smok\w+ exercis\w+ periods? seen drunk")
IT_WAS_SO = leads("it_was so that_was correction actually i_mean", "about")
THAT_WAS = leads("(?:that|this|which|it)_(?:was|happened)", "all about around just only on")
BEGAN_CARE = re.compile(r"start|beg|stop|quit|gave|given|paus|swap|switch|cut|off|reduc|eas|back|laid|avoid|no |not ")
WHEN = follows("when after as while whilst following from playing skiing doing by whe", ",")


def _not_a_day_of_it(case: Case) -> About | None:
    """A day to come, one that is asked about, or one that today is held against."""
    fine_until = FINE_UNTIL.search(case.before)
    if COMPARED.search(case.before) or UNTIL.search(case.before) and not fine_until:
        return NOTHING
    if case.time.form == AGO or case.time.since or fine_until:
        return None
    near = TURN.split(case.before)[-1] + " " + TURN.split(case.after)[0]
    return NOTHING if FUTURE.search(near) else None


def _of_an_injury(case: Case) -> About | None:
    """ "Since I fell on Monday", "that was on Monday", "on Monday when I fell", "fell on Monday"."""
    message, time = case.message, case.time
    after, injury = AFTER.search(case.before), None
    if after:
        injury = case.new_injury(message.marks_within(time.start - len(after[0]), time.start))
    if not injury and THAT_WAS.search(case.before):
        injury = case.injury_near()
    if not injury and WHEN.match(case.after):
        cause = message.first_after(time.end, ("injury",), NEAR)
        injury = cause if cause not in case.used else None
    if not injury and case.nearest and case.nearest.kind == "injury" and case.nearest not in case.used:
        injury = case.nearest
    return About(INJURY, injury) if injury else None


def _of_care_or_else(case: Case) -> About | None:
    """ "Stopped running in March", "injected on Monday"."""
    near = case.nearest
    if near is None:
        return None
    if near.kind == "care":
        began = BEGAN_CARE.match(case.message.text, near.start, near.end)
        return About(CARE) if case.time.since or began else NOTHING
    since_then = case.began and (SINCE.search(case.before) or BEGAN_WHEN.search(case.before))
    parted = case.time.since and TURN.search(case.up_to(near))
    return NOTHING if near.kind in ("event", "med") and not (since_then or parted) else None


def _since_it_began(case: Case) -> About | None:
    """ "Fine until Monday", "started on Monday", "sore since Monday"."""
    since = case.time.since or SINCE.search(case.before)
    began = case.nearest is not None and case.nearest.kind == "onset"
    return About(DURATION) if FINE_UNTIL.search(case.before) or began or since and case.began else None


def _of_an_injury_told_nearby(case: Case) -> About | None:
    injury = case.injury_near()
    return About(INJURY, injury) if injury else None


def _hurts_since(case: Case) -> bool:
    """ "I ran ten miles on Sunday. It has hurt since." """
    message = case.message
    end = message.sentence(case.time.end)[1] + 1
    following = message.after(end)
    told = any(mark.kind in ("symptom", "onset") for mark in message.marks_within(end, end + len(following)))
    return told and case.nearest is None and IT_HURTS_SINCE.match(following) is not None


def _else_by_its_form(case: Case) -> About | None:
    """A day without an injury: with "since" it is pain, otherwise only where the pain began or was then."""
    message, time = case.message, case.time
    if case.began and EVER_SINCE.search(case.after) or _hurts_since(case):
        return About(DURATION)
    onsets = [mark for mark in case.began if mark.kind == "onset"]
    if (
        time.form == "earlier"
        or time.form == AGO
        and time.days > LONG_AGO
        and not onsets
        and not SINCE.search(case.before)
    ):
        return NOTHING
    if time.since or SAYS_SINCE.match(message.text) and SINCE.search(case.before):
        return NOTHING if SINCE_ELSE.search(case.before) or HABIT.search(case.before) else About(DURATION)
    alone = not message.marks and len(message.text) - (time.end - time.start) < 16
    if time.form == AGO and (case.began or alone or IT_WAS_SO.search(case.before)):
        return About(DURATION)
    return About(DURATION) if any(not TURN.search(case.up_to(mark)) for mark in onsets) else NOTHING


DAY_RULES: tuple[Rule, ...] = (
    _not_a_day_of_it, _of_an_injury, _of_care_or_else, _since_it_began, _of_an_injury_told_nearby, _else_by_its_form,
)  # fmt: skip
