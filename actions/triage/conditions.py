"""Conditions over findings, in three values: holds, does not hold, cannot be told yet.

A condition is data (`{calf_swollen_or_tender: yes}`), flat and readable; this module turns it into
objects that can be asked three things: does it hold, which findings would settle it, and how does it
read in words. A finding that is missing from the record has not been asked, so it settles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Findings = Mapping[str, Any]
Truth = "bool | None"

NOT_SURE = "not_sure"

COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "below": (lambda value, bound: value < bound, "under"),
    "at_most": (lambda value, bound: value <= bound, "at most"),
    "at_least": (lambda value, bound: value >= bound, "at least"),
    "over": (lambda value, bound: value > bound, "over"),
}


class Condition:
    """Base of all conditions."""

    def holds(self, findings: Findings) -> bool | None:
        """True or False once it is settled, None while it depends on what has not been asked."""
        raise NotImplementedError

    def open_in(self, findings: Findings) -> frozenset[str]:
        """The ids whose answers could still settle it; empty once it is settled."""
        raise NotImplementedError

    def atoms(self) -> Iterator[Is]:
        """Every single test in it."""
        raise NotImplementedError

    def in_words(self, titles: Mapping[str, str]) -> str:
        """The condition as a reader says it; `titles` gives the words for each finding id."""
        raise NotImplementedError

    def ids(self) -> frozenset[str]:
        """Every finding id it mentions."""
        return frozenset(atom.id for atom in self.atoms())


@dataclass(frozen=True)
class Is(Condition):
    """One test of one finding.

    Args:
        id: the finding.
        kind: its kind, which says how `wanted` is compared.
        wanted: `yes` or `no`; the values any of which will do; or, for a number, the bounds it must keep.
        watched: a missing value means no, because the finding is never asked.
    """

    id: str
    kind: str
    wanted: tuple[Any, ...]
    watched: bool = False
    unsure_holds: bool = True
    """How a choice or a number that the person is not sure of is read: cautiously, so that a rule which raises the
    level holds, and a pattern that may be looked after at home does not fit. Turned round under `none_of`."""

    def holds(self, findings: Findings) -> bool | None:
        value = findings.get(self.id)
        if value is None:
            return False if self.watched else None
        if self.kind == "yes_no":
            # A person who is still not sure is treated as if the answer were yes (clinical.md A0.6).
            return bool((value != "no") == (self.wanted[0] == "yes"))
        if value == NOT_SURE:
            return self.unsure_holds
        if self.kind == "number":
            return all(COMPARISONS[name][0](value, bound) for name, bound in self.wanted)
        if self.kind == "any_of":
            return any(choice in value for choice in self.wanted)
        return bool(value in self.wanted)

    def open_in(self, findings: Findings) -> frozenset[str]:
        return frozenset([self.id]) if self.holds(findings) is None else frozenset()

    def atoms(self) -> Iterator[Is]:
        yield self

    def in_words(self, titles: Mapping[str, str]) -> str:
        title = titles.get(self.id, self.id)
        if self.kind == "yes_no":
            return title if self.wanted[0] == "yes" else f"not: {title}"
        if self.kind == "number":
            return f"{title} " + " and ".join(f"{COMPARISONS[name][1]} {bound:g}" for name, bound in self.wanted)
        choices = " or ".join(titles.get(f"{self.id}.{choice}", choice) for choice in self.wanted)
        return f"{title}: {choices}"


@dataclass(frozen=True)
class AllOf(Condition):
    """Holds when every part holds."""

    parts: tuple[Condition, ...]

    def holds(self, findings: Findings) -> bool | None:
        result: bool | None = True
        for part in self.parts:
            truth = part.holds(findings)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    def open_in(self, findings: Findings) -> frozenset[str]:
        if self.holds(findings) is not None:
            return frozenset()
        return frozenset().union(*(part.open_in(findings) for part in self.parts))

    def atoms(self) -> Iterator[Is]:
        for part in self.parts:
            yield from part.atoms()

    def in_words(self, titles: Mapping[str, str]) -> str:
        return " and ".join(_bracket(part, titles) for part in self.parts)


@dataclass(frozen=True)
class AnyOf(Condition):
    """Holds when at least one part holds."""

    parts: tuple[Condition, ...]

    def holds(self, findings: Findings) -> bool | None:
        result: bool | None = False
        for part in self.parts:
            truth = part.holds(findings)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    def open_in(self, findings: Findings) -> frozenset[str]:
        if self.holds(findings) is not None:
            return frozenset()
        return frozenset().union(*(part.open_in(findings) for part in self.parts))

    def atoms(self) -> Iterator[Is]:
        for part in self.parts:
            yield from part.atoms()

    def in_words(self, titles: Mapping[str, str]) -> str:
        return " or ".join(_bracket(part, titles) for part in self.parts)


@dataclass(frozen=True)
class NoneOf(Condition):
    """Holds when no part holds."""

    parts: tuple[Condition, ...]

    def holds(self, findings: Findings) -> bool | None:
        truth = AnyOf(self.parts).holds(findings)
        return None if truth is None else not truth

    def open_in(self, findings: Findings) -> frozenset[str]:
        return AnyOf(self.parts).open_in(findings)

    def atoms(self) -> Iterator[Is]:
        for part in self.parts:
            yield from part.atoms()

    def in_words(self, titles: Mapping[str, str]) -> str:
        return "none of: " + "; ".join(part.in_words(titles) for part in self.parts)


def _bracket(part: Condition, titles: Mapping[str, str]) -> str:
    words = part.in_words(titles)
    return f"({words})" if isinstance(part, (AllOf, AnyOf)) and len(part.parts) > 1 else words


def simplify(parts: tuple[Condition, ...]) -> Condition:
    """All of `parts`, without a wrapper around a single one."""
    return parts[0] if len(parts) == 1 else AllOf(parts)
