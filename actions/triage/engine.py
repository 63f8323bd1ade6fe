"""From findings to the next question or an assessment. Pure: same findings, same answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Union

from actions.triage.conditions import NOT_SURE
from actions.triage.model import Assessment, Level, Presentation, Protocol, Question, Rule

Findings = Mapping[str, Any]
Step = Union[Question, Assessment]


def next_step(findings: Findings, protocol: Protocol, doubts: Collection[str] = ()) -> Step:
    """Decide what to do next for one person.

    Looks at what is most urgent first. A rule of `emergency_department` or above that holds ends the talk
    at once, unless a red flag already told could make it `ambulance`; a lower one fixes the floor and lets
    the screen for anything worse finish.

    Args:
        findings: what is known so far; an id that is missing has not been asked.
        protocol: a checked protocol; its rules stand in order of urgency.
        doubts: ids whose value is `not_sure` and which may be asked once more in plainer words. A
            `not_sure` that is not in doubt any more counts as `yes`.

    Returns:
        The question that could still raise the level most, or the assessment once none could.
    """
    settled = {id: value for id, value in findings.items() if id not in doubts} if doubts else findings
    floor = Level.SELF_CARE
    open_rules: list[Rule] = []
    for rule in protocol.rules:
        if rule.level <= floor:
            break
        truth = rule.when.holds(settled)
        if truth:
            floor = rule.level
        elif truth is None:
            open_rules.append(rule)
    above = [rule for rule in open_rules if rule.level > floor]
    lit = [rule for rule in above if rule.level >= Level.EMERGENCY_DEPARTMENT and _is_lit(rule, settled, protocol)]
    worth_asking = lit if floor >= Level.EMERGENCY_DEPARTMENT else above
    question = _ask_for(lit, worth_asking, settled, protocol, doubts)
    if question is None:
        question = _ask_for(worth_asking, worth_asking, settled, protocol, doubts)
    return question or assess(settled, protocol)


def assess(findings: Findings, protocol: Protocol) -> Assessment:
    """The level of care that the findings call for as they stand, with every reason.

    Args:
        findings: what is known; what is missing raises nothing.
        protocol: a checked protocol.

    Returns:
        The most urgent level of all rules that hold; `self_care` when none does.
    """
    because: dict[str, Rule] = {}
    for rule in protocol.rules:
        if rule.when.holds(findings):
            because.setdefault(rule.id, rule)
    reasons = tuple(because.values())
    return Assessment(
        level=reasons[0].level if reasons else Level.SELF_CARE,
        because=reasons,
        fits=tuple(pattern for pattern in protocol.presentations if _fits(pattern, findings)),
        protocol=protocol.version,
    )


def _fits(pattern: Presentation, findings: Findings) -> bool:
    """The pattern is worth naming: it holds by what was told, not by what the person could not tell."""
    told = all(findings.get(id) != NOT_SURE for id in pattern.fits_when.ids())
    return told and bool(pattern.fits_when.holds(findings))


def _is_lit(rule: Rule, findings: Findings, protocol: Protocol) -> bool:
    """A red flag of this rule has been told: what would complete it is asked before all else."""
    return any(
        atom.holds(findings) and protocol.findings[atom.id].red_flag and atom.wanted[0] == "yes"
        for atom in rule.when.atoms()
    )


def _ask_for(
    rules: Iterable[Rule], worth_asking: Iterable[Rule], findings: Findings, protocol: Protocol, doubts: Collection[str]
) -> Question | None:
    """The first question in the protocol's order that could settle one of `rules`.

    A screen then shows all that is open on it for any rule worth asking about, so that no screen comes twice with
    other items: a second tap of "none of these" must never deny what the person has not seen.
    """
    wanted = _open(rules, findings)
    shown = _open(worth_asking, findings)
    doubted = wanted.intersection(doubts)
    return _first(doubted, doubted, findings, protocol, True) or _first(wanted, shown, findings, protocol, False)


def _open(rules: Iterable[Rule], findings: Findings) -> set[str]:
    return set().union(*(rule.when.open_in(findings) for rule in rules))


def _first(
    wanted: Collection[str], shown: Collection[str], findings: Findings, protocol: Protocol, plainer: bool
) -> Question | None:
    """The first card in the order that asks for one of `wanted`; of a screen, all that is in `shown`."""
    if not wanted:
        return None
    for step in protocol.order:
        if step.when is not None and not step.when.holds(findings):
            continue
        screen = protocol.screens.get(step.ask)
        on_card = screen.findings if screen else (step.ask,)
        if any(id in wanted for id in on_card):
            asks = tuple(id for id in on_card if id in shown)
            return Question(id=screen.id if screen and len(asks) > 1 else asks[0], asks=asks, plainer=plainer)
    return None
