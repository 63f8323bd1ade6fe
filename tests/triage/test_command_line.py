"""`python -m actions.triage < findings.json`: the protocol alone, as JSON."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from actions.triage.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


def run(text: str) -> tuple[int, str, str]:
    """Exit code, output and errors for one input."""
    out, errors = io.StringIO(), io.StringIO()
    return main(io.StringIO(text), out, errors), out.getvalue(), errors.getvalue()


def card(findings: dict[str, Any]) -> dict[str, Any]:
    """The card for findings that can be used."""
    code, out, errors = run(json.dumps(findings))
    assert (code, errors) == (0, "")
    read: dict[str, Any] = json.loads(out)
    return read


def test_an_assessment_has_the_fields_of_the_contract() -> None:
    fields = {"kind", "level", "headline", "actions", "reasons", "safety_net", "protocol_version"}
    assert fields <= set(card({"breathless_or_chest_pain": "yes"}))


def test_an_assessment_names_its_level_and_its_rule() -> None:
    told = card({"breathless_or_chest_pain": "yes"})
    assert (told["kind"], told["level"], told["reasons"][0]["rule"]) == ("assessment", "ambulance", "RF08")


def test_a_question_has_the_fields_of_the_contract() -> None:
    assert {"kind", "id", "prompt", "why", "input", "options"} <= set(card({}))


def test_nothing_told_asks_the_emergency_screen() -> None:
    asked = card({})
    assert (asked["kind"], asked["id"], asked["input"]) == ("question", "emergency_screen", "any_of")


@pytest.mark.parametrize(("json_value", "word"), [(True, "yes"), (False, "no")])
def test_true_and_false_mean_yes_and_no(json_value: bool, word: str) -> None:
    assert card({"calf_swollen_or_tender": json_value}) == card({"calf_swollen_or_tender": word})


def test_null_means_not_asked() -> None:
    assert card({"breathless_or_chest_pain": None}) == card({})


def test_not_sure_counts_as_yes() -> None:
    assert card({"breathless_or_chest_pain": "not_sure"})["level"] == "ambulance"


def test_a_watched_finding_can_be_told() -> None:
    assert card({"danger_now": "yes"})["level"] == "ambulance"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"knee_hurts": "yes"}', "'knee_hurts' is not a finding"),
        ('{"recent_injury": "maybe"}', "recent_injury cannot be 'maybe'"),
        ('{"trend": "sideways"}', "trend cannot be 'sideways'"),
        ('{"location": ["nose"]}', "location cannot be"),
        ('{"location": [["front"]]}', "location cannot be"),
        ('{"age": "old"}', "age cannot be 'old'"),
        ('{"age": 121}', "age cannot be 121"),
        ('{"age": -1}', "age cannot be -1"),
        ('{"age": true}', "age cannot be True"),
        ('{"age": NaN}', "age cannot be nan"),
        ('{"age": Infinity}', "age cannot be inf"),
        ('{"longest_recent_session": 5}', "longest_recent_session cannot be 5"),
        ("", "not JSON"),
        ("age: 30", "not JSON"),
        ('["age"]', "must be an object"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(text: str, reason: str) -> None:
    code, out, errors = run(text)
    assert (code, out, reason in errors) == (2, "", True)


def test_an_unknown_id_is_told_which_ids_there_are() -> None:
    assert "calf_swollen_or_tender" in run('{"calf": "yes"}')[2]


def test_json_nested_too_deep_is_refused() -> None:
    assert run("[" * 100_000)[0] == 2


def test_runs_as_a_program() -> None:
    """Slow (about a second): it starts an interpreter, as a person at a terminal does."""
    ran = subprocess.run(
        [sys.executable, "-m", "actions.triage"],
        input='{"calf_swollen_or_tender": true, "breathless_or_chest_pain": true}',
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (ran.returncode, json.loads(ran.stdout)["level"]) == (0, "ambulance")
