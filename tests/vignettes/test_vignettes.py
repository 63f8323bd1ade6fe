"""Every vignette, through the engine and through whole talks: the level of care, the reasons, and how many cards."""

from __future__ import annotations

import pytest

from actions.triage import Level, Protocol
from tests.vignettes.patient import (
    EMERGENCIES,
    Outcome,
    Results,
    Share,
    Vignette,
    emergency,
    exact,
    over,
    play_all,
    read_vignettes,
    report,
    share,
    through_dialogue,
    through_engine,
    under,
)

MUST_NOT_BE_UNDER = (Level.AMBULANCE, Level.EMERGENCY_DEPARTMENT, Level.URGENT)
MOST_CARDS = 20
MOST_CARDS_AT_SELF_CARE = 14


@pytest.fixture(scope="module")
def vignettes(protocol: Protocol) -> list[Vignette]:
    return read_vignettes(protocol)


@pytest.fixture(scope="module")
def played(vignettes: list[Vignette], protocol: Protocol) -> Results:
    return play_all(vignettes, protocol, through_dialogue)


def wrong(results: Results) -> str:
    """Every talk that did not end as expected, for the message of a failure."""
    return "\n".join(
        f"{vignette.id}: {outcome.level.id}, expected {vignette.level.id}; reasons {outcome.rules}"
        for vignette, outcome in results
        if not exact(vignette, outcome)
    )


# --- the vignettes themselves ----------------------------------------------------------------------


def test_there_are_enough_at_every_level(vignettes: list[Vignette]) -> None:
    assert len(vignettes) >= 80
    for level in Level:
        assert sum(vignette.level == level for vignette in vignettes) >= 10, level.id


def test_each_names_its_source_and_stands_in_its_file(vignettes: list[Vignette]) -> None:
    assert not [vignette.id for vignette in vignettes if not vignette.source or not vignette.words]
    assert not [vignette.id for vignette in vignettes if vignette.level.id != vignette.file]
    assert len({vignette.id for vignette in vignettes}) == len(vignettes)


def test_each_expects_rules_that_exist(vignettes: list[Vignette], protocol: Protocol) -> None:
    known = {rule.id for rule in protocol.rules}
    assert not [vignette.id for vignette in vignettes if not set(vignette.rules) <= known]


# --- how they go -----------------------------------------------------------------------------------


def test_no_emergency_is_missed(played: Results) -> None:
    found = share(played, emergency, EMERGENCIES)
    assert found.hits == found.of > 0, wrong(played)


@pytest.mark.parametrize("level", MUST_NOT_BE_UNDER, ids=lambda level: level.id)
def test_nothing_urgent_is_rated_lower(played: Results, level: Level) -> None:
    assert share(played, under, (level,)).hits == 0, wrong(played)


def test_nine_in_ten_are_exact(played: Results) -> None:
    found = share(played, exact)
    assert found.hits >= 0.9 * found.of, wrong(played)


def test_at_most_one_in_ten_at_self_care_is_sent_to_a_clinician(played: Results) -> None:
    found = share(played, over, (Level.SELF_CARE,))
    assert found.hits <= 0.1 * found.of, wrong(played)


def test_talks_are_short(played: Results) -> None:
    for vignette, outcome in played:
        most = MOST_CARDS_AT_SELF_CARE if vignette.level == Level.SELF_CARE else MOST_CARDS
        assert len(outcome.asked) <= most, f"{vignette.id} took {len(outcome.asked)} cards: {outcome.asked}"


def missing_reasons(vignette: Vignette, outcome: Outcome, protocol: Protocol) -> set[str]:
    """Expected rules that are not among the reasons, though the talk did not end before they could be settled."""
    missing = set(vignette.rules) - set(outcome.rules)
    if outcome.level < vignette.level:
        return missing
    not_reached = {
        rule.id for rule in protocol.rules if rule.id in missing and rule.when.holds(outcome.findings) is None
    }
    return missing - not_reached


def test_the_expected_rules_are_among_the_reasons(played: Results, protocol: Protocol) -> None:
    for vignette, outcome in played:
        missing = missing_reasons(vignette, outcome, protocol)
        assert not missing, f"{vignette.id}: {sorted(missing)} missing; reasons {outcome.rules}"


def test_below_an_emergency_nothing_more_urgent_is_left_open(played: Results, protocol: Protocol) -> None:
    for vignette, outcome in played:
        if outcome.level < Level.EMERGENCY_DEPARTMENT:
            above = [rule for rule in protocol.rules if rule.level > outcome.level]
            left = [rule.key for rule in above if rule.when.holds(outcome.findings) is not False]
            assert not left, f"{vignette.id} ended at {outcome.level.id} with {left} unsettled"


def test_engine_and_dialogue_agree(vignettes: list[Vignette], played: Results, protocol: Protocol) -> None:
    for (vignette, said), (_, computed) in zip(played, play_all(vignettes, protocol, through_engine)):
        assert said == computed, vignette.id


# --- the report ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "low", "high"),
    [(Share(10, 10), 0.7225, 1.0), (Share(0, 10), 0.0, 0.2775), (Share(50, 100), 0.4038, 0.5962)],
)
def test_interval_is_wilsons(found: Share, low: float, high: float) -> None:
    assert found.interval == pytest.approx((low, high), abs=0.0001)


def test_report_names_every_measure(played: Results, protocol: Protocol, capsys: pytest.CaptureFixture[str]) -> None:
    text = report(played, protocol)
    with capsys.disabled():
        print(f"\n\n{text}\n")
    for measure in ("exact", "safe", "under-triage", "over-triage", "mean cards", *(level.id for level in Level)):
        assert measure in text


def test_report_counts_what_went_wrong(vignettes: list[Vignette], protocol: Protocol) -> None:
    sent_home = Outcome(Level.SELF_CARE, (), (), {})
    text = report([(vignette, sent_home) for vignette in vignettes if vignette.level == Level.URGENT], protocol)
    assert "| exact level | 0 of 35 | 0.0% |" in text
    assert "| under-triage: less urgent than expected | 35 of 35 | 100.0% |" in text
