"""The short form of `make nlu`: what is understood of the strangers' test set must not fall below what was reached.

These floors are figures reached, not figures asked for; docs/nlu.md names both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from actions.triage import Protocol
from tests.nlu.evaluate import Parse, Scores, score, score_topics, score_vignettes

FLOORS = {
    "read": 0.925, "asked": 0.965, "next_card": 0.963, "quiet": 0.95, "harmless": 0.755, "status": 0.893,
    "quantities": 0.915, "intents": 0.925,
}  # fmt: skip


@pytest.fixture(scope="module")
def parse(agent: Any, loop: asyncio.AbstractEventLoop) -> Parse:
    """The trained model as a function."""

    def parsed(text: str) -> Mapping[str, Any]:
        result: Mapping[str, Any] = loop.run_until_complete(agent.parse_message(text))
        return result

    return parsed


@pytest.fixture(scope="module")
def scores(parse: Parse, protocol: Protocol) -> Scores:
    """What is understood of the whole test set."""
    return score(parse, protocol)


@pytest.mark.parametrize("name", FLOORS)
def test_no_worse_than_reached(scores: Scores, name: str) -> None:
    tally = getattr(scores, name)
    assert tally.of >= 180
    assert tally.share >= FLOORS[name], "\n".join(tally.missed)


@pytest.mark.parametrize(("name", "floor"), [("topics", 0.865), ("questions", 0.858)])
def test_questions_find_their_topic(parse: Parse, name: str, floor: float) -> None:
    tally = score_topics(parse, name)
    assert tally.of >= 240
    assert tally.share >= floor, "\n".join(tally.missed)


def test_vignettes_in_their_own_words(parse: Parse, protocol: Protocol) -> None:
    same, safe = score_vignettes(parse, protocol)
    assert same.share >= 0.955, "\n".join(same.missed)
    assert safe.share == 1, "\n".join(safe.missed)


def test_the_test_set_is_large_enough(scores: Scores, protocol: Protocol) -> None:
    asked = scores.confusion
    assert sum(asked.values()) >= 600
    for finding in protocol.findings.values():
        if finding.kind == "yes_no" and not finding.id.startswith("danger"):
            counts = scores.per_finding[finding.id]
            assert counts["hit"] + counts["miss"] >= 8, finding.id
