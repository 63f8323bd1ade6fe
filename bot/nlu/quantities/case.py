"""One stretch of time in its message: what stands about it, and the findings that it may be about."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from bot.nlu.quantities.message import Mark, Message
from bot.nlu.quantities.patterns import within
from bot.nlu.quantities.spans import Time

INJURY, DURATION, CARE = "injury_days_ago", "duration_weeks", "self_care_weeks"
RECENT = ("today", "earlier", "yesterday", "before", "weekday", "period")
"""Days of which a message says much; they date an injury only where it is told in the same sentence."""
FAR = 70
"""Characters from which a word is about something else."""
COMMA = 25
"""Characters that a comma or a "but" counts for."""
SENTENCE_NEAR = 100
"""Characters in which the same sentence tells of the injury."""
NEIGHBOUR = 150
"""Characters in which another sentence may tell of it."""

TURN = re.compile(
    r"\b(?:but|however|though|although|yet|so|then|because)\b|\band\s(?:it|its|it's|still|now|i'm|the knee|my knee)\b|[,:(]"
)
I_DID = within("so i i've ive we did done now")
POINTS_BACK = re.compile(r"^\W*(?:\w+\s){0,3}?(?:that|this|it|was|happened|did)\b")


@dataclass(frozen=True)
class About:
    """What a time is about."""

    id: str | None
    """A finding; none: no finding of ours."""
    injury: Mark | None = None
    """The word that tells of the injury."""


NOTHING = About(None)


class Case:
    """One time in its message.

    Args:
        message: the message.
        time: the time.
        used: the injuries that another time has dated.
    """

    def __init__(self, message: Message, time: Time, used: frozenset[Mark]):
        self.message, self.time, self.used = message, time, used
        self.before, self.after = message.before(time.start), message.after(time.end)

    @cached_property
    def began(self) -> list[Mark]:
        """Words of pain and of its beginning nearby."""
        marks = self.message.around(self.time.start, self.time.end)
        return [mark for mark in marks if mark.kind in ("onset", "symptom")]

    @cached_property
    def nearest(self) -> Mark | None:
        """The mark nearest to the time in its sentence; one beyond a comma counts as farther away."""
        near, least = None, FAR
        for mark in self.message.around(self.time.start, self.time.end):
            if mark.kind in ("injury", "onset", "symptom", "care", "event", "med") and not self.holds(mark):
                between = self.up_to(mark)
                distance = len(between) + COMMA * len(TURN.findall(between)) - 4 * (mark.kind == "injury")
                if distance < least:
                    near, least = mark, distance
        return near

    def up_to(self, mark: Mark) -> str:
        """What stands between the time and a mark."""
        text, time = self.message.text, self.time
        return text[mark.end : time.start] or text[time.end : mark.start]

    def holds(self, mark: Mark) -> bool:
        """The mark is part of the time: the autumn in "last fall"."""
        return self.time.start <= mark.start and mark.end <= self.time.end

    def new_injury(self, marks: list[Mark]) -> Mark | None:
        """The first injury of the marks that no other time has dated."""
        found = (mark for mark in marks if mark.kind == "injury" and mark not in self.used and not self.holds(mark))
        return next(found, None)

    def injury_near(self) -> Mark | None:
        """An injury told in the sentence or, where the sentence points back to it, in the one beside it."""
        message, time = self.message, self.time
        found = self.new_injury(message.around(time.start, time.end, SENTENCE_NEAR))
        start, end = message.sentence(time.start)
        points_back = POINTS_BACK.match(message.text[start : time.start]) or time.start - start < 4
        if found or time.form in RECENT and not points_back and end - start > 40:
            return found
        return self.new_injury(message.marks_within(time.start - NEIGHBOUR, time.end + NEIGHBOUR))

    def advised(self) -> bool:
        """The care is what somebody said to do, or what is planned."""
        text = self.message.text
        advice = self.message.last_before(self.time.start, ("advice", "event"))
        if advice is None or advice.kind == "event" and text[advice.start : advice.end] not in ("said", "says"):
            return False
        return not I_DID.search(text, advice.end, self.time.start)


Rule = Callable[[Case], "About | None"]
"""Says what the time is about, or nothing where the rule has no opinion."""
