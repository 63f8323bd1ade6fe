"""The words that are not medicine, and the settings of the place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions import wording
from actions.wording import content, fill, opening, say, service

SETTINGS = [(variable, name) for name, variable in wording.SETTINGS.items()]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings that may be changed for one test."""
    wording.service.cache_clear()
    wording.content.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    wording.service.cache_clear()
    wording.content.cache_clear()


@pytest.mark.parametrize(("variable", "name"), SETTINGS)
def test_a_number_of_the_place_comes_from_the_environment(
    settings: pytest.MonkeyPatch, variable: str, name: str
) -> None:
    settings.setenv(variable, "000")
    assert fill("Call {" + name + "}.") == "Call 000."


@pytest.mark.parametrize(("variable", "name"), SETTINGS)
def test_an_empty_setting_leaves_the_number_of_the_file(settings: pytest.MonkeyPatch, variable: str, name: str) -> None:
    settings.setenv(variable, "")
    assert service()[name] == str(content("service.yml")[name]) != ""


def test_the_words_come_from_the_folder_that_the_environment_names(
    settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "wording.yml").write_text("thank: Any time.\n", encoding="utf-8")
    (tmp_path / "service.yml").write_text("emergency: 1\ncrisis_line: 2\n", encoding="utf-8")
    settings.setenv("KNEEWISE_CLINICAL", str(tmp_path))
    assert say("thank") == "Any time."


def test_values_are_filled_in() -> None:
    assert fill("{a} and {b}", a=1, b="two") == "1 and two"


def test_other_braces_stay() -> None:
    assert fill("{nobody}") == "{nobody}"


def test_words_that_do_not_exist_are_an_error() -> None:
    with pytest.raises(KeyError):
        say("no_such_words")


SAID = [key for key, text in content("wording.yml").items() if isinstance(text, str)]


@pytest.mark.parametrize("key", SAID)
def test_everything_said_is_one_bubble_of_at_most_60_words(key: str) -> None:
    text = say(key)
    assert ("\n" in text, len(text.split()) <= 60) == (False, True)


@pytest.mark.parametrize("never", ["don't worry", "do not worry", "probably nothing", "!"])
def test_nothing_is_soothed_away(never: str) -> None:
    assert [key for key in SAID if never in say(key).lower()] == []


def test_the_opening_offers_what_the_file_lists_and_nothing_else() -> None:
    offered = opening()["options"]
    assert ("__line__" in offered, all(isinstance(title, str) and title for title in offered.values())) == (False, True)


def test_the_introduction_is_under_50_words() -> None:
    assert len(say("intro").split()) < 50


@pytest.mark.parametrize("words", ["program", "not a clinician", service()["emergency"]])
def test_the_introduction_says_what_this_is_and_whom_to_call(words: str) -> None:
    assert words in say("intro")


@pytest.mark.parametrize("words", ["0.9", "not a diagnosis", "not been reviewed by a clinician"])
def test_the_foot_of_a_result_says_what_it_is_worth(words: str) -> None:
    assert words in say("result_foot", version="0.9")


@pytest.mark.parametrize("key", ["safety", "stuck"])
def test_who_is_stuck_is_told_the_emergency_number(key: str) -> None:
    assert service()["emergency"] in say(key)
