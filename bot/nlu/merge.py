"""What the two readers say together: one status a finding, and a doubt about a red flag becomes the next question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.nlu.clauses import Span, clauses_of
from bot.nlu.reader import Read, View
from bot.nlu.second import Opinion
from bot.nlu.status import ABSENT, OTHER, PRESENT, UNCERTAIN

LOW, HIGH = 0.1, 0.5
"""Chance that a red flag is spoken of, by the second reader alone: from LOW it is asked, from HIGH it is taken as said."""
SURE = 0.8
"""The same for other findings, which nobody asks at once."""
LONG = 3
"""Clauses from which a message is long: among many stretches some look like anything, so what the second reader alone
hears in it is asked, unless it is quite sure of it and of its status."""
SURE_OF_BOTH = 0.95
WATCHED = 0.8
"""Chance from which what is watched for and never asked counts as said by the second reader alone."""
HEARD_ENOUGH = 0.1
"""Chance from which a finding that the exact reader hears as present counts as said."""
MISHEARD = 0.02
"""Chance below which what the exact reader hears is another thing, no red flags among them: "it is hot today"."""
CLAIMED = 0.5
"""Chance from which another finding explains why the second reader does not hear this one."""
STILL_OPEN = 0.4
"""Chance of `present` from which a red flag is asked although another status is likelier."""
CLEAN = 0.8
"""Chance of `absent` from which a red flag that the rules do not hear counts as denied. One that they hear, and not as
absent, is never silenced by the second reader alone."""
OPENINGS = frozenset({"no", "nope", "nah"})
SETTLED_BY_NUMBERS = {"recent_injury": "injury_days_ago"}
"""A finding that a number in the message settles."""
AGREED = 0.75
"""Chance of `present` from which a finding counts as said although the rules read it as past, supposed or somebody else's."""
SIZE_IS_ASKED = ("large_swelling", "mild_swelling")
"""A plain "swollen" leaves the size to the question that asks it anyway."""


def merge(
    view: View, opinions: Sequence[Opinion], red_flags: Collection[str], watched: Collection[str] = ()
) -> list[Read]:
    """The reads of a message after both readers were heard.

    Args:
        view: the message as the exact reader sees it.
        opinions: of the second reader; what it says nothing of stays as the exact reader has it.
        red_flags: ids whose doubts are asked.
        watched: ids of red flags that are never asked, so that a doubt cannot become a question.

    Returns:
        Reads in the order of the message.
    """
    rules = {read.id: read for read in view.reads if read.yes_no}
    merged = [read for read in view.reads if not read.yes_no]
    numbers = {read.id for read in merged}
    long = len(clauses_of(view)) >= LONG
    opinions = [one for one in opinions if SETTLED_BY_NUMBERS.get(one.finding) not in numbers]
    opinions = [one for one in opinions if one.finding not in view.elsewhere]
    doubted, heard_milder = SIZE_IS_ASKED
    if heard_milder in rules and doubted not in rules:
        opinions = [one for one in opinions if one.finding != doubted or one.spoken >= HIGH]
    spoken = {opinion.finding for opinion in opinions}
    merged += [read for read in view.reads if read.yes_no and read.id not in spoken]
    for opinion in opinions:
        heard = rules.get(opinion.finding)
        ruled = heard.status if heard else None
        if opinion.finding in watched:
            status = _watched(opinion, ruled)
        else:
            status = _status(opinion, ruled, opinion.finding in red_flags, long)
            if heard and _drowned(opinion, heard, opinions, view.reads):
                status = ruled
        if status == UNCERTAIN and ruled == PRESENT and _answers_no(view):
            status = PRESENT
        if status == OTHER and ruled == PRESENT and view.for_somebody_else and opinion.finding in red_flags:
            status = UNCERTAIN
        if status == OTHER and _writer_denies(view, opinion.span):
            status = ABSENT
        if status is not None:
            merged.append(replace(heard, status=status) if heard else _read(view, opinion, status))
    return sorted(merged, key=lambda read: (read.start, read.id))


def _drowned(opinion: Opinion, heard: Read, opinions: Sequence[Opinion], reads: Sequence[Read]) -> bool:
    """The message speaks of something else as well, so that its whole meaning tells little of this finding.

    The second reader learns from messages that speak of one thing; the rules read one thing after another.
    """
    others = [read for read in reads if read.id != opinion.finding]
    if opinion.spoken < MISHEARD:
        return bool(others) or any(other.spoken >= CLAIMED for other in opinions if other is not opinion)
    if heard.status == ABSENT and opinion.status[PRESENT] < AGREED:
        return any(read.yes_no and read.status == ABSENT for read in others)
    return heard.status == PRESENT and any(read.yes_no and read.status != PRESENT for read in others)


def _watched(opinion: Opinion, ruled: str | None) -> str | None:
    """For what is never asked: as the rules have it, or else only what the second reader is sure of."""
    said = opinion.status[PRESENT] + opinion.status[UNCERTAIN]
    if ruled is not None:
        return UNCERTAIN if ruled != PRESENT and said >= STILL_OPEN else ruled
    if opinion.spoken < WATCHED or said < SURE:
        return None
    return max((PRESENT, UNCERTAIN), key=lambda status: opinion.status[status])


def _answers_no(view: View) -> bool:
    """The message opens with a "no" that answers a question: it denies nothing of what follows."""
    return bool(view.tokens) and view.tokens[0].norm in OPENINGS


def _status(opinion: Opinion, ruled: str | None, red_flag: bool, long: bool) -> str | None:
    """The status of one finding; None when it is not spoken of."""
    if ruled is None and opinion.spoken < (LOW if red_flag else SURE):
        return None
    if ruled is not None and opinion.spoken < MISHEARD:
        return UNCERTAIN if red_flag and ruled in (PRESENT, UNCERTAIN) else None
    chances = opinion.status
    likeliest = max(chances, key=lambda status: chances[status])
    present = chances[PRESENT]
    if likeliest == PRESENT:
        if ruled == ABSENT or (ruled not in (None, PRESENT) and present < AGREED):
            return UNCERTAIN if red_flag else ruled
        if ruled is None and long:
            return PRESENT if min(opinion.spoken, present) >= SURE_OF_BOTH else UNCERTAIN if red_flag else None
        enough = opinion.spoken >= (HEARD_ENOUGH if ruled == PRESENT else HIGH)
        return PRESENT if enough else UNCERTAIN
    clean = ruled == ABSENT or (ruled is None and chances[ABSENT] >= CLEAN)
    doubtful = likeliest == ABSENT and not clean
    if red_flag and (present > STILL_OPEN or doubtful):
        return UNCERTAIN
    if ruled is None and opinion.spoken < HIGH:
        return None
    return likeliest


def _writer_denies(view: View, span: Span) -> bool:
    """After somebody else's finding: "mine doesn't", "not me", at the end of a clause."""
    return any(
        start >= span.start and (end >= len(view.tokens) or not view.tokens[end].norm.isalnum())
        for start, end in view.elements.get("@cue_own_no", ())
    )


def _read(view: View, opinion: Opinion, status: str) -> Read:
    start, end = view.tokens[opinion.span.start].start, view.tokens[opinion.span.end - 1].end
    return Read(opinion.finding, opinion.finding, True, status, start, end, view.text[start:end])
