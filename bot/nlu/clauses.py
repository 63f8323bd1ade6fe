"""Stretches of a message: its clauses, the pieces between commas, and the parts that are embedded at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.nlu.reader import View

JOINS = frozenset({",", "but", "and", "so", "then", "-", "because", "cos"})
PAUSES = frozenset({",", "-", "and", "&", "/", ":", "so", "then"})
BREAKS = frozenset({"but", "however", "although", "though"})
CHUNK = 40
"""Words that are embedded at once; longer messages in several parts."""


@dataclass(frozen=True)
class Span:
    """A stretch of a message: a clause, or the whole."""

    start: int
    end: int


def clauses_of(view: View) -> list[Span]:
    """The message cut at the ends of sentences and where a new subject begins; what a "no" reaches stays together."""
    begins = {start for start, _ in view.elements.get("@cue_subject", ())}

    def cut(at: int) -> bool:
        token, before = view.tokens[at], view.tokens[at - 1]
        joined = before.norm in JOINS - BREAKS and at in begins
        return token.sentence != before.sentence or joined or token.norm in BREAKS

    return _cut(view, cut)


def spans_of(view: View) -> list[Span]:
    """The whole message, its clauses, and the pieces between commas: a mention is small, a message may be long."""

    def cut(at: int) -> bool:
        before = view.tokens[at - 1]
        return before.norm in PAUSES or view.tokens[at].norm in BREAKS or view.tokens[at].sentence != before.sentence

    return list(dict.fromkeys([Span(0, len(view.tokens)), *clauses_of(view), *_cut(view, cut)]))


def _cut(view: View, cut: Callable[[int], bool]) -> list[Span]:
    cuts = [0, *[at for at in range(1, len(view.tokens)) if cut(at)], len(view.tokens)]
    return [Span(start, end) for start, end in zip(cuts, cuts[1:]) if _has_words(view, start, end)]


def _has_words(view: View, start: int, end: int) -> bool:
    return any(token.norm.isalnum() for token in view.tokens[start:end])


def place_of(view: View, clauses: Sequence[Span], finding: str, best: Span) -> Span:
    """The clause that speaks of a finding: where the exact reader heard it, else the one around the best stretch.

    Args:
        view: the message.
        clauses: of the message, from `clauses_of`.
        finding: its id.
        best: the stretch that speaks of it most.
    """
    for read in view.reads:
        if read.id == finding:
            for span in clauses:
                if view.tokens[span.start].start <= read.start < view.tokens[span.end - 1].end:
                    return span
    return max(clauses or [best], key=lambda span: min(span.end, best.end) - max(span.start, best.start))


def parts_to_embed(view: View) -> list[Span]:
    """The message in parts of about forty words, cut at the ends of sentences."""
    parts, start = [], 0
    for at in range(1, len(view.tokens)):
        ends = view.tokens[at].sentence != view.tokens[at - 1].sentence
        if at - start >= CHUNK or (ends and at - start >= CHUNK // 2):
            parts.append(Span(start, at))
            start = at
    return [*parts, Span(start, len(view.tokens))]


def text_of(view: View, span: Span) -> str:
    """The words of a stretch as they were typed."""
    return view.text[view.tokens[span.start].start : view.tokens[span.end - 1].end]
