"""Random people, for what is too large to walk: any facts, any order, doubts, second thoughts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from actions.record import Record
from actions.triage import Assessment, Protocol, Question, load_protocol, next_step
from actions.triage.conditions import NOT_SURE
from actions.triage.model import Finding

from .conftest import DEEP, EXAMPLES

PROTOCOL = load_protocol()
IDS = tuple(sorted(frozenset().union(*(rule.when.ids() for rule in PROTOCOL.rules))))
RED_FLAGS = tuple(id for id in IDS if PROTOCOL.findings[id].red_flag)
ENDLESS = 100
"""Cards after which a talk is given up."""

thoroughly = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=not DEEP, suppress_health_check=list(HealthCheck)
)


def sure_values(finding: Finding) -> list[Any]:
    """Answers to one finding that are worth trying: all there are, or numbers around every bound of a rule."""
    options = [option.value for option in finding.options]
    if finding.kind == "yes_no":
        return ["no", "yes"]
    if finding.kind == "one_of":
        return options
    if finding.kind == "any_of":
        return [[], *([option] for option in options), *(list(pair) for pair in combinations(options, 2)), options]
    bounds = {
        bound
        for rule in PROTOCOL.rules
        for atom in rule.when.atoms()
        if atom.id == finding.id
        for _, bound in atom.wanted
    }
    near = {bound + step for bound in bounds for step in (-1, -0.5, 0, 1)} | {finding.low, 3, 30, finding.high}
    return sorted(value for value in near if finding.low <= value <= finding.high)


VALUES = {id: sure_values(PROTOCOL.findings[id]) for id in IDS}
FACTS = [(id, value) for id in IDS for value in (VALUES[id] if len(VALUES[id]) < 40 else VALUES[id][:40])]
UNSURE = [(id, NOT_SURE) for id in IDS]
TROUBLES = [(id, "yes") for id in IDS if PROTOCOL.findings[id].kind == "yes_no"]
"""What a rule looks for, so that rules meet more often than by chance."""


def told(facts: list[tuple[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the facts, few or many."""
    one = st.sampled_from(facts)
    return st.one_of(st.lists(one, max_size=8), st.lists(one, min_size=8, max_size=24)).map(dict)


records: st.SearchStrategy[dict[str, Any]] = told(FACTS + TROUBLES + UNSURE)
"""Any findings, in any combination; what is missing has not been asked."""

healthy: Mapping[str, Any] = {
    "age": 30, "aggravated_by": ["running"], "duration_weeks": 3, "for_whom": "self", "location": ["front"],
    "onset": "gradual", "self_care_weeks": 0, "trend": "same",
}  # fmt: skip
"""Somebody who may look after the knee at home: every yes-or-no finding is `no`."""


def complete(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Every fact of one person; what is not given is as in somebody who may look after the knee at home."""
    return {**{id: healthy.get(id, VALUES[id][0]) for id in IDS}, **facts}


truths: st.SearchStrategy[dict[str, Any]] = told(FACTS + TROUBLES).map(complete)
"""Complete people, from almost well to everything at once."""


@dataclass(frozen=True)
class Person:
    """Somebody in a talk."""

    truth: Mapping[str, Any]
    unsure: frozenset[str]
    """Not sure when asked first."""
    still_unsure: frozenset[str]
    """Not sure when asked again either."""
    says: tuple[tuple[int, str], ...]
    """Before which card which finding is said of their own accord."""

    def answer(self, id: str, again: bool) -> Any:
        """What this person answers when asked for one finding."""
        return NOT_SURE if id in (self.still_unsure if again else self.unsure) else self.truth[id]


some = st.one_of(
    st.just(frozenset()), st.just(frozenset(IDS)), st.lists(st.sampled_from(IDS), max_size=12).map(frozenset)
)
people: st.SearchStrategy[Person] = st.builds(
    Person,
    truth=truths,
    unsure=some,
    still_unsure=some,
    says=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(IDS)), max_size=6).map(tuple),
)


@dataclass
class Turn:
    """A talk after one message."""

    record: Record
    step: Question | Assessment
    cards: int
    """Questions asked so far, the one that now waits not counted."""


def settled(record: Record) -> dict[str, Any]:
    """What is known and not to be asked once more."""
    return {id: value for id, value in record.findings.items() if id not in record.doubts}


def talk(person: Person, protocol: Protocol = PROTOCOL) -> Iterator[Turn]:
    """One whole talk, message by message: what is volunteered, then the answer to the card, until the assessment.

    Args:
        person: knows the answers.
        protocol: asks the questions.
    """
    record = Record()
    step = next_step({}, protocol)
    for cards in range(ENDLESS):
        said = {id: person.answer(id, id in record.doubts) for turn, id in person.says if turn == cards}
        new = {id: value for id, value in said.items() if id not in record.findings or id in record.doubts}
        if new:
            record.take(new)
            step = next_step(record.findings, protocol, frozenset(record.doubts))
            yield Turn(record, step, cards)
        if isinstance(step, Assessment):
            return
        record.take({id: person.answer(id, id in record.doubts) for id in step.asks})
        step = next_step(record.findings, protocol, frozenset(record.doubts))
        yield Turn(record, step, cards + 1)
    raise AssertionError(f"no end after {ENDLESS} cards: {record.findings}")
