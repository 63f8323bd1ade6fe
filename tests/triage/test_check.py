"""The content checker: each mistake is found, at its place, and nothing else is."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import cards
from actions.triage.check import check, main, offers_not_sure
from actions.triage.loader import CLINICAL
from actions.triage.model import Level

Content = dict[str, Any]
LONG = "This one sentence goes on and on and on until it has one more word than a sentence may have here."
HARD = (
    "Notify administrative personnel of deteriorating physiological characteristics. "
    "Subsequently discontinue provocative activities. Investigate precipitating circumstances carefully."
)


def finding(id: str, **more: Any) -> Content:
    return {"id": id, "title": id, "prompt": f"Is it {id}?", "plainer": "Is it so?", "why": "It helps.", **more}


def rule(id: str, when: Content, level: str = "urgent", **more: Any) -> Content:
    words = {"name": id, "say": "It is so.", "because": "It is.", "sources": ["book"], "reviewed": {"by": None}}
    return {"id": id, "when": when, "level": level, **words, **more}


def topic(**more: Any) -> Content:
    return {"id": "rest", "title": "Rest", "text": "Rest a bit.", "sources": ["book"], "review": None, **more}


@pytest.fixture
def content() -> Content:
    """The smallest content that is sound."""
    level = {"headline": "Go.", "actions": ["Go."], "safety_net": ["Go."]}
    nothing = rule("NONE", {}, "routine")
    return {
        "sources.yml": [{"id": "book", "title": "A book"}],
        "findings.yml": {
            "findings": [
                finding("hot"),
                finding("ill"),
                finding("age", kind="number", range=[0, 120]),
                finding("place", kind="any_of", options={"front": "Front", "back": "Back"}),
            ],
            "screens": [
                {"id": "screen", "prompt": "Any?", "plainer": "Tick.", "why": "Rare.", "findings": ["hot", "ill"]}
            ],
            "order": [{"ask": "screen"}, {"ask": "age"}, {"ask": "place"}],
        },
        "red_flags.yml": [
            rule("R1", {"hot": "yes", "ill": "yes"}, "emergency_department", case="both"),
            rule("R1", {"hot": "yes"}, case="one"),
            rule("R2", {"age": {"below": 18}}, "soon"),
        ],
        "presentations.yml": [
            {
                **rule("p", {}, "self_care"),
                "fits_when": {"place": "front"},
                "for": [{"when": {"ill": "no"}, "say": "x"}],
            }
        ],
        "levels.yml": {"version": "1", "levels": [{"level": one.id, **level} for one in Level], "no_pattern": nothing},
        "advice.yml": [topic()],
        "exercises.yml": {"exercises": [{"id": "raise", "sources": ["book"]}]},
        "load.yml": {"levers": [{"id": "speed", "text": "Slow down.", "sources": ["book"], "review": "needed"}]},
        "check_in.yml": {
            "questions": [{"id": "age", "sources": ["book"]}, {"id": "done", "range": [0, 9], "sources": ["book"]}],
            "screen": {"findings": ["hot"], "sources": ["book"]},
            "without_sessions": ["done"],
            "fit_the_plan": ["age"],
            "without_activity": ["age"],
            "stale": {"lasting": ["age"], "sources": ["book"]},
        },
        "wording.yml": {"none_of_these": "None of these", "safety": "Call now."},
    }


@pytest.fixture
def found(content: Content, tmp_path: Path) -> Callable[[], list[str]]:
    """Writes the content, and says which mistakes are in it: `file code first words`."""

    def look() -> list[str]:
        for file, data in content.items():
            (tmp_path / file).write_text(yaml.safe_dump(data, sort_keys=False, width=1000), encoding="utf-8")
        return [f"{mistake.file} {mistake.code} {mistake.what}" for mistake in check(tmp_path)]

    return look


def only(mistakes: list[str], start: str) -> bool:
    return len(mistakes) == 1 and mistakes[0].startswith(start)


def test_the_project_s_content_is_sound():
    assert [str(mistake) for mistake in check(CLINICAL)] == []


def test_sound_content_has_no_mistakes(found):
    assert found() == []


# --- questions -------------------------------------------------------------------------------------------


def test_a_needed_finding_that_nobody_asks_for(content, found):
    content["findings.yml"]["order"].pop(1)
    assert only(found(), "red_flags.yml K109 R2 needs age")


def test_a_watched_finding_need_not_be_asked(content, found):
    content["findings.yml"]["findings"].append({"id": "harm", "title": "harm", "watched": "yes"})
    content["red_flags.yml"].append(rule("R3", {"harm": "yes"}))
    assert found() == []


def test_a_presentation_s_need_is_named_in_its_file(content, found):
    content["presentations.yml"][0]["level"] = "soon"
    content["findings.yml"]["order"].pop(2)
    assert "presentations.yml K109 p needs place" in " ".join(found())


def test_a_question_that_nothing_uses(content, found):
    content["red_flags.yml"].pop(2)
    assert only(found(), "findings.yml K110 age")


def test_a_clue_is_use_enough(content, found):
    content["red_flags.yml"][:2] = [rule("R1", {"hot": "yes"})]
    assert found() == []


def test_a_blank_why(content, found):
    content["findings.yml"]["findings"][0]["why"] = " "
    assert only(found(), "findings.yml K205 hot has no why")


def test_a_second_wording_that_is_the_first(content, found):
    content["findings.yml"]["screens"][0]["plainer"] = "Any?"
    assert only(found(), "findings.yml K205 screen has no second wording")


def test_a_card_without_room_for_not_sure():
    assert not offers_not_sure(cards.delete_question())


def test_a_payload_of_65_bytes(content, found):
    content["findings.yml"]["findings"][3]["options"]["x" * 57] = "Too much"
    assert only(found(), "findings.yml K204 'a|place|xxx")


def test_a_payload_of_64_bytes(content, found):
    content["findings.yml"]["findings"][3]["options"]["x" * 56] = "Just right"
    assert found() == []


def test_the_choices_on_a_screen_travel_as_numbers(content, found):
    long = [finding(f"a_very_long_name_of_a_finding_{number}") for number in range(30)]
    content["findings.yml"]["findings"] += long
    content["findings.yml"]["screens"][0]["findings"] += [one["id"] for one in long]
    content["red_flags.yml"].append(rule("R3", {"all_of": [{one["id"]: "yes"} for one in long[:1]]}))
    assert "K204 'a|screen|1,2,3" in " ".join(found())


# --- rules -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "when",
    [
        {"age": {"below": 18, "over": 50}},
        {"hot": "yes", "none_of": [{"hot": "yes"}]},
        {"place": "front", "none_of": [{"place": ["front", "back"]}]},
        {"age": {"over": 120}},
    ],
)
def test_a_rule_that_can_never_hold(content, found, when):
    content["red_flags.yml"].append(rule("R3", when))
    assert any(mistake.startswith("red_flags.yml K111 R3") for mistake in found())


def test_choices_are_not_either_or(content, found):
    content["red_flags.yml"].append(rule("R3", {"all_of": [{"place": "front"}, {"place": "back"}]}))
    assert found() == []


def test_a_rule_in_the_shadow_of_a_more_urgent_one(content, found):
    content["red_flags.yml"][0]["when"] = {"any_of": [{"hot": "yes"}, {"ill": "yes"}]}
    assert only(found(), "red_flags.yml K112 R1/one never changes anything, because R1/both")


def test_a_rule_of_another_id_casts_no_shadow(content, found):
    content["red_flags.yml"].append(rule("R3", {"hot": "yes", "ill": "yes"}, "soon"))
    assert found() == []


# --- sources ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "room"), [("exercises.yml", "exercises"), ("load.yml", "levers")])
def test_an_entry_without_a_source(content, found, file, room):
    del content[file][room][0]["sources"]
    assert only(found(), f"{file} K105 {content[file][room][0]['id']} names no source")


def test_a_topic_with_a_source_that_does_not_exist(content, found):
    content["advice.yml"][0]["sources"] = ["book", "film"]
    assert only(found(), "advice.yml K105 'film' is not in sources.yml")


@pytest.mark.parametrize("room", ["without_sessions", "fit_the_plan", "without_activity"])
def test_a_check_in_about_a_finding_that_does_not_exist(content, found, room):
    content["check_in.yml"][room].append("mood")
    assert only(found(), f"check_in.yml K113 {room} names mood")


def test_a_check_in_s_screen_with_a_finding_that_does_not_exist(content, found):
    content["check_in.yml"]["screen"]["findings"] = ["hot", "mood"]
    assert only(found(), "check_in.yml K113 screen names mood")


def test_a_red_flag_without_a_source(content, found):
    content["findings.yml"]["findings"][0]["red_flag"] = "yes"
    assert only(found(), "findings.yml K105 hot names no source")


# --- words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        lambda content: content["findings.yml"]["findings"][0].update(prompt=LONG),
        lambda content: content["findings.yml"]["screens"][0].update(why=LONG),
        lambda content: content["red_flags.yml"][2].update(because=LONG),
        lambda content: content["red_flags.yml"][2].update(do=["Go.", LONG]),
        lambda content: content["presentations.yml"][0]["for"][0].update(say=LONG),
        lambda content: content["levels.yml"]["levels"][0].update(safety_net=[LONG]),
        lambda content: content["advice.yml"][0].update(text=LONG),
        lambda content: content["exercises.yml"].update(stop_rules=[LONG]),
        lambda content: content["load.yml"]["levers"][0].update(text=LONG),
        lambda content: content["check_in.yml"]["screen"].update(prompt=LONG),
        lambda content: content["wording.yml"].update(safety=LONG),
    ],
)
def test_a_sentence_of_21_words_wherever_it_stands(content, found, place):
    place(content)
    assert any(" K201 " in mistake and "a sentence of 21 words" in mistake for mistake in found())


def test_a_sentence_of_20_words(content, found):
    content["wording.yml"]["safety"] = LONG.replace("This one", "This")
    assert not any(" K201 " in mistake for mistake in found())


def test_what_people_ask_may_be_long(content, found):
    content["advice.yml"][0]["ask"] = [LONG]
    assert found() == []


def test_the_line_of_a_text_is_its_own(content, found, tmp_path):
    content["wording.yml"] = {"none_of_these": "None of these", "intro": "Hello you.", "safety": LONG}
    found()
    assert [mistake.line for mistake in check(tmp_path) if mistake.code == "K201"] == [3]


def test_hard_words(content, found):
    content["advice.yml"][0]["text"] = HARD
    assert "K202 rest needs a reading age of" in " ".join(found())


def test_a_short_text_is_not_measured(content, found):
    content["advice.yml"][0]["text"] = "Physiological characteristics deteriorate."
    assert found() == []


@pytest.mark.parametrize(("more", "mistakes"), [("", 0), ("s", 1)])
def test_a_tick_box_may_have_75_characters(content, found, more, mistakes):
    content["findings.yml"]["findings"][0]["title"] = "A tick box " + "o" * 64 + more
    assert sum("K203 findings hot title has 76" in mistake for mistake in found()) == mistakes


# --- the command -----------------------------------------------------------------------------------------


def test_what_the_loader_refuses_is_told_first(content, found):
    del content["red_flags.yml"][0]["say"]
    assert only(found(), "red_flags.yml K101 R1 lacks say")


def test_the_command_prints_one_mistake_a_line_and_fails(content, found, tmp_path):
    content["advice.yml"][0]["sources"] = []
    found()
    out = io.StringIO()
    code = main(tmp_path, out)
    assert (code, out.getvalue()) == (
        1,
        "advice.yml:1: K105 rest names no source. Name at least one id of sources.yml.\n",
    )


def test_the_command_sums_up_what_is_sound(found, tmp_path):
    found()
    out = io.StringIO()
    assert main(tmp_path, out) == 0
    assert out.getvalue().startswith(
        "The content 1 is sound: 4 findings, 4 rules, 1 presentations, 1 topics, 1 sources.\n"
        "No clinician has reviewed 5 of 5 rules and presentations. 1 entries"
    )
