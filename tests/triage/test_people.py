"""A few people stand for everybody."""

from __future__ import annotations

import pytest

from actions.triage.conditions import AllOf, Is
from actions.triage.model import Protocol
from actions.triage.people import people


def answers(protocol: Protocol, id: str, *wanted: object, unsure: bool = False) -> list[object]:
    """What the imagined people say about one finding."""
    kind = protocol.findings[id].kind
    tests = AllOf(tuple(Is(id, kind, (one,)) for one in wanted))
    return [person[id] for person in people([tests], protocol.findings, unsure=unsure)]


def test_a_bound_makes_people_below_at_and_above_it(protocol):
    assert answers(protocol, "age", ("below", 18)) == [0, 9, 18, 69, 120]


def test_a_number_that_is_not_sure_is_a_class_of_its_own(protocol):
    assert "not_sure" in answers(protocol, "age", ("below", 18), unsure=True)


def test_not_sure_is_no_class_where_it_counts_as_yes(protocol):
    assert answers(protocol, "knee_locked", "yes", unsure=True) == ["yes", "no"]


def test_choices_that_nothing_tells_apart_are_one(protocol):
    assert len(answers(protocol, "location", "front")) == len([(), ("front",), ("other",), ("front", "other")])


@pytest.mark.parametrize("pair", [("front", "back")])
def test_several_choices_can_be_true_at_once(protocol, pair):
    assert any(set(pair) <= set(chosen) for chosen in answers(protocol, "location", *pair))


def test_all_combinations_of_two_findings(protocol):
    both = AllOf((Is("lump", "yes_no", ("yes",)), Is("knee_locked", "yes_no", ("yes",))))
    assert len(list(people([both], protocol.findings, unsure=False))) == 4
