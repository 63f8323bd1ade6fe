"""What a clinician reads and the person sees: complete, short, most urgent first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.handoff.summary import MOST_QUOTES, QUOTE_LENGTH, content, quotes, text
from actions.triage import Level, Protocol, assess, load_protocol
from actions.wording import content as file
from tests.proofs.conftest import EXAMPLES
from tests.proofs.people import records, thoroughly
from tests.vignettes.patient import Outcome, Vignette, play_all, read_vignettes, through_engine

TODAY = date(2026, 3, 1)
PROTOCOL = load_protocol()
fewer = settings(thoroughly, max_examples=EXAMPLES // 5)
PLAYED = play_all(read_vignettes(PROTOCOL), PROTOCOL, through_engine)
WORDS = file("handoff.yml")["words"]
said = st.lists(st.text(max_size=300), max_size=8)


def made(findings: Mapping[str, Any], words: tuple[str, ...] | list[str] = (), **given: Any) -> dict[str, Any]:
    """The content of a hand-off, as it comes out of the database."""
    result = assess(findings, PROTOCOL)
    return dict(json.loads(json.dumps(content(findings, result, PROTOCOL, words, ["Be seen."], TODAY, **given))))


def line(summary: str, key: str) -> str:
    """The line of a summary that begins as the file says; nothing when there is none."""
    begins = str(WORDS[key]).partition("{")[0]
    return next((one.removeprefix(begins) for one in summary.splitlines() if one.startswith(begins)), "")


@pytest.fixture(params=PLAYED, ids=lambda played: played[0].id)
def played(request: pytest.FixtureRequest) -> tuple[Vignette, Outcome]:
    """Each vignette, with what was asked and answered."""
    return request.param  # type: ignore[no-any-return]


def test_every_vignette_in_full(played: tuple[Vignette, Outcome], protocol: Protocol) -> None:
    vignette, outcome = played
    summary = made(outcome.findings, [vignette.words])
    shown = text(summary)
    flags = {id for id, finding in protocol.findings.items() if finding.red_flag}
    for key, value in (("present", "yes"), ("unsure", "not_sure"), ("denied", "no")):
        expected = {id for id in flags if outcome.findings.get(id) == value}
        assert {entry["id"] for entry in summary[f"red_flags_{key}"]} == expected, key
        assert all(entry["text"] in line(shown, key) for entry in summary[f"red_flags_{key}"])
    watched = {id for id in flags if protocol.findings[id].watched}
    assert set(summary["red_flags_not_asked"]) == flags - watched - set(outcome.findings)
    assert (summary["level"], summary["headline"]) == (outcome.level.id, shown.splitlines()[0].partition(" ")[2])
    assert [reason["rule"] for reason in summary["reasons"]] == list(outcome.rules)
    assert all(reason["name"] in line(shown, "why") for reason in summary["reasons"])
    assert all(f"({rule})" in line(shown, "why") for rule in outcome.rules if rule[:2].isupper())
    assert summary["words"][0][:100] == " ".join(vignette.words.split())[:100]
    assert f"“{summary['words'][0]}”" in shown


def test_nothing_told_is_left_out(played: tuple[Vignette, Outcome]) -> None:
    _, outcome = played
    summary = made(outcome.findings)
    groups = sum(len(summary[name]) for name in ("who", "course", "function", "other"))
    flags = sum(len(summary[f"red_flags_{name}"]) for name in ("present", "unsure", "denied"))
    unsaid = ("for_whom", "self") in outcome.findings.items()
    assert groups + flags + len(summary["also_denied"]) == len(outcome.findings) - unsaid
    assert [answer["id"] for answer in summary["answers"]] == list(outcome.findings)


def words_before(summary: str, *keys: str) -> int:
    """How many words stand before the first line of one of these kinds."""
    begins = tuple(str(WORDS[key]).partition("{")[0] for key in keys)
    lines = summary.splitlines()
    end = next(place for place, one in enumerate(lines) if one.startswith(begins))
    return len(" ".join(lines[:end]).split())


def test_what_matters_is_read_in_20_seconds() -> None:
    """At 240 words a minute that is 80 words, before the line of what is not so; for nearly everybody far fewer."""
    summaries = [text(made(outcome.findings, [vignette.words])) for vignette, outcome in PLAYED]
    first = [words_before(summary, "denied", "not_asked", "quotes") for summary in summaries]
    assert (median(first) <= 60, max(first) <= 85) == (True, True)
    assert max(words_before(summary, "quotes") for summary in summaries) <= 180


def test_the_level_comes_first_and_reasons_before_what_is_not_so() -> None:
    shown = text(made({"calf_swollen_or_tender": "yes", "breathless_or_chest_pain": "no", "age": 46, "side": "left"}))
    assert shown.splitlines()[0] == "▲ Be seen today."
    assert shown.index("46 years old") < shown.index("(RF07)") < shown.index("breathless or chest pain")


def test_the_person_can_be_somebody_else() -> None:
    assert made({"for_whom": "someone_else"})["who"] == ["whose knee: somebody else's"]
    assert made({"for_whom": "self"})["who"] == []


def test_a_pattern_that_is_a_reason_is_not_named_twice() -> None:
    outcome = next(outcome for _, outcome in PLAYED if outcome.rules[:1] == ("osteoarthritis",))
    shown = text(made(outcome.findings))
    assert shown.count("osteoarthritis") == 1


def test_an_unfinished_talk_says_so() -> None:
    unfinished = text(made({"age": 30}, finished=False))
    assert WORDS["unfinished"] in unfinished
    assert WORDS["unfinished"] not in text(made({"age": 30}))


def test_without_a_flag_it_says_that_none_was_found() -> None:
    assert WORDS["none_present"] in text(made({"age": 30}))
    assert WORDS["none_present"] not in text(made({"lump": "yes"}))
    assert WORDS["none_present"] not in text(made({"lump": "not_sure"}))


def test_the_words_that_raised_the_level_are_quoted_even_if_said_last() -> None:
    said = [f"message {number}" for number in range(9)]
    assert quotes(said, raised=[8, 6]) == ["message 0", "message 1", "message 2", "message 6", "message 8"]
    assert quotes(said) == [f"message {number}" for number in range(5)]


def test_taps_commands_and_repeats_are_not_quoted() -> None:
    assert quotes(['/answer{"question":"age","value":46}', "/back", " ", "it hurts", "it hurts"]) == ["it hurts"]


def test_a_quote_is_one_short_line_of_plain_signs() -> None:
    (quote,) = quotes(["a\nb\x00\u202e\ud800c " + "d" * 500])
    assert (quote[:6], len(quote), quote[-1]) == ("a b c ", QUOTE_LENGTH, "…")


def test_braces_in_the_words_of_a_person_stay_as_they_are() -> None:
    assert "“{version} {list}”" in text(made({"age": 30}, ["{version} {list}"]))


@fewer
@given(findings=records, words=said, raised=st.sets(st.integers(0, 9)))
def test_any_findings_and_any_words_make_a_summary(
    findings: dict[str, Any], words: list[str], raised: set[int]
) -> None:
    summary = made(findings, words, raised=raised)
    shown = text(summary)
    shown.encode()
    assert len(summary["words"]) <= MOST_QUOTES
    assert all(0 < len(quote) <= QUOTE_LENGTH and f"“{quote}”" in shown for quote in summary["words"])
    assert assess(findings, PROTOCOL).level == Level.of(summary["level"])


# --- the file --------------------------------------------------------------------------------------


def test_the_file_names_findings_that_exist_and_each_stands_on_one_line(protocol: Protocol) -> None:
    groups = file("handoff.yml")["groups"]
    named = [id for key, ids in groups.items() if key != "__line__" for id in ids]
    rest = {id for id, finding in protocol.findings.items() if not finding.red_flag}
    assert (sorted(named), len(set(named))) == (sorted(rest), len(named))


def test_every_finding_that_can_be_denied_has_a_short_name(protocol: Protocol) -> None:
    short = {id: name for id, name in file("handoff.yml")["absent"].items() if id != "__line__"}
    asked = {id for id, finding in protocol.findings.items() if finding.kind == "yes_no" and not finding.watched}
    assert set(short) == asked
    assert [name for name in short.values() if len(name.split()) > 5] == []


@pytest.mark.parametrize("key", [key for key in WORDS if key != "__line__"])
def test_the_words_are_plain(key: str) -> None:
    sentences = WORDS[key].split(". ")
    assert ([one for one in sentences if len(one.split()) > 20], "!" in WORDS[key]) == ([], False)
