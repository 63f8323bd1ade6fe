"""Numbers in lay text: the sentences of quantities.yml, and what must hold for any text at all."""

from datetime import date
from pathlib import Path
from time import process_time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.quantities import quantities

SENTENCES = yaml.safe_load(Path(__file__).with_name("quantities.yml").read_text(encoding="utf-8"))
TODAY = SENTENCES["today"]
RANGES = {
    "age": (1, 115), "pain_now": (0, 10), "pain_worst": (0, 10), "injury_days_ago": (0, 20_000),
    "duration_weeks": (0, 4000), "self_care_weeks": (0, 1000), "sessions_per_week": (0, 30),
    "longest_recent_session": (0, 1000),
}  # fmt: skip
READ_RIGHT = {"seen": 0.99, "unseen": 0.8}
"""The least share of sentences with every quantity right and none besides."""
LONGEST_MESSAGE = 4000
FRAGMENTS = (
    "3 weeks ", "1 ", "9", "a ", "a couple of ", "half an hour and a half ", "twenty ", "3 or ", "1-", "5,", "10/", "x", " ", "\n",
    "on the 3rd ", "since last ", "start of the ", "mon ", "the ", "about ", "a week ", "3 times ", "3 spin class ", "used to ",
    "knee pain is about like at ", "pain level at ", "it's a 5 now, ", "my dad is ", "i ", "twisted ", "no any the my ",
    "been playing ", "sets of ", "in the in ", "i'm a runner and ", "im 6'2 and ", "rest ice physio ", "2 years and 3 ",
    "14/11/2026 ", "2 sundays ago ", "couple of runs a ", "weekly ", "1h30 ", "if 10 is ", "when i am, ", "a 3 just ", "hours ago ",
    "monday-", "since march. it hurts ", "i was 41 ", "my friend is 30 ", "we have a 15 year old ", "first half of ", "parkrun 5 km ",
)  # fmt: skip
"""Pieces that many a pattern begins with; a message of nothing else is what a slow pattern would choke on."""
WORDS = sorted({word for half in ("seen", "unseen") for one in SENTENCES[half] for word in one["said"].split()})


def fits(value, right):
    if isinstance(right, list):
        return right[0] <= value <= right[1]
    return value == right if isinstance(right, str) else abs(value - right) <= 0.02 * right


def is_right(sentence):
    read = {one.id: one.value for one in quantities(sentence["said"], TODAY)}
    right = sentence["read"]
    return read.keys() == right.keys() and all(fits(read[id], right[id]) for id in right)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(one, marks=pytest.mark.xfail(strict=True)) if one.get("wrong") else one
        for half in ("seen", "unseen")
        for one in SENTENCES[half]
    ],
    ids=lambda one: one["said"][:50],
)
def test_reads_the_quantities(sentence):
    read = {one.id: one.value for one in quantities(sentence["said"], TODAY)}
    right = sentence["read"]
    assert read.keys() == right.keys()
    assert {id: value for id, value in read.items() if not fits(value, right[id])} == {}


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_reads_most_sentences_right(half):
    sentences = SENTENCES[half]
    assert sum(map(is_right, sentences)) >= READ_RIGHT[half] * len(sentences)


def test_places_refer_to_the_message_as_typed():
    said = "İ, I’M 34, MY KNEE’S BEEN SORE FOR Three Weeks"
    assert {said[one.start : one.end] for one in quantities(said, TODAY)} == {"34", "Three Weeks"}


def test_each_finding_is_read_once():
    said = "im 34, sore for 3 weeks, well 4 weeks, 5/10 and 6/10, run 3 times a week 5k and 10k"
    ids = [one.id for one in quantities(said, TODAY)]
    assert len(ids) == len(set(ids)) == 5


def least_time(text):
    times = []
    for _ in range(3):
        begun = process_time()
        quantities(text, TODAY)
        times.append(process_time() - begun)
    return min(times)


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_time_grows_with_the_length_of_the_message_only(fragment):
    text = (fragment * LONGEST_MESSAGE)[:LONGEST_MESSAGE]
    whole = least_time(text)
    assert whole < 0.5
    assert whole < 0.02 or whole < 9 * least_time(text[: LONGEST_MESSAGE // 4])  # 4 if linear, 16 if quadratic


def test_a_message_of_twenty_words_takes_a_fraction_of_a_millisecond():
    said = "im 45, knee pain for 6 weeks, about a 5 out of 10, i run 3 times a week up to 10k"
    assert min(least_time(said) for _ in range(20)) < 0.001  # 0.25 ms on a quiet machine


dates = st.dates(date(2000, 1, 1), date(2060, 12, 31))
messages = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(messages, dates)
def test_any_text_is_read_without_fail_and_within_range(text, today):
    found = quantities(text, today)
    assert len({one.id for one in found}) == len(found)
    for one in found:
        low, high = RANGES[one.id]
        assert 0 <= one.start < one.end <= len(text)
        assert low <= float(str(one.value).split()[0]) <= high
    for one, other in zip(sorted(found, key=lambda one: one.start), sorted(found, key=lambda one: one.start)[1:]):
        assert one.end <= other.start


@settings(deadline=None)
@given(messages, dates)
def test_case_and_kind_of_apostrophe_do_not_matter(text, today):
    if text.isascii():
        curly = text.replace("'", "’").upper()
        assert [one.value for one in quantities(curly, today)] == [one.value for one in quantities(text, today)]
