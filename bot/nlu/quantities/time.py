"""The times that tell of the injury, the pain or the care, and which of several to believe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.nlu.quantities.case import DURATION, INJURY, NOTHING, SENTENCE_NEAR, About, Case
from bot.nlu.quantities.days import DAY_RULES, EVER_SINCE
from bot.nlu.quantities.lengths import LENGTH_RULES
from bot.nlu.quantities.message import Mark, Message
from bot.nlu.quantities.patterns import within
from bot.nlu.quantities.spans import LENGTH, spans

CORRECTED = re.compile(r"\b(?:no|nope|actually|i mean|meant|sorry|or rather|make that|wait)\W+(?:\w+\s){0,3}$")
NO_MORE = within("but_not_(?:now|since|lately|any_?more)")
OVER = within(
    "(?:fine|ok|okay|gone|settled|better|cleared_up|went_away|healed)_(?:now|since|then|after|again) (?:then|and)_(?:it_)?(?:settled|stopped|went_(?:away|off)|cleared|eased)"
)
KNEE = within(r"knees? \w*kneecaps? leg acl mcl meniscus patella cruciate")
BODY_PART = within(
    r"ankle wrist arm hand finger thumb shoulder (?:my|his|her|lower|bad)_back elbow neck head hip toe nose collar_?bone"
    r" ribs? calf hamstring groin"
)

NOT_THE_KNEE = re.compile(rf"(?<!to\smy\s)(?<!to\sthe\s)(?<!to\shis\s)(?<!to\sher\s){BODY_PART.pattern}")
"""Not the ankle of "bruised down to my ankle"."""
OTHER_PART = re.compile(rf"\s(?:my|his|her|the)\s(?:\w+\s)?{BODY_PART.pattern}")
""" "Rolled (my ankle)"."""


@dataclass(frozen=True)
class Told:
    """A time that tells of a finding."""

    about: About
    days: float
    start: int
    end: int
    corrects: bool
    """Said to mend what stood before."""


def times(message: Message, today: date, taken: tuple[int, int] = (0, 0)) -> list[Told]:
    """Each time that tells of the injury, the pain or the care; of each the first, unless it is mended.

    Args:
        message: the message.
        today: the day it was written.
        taken: a stretch that is read already.
    """
    best: dict[str, Told] = {}
    used: frozenset[Mark] = frozenset()
    for time in spans(message, today):
        told = _told(Case(message, time, used))
        if told is None or told.about.id is None or told.start < taken[1] and taken[0] < told.end:
            continue
        before, injury = best.get(told.about.id), told.about.injury
        newer = before is not None and injury is not None and injury not in used and told.days < before.days
        if before is None or told.corrects or newer:
            best[told.about.id] = told
        if injury:
            used |= {injury}
    return list(best.values())


def _told(case: Case) -> Told | None:
    message, time = case.message, case.time
    rules = LENGTH_RULES if time.form == LENGTH else DAY_RULES
    about = next((found for rule in rules if (found := rule(case)) is not None), NOTHING)
    over = NO_MORE.search(case.after) or about.id == DURATION and OVER.search(case.after)
    if about.id is None or over:
        return None
    start, end = message.sentence(time.start)
    place = max(start, time.start - SENTENCE_NEAR), min(end, time.end + SENTENCE_NEAR)
    if about.injury and EVER_SINCE.search(case.after) and OTHER_PART.match(message.text, about.injury.end):
        about = About(DURATION)
    if about.id == INJURY and NOT_THE_KNEE.search(message.text, *place) and not KNEE.search(message.text, *place):
        return None
    whole = int(time.days + 1e-6) if time.days < 1 else round(time.days)
    days = float(whole) if about.id == INJURY else time.days
    return Told(about, days, time.start, time.end, bool(CORRECTED.search(case.before)))
