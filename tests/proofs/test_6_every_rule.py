"""Promise 6: every rule has a reason in plain words, at least one source, and a review entry."""

from __future__ import annotations

from typing import Any

import yaml

from actions import cards
from actions.triage import Protocol, assess
from actions.triage.loader import CLINICAL

from .conftest import Count

LONGEST_SENTENCE = 20
"""Words, style.md."""


def written(file: str) -> Any:
    return yaml.safe_load((CLINICAL / file).read_text(encoding="utf-8"))


def entries() -> list[dict[str, Any]]:
    """Every rule as it stands in the files: red flags and gates, patterns, and what fits no pattern."""
    return [*written("red_flags.yml"), *written("presentations.yml"), written("levels.yml")["no_pattern"]]


def test_every_rule_says_why_and_names_its_sources(protocol: Protocol, count: Count) -> None:
    known = {source["id"] for source in written("sources.yml")}
    for rule in protocol.rules:
        assert rule.name, rule.key
        assert rule.say.endswith("."), rule.key
        assert rule.because.endswith("."), rule.key
        assert rule.sources, rule.key
        assert set(rule.sources) <= known, rule.key
    count(f"rules: {len(protocol.rules)} with a reason in plain words and a source that exists")


def test_every_entry_has_a_place_for_its_review() -> None:
    for entry in entries():
        review = {"on" if key is True else key: value for key, value in entry["reviewed"].items()}  # YAML 1.1: on
        assert set(review) == {"by", "on"}, entry["id"]
        assert bool(review["by"]) == bool(review["on"]), entry["id"]


def test_every_entry_is_a_rule_or_a_pattern_for_home(protocol: Protocol) -> None:
    """Nothing that stands in the files is lost on the way into the engine."""
    keys = {rule.key for rule in protocol.rules} | {pattern.id for pattern in protocol.presentations}
    assert {f"{e['id']}/{e['case']}" if e.get("case") else e["id"] for e in entries()} == keys


def test_every_red_flag_names_a_source(protocol: Protocol) -> None:
    for finding in protocol.findings.values():
        assert finding.sources or finding.watched or not finding.red_flag, finding.id


def test_every_reason_is_short(protocol: Protocol) -> None:
    for rule in protocol.rules:
        for sentence in (rule.say + " " + rule.because).split(". "):
            assert len(sentence.split()) <= LONGEST_SENTENCE, f"{rule.key}: {sentence}"


def test_an_assessment_says_that_nobody_reviewed_it(protocol: Protocol) -> None:
    """Until a clinician has signed every rule, each assessment says so, with every reason and its sources."""
    unsigned = [rule for rule in protocol.rules if rule.reviewed_by is None]
    for findings in ({}, {"breathless_or_chest_pain": "yes"}, {"trend": "worse"}):
        result = assess(findings, protocol)
        card = cards.assessment(result, protocol, findings)
        assert not unsigned or "not been reviewed by a clinician" in card.text
        assert card.data is not None
        assert all(reason["text"] and reason["sources"] for reason in card.data["reasons"])
        assert {reason["rule"] for reason in card.data["reasons"]} == {rule.id for rule in result.because}
