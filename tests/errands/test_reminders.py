"""Reminders and progress."""

from __future__ import annotations

import pytest

from actions.records.effects import Reminded
from actions.triage import Protocol
from tests.errands.life import Life, asked, of_kind, words


def days(person: Life) -> list[int]:
    return [effect.every_days for effect in person.effects if isinstance(effect, Reminded)]


@pytest.mark.parametrize(
    ("said", "every"), [("every day", 1), ("once a week", 7), ("every other day", 2), ("stop", 0), ("not at all", 0)]
)
def test_how_often_in_words(protocol: Protocol, said: str, every: int) -> None:
    person = Life(protocol)
    assert asked(person.says("remind me", wish="remind_me")) == "reminder"
    person.says(said)
    assert days(person) == [every]


def test_stopping_takes_one_message(protocol: Protocol) -> None:
    person = Life(protocol)
    person.says("stop reminding me", wish="remind_me")
    assert days(person) == [0]


def test_a_channel_that_cannot_write_first_says_so(protocol: Protocol) -> None:
    person = Life(protocol, can_remind=False)
    assert asked(person.says("remind me", wish="remind_me")) is None
    assert days(person) == []


def test_progress_before_any_check_in(protocol: Protocol) -> None:
    assert of_kind(Life(protocol).says("my progress", wish="ask_progress"), "progress") is None


def test_the_progress_of_one_check_in_is_one_line(protocol: Protocol) -> None:
    person = Life(protocol)
    person.later(1).checks_in(2, 4, 1)
    shown = person.says("my progress", wish="ask_progress")
    assert words(shown) == "This is your first check-in.\n6 January: 4"
    assert of_kind(shown, "progress")["trend"] == "unknown"


def test_progress_tells_first_last_and_which_way(protocol: Protocol) -> None:
    person = Life(protocol)
    person.later(1).checks_in(4, 5, 4)
    for _ in range(5):
        person.later(2).checks_in(1, 2, 1)
    shown = person.says("my progress", wish="ask_progress")
    card = of_kind(shown, "progress")
    assert card["trend"] == "better"
    assert [entry["pain"] for entry in card["entries"]] == [5, 2, 2, 2, 2, 2]
    assert "Worst pain 5 of 10 on 6 January, 2 of 10 on 16 January." in words(shown)
    assert "2 of 10 on 16 January" in card["alt"]
