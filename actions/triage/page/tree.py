"""The order of questions as a drawing: cards from top to bottom, side branches, and ways out to urgent care."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from actions.triage.conditions import AnyOf, Condition
from actions.triage.model import Level, Protocol, Rule, Step
from actions.triage.page.entries import anchor, asks, card_of, phrases
from actions.triage.page.levels import NAMES, SHAPES
from actions.triage.page.markup import Markup, element, join
from actions.triage.people import people

WIDTH = 860
TRUNK = 20
CARD = 44
"""Left edge of a card that everybody gets."""
BRANCH = 84
"""Left edge of a card that only some get."""
CARD_END = 490
EXIT = 545
EXIT_END = 850
LINE = 18
PAD = 12
GAP = 26
INDENT = 16
PER_CHARACTER = 7.8
"""Pixels that a character of 14 px takes on average in the widest of the fonts that browsers choose."""
BOLD = 1.08
"""How much wider bold text is."""

HEARD = "Heard at any time, never asked"
END = "No rule left that could raise the level: the assessment, with the most urgent level of all rules that hold."


@dataclass(frozen=True)
class Item:
    """One thing written in a box, on one or more lines."""

    lines: tuple[str, ...]
    style: str = ""
    link: str = ""
    mark: str | Level = ""
    """A bullet, or the level whose shape stands before the text."""


@dataclass(frozen=True)
class Box:
    """A rectangle with text."""

    x: float
    width: float
    items: tuple[Item, ...]
    style: str

    @property
    def height(self) -> float:
        """What its lines and its edges need."""
        return sum(len(item.lines) for item in self.items) * LINE + 2 * PAD


def exits(step: Step, protocol: Protocol) -> tuple[Rule, ...]:
    """The rules that end the talk at once when this card's answers complete them.

    An answer completes a rule when the rule holds with it and does not without it, for somebody who has been
    asked all cards down to this one, and what this card's own condition needs.
    """
    place = protocol.order.index(step)
    before = {id for one in protocol.order[:place] for id in asks(one, protocol)}
    before |= step.when.ids() if step.when else set()
    urgent = [rule for rule in protocol.rules if rule.level >= Level.EMERGENCY_DEPARTMENT]
    return tuple(rule for rule in urgent if _completes(rule, set(asks(step, protocol)), before, protocol))


def _completes(rule: Rule, now: set[str], before: set[str], protocol: Protocol) -> bool:
    if not now & rule.when.ids():
        return False
    for person in people([rule.when], protocol.findings, unsure=False):
        told = {id: value for id, value in person.items() if id in before | now}
        earlier = {id: value for id, value in told.items() if id not in now}
        if rule.when.holds(told) and not rule.when.holds(earlier):
            return True
    return False


def tree(protocol: Protocol) -> Markup:
    """The whole order, `WIDTH` pixels wide; each card with its way out is one SVG, so that print can break between them."""
    watched = {finding.id for finding in protocol.findings.values() if finding.watched}
    heard = [_row(_heard(protocol), [rule for rule in protocol.rules if watched & rule.when.ids()], trunk="")]
    steps = [
        _row(_card(place, step, protocol), exits(step, protocol), trunk="through")
        for place, step in enumerate(protocol.order, 1)
    ]
    end = Box(CARD, CARD_END - CARD, (_item(END, CARD_END - CARD, "bold"),), "box end")
    return join(*(heard if watched else []), *steps, _row(end, (), trunk="ends"))


def _row(card: Box, rules: Iterable[Rule], trunk: str) -> Markup:
    """A card with its way out, and the stretch of the trunk beside it, which goes `through` or `ends` here."""
    way_out = _way_out(rules)
    height = max(card.height, way_out.height if way_out else 0) + GAP
    middle = GAP / 2 + card.height / 2
    parts = [_box(card)]
    if way_out:
        y = GAP / 2 + min(card.height, way_out.height) / 2
        parts += [_arrow(f"M{CARD_END} {y:g}", EXIT, y, "line out", "head out"), _box(way_out)]
    if trunk:
        parts.append(element("path", d=f"M{TRUNK} 0V{height if trunk == 'through' else middle:g}", class_="line"))
        style = "line dashed" if "branch" in card.style else "line"
        parts.append(_arrow(f"M{TRUNK} {middle:g}", card.x, middle, style, "head"))
    return element("svg", *parts, viewBox=f"0 0 {WIDTH} {height:g}", width=WIDTH, height=f"{height:g}")


def _arrow(start: str, x: float, y: float, line: str, head: str) -> Markup:
    """A level arrow from `start` to the point (x, y)."""
    tip = element("path", d=f"M{x - 10:g} {y - 5:g}l9 5-9 5z", class_=head)
    return join(element("path", d=f"{start}H{x - 9:g}", class_=line), tip)


def _heard(protocol: Protocol) -> Box:
    """What is never asked, but ends the talk whenever it is heard."""
    width = CARD_END - CARD
    heard = [finding for finding in protocol.findings.values() if finding.watched]
    items = [_item(one.title, width, link=f"#{anchor('question', one.id)}", mark="•") for one in heard]
    return Box(CARD, width, (_item(HEARD, width, "bold"), *items), "box heard")


def _card(place: int, step: Step, protocol: Protocol) -> Box:
    x = BRANCH if step.when else CARD
    width = CARD_END - x
    items: list[Item] = []
    if step.when:
        items += _condition(step.when, phrases(protocol), width)
    items.append(_item(f"{place}. {card_of(step, protocol).prompt}", width, "bold"))
    for id in asks(step, protocol) if step.ask in protocol.screens else ():
        items.append(_item(protocol.findings[id].title, width, link=f"#{anchor('question', id)}", mark="•"))
    return Box(x, width, tuple(items), "box branch" if step.when else "box")


def _condition(when: Condition, words: Mapping[str, str], width: float) -> list[Item]:
    """When a card is asked at all; one line for each alternative."""
    if not isinstance(when, AnyOf):
        return [_item(f"Only if: {when.in_words(words)}", width, "condition")]
    parts = [_item(part.in_words(words), width, "condition", mark="–") for part in when.parts]
    return [_item("Only if at least one of these:", width, "condition"), *parts]


def _way_out(rules: Iterable[Rule]) -> Box | None:
    """The box on the right: levels, and the rules that lead to them."""
    width = EXIT_END - EXIT
    items: list[Item] = []
    for rule in rules:
        if rule.level not in [item.mark for item in items]:
            items.append(_item(NAMES[rule.level], width, "bold", mark=rule.level))
        items.append(_item(f"{rule.id} {rule.name}", width, link=f"#{anchor('rule', rule.key)}", mark="•"))
    return Box(EXIT, width, tuple(items), "box exit") if items else None


def _item(text: str, width: float, style: str = "", link: str = "", mark: str | Level = "") -> Item:
    room = width - 2 * PAD - (0 if mark == "" else INDENT)
    lines = textwrap.wrap(text, int(room / PER_CHARACTER / (BOLD if style == "bold" else 1)))
    return Item(tuple(lines), style, link, mark)


def _box(box: Box) -> Markup:
    top = GAP / 2
    frame = element("rect", x=box.x, y=f"{top:g}", width=box.width, height=box.height, rx=6, class_=box.style)
    parts = [frame]
    y = top + PAD
    for item in box.items:
        parts.append(_written(item, box.x + PAD, y))
        y += len(item.lines) * LINE
    return join(*parts)


def _written(item: Item, x: float, top: float) -> Markup:
    first = top + 0.75 * LINE
    start = x if item.mark == "" else x + INDENT + (4 if isinstance(item.mark, Level) else 0)
    lines: list[str] = []
    for row, line in enumerate(item.lines):
        lines += [element("tspan", line, x=f"{start:g}", y=f"{first + row * LINE:g}"), " "]
    text = element("text", *lines[:-1], class_=item.style or None)
    return join(_mark(item.mark, x, first), element("a", text, href=item.link) if item.link else text)


def _mark(mark: str | Level, x: float, y: float) -> Markup:
    if isinstance(mark, Level):
        place = f"translate({x:g} {y - 12:g}) scale(.85)"
        return element("g", SHAPES[mark], transform=place, class_=f"shape {mark.id}", aria_hidden="true")
    return element("text", mark, x=f"{x + 2:g}", y=f"{y:g}", aria_hidden="true") if mark else Markup()
