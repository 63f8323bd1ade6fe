"""Whether the claims would notice a mistake: each rule removed, turned round, lowered; each part of it left out."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from actions.triage import Protocol

from .conftest import Count
from .mutants import Claim, Mutant, broken_parts, broken_rules, claims


@pytest.fixture(scope="module")
def all_claims(protocol: Protocol) -> list[Claim]:
    return claims(protocol)


@pytest.fixture(scope="module")
def sound_claims(all_claims: list[Claim], protocol: Protocol) -> list[Claim]:
    """Those that the protocol meets: one that it does not meet would notice any mutant."""
    return [claim for claim in all_claims if not claim.fails(protocol)]


def survivors(mutants: Iterable[Mutant], claims: list[Claim]) -> tuple[int, list[str]]:
    """How many mutants there are, and those that no claim notices; the claim that noticed last is tried first."""
    tried, left = 0, []
    order = claims.copy()
    for mutant in mutants:
        tried += 1
        noticed = next((claim for claim in order if claim.fails(mutant.protocol)), None)
        if noticed is None:
            left.append(mutant.name)
        else:
            order.remove(noticed)
            order.insert(0, noticed)
    return tried, left


def test_the_protocol_meets_every_claim(all_claims: list[Claim], protocol: Protocol) -> None:
    wrong = [f"{c.name}: {c.level.id} {dict(c.rules)}, got {c.got(protocol)}" for c in all_claims if c.fails(protocol)]
    assert not wrong, "\n".join(wrong)


def test_every_broken_rule_is_noticed(sound_claims: list[Claim], protocol: Protocol, count: Count) -> None:
    tried, left = survivors(broken_rules(protocol), sound_claims)
    count(f"mutants: {tried} broken rules, {tried - len(left)} noticed by {len(sound_claims)} claims")
    assert not left, "\n".join(left)


def test_every_broken_part_is_noticed(sound_claims: list[Claim], protocol: Protocol, count: Count) -> None:
    tried, left = survivors(broken_parts(protocol), sound_claims)
    count(f"mutants: {tried} broken parts of rules, {tried - len(left)} noticed")
    assert not left, "\n".join(left)


def test_every_rule_is_named_by_a_reading(all_claims: list[Claim], protocol: Protocol) -> None:
    named = {(id, level) for claim in all_claims for id, level in claim.rules.items()}
    assert not [rule.key for rule in protocol.rules if (rule.id, rule.level) not in named]
