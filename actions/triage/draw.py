"""Draws the protocol for clinicians as one page: `python -m actions.triage.draw docs/protocol.html`.

The page holds everything itself (style, drawing, filter) and asks nothing of the network. The same content gives
the same page, byte for byte.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

from actions.triage import yaml_lines
from actions.triage.loader import CLINICAL, load_protocol
from actions.triage.model import Finding, Level, Presentation, Protocol, Rule
from actions.triage.page.entries import Entries, asks, neutral
from actions.triage.page.levels import badge
from actions.triage.page.markdown import markdown
from actions.triage.page.markup import Markup, element, join
from actions.triage.page.tree import tree

PAGE = Path(__file__).parent / "page"
TITLE = "Kneewise: the triage protocol"


def draw(folder: Path) -> str:
    """The page as HTML.

    Args:
        folder: where the content is, `clinical/` for example.

    Raises:
        ProtocolError: the content is not sound.
    """
    return Page(folder).html()


class Page:
    """The content in the order in which a clinician reads it."""

    def __init__(self, folder: Path):
        self.protocol = load_protocol(folder)
        self.topics: list[dict[str, Any]] = yaml_lines.read(folder / "advice.yml")
        self.sources: list[dict[str, Any]] = yaml_lines.read(folder / "sources.yml")
        self.entries = Entries(self.protocol, {source["id"]: source for source in self.sources})
        intended = folder / "intended_use.md"
        self.intended_use = intended.read_text(encoding="utf-8") if intended.exists() else ""

    def html(self) -> str:
        """Everything put into the template."""
        sections = [section for section in self._sections() if section]
        return Template((PAGE / "page.html").read_text(encoding="utf-8")).substitute(
            title=TITLE,
            style=(PAGE / "style.css").read_text(encoding="utf-8"),
            script=(PAGE / "filter.js").read_text(encoding="utf-8"),
            header=self._header(),
            side=join(self._filter(), _contents(bool(self.intended_use))),
            main=join(*sections),
        )

    def _sections(self) -> list[Markup]:
        return [
            self._intended_use(),
            self._levels(),
            self._order(),
            self._rules(),
            self._presentations(),
            self._questions(),
            self._topics(),
            self._sources(),
        ]

    # --- head and side -------------------------------------------------------------------------

    def _header(self) -> Markup:
        state, *lines = self._state()
        return join(
            element("h1", TITLE),
            element("p", f"Version {self.protocol.version}", class_="version"),
            element(
                "section",
                element("h2", state, id="state"),
                *(element("p", line) for line in lines),
                class_="state",
                aria_labelledby="state",
            ),
        )

    def _state(self) -> tuple[str, str, str]:
        """How far clinicians have reviewed it: in short, in numbers, and what stands without a source."""
        entries: list[Rule | Presentation] = [*own_rules(self.protocol), *self.protocol.presentations]
        signed = len([entry for entry in entries if entry.reviewed_by])
        state = "Reviewed by clinicians" if signed == len(entries) else "Not reviewed by a clinician yet"
        doubtful = len(doubtful_topics(self.topics))
        return (
            state,
            f"{signed} of {len(entries)} rules and presentations carry a clinician's name and date.",
            f"{doubtful} of {len(self.topics)} topics of advice say something that no source confirms.",
        )

    def _filter(self) -> Markup:
        return element(
            "section",
            element("h2", "What does a finding do?", id="filter-name"),
            element("label", "Search for a finding, such as “hot knee”", for_="search"),
            element("input", id="search", type="search", autocomplete="off", aria_controls="findings"),
            element("p", role="status"),
            element("button", "Show everything again", type="button", data_all=True, hidden=True),
            element(
                "ul", *(element("li", _choice(finding)) for finding in self.protocol.findings.values()), id="findings"
            ),
            id="filter",
            aria_labelledby="filter-name",
            hidden=True,
        )

    # --- sections ------------------------------------------------------------------------------

    def _intended_use(self) -> Markup:
        if not self.intended_use:
            return Markup()
        return _section("intended-use", "Intended use", markdown(self.intended_use), whole=True)

    def _levels(self) -> Markup:
        told = [self._level(level) for level in sorted(Level, reverse=True)]
        lead = element("p", "Most urgent first. Square brackets stand for what is set for the place of use.")
        return _section("levels", "Levels of care, and what the person is told", lead, *told, whole=True)

    def _level(self, level: Level) -> Markup:
        text = self.protocol.levels[level]
        lines = [element("li", neutral(line)) for line in text.actions]
        net = [element("li", neutral(line)) for line in text.safety_net]
        return element(
            "article",
            element("h3", badge(level)),
            element("p", element("b", neutral(text.headline))),
            element("ul", *lines),
            element("p", "What would change it:"),
            element("ul", *net),
        )

    def _order(self) -> Markup:
        steps = [self.entries.step(step) for step in self.protocol.order]
        return _section(
            "order",
            "Order of questions",
            element("p", *ORDER),
            element("div", tree(self.protocol), class_="drawing", tabindex=0, role="region", aria_label="Drawing, scrolls sideways"),
            element("h3", "The same order in words"),
            element("ol", *steps),
            whole=True,
        )  # fmt: skip

    def _rules(self) -> Markup:
        groups = []
        for level in sorted(Level, reverse=True):
            rules = [rule for rule in own_rules(self.protocol) if rule.level == level]
            if rules:
                groups.append(_group(badge(level), [self.entries.rule(rule) for rule in rules]))
        lead = element(
            "p", "The level of a person is the most urgent level of all rules that hold. Not sure counts as yes."
        )
        return _section("rules", "Rules", lead, *groups, group=True)

    def _presentations(self) -> Markup:
        drawn = [self.entries.presentation(pattern) for pattern in self.protocol.presentations]
        lead = element(
            "p", "Patterns that the findings may fit, never a diagnosis. The level is the least urgent one allowed."
        )
        return _section("presentations", "Presentations", lead, *drawn, group=True)

    def _questions(self) -> Markup:
        asked = {id for step in self.protocol.order for id in asks(step, self.protocol)}
        findings = self.protocol.findings.values()
        groups = [
            ("Asked", [finding for finding in findings if finding.id in asked]),
            ("Heard, never asked", [finding for finding in findings if finding.watched]),
            ("Known when told", [f for f in findings if f.id not in asked and not f.watched]),
        ]
        drawn = [_group(name, [self.entries.finding(one) for one in some]) for name, some in groups if some]
        return _section("questions", "Questions and findings", *drawn, group=True)

    def _topics(self) -> Markup:
        drawn = [self.entries.topic(topic) for topic in doubtful_topics(self.topics)]
        lead = element("p", "Topics of advice in which something is not confirmed in a source.")
        return _section("topics", "Advice that needs review", lead, *drawn, whole=True)

    def _sources(self) -> Markup:
        drawn = [self.entries.source(source) for source in self.sources]
        return _section("sources", "Sources", element("ul", *drawn), whole=True)


ORDER = (
    "Cards are asked from top to bottom. A card is left out, and a tick box too, once nothing depends on it any more. ",
    "A dashed card is asked only if its condition holds, and then before all cards below it. ",
    "Arrows to the right lead to rules that end the talk at once, when an answer completes them. ",
    "Only a question that could still turn an emergency department into an ambulance goes first.",
)


def own_rules(protocol: Protocol) -> list[Rule]:
    """The rules that are not there for a presentation."""
    patterns = {pattern.id for pattern in protocol.presentations}
    return [rule for rule in protocol.rules if rule.id not in patterns]


def doubtful_topics(topics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The topics in which something is not confirmed in a source."""
    return [topic for topic in topics if topic.get("review") == "needed"]


def _choice(finding: Finding) -> Markup:
    words = " ".join([finding.title, finding.id.replace("_", " "), finding.prompt, finding.plainer]).lower()
    return element(
        "button", finding.title, type="button", aria_pressed="false", data_finding=finding.id, data_words=words
    )


def _contents(intended_use: bool) -> Markup:
    names = {
        "intended-use": "Intended use",
        "levels": "Levels of care",
        "order": "Order of questions",
        "rules": "Rules",
        "presentations": "Presentations",
        "questions": "Questions and findings",
        "topics": "Advice that needs review",
        "sources": "Sources",
    }
    shown = {id: name for id, name in names.items() if intended_use or id != "intended-use"}
    items = [element("li", element("a", name, href=f"#{id}")) for id, name in shown.items()]
    return element(
        "nav", element("h2", "On this page", id="contents"), element("ul", *items), aria_labelledby="contents"
    )


def _section(id: str, name: str, *inside: str, whole: bool = False, group: bool = False) -> Markup:
    """A section; `whole` ones are hidden while the page is filtered, `group` ones when nothing in them is left."""
    style = "whole" if whole else "group" if group else None
    return element(
        "section", element("h2", name, id=f"{id}-name"), *inside, id=id, class_=style, aria_labelledby=f"{id}-name"
    )


def _group(name: str, entries: Iterable[Markup]) -> Markup:
    return element("div", element("h3", name), *entries, class_="group")


def main(arguments: list[str], folder: Path) -> int:
    """Write the page to the file named by the only argument.

    Returns:
        0, or 2 when it is not told where to write.
    """
    if len(arguments) != 1:
        print("usage: python -m actions.triage.draw OUT.html", file=sys.stderr)
        return 2
    out = Path(arguments[0])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(draw(folder), encoding="utf-8")
    print(f"{out} drawn")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(os.environ.get("KNEEWISE_CLINICAL", CLINICAL))))
