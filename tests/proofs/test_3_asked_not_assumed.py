"""Promise 3: self-care is unreachable while anything urgent was neither asked nor volunteered; unsure means yes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from actions.triage import Assessment, Level, Protocol, Question, assess, next_step
from actions.triage.conditions import NOT_SURE
from actions.triage.model import Rule

from .conftest import Count
from .people import PROTOCOL, records, thoroughly
from .space import Space, assignments
from .walk import Walk

WALKS = ["sure_walk", "unsure_walk", "volunteered_walk"]


def urgent(protocol: Protocol) -> list[Rule]:
    return [rule for rule in protocol.rules if rule.level >= Level.URGENT]


def test_false_means_that_nothing_could_make_it_hold(protocol: Protocol, count: Count) -> None:
    """Every rule, every record of its own findings: what is settled is what every completion agrees on."""
    tried = 0
    for rule in protocol.rules:
        seen: dict[frozenset[Any], set[bool | None]] = {}
        wholes = [(whole, rule.when.holds(whole)) for whole in assignments(protocol, [rule.when], partial=False)]
        if len(wholes) > 500:
            continue  # the rule for no pattern; `test_a_settled_rule_stays_settled` covers it step by step
        for whole, truth in wholes:
            items = [(id, str(value)) for id, value in whole.items()]
            for mask in range(2 ** len(items)):
                part = frozenset(item for n, item in enumerate(items) if mask >> n & 1)
                seen.setdefault(part, set()).add(truth)
        for record in assignments(protocol, [rule.when], partial=True):
            truth = rule.when.holds(record)
            if any(protocol.findings[id].watched for id in rule.when.ids()):
                continue
            tried += 1
            reachable = seen[frozenset((id, str(value)) for id, value in record.items())]
            assert truth is None or reachable == {truth}, f"{rule.key}: {record}"
    count(f"asked: {tried} records of single rules are settled only where every completion agrees")


@pytest.mark.parametrize("walk", WALKS)
def test_self_care_has_ruled_out_everything_urgent(
    walk: str, protocol: Protocol, count: Count, request: pytest.FixtureRequest
) -> None:
    ends = [end for end in request.getfixturevalue(walk).ends if end.step.level == Level.SELF_CARE]
    assert ends
    for end in ends:
        for rule in urgent(protocol):
            assert rule.when.holds(end.findings) is False, f"self-care, and {rule.key} could hold: {end.told}"
    count(f"asked: {len(ends)} ends in self-care of the {walk.replace('_', ' ')} rule out all urgent rules")


@thoroughly
@given(records)
def test_self_care_of_random_records_has_ruled_out_everything_urgent(record: dict[str, Any]) -> None:
    step = next_step(record, PROTOCOL)
    if isinstance(step, Assessment) and step.level == Level.SELF_CARE:
        for rule in urgent(PROTOCOL):
            assert rule.when.holds(record) is False, rule.key


def test_whatever_could_be_urgent_can_be_asked(protocol: Protocol, space: Space, count: Count) -> None:
    """From any record at all, not only those that a talk reaches.

    Every urgent rule, every record of its own findings and of those that decide which questions may be asked: as
    long as the rule is open, some card asks for what it needs, or the level is as urgent already.
    """
    tried = 0
    for rule in urgent(protocol):
        steps = [n for id in rule.when.ids() for n in space.steps_of[id]]
        gates = [protocol.order[n].when for n in steps if protocol.order[n].when is not None]
        for record in assignments(protocol, [rule.when, *gates], partial=True):
            if rule.when.holds(record) is not None:
                continue
            tried += 1
            wanted = rule.when.open_in(record)
            can_ask = any(
                protocol.order[n].when is None or protocol.order[n].when.holds(record)
                for id in wanted
                for n in space.steps_of[id]
            )
            assert can_ask or assess(record, protocol).level >= rule.level, (
                f"{rule.key}: {record}: {wanted} is not asked"
            )
    count(f"asked: in {tried} records in which an urgent rule is open, a card asks for what it needs")


# --- not sure --------------------------------------------------------------------------------------


def test_unsure_counts_as_yes(protocol: Protocol, count: Count) -> None:
    """Every urgent rule that holds, every finding in it: `not_sure` in its place, and the level is no lower."""
    tried = 0
    lower = []
    for rule in urgent(protocol):
        for record in assignments(protocol, [rule.when], partial=True):
            if not rule.when.holds(record):
                continue
            for id in record:
                if rule.when.holds({other: value for other, value in record.items() if other != id}):
                    continue
                tried += 1
                if assess({**record, id: NOT_SURE}, protocol).level < rule.level:
                    lower.append(f"{rule.key}: {record}, but not sure of {id}")
    assert not lower, "\n".join(lower)
    count(f"asked: {tried} times not_sure in place of what made an urgent rule hold, never a lower level")


def test_unsure_is_asked_once_more_and_in_plainer_words(unsure_walk: Walk, count: Count) -> None:
    """A card that comes back to a doubt asks for doubts only, in the plainer wording."""
    cards = 0
    for state in unsure_walk.states:
        if isinstance(state.step, Question):
            cards += state.again
            doubts = [id in state.record.doubts for id in state.step.asks]
            assert state.step.plainer == all(doubts) == any(doubts), f"{state.step}, doubts {state.record.doubts}"
            assert not set(state.step.asks) & set(state.record.retried), f"{state.step} comes a third time"
    count(f"asked: {cards} cards that ask once more, each in plainer words, none a third time")


def test_no_doubt_that_could_be_urgent_is_left(unsure_walk: Walk, protocol: Protocol) -> None:
    """Below emergency, a talk ends only once no doubt could raise the level."""
    for end in unsure_walk.ends:
        if end.held < Level.EMERGENCY_DEPARTMENT:
            sure_now = assess({**end.record.findings}, protocol)
            assert sure_now.level == end.held, f"in doubt: {end.record.doubts}; {end.told}"


def test_unsure_of_a_number_or_a_yes_holds_in_every_rule(protocol: Protocol) -> None:
    for rule in protocol.rules:
        for test in rule.when.atoms():
            if test.kind in ("number", "yes_no") and test.wanted != ("no",):
                assert test.holds({test.id: NOT_SURE}), f"{rule.key}: {test.id}"
