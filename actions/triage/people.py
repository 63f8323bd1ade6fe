"""One imagined person for each combination of answers that some conditions can tell apart.

Answers that no condition tells apart are one class: with `age: {below: 18}` alone, all adults are one person.
So a few people stand for everybody, and what holds for each of them holds always.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations, product
from typing import Any

from actions.triage.conditions import NOT_SURE, Condition, Is
from actions.triage.model import Finding


def people(
    conditions: Iterable[Condition], findings: Mapping[str, Finding], *, unsure: bool
) -> Iterator[dict[str, Any]]:
    """Every person that `conditions` can tell apart.

    Args:
        conditions: what is asked of the person; findings in none of them are left out.
        findings: the protocol's findings.
        unsure: also people who are not sure, where that is a class of its own. For a yes-or-no finding it
            never is, because it counts as yes.

    Yields:
        Finding id to value, all combinations, in a fixed order.
    """
    atoms: dict[str, list[Is]] = {}
    for atom in chain.from_iterable(condition.atoms() for condition in conditions):
        atoms.setdefault(atom.id, []).append(atom)
    answers = [_answers(findings[id], tests, unsure) for id, tests in atoms.items()]
    for values in product(*answers):
        yield dict(zip(atoms, values))


def _answers(finding: Finding, tests: list[Is], unsure: bool) -> list[Any]:
    """One answer for each class that `tests` tell apart."""
    doubt = [NOT_SURE] if unsure else []
    if finding.kind == "yes_no":
        return ["yes", "no"]
    if finding.kind == "number":
        return [*_numbers([bound for test in tests for _, bound in test.wanted], finding), *doubt]
    alike = {tuple(option.value in test.wanted for test in tests): option.value for option in finding.options}
    if finding.kind == "one_of":
        return [*alike.values(), *doubt]
    return [list(chosen) for size in range(len(alike) + 1) for chosen in combinations(alike.values(), size)]


def _numbers(bounds: list[float], finding: Finding) -> list[float]:
    """The bounds themselves, and a number between each two of them."""
    edges = sorted({finding.low, finding.high, *bounds})
    between = [(low + high) / 2 for low, high in zip(edges, edges[1:])]
    return [number for number in sorted([*edges, *between]) if finding.low <= number <= finding.high]
