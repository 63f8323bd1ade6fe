"""The entries of the page: rules, presentations, questions, topics and sources, each with all a reviewer needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from actions.triage.conditions import AllOf, AnyOf, Condition, NoneOf
from actions.triage.model import Clue, Finding, Presentation, Protocol, Rule, Screen, Step
from actions.triage.page.levels import badge
from actions.triage.page.markup import Markup, element, join

SEEN = {
    "read": "read in the source",
    "second-hand": "read only as quoted by somebody else",
    "general-knowledge": "not confirmed in any source",
}
PLACES = {"{emergency}": "[emergency number]", "{crisis_line}": "[crisis line]"}
Sources = Mapping[str, Mapping[str, Any]]


def neutral(text: str) -> str:
    """`text` with names for the numbers that depend on the place of use."""
    for place, name in PLACES.items():
        text = text.replace(place, name)
    return text


def anchor(kind: str, name: str) -> str:
    """The id of an entry on the page."""
    return f"{kind}-{re.sub(r'[^A-Za-z0-9]+', '-', name)}"


def phrases(protocol: Protocol) -> dict[str, str]:
    """The words within a sentence for each finding, and for each option as `finding.option`."""
    words = {}
    for finding in protocol.findings.values():
        words[finding.id] = _small(f"{finding.title} ({finding.unit})" if finding.unit else finding.title)
        words.update({f"{finding.id}.{option.value}": _small(option.title) for option in finding.options})
    return words


def _small(text: str) -> str:
    """With a small first letter, unless the word has a capital of its own, as X-ray."""
    return text if text[1:2].isupper() or text[1:2] == "-" else text[:1].lower() + text[1:]


def _large(text: str) -> str:
    return text[:1].upper() + text[1:]


class Entries:
    """Draws entries of one protocol.

    Args:
        protocol: what is shown.
        sources: source id to its entry in sources.yml.
    """

    def __init__(self, protocol: Protocol, sources: Sources):
        self.protocol = protocol
        self.sources = sources
        self.words = phrases(protocol)
        self.patterns = {pattern.fits_when: pattern.name for pattern in protocol.presentations}

    # --- rules and presentations ---------------------------------------------------------------

    def rule(self, rule: Rule) -> Markup:
        """One rule: when it holds, what it calls for, and on what grounds."""
        return element(
            "article",
            element("h4", element("span", rule.id, class_="id"), " ", rule.name),
            badge(rule.level),
            _facts(
                ("When", self.condition(rule.when)),
                ("The person reads", element("p", neutral(rule.say))),
                ("Because", element("p", neutral(rule.because))),
                ("And should", _list(neutral(line) for line in rule.do)),
                ("Sources", self.sources_of(rule.sources)),
                ("Review", _review(rule)),
            ),
            self._uses(rule.when.ids()),
            id=anchor("rule", rule.key),
            data_kind="rule",
            data_uses=" ".join(sorted(rule.when.ids())),
        )

    def presentation(self, pattern: Presentation) -> Markup:
        """One pattern: when it is named, what speaks for and against it."""
        clues = pattern.speaks_for + pattern.speaks_against
        ids = pattern.fits_when.ids().union(*(clue.when.ids() for clue in clues))
        return element(
            "article",
            element("h3", _large(pattern.name)),
            badge(pattern.level),
            _facts(
                ("Fits when", self.condition(pattern.fits_when)),
                ("The person reads", element("p", neutral(pattern.say))),
                ("Speaks for it", self._clues(pattern.speaks_for)),
                ("Speaks against it", self._clues(pattern.speaks_against)),
                ("Sources", self.sources_of(pattern.sources)),
                ("Review", _review(pattern)),
            ),
            self._uses(ids),
            id=anchor("presentation", pattern.id),
            data_kind="presentation",
            data_uses=" ".join(sorted(ids)),
        )

    def condition(self, condition: Condition) -> Markup:
        """A condition in words, one line for each part of it."""
        if isinstance(condition, NoneOf) and all(part in self.patterns for part in condition.parts):
            names = [self.patterns[part] for part in condition.parts]
            return join(element("p", "None of these patterns fits:"), _list(names))
        lead = {AllOf: "All of these:", AnyOf: "At least one of these:", NoneOf: "None of these:"}.get(type(condition))
        if lead is None or not isinstance(condition, (AllOf, AnyOf, NoneOf)):
            return element("p", _large(condition.in_words(self.words)))
        return join(element("p", lead), element("ul", *(element("li", self._part(part)) for part in condition.parts)))

    def _part(self, part: Condition) -> str:
        return self.condition(part) if isinstance(part, (AllOf, AnyOf, NoneOf)) else _large(part.in_words(self.words))

    def _clues(self, clues: Iterable[Clue]) -> Markup:
        return _list(f"{clue.say} ({clue.when.in_words(self.words)})" for clue in clues)

    def _uses(self, ids: Iterable[str]) -> Markup:
        links = [
            element("a", self.protocol.findings[id].title, href=f"#{anchor('question', id)}") for id in sorted(ids)
        ]
        return element("p", element("b", "Uses: "), *_with(links, "; "), class_="uses")

    # --- questions -----------------------------------------------------------------------------

    def finding(self, finding: Finding) -> Markup:
        """One finding: how it is asked, and which rules use it."""
        options = [option.title for option in finding.options]
        rules = [rule for rule in self.protocol.rules if finding.id in rule.when.ids()]
        return element(
            "article",
            element("h4", finding.title),
            element("p", "Red flag: it can only raise the level.", class_="flag") if finding.red_flag else "",
            _facts(
                ("Asked", element("p", self._asked(finding))),
                ("Question", element("p", finding.prompt) if finding.prompt else Markup()),
                ("In plainer words", element("p", finding.plainer) if finding.plainer else Markup()),
                ("Why it is asked", element("p", finding.why) if finding.why else Markup()),
                ("Answers", _list(options)),
                ("Used by", element("p", *_with([self._to_rule(rule) for rule in rules], "; ")) if rules else Markup()),
                ("Sources", self.sources_of(finding.sources)),
            ),
            id=anchor("question", finding.id),
            data_kind="question",
            data_uses=finding.id,
        )

    def _to_rule(self, rule: Rule) -> Markup:
        kind = "presentation" if rule.when in self.patterns else "rule"
        return element(
            "a", f"{rule.id} {rule.name}" if kind == "rule" else rule.name, href=f"#{anchor(kind, rule.key)}"
        )

    def _asked(self, finding: Finding) -> str:
        if finding.watched:
            return "Never asked; every message is read for it."
        places = [place for place, step in enumerate(self.protocol.order, 1) if finding.id in asks(step, self.protocol)]
        if not places:
            return "Not by the triage; it counts when the person tells it."
        return "On card " + " and on card ".join(map(str, places)) + " of the order."

    def step(self, step: Step) -> Markup:
        """One place in the order of questions, in words."""
        ids = asks(step, self.protocol)
        links = [element("a", self.protocol.findings[id].title, href=f"#{anchor('question', id)}") for id in ids]
        only_if = join(element("p", "Only if:"), self.condition(step.when)) if step.when else Markup()
        return element(
            "li",
            element("p", element("b", card_of(step, self.protocol).prompt)),
            element("div", only_if, class_="condition") if only_if else "",
            element("p", "It asks for:"),
            _list(links),
        )

    # --- topics and sources --------------------------------------------------------------------

    def topic(self, topic: Mapping[str, Any]) -> Markup:
        """One topic of advice with its text and sources."""
        return element(
            "article",
            element("h3", str(topic["title"])),
            element("p", neutral(" ".join(str(topic["text"]).split()))),
            _facts(("Sources", self.sources_of(topic["sources"]))),
            id=anchor("topic", str(topic["id"])),
        )

    def sources_of(self, ids: Iterable[str]) -> Markup:
        """Sources with their titles and how far they were seen."""
        return _list(join(self._source_link(id), ": ", _seen(self.sources[id])) for id in ids)

    def _source_link(self, id: str) -> Markup:
        return element("a", str(self.sources[id]["title"]), href=f"#{anchor('source', id)}")

    def source(self, source: Mapping[str, Any]) -> Markup:
        """One source: what it is, where it is, and what it supports."""
        where = f" {source['where']}." if source.get("where") else ""
        supports = str(source.get("supports", ""))
        return element(
            "li",
            element("b", str(source["title"])),
            f".{where} {supports} ",
            _seen(source),
            id=anchor("source", str(source["id"])),
        )


def asks(step: Step, protocol: Protocol) -> tuple[str, ...]:
    """The findings on a card."""
    screen = protocol.screens.get(step.ask)
    return screen.findings if screen else (step.ask,)


def card_of(step: Step, protocol: Protocol) -> Screen | Finding:
    """What a step asks."""
    return protocol.screens.get(step.ask) or protocol.findings[step.ask]


def _seen(source: Mapping[str, Any]) -> Markup:
    seen = str(source.get("seen", "general-knowledge"))
    return element("span", SEEN.get(seen, seen), class_=f"seen {seen}")


def _review(entry: Rule | Presentation) -> Markup:
    if not entry.reviewed_by:
        return element("p", "Not reviewed by a clinician yet.", class_="open")
    return element("p", f"Reviewed by {entry.reviewed_by}, {entry.reviewed_on}.")


def _facts(*facts: tuple[str, Markup]) -> Markup:
    """Names and values; a fact without a value is left out."""
    shown = [(name, value) for name, value in facts if value]
    return element("dl", *(element("div", element("dt", name), element("dd", value)) for name, value in shown))


def _list(lines: Iterable[str]) -> Markup:
    items = [element("li", line) for line in lines]
    return element("ul", *items) if items else Markup()


def _with(parts: list[Markup], between: str) -> list[str]:
    return [piece for part in parts for piece in (between, part)][1:]
