"""The record of one talk: what is known, what is in doubt, and the way back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from actions.record import MOST_SECOND_ASKS, MOST_STEPS_BACK, Record


def test_goes_through_json_unchanged() -> None:
    record = Record(pending="age", asks=["age"], shown={"late_screen": ["lump"]}, opened=True)
    record.take({"location": ["front"], "age": 34, "lump": "not_sure"})
    assert Record.from_json(json.loads(json.dumps(record.to_json()))) == record


@pytest.mark.parametrize("data", [None, {}])
def test_an_empty_slot_is_a_new_record(data: dict[str, Any] | None) -> None:
    assert Record.from_json(data) == Record()


def test_what_an_older_record_had_is_dropped() -> None:
    assert Record.from_json({"findings": {"age": 34}, "mood": "good"}) == Record(findings={"age": 34})


def test_two_records_share_nothing() -> None:
    first, second = Record(), Record()
    first.take({"age": 34})
    assert second.findings == {}


def test_a_record_does_not_change_the_slot_it_came_from() -> None:
    slot = Record(findings={"age": 34}).to_json()
    Record.from_json(slot).take({"lump": "yes"})
    assert slot["findings"] == {"age": 34}


def test_tells_what_is_new() -> None:
    record = Record(findings={"age": 34, "lump": "no"})
    assert record.take({"age": 34, "lump": "yes", "side": "left"}) == {"lump": "yes", "side": "left"}


# --- the way back ----------------------------------------------------------------------------------


def test_goes_back_one_turn_at_a_time() -> None:
    record = Record(findings={"age": 34})
    record.take({"lump": "no", "age": 35})
    record.take({"side": "left"})
    undone = [record.step_back(), record.step_back()]
    assert (undone, record.findings) == ([{"side": "left"}, {"lump": "no", "age": 35}], {"age": 34})


def test_cannot_go_back_from_the_beginning() -> None:
    assert Record(findings={"age": 34}).step_back() is None


def test_a_double_tap_is_one_step() -> None:
    record = Record()
    record.take({"lump": "no"})
    record.take({"lump": "no"})
    record.step_back()
    assert record.findings == {}


def test_forgets_steps_long_ago() -> None:
    record = Record()
    for age in range(MOST_STEPS_BACK + 5):
        record.take({"age": age})
    steps = sum(1 for _ in iter(record.step_back, None))
    assert steps == MOST_STEPS_BACK


def test_a_result_is_not_valid_any_more_after_a_step_back() -> None:
    record = Record(result="soon")
    record.take({"lump": "yes"})
    record.step_back()
    assert record.result is None


# --- doubts ----------------------------------------------------------------------------------------


def test_not_sure_is_a_doubt() -> None:
    record = Record()
    record.take({"lump": "not_sure", "side": "left"})
    assert record.doubts == ["lump"]


@pytest.mark.parametrize("second", ["yes", "no", "not_sure"])
def test_a_doubt_is_asked_once_only(second: str) -> None:
    record = Record()
    record.take({"lump": "not_sure"})
    record.take({"lump": second})
    assert (record.doubts, record.findings) == ([], {"lump": second})


def test_an_answer_to_something_else_leaves_the_doubt() -> None:
    record = Record()
    record.take({"lump": "not_sure"})
    record.take({"side": "left"})
    assert record.doubts == ["lump"]


def test_a_screen_of_doubts_counts_as_one_second_question() -> None:
    record = Record()
    record.take({"lump": "not_sure", "fever": "not_sure"})
    record.take({"lump": "no", "fever": "no"})
    assert record.second_asks == 1


def test_there_are_only_so_many_second_questions() -> None:
    record = Record()
    for number in range(MOST_SECOND_ASKS):
        record.take({f"finding{number}": "not_sure"})
        record.take({f"finding{number}": "no"})
    record.take({"lump": "not_sure"})
    assert (record.doubts, record.findings["lump"]) == ([], "not_sure")


def test_a_doubt_can_be_taken_back() -> None:
    record = Record()
    record.take({"lump": "not_sure"})
    record.step_back()
    assert (record.doubts, record.findings) == ([], {})


def test_going_back_to_a_doubt_asks_it_again() -> None:
    record = Record()
    record.take({"lump": "not_sure"})
    record.take({"lump": "no"})
    record.step_back()
    assert (record.findings, record.doubts) == ({"lump": "not_sure"}, ["lump"])
