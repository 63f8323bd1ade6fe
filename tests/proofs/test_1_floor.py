"""Promise 1: a level once reached by an emergency or urgent rule is never lowered by a later answer."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from actions.answers import Heard, Message
from actions.dialogue import Talk
from actions.record import Record
from actions.triage import Level, Protocol, assess, next_step
from actions.triage.conditions import NOT_SURE

from .conftest import Count
from .people import FACTS, IDS, PROTOCOL, RED_FLAGS, VALUES, settled, thoroughly
from .space import Space, assignments
from .walk import Walk

TODAY = date(2024, 5, 1)
FEW_FACTS = [
    (id, value)
    for id in ("age", "fever_or_unwell", "hot_or_red_knee", "mild_swelling", "recent_injury", "cannot_take_four_steps")
    for value in [*VALUES[id], NOT_SURE]
]
"""Of few findings, so that the same one is often said twice."""


def test_a_settled_rule_stays_settled(protocol: Protocol, space: Space, count: Count) -> None:
    """Every rule, every record of its own findings, every further answer: what holds or fails goes on to."""
    tried = 0
    for rule in protocol.rules:
        for findings in assignments(protocol, [rule.when], partial=True):
            truth = rule.when.holds(findings)
            if truth is None:
                continue
            for id in rule.when.ids() - findings.keys():
                for value in [*space.sure(id), NOT_SURE]:
                    tried += 1
                    after = rule.when.holds({**findings, id: value})
                    heard_only = protocol.findings[id].watched and not truth
                    assert after is truth or heard_only, f"{rule.key}: {findings}, then {id}: {value}"
    count(f"floor: {len(protocol.rules)} rules stay settled through {tried} further answers")


def test_no_answer_lowers_the_level(sure_walk: Walk, unsure_walk: Walk, volunteered_walk: Walk, count: Count) -> None:
    ways = 0
    for walk in (sure_walk, unsure_walk, volunteered_walk):
        for state, after in walk.ways():
            ways += 1
            assert after.held >= state.held, f"{state.told} was {state.held.id}, {after.told} is {after.held.id}"
    count(f"floor: no level sinks on {ways} ways from card to card")


def test_the_level_given_is_the_level_held(sure_walk: Walk, unsure_walk: Walk, volunteered_walk: Walk) -> None:
    for walk in (sure_walk, unsure_walk, volunteered_walk):
        for end in walk.ends:
            assert end.step.level == end.held, end.told


# --- taking back -----------------------------------------------------------------------------------


@thoroughly
@given(st.lists(st.sampled_from(FEW_FACTS), min_size=1, max_size=12), st.booleans(), st.sampled_from(FEW_FACTS))
def test_only_the_very_answer_that_is_taken_back_lowers_it(
    said: list[tuple[str, Any]], by_step_back: bool, other: tuple[str, Any]
) -> None:
    record = Record()
    for fact in said:
        record.take(dict([fact]))
    raised = [rule for rule in PROTOCOL.rules if rule.level >= Level.URGENT and rule.when.holds(settled(record))]
    if by_step_back:
        taken_back = set(record.step_back() or {})
    else:
        record.take(dict([other]))
        taken_back = {other[0]}
    for rule in raised:
        fell = not rule.when.holds(settled(record))
        assert not fell or rule.when.ids() & taken_back, f"{rule.key} fell when {taken_back} was taken back"


def test_stepping_back_leads_to_the_step_before(protocol: Protocol, space: Space) -> None:
    """From a record in which one thing is not asked, in doubt or answered: answer it, go back, and all is as it was."""
    for id in space.ids:
        answers = [*space.sure(id)[:6], NOT_SURE]
        for first in (None, *answers):
            for answer in answers:
                record = Record()
                if first is not None:
                    record.take({id: first})
                before = deepcopy(record)
                if not record.take({id: answer}):
                    continue
                record.step_back()
                steps = [next_step(one.findings, protocol, frozenset(one.doubts)) for one in (before, record)]
                assert steps[0] == steps[1], f"{id}: {first}, then {answer}, then back; doubts {record.doubts}"


# --- in words --------------------------------------------------------------------------------------

STATUSES = ("present", "absent", "uncertain", "past", "hypothetical", "other_person")
TEXTS = ("my knee", "no", "yes", "not sure", "none of these", "1 and 2", "all of them", "actually that was wrong")


HEARD = [Heard(id, id, status) for id in IDS for status in STATUSES if PROTOCOL.findings[id].kind == "yes_no"]
HEARD += [
    Heard(id, one, status)
    for id, value in FACTS
    for status in ("present", "absent", "past")
    if PROTOCOL.findings[id].kind != "yes_no"
    for one in (value if isinstance(value, list) else [value])
]
messages = st.lists(
    st.tuples(st.sampled_from(TEXTS), st.lists(st.sampled_from(HEARD), max_size=3, unique_by=lambda one: one.id)),
    min_size=1,
    max_size=4,
)


def say(record: Record, text: str, heard: list[Heard]) -> None:
    """One turn of talk."""
    message = Message(text, heard=tuple(heard))
    Talk(record, message, PROTOCOL, TODAY).reply(message.intent)


@thoroughly
@given(messages)
def test_no_words_lower_the_level_but_those_that_take_it_back(said: list[tuple[str, list[Heard]]]) -> None:
    """Through whole turns of talk.

    A rule falls by a message about one of its own findings, or by one that says that something was wrong. A red
    flag that was told in words stays told until a message says that something was wrong.
    """
    record = Record()
    flags: set[str] = set()
    for text, about in said:
        raised = [rule for rule in PROTOCOL.rules if rule.level >= Level.URGENT and rule.when.holds(settled(record))]
        asked = set(record.asks) if record.pending else set()
        say(record, text, about)
        if Message(text).corrects:
            flags.clear()
            continue
        named = {one.id for one in about} | asked
        for rule in raised:
            fell = not rule.when.holds(settled(record))
            assert not fell or rule.when.ids() & named, f"{rule.key} fell by {text!r}, {about}"
        for flag in flags:
            assert record.findings[flag] == "yes", f"{flag} became {record.findings[flag]} by {text!r}, {about}"
        told = {one.id for one in about if one.status == "present"}
        flags |= {id for id in told & set(RED_FLAGS) if record.findings[id] == "yes"}


def test_the_days_since_an_injury_take_nothing_back(protocol: Protocol) -> None:
    """Whoever told of an injury and of fast swelling does not lose the urgent level by saying when it was."""
    record = Record()
    say(record, "hurt it and it blew up", [told("recent_injury"), told("swelling_within_two_hours")])
    before = assess(settled(record), protocol).level
    say(record, "that was seven weeks ago", [Heard("injury_days_ago", 49, "present")])
    assert before == Level.URGENT
    assert assess(settled(record), protocol).level >= before, record.findings


def told(id: str) -> Heard:
    return Heard(id, id, "present")


def test_saying_it_again_otherwise_needs_a_correction(protocol: Protocol) -> None:
    record = Record()
    say(record, "it is hot", [told("hot_or_red_knee")])
    say(record, "no it is not hot", [Heard("hot_or_red_knee", "hot_or_red_knee", "absent")])
    assert record.findings["hot_or_red_knee"] == "yes"
    say(record, "actually it is not hot", [Heard("hot_or_red_knee", "hot_or_red_knee", "absent")])
    assert record.findings["hot_or_red_knee"] == "no"
    assert assess(settled(record), protocol).level < Level.URGENT
