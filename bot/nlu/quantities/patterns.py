"""Lists of phrases as regular expressions: what leads to a place, what follows it, what is anywhere near."""

from __future__ import annotations

import re
from collections.abc import Iterable


def either(words: Iterable[str]) -> str:
    """One of the words, taken as they are; longer ones first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def phrases(listed: str) -> str:
    """One of the phrases.

    Args:
        listed: regular expressions parted by white space; `_` is the space inside a phrase.
    """
    return "(?:" + "|".join(listed.split()).replace("_", r"\s") + ")"


def leads(listed: str, between: str = "") -> re.Pattern[str]:
    """To search: one of the phrases is the last thing before a place.

    Args:
        listed: as for `phrases`.
        between: phrases any number of which may stand in between.
    """
    return re.compile(rf"(?<!\w){phrases(listed)}\s?{_any_number(between)}$")


def follows(listed: str, between: str = "") -> re.Pattern[str]:
    """To match: one of the phrases is the first thing from a place on."""
    return re.compile(rf"\s?-?{_any_number(between)}{phrases(listed)}(?!\w)")


def within(listed: str) -> re.Pattern[str]:
    """To search: one of the phrases, as whole words."""
    return re.compile(rf"(?<!\w){phrases(listed)}(?!\w)")


def _any_number(listed: str) -> str:
    return rf"(?:{phrases(listed)}\s?)*" if listed else ""
