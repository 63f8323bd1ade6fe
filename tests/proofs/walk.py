"""A walk through every talk that differs: card by card, through the real engine and the real record.

A talk stands in a `State`. Two talks are in one state when everything that the engine can still look at is
the same, so each state is asked once for its next card, and each answer that matters is given to it once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from actions.record import MOST_SECOND_ASKS, Record
from actions.triage import Assessment, Level, Protocol, Question, next_step
from actions.triage.conditions import NOT_SURE

from .space import UNSET, Space, Standing


@dataclass(eq=False)
class State:
    """Talks that cannot be told apart from here on, with one of them as an example."""

    record: Record
    classes: tuple[int, ...]
    ages: tuple[int | None, ...]
    """For each emergency rule: cards since its first red flag was told, second asks not counted; None while none
    was told, or once the rule cannot hold."""
    live: frozenset[int]
    gates: tuple[int, ...]
    step: Question | Assessment
    held: Level
    """The level that what is known calls for."""
    again: bool = False
    """The card asks for something in doubt once more."""
    checked: bool = False
    """A second talk in this state was asked for its next card as well, and got the same."""
    after: dict[bool, list[State]] = field(default_factory=dict)
    """What can follow, by whether a `not_sure` may still be asked once more (the record's budget)."""

    @property
    def findings(self) -> dict[str, Any]:
        """What is settled."""
        return {id: value for id, value in self.record.findings.items() if id not in self.record.doubts}

    @property
    def told(self) -> dict[str, Any]:
        """What makes this state different from a knee where everything is denied, for messages."""
        return {id: value for id, value in self.record.findings.items() if value not in ("no", [])}

    @property
    def longest_wait(self) -> int:
        """Cards since the first sign of an emergency, for the emergency rule that waited longest and holds."""
        return max((age for age in self.ages if age is not None), default=0)


@dataclass
class Walk:
    """Every state that can be reached, and the ways between them.

    The number of second asks so far is not part of a state: both what follows while the record's budget lasts and
    what follows once it is spent are walked from every state. Only `most_cards` counts it.
    """

    space: Space
    starts: list[State]
    states: list[State]
    answers: int
    """Answers to cards that lead to different states."""
    seconds: float
    """Processor time."""

    @property
    def ends(self) -> list[State]:
        """The states in which the talk gives its assessment."""
        return [state for state in self.states if isinstance(state.step, Assessment)]

    @property
    def emergencies(self) -> list[State]:
        """The ends in an emergency."""
        return [end for end in self.ends if end.step.level >= Level.EMERGENCY_DEPARTMENT]

    def ways(self) -> Iterable[tuple[State, State]]:
        """Every step from a state to one that an answer leads to."""
        for state in self.states:
            for following in state.after.values():
                for other in following:
                    yield state, other

    def most_cards(self) -> dict[Level, int]:
        """The longest talk that ends at each level, in cards, second asks included."""
        known: dict[tuple[int, int], dict[Level, int]] = {}
        for start in self.starts:
            _longest(start, 0, known)
        most: dict[Level, int] = {}
        for start in self.starts:
            _raise(most, known[id(start), 0], 0)
        return most


def _longest(state: State, second: int, known: dict[tuple[int, int], dict[Level, int]]) -> dict[Level, int]:
    key = (id(state), second)
    if key not in known:
        most: dict[Level, int] = {}
        if isinstance(state.step, Assessment):
            most[state.step.level] = 0
        else:
            asked = second + state.again
            for following in state.after[asked < MOST_SECOND_ASKS]:
                _raise(most, _longest(following, asked, known), 1)
        known[key] = most
    return known[key]


def _raise(most: dict[Level, int], other: Mapping[Level, int], by: int) -> None:
    for level, cards in other.items():
        most[level] = max(most.get(level, 0), cards + by)


def held_by(findings: Mapping[str, Any], protocol: Protocol) -> Level:
    """The level that findings call for: that of the first rule that holds, as rules stand in order of urgency."""
    return next((rule.level for rule in protocol.rules if rule.when.holds(findings)), Level.SELF_CARE)


def _same(one: Question | Assessment, other: Question | Assessment) -> bool:
    if isinstance(one, Assessment) and isinstance(other, Assessment):
        return one.level == other.level
    return one == other


class Walker:
    """Explores states from any number of starts; a state that was reached from another start is not walked again.

    Args:
        space: the protocol.
        unsure: people may also answer `not_sure`, anywhere and as often as they like.
    """

    def __init__(self, space: Space, unsure: bool):
        self.space, self.unsure = space, unsure
        self.states: dict[Any, State] = {}
        self._todo: list[State] = []
        self.answers = 0
        self._levels = [int(rule.level) for rule in space.protocol.rules]
        self._open: dict[frozenset[int], frozenset[str]] = {}
        self._touches = {id: [n for n, part in enumerate(space.rules) if id in part.ids] for id in space.ids}

    def walk(self, starts: Iterable[Mapping[str, Any]] = ({},)) -> Walk:
        """Every talk from every start.

        Args:
            starts: what was volunteered before the first card; `not_sure` for what was said to be unsure.
        """
        began = time.process_time()
        no_sign = (None,) * len(self.space.emergencies)
        begun = []
        for start in starts:
            record = Record()
            record.take(start)
            classes = self.space.classes_of(record.findings, record.doubts)
            begun.append(self._state(record, classes, self._standings(classes), no_sign))
        while self._todo:
            self._answer(self._todo.pop())
        return Walk(self.space, begun, list(self.states.values()), self.answers, time.process_time() - began)

    # --- one state -----------------------------------------------------------------------------

    def _state(
        self, record: Record, classes: tuple[int, ...], standings: Sequence[Standing], ages: tuple[int | None, ...]
    ) -> State:
        key = self._key(standings, classes, frozenset(record.doubts), ages)
        state = self.states.get(key)
        if state is None:
            findings = {id: value for id, value in record.findings.items() if id not in record.doubts}
            protocol = self.space.protocol
            step = next_step(record.findings, protocol, frozenset(record.doubts))
            _, live, gates, _, aged = key
            state = State(record, classes, aged, live, gates, step, held_by(findings, protocol))
            state.again = isinstance(step, Question) and any(id in record.doubts for id in step.asks)
            self.states[key] = state
            self._todo.append(state)
        elif not state.checked:
            state.checked = True
            step = next_step(record.findings, self.space.protocol, frozenset(record.doubts))
            assert _same(step, state.step), f"two talks in one state: {step}, {state.step}; {record.findings}"
        return state

    def _standings(self, classes: Sequence[int]) -> list[Standing]:
        return [part.standing(classes) for part in self.space.rules]

    def _key(
        self, standings: Sequence[Standing], classes: Sequence[int], doubts: frozenset[str], ages: Sequence[int | None]
    ) -> tuple[Any, ...]:
        """Everything that the engine can still look at, and how long emergencies have waited."""
        floor = Level.SELF_CARE
        live = []
        aged: list[int | None] = []
        emergencies = len(ages)
        for number, standing in enumerate(standings):
            level = self._levels[number]
            truth = standing.truth
            if number < emergencies:
                age = ages[number]
                aged.append(None if truth is False or not standing.lit else 0 if age is None else age)
            elif level <= floor:
                break
            if truth is None:
                if level > floor:
                    live.append(standing)
            elif truth and level > floor:
                floor = level
        entries = frozenset([standing.entry for standing in live])
        wanted = self._open.get(entries)
        if wanted is None:
            wanted = self._open[entries] = frozenset(chain.from_iterable(standing.open_ids for standing in live))
        gates = tuple([part.standing(classes).entry for part, asks in self.space.gates if not asks.isdisjoint(wanted)])
        return floor, entries, gates, doubts & wanted if doubts else doubts, tuple(aged)

    # --- one card ------------------------------------------------------------------------------

    def _answer(self, state: State) -> None:
        """Give every answer that matters to the card of one state."""
        if isinstance(state.step, Assessment):
            return
        asks = state.step.asks
        ages = state.ages if state.again else tuple(None if age is None else age + 1 for age in state.ages)
        for budget in (True, False) if self.unsure else (True,):
            if not budget and set(asks) <= {*state.record.doubts, *state.record.retried}:
                state.after[False] = state.after[True]  # nothing on the card could be asked once more
                break
            state.after[budget] = []
            for classes, standings, doubts, answer in self._answers(state, asks, ages, budget):
                record = self._taken(state, answer, budget)
                assert set(record.doubts) == doubts, f"the record doubts {record.doubts}, the walk {sorted(doubts)}"
                state.after[budget].append(self._state(record, classes, standings, ages))
                self.answers += 1

    def _taken(self, state: State, answer: Mapping[str, Any], budget: bool) -> Record:
        """The record after an answer; the number of second asks so far matters only for the budget."""
        edge = MOST_SECOND_ASKS - state.again
        taken = []
        for second in (0, edge - 1) if budget else (edge, MOST_SECOND_ASKS):
            old = state.record
            record = Record(
                findings=dict(old.findings), doubts=list(old.doubts), retried=list(old.retried), second_asks=second
            )
            record.take(answer)
            taken.append(record)
        assert taken[0].doubts == taken[1].doubts
        assert taken[0].findings == taken[1].findings
        return taken[0]

    def _answers(
        self, state: State, asks: Sequence[str], ages: Sequence[int | None], budget: bool
    ) -> Iterable[tuple[tuple[int, ...], list[Standing], frozenset[str], dict[str, Any]]]:
        """Answers to a card, one for each state that they lead to: new classes and standings, new doubts, the answer.

        Findings that nothing tells apart get their answers in one order only: two of four, never these two or those.
        """
        doubted = frozenset(state.record.doubts)
        groups = self.space.alike(state.live, state.gates, doubted & frozenset(asks), tuple(asks))
        found: list[Any] = [(state.classes, self._standings(state.classes), doubted - set(asks), {}, 0)]
        for group in groups:
            found = [(*one[:4], 0) for one in found]
            for id in group:
                options = self._options(id, id in doubted or id in state.record.retried or not budget)
                new: dict[Any, Any] = {}
                for classes, standings, doubts, answer, least in found:
                    for number, (value_class, value) in enumerate(options):
                        if number < least:
                            continue
                        given = self._given(classes, standings, id, value_class)
                        unsure = doubts | {id} if value_class == UNSET else doubts
                        key = self._key(given[1], given[0], unsure, ages)
                        place = number if len(group) > 1 else 0
                        new.setdefault((key, place), (*given, unsure, {**answer, id: value}, place))
                found = list(new.values())
        leads_to = {self._key(one[1], one[0], one[2], ages): one for one in reversed(found)}
        return [one[:4] for one in leads_to.values()]

    def _options(self, id: str, last_time: bool) -> list[tuple[int, Any]]:
        """The classes of values that one finding can be given, each with a value."""
        options = {1 + self.space.values[id].index(value): value for value in self.space.sure(id)}
        if self.unsure:
            # Asked for the last time, `not_sure` falls into the class of another answer and is given in its place.
            options[self.space.unsure[id] if last_time else UNSET] = NOT_SURE
        return list(options.items())

    def _given(
        self, classes: tuple[int, ...], standings: list[Standing], id: str, value_class: int
    ) -> tuple[tuple[int, ...], list[Standing]]:
        """Classes and standings once one finding has a value."""
        if value_class == UNSET:
            return classes, standings
        at = self.space.place[id]
        new = (*classes[:at], value_class, *classes[at + 1 :])
        stands = standings.copy()
        for number in self._touches[id]:
            stands[number] = self.space.rules[number].standing(new)
        return new, stands
