"""How hard a text is to read."""

from __future__ import annotations

import pytest

from actions.triage.loader import CLINICAL
from actions.triage.reading import FILES, reading_age, sentences, syllables, texts


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("knee", 1),
        ("sore", 1),
        ("little", 2),
        ("walked", 1),
        ("needed", 2),
        ("called", 1),
        ("makes", 1),
        ("muscles", 2),
        ("safety", 2),
        ("something", 2),
        ("going", 2),
        ("usual", 3),
        ("serious", 3),
        ("opinion", 3),
        ("rock-hard", 2),
        ("10", 1),
    ],
)
def test_syllables(word, count):
    assert syllables(word) == count


def test_a_medical_word_that_has_to_stand_counts_two():
    assert syllables("Physiotherapist") == 2


def test_a_number_with_a_point_does_not_end_a_sentence():
    assert sentences('Walk 2.5 km. Then say "stop." Rest!') == ["Walk 2.5 km.", 'Then say "stop.', "Rest!"]


def test_reading_age_is_the_school_grade_plus_five():
    grade = 0.39 * 6 + 11.8 * 1 - 15.59
    assert reading_age(["The cat sat on the mat."]) == pytest.approx(grade + 5)


def test_longer_words_need_an_older_reader():
    assert reading_age(["Discontinue the activity."]) > reading_age(["Stop the sport."])


def test_every_file_that_a_person_reads_is_read():
    assert {text.file for text in texts(CLINICAL)} == set(FILES)


def test_what_people_type_is_not_a_text():
    assert not any(text.key == "ask" for text in texts(CLINICAL))
