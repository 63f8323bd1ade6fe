"""The status of a mention: present, absent, uncertain, past, hypothetical, somebody else's. ConText-style rules.

The cue words are data (`data/nlu/status/`); this module knows only how far each kind of cue reaches. After the
idea of Chapman's NegEx and Harkema's ConText, written anew for lay text, where the libraries fail (language.md 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.nlu.lexicon import Mention, Spans
from bot.nlu.text import Token

PRESENT, ABSENT, UNCERTAIN = "present", "absent", "uncertain"
PAST, HYPOTHETICAL, OTHER = "past", "hypothetical", "other_person"

REACH = 7
"""Words between a cue and the first mention it governs."""
LIST_STEP = 4
"""Words between two members of a list under one cue."""
AFTER_REACH = 3
"""Words between a mention and a cue that follows it."""

END_REACH = 12
"""Words between a mention and the news that it is over."""

EVER = frozenset({"cancer_ever", "knee_replaced_or_metalwork", "known_inflammatory_arthritis", "thin_bones"})
"""True for life once true: the past does not undo them."""
WITH_IF = ("aggravated_by", "load_change", "main_activity", "location", "side", "trend", "onset", "for_whom")
"""Values, not claims: "hurts if I squat" states them."""


@dataclass(frozen=True)
class Cues:
    """Where each kind of cue stands in a message: kind to spans."""

    spans: Mapping[str, Spans]
    """Kinds: no, no_after, not_a_no, maybe, maybe_after, if, if_after, past, past_after, relative, says, subject,
    list, self."""

    def of(self, kind: str) -> Spans:
        """The places of one kind."""
        return self.spans.get(f"@cue_{kind}", [])


def status_of(mention: Mention, mentions: Sequence[Mention], tokens: Sequence[Token], cues: Cues) -> str:
    """The status of one mention.

    Args:
        mention: the one in question.
        mentions: all of the message, for lists under one cue.
        tokens: the message.
        cues: its cue words.
    """
    label = mention.label.split("=")[0]
    if _governed(mention, mentions, tokens, cues, "relative") and label not in ("for_whom", "age"):
        return OTHER
    if label not in WITH_IF and (
        _governed(mention, mentions, tokens, cues, "if") or _followed(mention, tokens, cues, "if_after")
    ):
        return HYPOTHETICAL
    denied = _governed(mention, mentions, tokens, cues, "no") or _followed(mention, tokens, cues, "no_after")
    if denied and _inside(mention, cues.of("no_twice"), tokens):
        denied = False
    if label not in EVER and not denied and label not in WITH_IF and _over(mention, mentions, tokens, cues):
        return PAST
    if _governed(mention, mentions, tokens, cues, "maybe") or _followed(mention, tokens, cues, "maybe_after"):
        return UNCERTAIN
    return ABSENT if denied else PRESENT


def _over(mention: Mention, mentions: Sequence[Mention], tokens: Sequence[Token], cues: Cues) -> bool:
    """Told as something that is over."""
    since = any(0 <= mention.start - end <= 1 or mention.end <= start for start, end in cues.of("since"))
    if not since and (
        _governed(mention, mentions, tokens, cues, "past") or _followed(mention, tokens, cues, "past_after")
    ):
        return True
    later = [one.start for one in mentions if one.start >= mention.end and one.label != mention.label]
    limit = min([mention.end + END_REACH, *later])
    return any(mention.end <= start < limit for start, _ in cues.of("past_end"))


def _inside(mention: Mention, spans: Spans, tokens: Sequence[Token]) -> bool:
    sentence = tokens[mention.start].sentence
    return any(tokens[start].sentence == sentence for start, _ in spans)


def _governed(mention: Mention, mentions: Sequence[Mention], tokens: Sequence[Token], cues: Cues, kind: str) -> bool:
    """A cue before the mention, or inside it, reaches it: directly, or through a list that it opens."""
    blocked = list(cues.of("not_a_no")) if kind == "no" else []
    for start, end in cues.of(kind):
        if tokens[start].sentence != tokens[mention.start].sentence:
            continue
        if kind == "no" and _is_discourse(start, tokens, cues):
            continue
        if any(b_start <= start and end <= b_end for b_start, b_end in blocked):
            continue
        cue = range(start, end)
        if not mention.words.isdisjoint(cue):
            continue
        if kind in ("no", "past") and not all(other.words.isdisjoint(cue) for other in mentions):
            continue
        if start > mention.start and end <= mention.end:
            return True
        if end <= mention.start and _reaches(end, mention, mentions, tokens, cues, kind):
            return True
    return False


def _is_discourse(start: int, tokens: Sequence[Token], cues: Cues) -> bool:
    """A "no" that opens the message and answers, instead of denying what follows: "no, it is the left one"."""
    if start != 0 or tokens[0].norm not in ("no", "nope", "nah", "not really") or len(tokens) < 3:
        return False
    follows = 2 if tokens[1].norm == "," else 1
    subjects = {begin for begin, _ in cues.of("subject")}
    return follows in subjects or tokens[follows].norm in ("the", "not", "just", "only", "left", "right")


def _reaches(
    cue_end: int, mention: Mention, mentions: Sequence[Mention], tokens: Sequence[Token], cues: Cues, kind: str
) -> bool:
    between = range(cue_end, mention.start)
    if any(tokens[i].sentence != tokens[mention.start].sentence for i in [*between, cue_end - 1]):
        return False
    stops = {i for start, end in cues.of("stop") for i in range(start, end)}
    if any(i in stops for i in between):
        return False
    if kind in ("if", "relative"):
        return _clause_reaches(cue_end, mention, tokens, cues, kind)
    chain = [one for one in mentions if cue_end <= one.start < mention.start and one.end <= mention.start]
    position, first = cue_end, True
    for one in sorted([*chain, mention], key=lambda m: (m.start, m.end)):
        gap = range(position, one.start)
        if len(gap) > (REACH if first else LIST_STEP) or (not first and _new_clause(gap, one, tokens, cues)):
            return False
        if first and any(tokens[i].norm == "," for i in gap) and kind == "no":
            return False
        if one is mention:
            return True
        position, first = max(position, one.end), False
    return False


def _new_clause(gap: range, mention: Mention, tokens: Sequence[Token], cues: Cues) -> bool:
    """Between two members of a list stand only list words; a subject or a verb begins something new."""
    if not len(gap):
        return False
    subjects = {i for start, end in cues.of("subject") for i in range(start, end)}
    joins = {i for start, end in cues.of("list") for i in range(start, end)}
    if any(i in subjects for i in gap) or mention.start in subjects:
        return True
    if not any(i in joins for i in gap):
        return True
    bodies = {i for start, end in cues.of("body") for i in range(start, end)}
    joined_by_and = any(tokens[i].norm in ("and", "&") for i in gap)
    return joined_by_and and mention.start in bodies


def _clause_reaches(cue_end: int, mention: Mention, tokens: Sequence[Token], cues: Cues, kind: str) -> bool:
    """`if` and a relative reach to the end of their clause: a comma, or the second subject, ends it."""
    subjects = sorted(start for start, _ in cues.of("subject") if cue_end <= start < mention.start)
    commas = [i for i in range(cue_end, mention.start) if tokens[i].norm == ","]
    if kind == "relative":
        said = {start for start, _ in cues.of("says")}
        if any(cue_end <= start < mention.start for start in said):
            return False
        return not any(tokens[start].norm in ("i", "im", "ive", "my", "me", "mine") for start in subjects)
    if commas and commas[-1] > cue_end + 1 and any(start > commas[-1] for start in subjects):
        return False
    late = [start for start in subjects if start > cue_end + 1 and tokens[start - 1].norm != "or"]
    return not late or late[0] <= cue_end + 1 or mention.start - cue_end <= 2


def _followed(mention: Mention, tokens: Sequence[Token], cues: Cues, kind: str) -> bool:
    """A cue after the mention, with at most a few words between."""
    for start, end in cues.of(kind):
        if start < mention.end or start - mention.end > AFTER_REACH:
            continue
        between = range(mention.end, start)
        if any(tokens[i].norm in ("but", "and", "or") for i in between):
            continue
        if tokens[start].sentence > tokens[mention.end - 1].sentence + 1:
            continue
        if kind == "no_after":
            starters = {begin for begin, _ in cues.of("subject")}
            ends = end >= len(tokens) or not tokens[end].norm.isalnum() or end in starters
            near = all(not tokens[i].norm.isalnum() or tokens[i].norm in ("is", "was", "its") for i in between)
            if not (ends and near):
                continue
        elif tokens[start].sentence != tokens[mention.end - 1].sentence:
            continue
        return True
    return False
