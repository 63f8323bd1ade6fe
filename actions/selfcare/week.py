"""A week in the person's own numbers: what they do now, and what `this_week` of `clinical/load.yml` makes of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

LENGTH = re.compile(r"(\d+(?:\.\d+)?) (km|miles|minutes)")
"""How the record writes the longest session."""


@dataclass(frozen=True)
class Amount:
    """A length of a session."""

    value: Fraction
    unit: str
    """`km`, `miles` or `minutes`."""

    def in_words(self, units: Mapping[str, Any]) -> str:
        """`4 km`, or `1 mile`."""
        unit = units[self.unit]
        return f"{float(self.value):g} {unit['one'] if self.value == 1 else unit['many']}"


@dataclass(frozen=True)
class Week:
    """Sessions of one activity, none longer than `each`; None where it is not known."""

    sessions: int | None
    each: Amount | None


def this_far(told: Mapping[str, Any]) -> Week:
    """What the person does at the moment, as far as it was told."""
    sessions, longest = told.get("sessions_per_week"), told.get("longest_recent_session")
    length = LENGTH.fullmatch(str(longest))
    each = Amount(Fraction(length[1]), length[2]) if length else None
    if not isinstance(sessions, (int, float)) or 0 < sessions < 1:
        return Week(None, each)
    return Week(floor(sessions), each)


def has_stopped(now: Week) -> bool:
    """Whether the person does it no more: no sessions, or no length."""
    return now.sessions == 0 or (now.each is not None and now.each.value == 0)


def changed(now: Week, rule: Mapping[str, Any], load: Mapping[str, Any]) -> Week:
    """What one entry of `this_week` makes of the week of now.

    Args:
        now: what the person does.
        rule: the entry.
        load: the content of `load.yml`, for units and the amber zone.

    Returns:
        The week; None for a number that needs one which is not known.
    """
    sessions = _sessions(now.sessions, rule)
    if now.each is None:
        return Week(sessions, None)
    if rule.get("each") == "cut":
        return Week(sessions, cut(now.each, load))
    if rule.get("each") == "same_total":
        if not sessions or not now.sessions:
            return Week(sessions, None)
        share = now.each.value * now.sessions / sessions
        least = share * (100 - rule["rounded_by_at_most_percent"]) / 100
        return Week(sessions, _rounded(least, share, now.each.unit, load))
    return Week(sessions, now.each)


def cut(length: Amount, load: Mapping[str, Any]) -> Amount | None:
    """A session shorter by the range of the amber zone; None where the steps of rounding have no number in it."""
    least, most = load["pain_zones"]["amber"]["cut_next_session_percent"]
    return _rounded(length.value * (100 - most) / 100, length.value * (100 - least) / 100, length.unit, load)


def ceiling(longest: Amount, load: Mapping[str, Any]) -> Amount | None:
    """The longest session allowed after this one, by the lever `progression`."""
    (rise,) = (one["longest_session_rise_percent"] for one in load["levers"] if one["id"] == "progression")
    finest = load["units"][longest.unit]["round_to"][-1]
    return _rounded(longest.value, longest.value * (100 + rise) / 100, longest.unit, load, finest)


def _sessions(now: int | None, rule: Mapping[str, Any]) -> int | None:
    if "sessions" in rule:
        return int(rule["sessions"])
    change = rule.get("sessions_change", 0)
    if now is None or not change:
        return now or None
    wanted = min(now + change, rule.get("sessions_at_most", now + change))
    return int(wanted) if wanted > 0 and (wanted - now) * change > 0 else None


def _rounded(
    least: Fraction, most: Fraction, unit: str, load: Mapping[str, Any], only: float | None = None
) -> Amount | None:
    """The largest number inside the range that the coarsest step can reach."""
    for step in load["units"][unit]["round_to"] if only is None else [only]:
        size = Fraction(str(step))
        value = floor(most / size) * size
        if value >= least and value > 0:
            return Amount(value, unit)
    return None
