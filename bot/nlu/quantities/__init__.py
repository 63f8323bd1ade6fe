"""Numbers with their units: how long, how old, how bad, how often, how far. Own rules (measured: language.md 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.nlu.quantities.age import age
from bot.nlu.quantities.longest import longest_session
from bot.nlu.quantities.message import Message
from bot.nlu.quantities.pain import pains
from bot.nlu.quantities.people import about_somebody_else
from bot.nlu.quantities.sessions import sessions_per_week
from bot.nlu.quantities.time import INJURY, times

MOST = {"injury_days_ago": 20_000, "duration_weeks": 4000, "self_care_weeks": 1000}
"""The range of the findings; what lies beyond is no time of a person."""


@dataclass(frozen=True)
class Quantity:
    """A number that the message gives, in the unit of its finding."""

    id: str
    value: float | int | str
    start: int
    end: int


def quantities(text: str, today: date) -> list[Quantity]:
    """Every quantity in the message.

    Args:
        text: the message, any case; positions in the result refer to it.
        today: for "since March" and "since Tuesday".

    Returns:
        Age in years, pain from 0 to 10, spans in weeks (or whole days since an injury), sessions a week, and the
        longest session with its unit; each at most once. Of a range ("3 to 4 weeks") the larger number.
    """
    message = Message(_plain(text))
    taken: list[Quantity] = []
    for quantity in _all(message, today):
        if not any(quantity.start < other.end and other.start < quantity.end for other in taken):
            taken.append(quantity)
    return taken


def _all(message: Message, today: date) -> Iterator[Quantity]:
    found = age(message, today)
    if found:
        yield Quantity("age", *found)
    sessions = sessions_per_week(message)
    if sessions:
        yield Quantity("sessions_per_week", _whole(sessions[0]), *sessions[1:])
    for id, value, start, end in pains(message, of_sport=bool(sessions)):
        yield Quantity(id, _whole(value), start, end)
    longest = longest_session(message)
    if longest:
        yield Quantity("longest_recent_session", *longest)
    for told in times(message, today, found[1:] if found else (0, 0)):
        id = str(told.about.id)
        value = told.days if id == INJURY else round(told.days / 7, 3)
        if value <= MOST[id] and not about_somebody_else(message, told.start):
            yield Quantity(id, _whole(value), told.start, told.end)


def _plain(text: str) -> str:
    """In lower case with plain apostrophes, every character in its place."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
    return low.replace("’", "'").replace("`", "'").replace("‘", "'")


def _whole(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value
