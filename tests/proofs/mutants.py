"""Broken protocols: each with one mistake, to see whether the claims notice it; and the claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from actions.triage import Assessment, Level, Protocol, assess
from actions.triage.conditions import AllOf, AnyOf, Condition, Is, NoneOf
from actions.triage.model import Rule
from tests.vignettes.patient import read_vignettes

READINGS = Path(__file__).with_name("readings.yml")


@dataclass(frozen=True)
class Claim:
    """What must come out for one person."""

    name: str
    facts: Mapping[str, Any]
    level: Level
    rules: Mapping[str, Level | None]
    """Reasons that must be given, each at its level; None where the claim does not say at which."""
    only: bool
    """No other reason may be given."""

    def fails(self, protocol: Protocol) -> bool:
        """The protocol gives this person another level, or other reasons."""
        result = assess(self.facts, protocol)
        given = {rule.id: rule.level for rule in result.because}
        if result.level != self.level or (self.only and set(given) != set(self.rules)):
            return True
        return any(id not in given or level not in (None, given[id]) for id, level in self.rules.items())

    def got(self, protocol: Protocol) -> str:
        """What the protocol gives, for messages."""
        result: Assessment = assess(self.facts, protocol)
        return f"{result.level.id} { ({rule.id: rule.level.id for rule in result.because}) }"


def claims(protocol: Protocol) -> list[Claim]:
    """The vignettes, whose people were invented from the clinical reference, and the readings."""
    denied = {f.id: "no" for f in protocol.findings.values() if f.kind == "yes_no" and not f.watched}
    found = [
        Claim(v.id, {**denied, **v.facts}, v.level, dict.fromkeys(v.rules), False) for v in read_vignettes(protocol)
    ]
    content = _plain(yaml.safe_load(READINGS.read_text(encoding="utf-8")))
    for line in content["lines"]:
        assert set(line) == {"from", "facts", "level", "rules"}, line
        rules = {id: Level.of(level) for id, level in line["rules"].items()}
        facts = {**denied, **content["person"], **line["facts"]}
        assert set(facts) <= set(protocol.findings), line
        found.append(Claim(f"{line['from']}: {line['facts']}", facts, Level.of(line["level"]), rules, True))
    return found


def _plain(content: Any) -> Any:
    """YAML's yes and no as the words that the protocol uses."""
    if isinstance(content, bool):
        return "yes" if content else "no"
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    return [_plain(value) for value in content] if isinstance(content, list) else content


# --- mutants ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """A protocol with one mistake."""

    name: str
    protocol: Protocol


def broken_rules(protocol: Protocol) -> Iterator[Mutant]:
    """Each rule removed, turned round, and one level less urgent."""
    for rule in protocol.rules:
        yield Mutant(f"{rule.key} removed", _with(protocol, rule, []))
        yield Mutant(f"{rule.key} turned round", _with(protocol, rule, [replace(rule, when=NoneOf((rule.when,)))]))
        yield Mutant(f"{rule.key} lowered", _with(protocol, rule, [replace(rule, level=Level(rule.level - 1))]))


def broken_parts(protocol: Protocol) -> Iterator[Mutant]:
    """Each part of each condition left out, each value left out, each bound moved by one to either side."""
    for rule in protocol.rules:
        for what, when in _variants(rule.when):
            yield Mutant(f"{rule.key} {what}", _with(protocol, rule, [replace(rule, when=when)]))


def _variants(condition: Condition) -> Iterator[tuple[str, Condition]]:
    if isinstance(condition, Is):
        yield from _other_tests(condition)
        return
    assert isinstance(condition, (AllOf, AnyOf, NoneOf))
    for at, part in enumerate(condition.parts):
        before, after = condition.parts[:at], condition.parts[at + 1 :]
        if before or after:
            yield f"without {part.in_words({})}", replace(condition, parts=before + after)
        for what, other in _variants(part):
            yield what, replace(condition, parts=(*before, other, *after))


def _other_tests(test: Is) -> Iterator[tuple[str, Is]]:
    for at, wanted in enumerate(test.wanted):
        before, after = test.wanted[:at], test.wanted[at + 1 :]
        if test.kind == "number":
            name, bound = wanted
            for step in (-1, 1):
                moved = replace(test, wanted=(*before, (name, bound + step), *after))
                yield f"with {test.id} {name} {bound + step:g}", moved
        elif before or after:
            yield f"without {test.id} {wanted}", replace(test, wanted=before + after)


def _with(protocol: Protocol, rule: Rule, instead: list[Rule]) -> Protocol:
    """The protocol with something else in place of one rule, its rules in order of urgency."""
    rules = [new for old in protocol.rules for new in (instead if old is rule else [old])]
    return replace(protocol, rules=tuple(sorted(rules, key=lambda one: -one.level)))
