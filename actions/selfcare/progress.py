"""What the check-ins say: one step up or down, whether it gets worse or no better, and how the pain went. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean
from typing import Any, Literal

from actions.selfcare.load import LoadLine, next_step_of_load

Answers = Mapping[str, Any]
Trend = Literal["better", "same", "worse"]
SWELLING = ("mild_swelling", "large_swelling")


@dataclass(frozen=True)
class Entry:
    """The check-in of one day."""

    day: date
    answers: Answers
    """pain_now, pain_worst, pain_next_morning (0 to 10), sessions_done, and findings of the screen, `yes` or `no`."""

    @property
    def pain(self) -> float | None:
        """The worst pain that was told; None when no number was."""
        told = [self.answers.get(id) for id in ("pain_worst", "pain_now", "pain_next_morning")]
        numbers = [float(pain) for pain in told if _is_number(pain)]  # type: ignore[arg-type]
        return max(numbers) if numbers else None


@dataclass(frozen=True)
class Decision:
    """What follows from a check-in."""

    step: Literal["up", "hold", "down"]
    reasons: tuple[LoadLine, ...]
    trend: Trend | None
    """Of the last week against the week before, or against the beginning; None when too little is known."""
    weeks_no_better: int
    """Weeks since the beginning, when there is no real gain after the time of a trial; else 0."""
    weeks: int = 0
    """Whole weeks from the first check-in to today's."""
    reds: bool = False
    """Too often in the red zone within a week: the knee is to be looked at anew."""


def decide(today: Entry, past: Sequence[Entry], content: Answers, load: Mapping[str, Any]) -> Decision:
    """What today's check-in means.

    Args:
        today: what was told today.
        past: the check-ins before, oldest first.
        content: the content of `clinical/check_in.yml`.
        load: the content of `clinical/load.yml`.

    Returns:
        The most careful step of the load rules with its reasons, and how it goes over the weeks.
    """
    before = [entry for entry in past if entry.day < today.day]
    step = next_step_of_load(last_session(today), load, usual=usual_pain(before))
    entries = [*before, today]
    zones = load["pain_zones"]
    weeks = (today.day - entries[0].day).days // 7
    again = reds_in_a_week(entries, zones) >= zones["check_again"]["reds_in_a_week"]
    way: Trend | None = "worse" if again else trend(entries, content)
    return Decision(step.step, step.reasons, way, weeks_no_better(entries, content), weeks, again)


def last_session(entry: Entry) -> dict[str, Any]:
    """A check-in in the terms of the load rules: the worst pain stands for that of the session."""
    answers = entry.answers
    told = {"pain_during": answers.get("pain_worst"), "pain_after": answers.get("pain_now")}
    told["pain_next_morning"] = answers.get("pain_next_morning", answers.get("pain_now"))
    swollen = any(answers.get(id) == "yes" for id in SWELLING)
    return {**{id: pain for id, pain in told.items() if _is_number(pain)}, "swelling": "yes" if swollen else "no"}


def usual_pain(past: Sequence[Entry]) -> float | None:
    """The pain of an ordinary day: of the last check-in that told it."""
    told = [entry.answers.get("pain_now") for entry in past]
    return next((float(pain) for pain in reversed(told) if _is_number(pain)), None)  # type: ignore[arg-type]


def trend(entries: Sequence[Entry], content: Answers) -> Trend | None:
    """How the pain goes: this window of days against the one before, then against the beginning.

    Args:
        entries: oldest first, today's last.
        content: the content of `clinical/check_in.yml`.
    """
    told = [(entry.day, entry.pain) for entry in entries if entry.pain is not None]
    if len(told) < 2:
        return None
    window = timedelta(days=content["worse"]["window_days"])
    today, first = told[-1][0], told[0][1]
    recent = [pain for day, pain in told if day > today - window]
    earlier = [pain for day, pain in told if today - 2 * window < day <= today - window]
    if earlier and mean(recent) - mean(earlier) >= content["worse"]["rise"]:
        return "worse"
    return "better" if first - mean(recent) >= content["better"]["fall"] else "same"


def reds_in_a_week(entries: Sequence[Entry], zones: Mapping[str, Any]) -> int:
    """Check-ins of the last seven days with pain in the red zone of `clinical/load.yml`."""
    since = entries[-1].day - timedelta(days=7)
    return sum(entry.day > since and entry.pain is not None and entry.pain > zones["red"]["over"] for entry in entries)


def weeks_no_better(entries: Sequence[Entry], content: Answers) -> int:
    """Weeks since the first check-in when the pain has not really come down after the time of a trial; else 0."""
    told = [(entry.day, entry.pain) for entry in entries if entry.pain is not None]
    if not told:
        return 0
    weeks = (told[-1][0] - told[0][0]).days // 7
    rule = content["no_better"]
    gain = told[0][1] - told[-1][1]
    return weeks if weeks >= rule["weeks"] and gain < rule["fall"] and told[-1][1] > 0 else 0


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
