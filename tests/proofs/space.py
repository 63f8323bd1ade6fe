"""What no rule tells apart: the values, the findings and the records that the protocol treats alike.

Nothing here is written by hand for one rule. The classes of values are cut by the conditions, and two records
are alike when every rule that could still raise the level has the same left-over condition in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from operator import itemgetter
from typing import Any

from actions.triage import Level, Protocol
from actions.triage.conditions import NOT_SURE, AllOf, AnyOf, Condition, Is, NoneOf
from actions.triage.model import Rule

Left = Any
"""A left-over condition as nested tuples and frozensets; True or False once it is settled."""
UNSET = 0
"""In a record of classes: not asked, or in doubt."""


# --- values ----------------------------------------------------------------------------------------


def value_classes(protocol: Protocol, id: str, atoms: Iterable[Is]) -> dict[tuple[bool | None, ...], Any]:
    """One value for each way in which the answers to one finding can settle `atoms`.

    Args:
        protocol: says which values the finding can take.
        id: the finding.
        atoms: single tests of that finding.

    Returns:
        The truth of the tests to a value that brings it about, `not_sure` only where no other value does the same.
    """
    tests = tuple(atoms)
    classes: dict[tuple[bool | None, ...], Any] = {}
    for value in [*_candidates(protocol, id, tests), NOT_SURE]:
        classes.setdefault(tuple(test.holds({id: value}) for test in tests), value)
    return classes


def _candidates(protocol: Protocol, id: str, tests: Sequence[Is]) -> list[Any]:
    finding = protocol.findings[id]
    options = [option.value for option in finding.options]
    if finding.kind == "yes_no":
        return ["no", "yes"]
    if finding.kind == "one_of":
        return options
    if finding.kind == "any_of":
        alike = {tuple(option in test.wanted for test in tests): option for option in reversed(options)}
        apart = [option for option in options if option in alike.values()]
        return [list(chosen) for size in range(len(apart) + 1) for chosen in combinations(apart, size)]
    bounds = {bound for test in tests for _, bound in test.wanted}
    near = {bound + step for bound in bounds for step in (-1, -0.5, 0, 0.5, 1)} | {finding.low, finding.high}
    return [value for value in sorted(near) if finding.low <= value <= finding.high]


def assignments(protocol: Protocol, conditions: Sequence[Condition], partial: bool) -> Iterator[dict[str, Any]]:
    """Every assignment of values to the findings that some conditions mention, `not_sure` included.

    Args:
        protocol: says which values there are.
        conditions: cut the values into classes.
        partial: leave findings out, too.
    """
    tests = [atom for condition in conditions for atom in condition.atoms()]
    ids = sorted({test.id for test in tests})
    choices = [list(value_classes(protocol, id, [t for t in tests if t.id == id]).values()) for id in ids]

    def fill(at: int, so_far: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if at == len(ids):
            yield so_far
            return
        if partial:
            yield from fill(at + 1, so_far)
        for value in choices[at]:
            yield from fill(at + 1, {**so_far, ids[at]: value})

    return fill(0, {})


# --- left-over conditions --------------------------------------------------------------------------


def left_over(condition: Condition, findings: Mapping[str, Any]) -> Left:
    """What is left of a condition once `findings` are known: equal results settle alike from here on."""
    truth = condition.holds(findings)
    if truth is not None:
        return truth
    if isinstance(condition, Is):
        return ("is", condition.id, condition.wanted)
    assert isinstance(condition, (AllOf, AnyOf, NoneOf))
    name = type(condition).__name__
    parts: set[Left] = set()
    for part in condition.parts:
        left = left_over(part, findings)
        if isinstance(left, bool):
            continue
        parts |= left[1] if left[0] == name and name != "NoneOf" else {left}
    return next(iter(parts)) if len(parts) == 1 and name != "NoneOf" else (name, frozenset(parts))


def ids_of(left: Left) -> frozenset[str]:
    """The findings that a left-over condition still depends on."""
    if left[0] == "is":
        return frozenset([left[1]])
    return frozenset().union(*(ids_of(part) for part in left[1]))


def swapped(left: Left, one: str, other: str) -> Left:
    """The same with two finding ids exchanged."""
    if isinstance(left, frozenset):
        return frozenset(swapped(part, one, other) for part in left)
    if isinstance(left, tuple):
        return tuple(swapped(part, one, other) for part in left)
    return other if left == one else one if left == other else left


@cache
def mentioned(left: Left) -> frozenset[Any]:
    """Everything that stands in nested tuples and frozensets, finding ids among it."""
    if isinstance(left, (tuple, frozenset)):
        return frozenset().union(*(mentioned(part) for part in left))
    return frozenset([left])


# --- the space -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How one rule, or one step of the order of questions, stands in a record."""

    truth: bool | None
    left: Left
    open_ids: frozenset[str]
    lit: bool
    """A red flag of an emergency rule has been told."""
    entry: int
    """The number of all of it that matters for what comes: see `Space.entries`."""


class Part:
    """One condition of the protocol, with every standing that was seen."""

    def __init__(self, space: Space, condition: Condition, rule: Rule | None):
        self.space, self.condition, self.rule = space, condition, rule
        self.ids = tuple(sorted(condition.ids()))
        at = [space.place[id] for id in self.ids]
        self._known = itemgetter(*at) if len(at) > 1 else lambda classes: (classes[at[0]],)
        self._seen: dict[tuple[int, ...], Standing] = {}

    def standing(self, classes: Sequence[int]) -> Standing:
        """How this stands when the findings have these classes of values."""
        known = self._known(classes)
        if known not in self._seen:
            self._seen[known] = self._stand(known)
        return self._seen[known]

    def _stand(self, known: tuple[int, ...]) -> Standing:
        values = self.space.values
        findings = {id: values[id][number - 1] for id, number in zip(self.ids, known) if number}
        left = left_over(self.condition, findings)
        truth = left if isinstance(left, bool) else None
        open_ids = frozenset() if truth is not None else ids_of(left)
        assert open_ids == self.condition.open_in(findings), "the left-over condition asks for something else"
        rule = self.rule
        if rule is None:
            return Standing(truth, left, open_ids, False, self.space.number(left))
        lit: Any = None
        if rule.level >= Level.EMERGENCY_DEPARTMENT:
            flags = [
                a for a in rule.when.atoms() if a.wanted[0] == "yes" and self.space.protocol.findings[a.id].red_flag
            ]
            lit = any(flag.holds(findings) for flag in flags) or frozenset(f.id for f in flags if f.id not in findings)
        return Standing(truth, left, open_ids, lit is True, self.space.number((rule.level, lit, left)))


class Space:
    """The protocol, with values cut into classes by all of its rules and by the conditions of its order."""

    def __init__(self, protocol: Protocol):
        self.protocol = protocol
        whens = [step.when for step in protocol.order if step.when is not None]
        atoms = [atom for condition in (*(rule.when for rule in protocol.rules), *whens) for atom in condition.atoms()]
        self.ids = tuple(sorted({atom.id for atom in atoms}))
        self.place = {id: number for number, id in enumerate(self.ids)}
        self.values: dict[str, list[Any]] = {}
        self.unsure: dict[str, int] = {}
        """The class that `not_sure` falls into once it is not asked again."""
        for id in self.ids:
            tests = [atom for atom in atoms if atom.id == id]
            classes = value_classes(protocol, id, tests)
            self.values[id] = list(classes.values())
            self.unsure[id] = 1 + list(classes).index(tuple(test.holds({id: NOT_SURE}) for test in tests))
        self.rules = [Part(self, rule.when, rule) for rule in protocol.rules]
        self.emergencies = [rule for rule in protocol.rules if rule.level >= Level.EMERGENCY_DEPARTMENT]
        assert list(protocol.rules[: len(self.emergencies)]) == self.emergencies, "rules stand in order of urgency"
        self.gates = [(Part(self, step.when, None), self._asked_by(step.ask)) for step in protocol.order if step.when]
        self.steps_of = {
            id: tuple(n for n, step in enumerate(protocol.order) if id in self._asked_by(step.ask)) for id in self.ids
        }
        self.entries: list[Any] = []
        """Standings that were seen: of a rule, its level, whether it is lit or by what it could be lit, and the
        left-over condition; of a step, the left-over condition."""
        self._numbers: dict[Any, int] = {}
        self._alike: dict[Any, list[list[str]]] = {}

    def number(self, entry: Any) -> int:
        """The number of a standing in `entries`."""
        if entry not in self._numbers:
            self._numbers[entry] = len(self.entries)
            self.entries.append(entry)
        return self._numbers[entry]

    def _asked_by(self, ask: str) -> frozenset[str]:
        screen = self.protocol.screens.get(ask)
        return frozenset(screen.findings if screen else (ask,))

    def sure(self, id: str) -> list[Any]:
        """One value of each class, without `not_sure`."""
        return [value for value in self.values[id] if value != NOT_SURE]

    def classes_of(self, findings: Mapping[str, Any], doubts: Iterable[str] = ()) -> tuple[int, ...]:
        """The class of each finding's value; the values must be those that stand for their class."""
        unset = set(doubts)
        return tuple(
            UNSET
            if id not in findings or id in unset
            else self.unsure[id]
            if findings[id] == NOT_SURE
            else 1 + self.values[id].index(findings[id])
            for id in self.ids
        )

    def alike(
        self, live: frozenset[int], gates: tuple[int, ...], doubts: frozenset[str], asks: tuple[str, ...]
    ) -> list[list[str]]:
        """Groups of the findings on a card: exchanging two of a group maps what is left of the protocol onto itself."""
        if len(asks) == 1:
            return [list(asks)]
        key = (live, gates, doubts, asks)
        if key not in self._alike:
            parts = [part for number in live for part in _alternatives(self.entries[number])]
            parts += [("step", at, self.entries[number]) for at, number in enumerate(gates)]
            said = [(part, mentioned(part)) for part in set(parts)]
            groups: list[list[str]] = []
            for id in asks:
                for group in groups:
                    if self._exchangeable(group[0], id, doubts) and _same_if_swapped(said, group[0], id):
                        group.append(id)
                        break
                else:
                    groups.append([id])
            self._alike[key] = groups
        return self._alike[key]

    def _exchangeable(self, one: str, other: str, doubts: frozenset[str]) -> bool:
        findings = self.protocol.findings
        return (
            findings[one].kind == findings[other].kind == "yes_no"
            and self.steps_of[one] == self.steps_of[other]
            and (one in doubts) == (other in doubts)
        )


def _same_if_swapped(said: list[tuple[Any, frozenset[Any]]], one: str, other: str) -> bool:
    """Exchanging two findings maps these parts of the protocol, each with what it mentions, onto themselves."""
    about = {part for part, ids in said if one in ids or other in ids}
    return {swapped(part, one, other) for part in about} == about


def _alternatives(entry: Any) -> list[Any]:
    """A rule below emergency that waits for any of several things is the same as several rules at its level."""
    level, lit, left = entry
    if level < Level.EMERGENCY_DEPARTMENT and left[0] == "AnyOf":
        return [(level, lit, part) for part in left[1]]
    return [entry]
