"""The page for clinicians: everything is on it, nothing comes from elsewhere, and everybody can read it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.triage.draw import PAGE, draw, main, own_rules
from actions.triage.loader import CLINICAL
from actions.triage.model import Level
from actions.triage.page.entries import anchor
from actions.triage.page.levels import NAMES, SHAPES, badge
from actions.triage.page.markdown import markdown
from actions.triage.page.markup import Markup, element
from actions.triage.page.tree import CARD_END, EXIT, EXIT_END, PER_CHARACTER, exits, tree

ROOT = CLINICAL.parent


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text within each article."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.articles: dict[str, str] = {}
        self.article = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "article":
            self.article = str(dict(attrs).get("id"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self.article = ""

    def handle_data(self, data: str) -> None:
        if self.article:
            self.articles[self.article] = self.articles.get(self.article, "") + data


@pytest.fixture(scope="module")
def page() -> str:
    return draw(CLINICAL)


@pytest.fixture(scope="module")
def elements(page: str) -> Elements:
    return Elements(page)


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, Callable[[Any], None]], str]:
    """Draws the project's content with one file changed."""

    def drawn(file: str, change: Callable[[Any], None]) -> str:
        folder = shutil.copytree(CLINICAL, tmp_path / "clinical")
        content = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
        change(content)
        (folder / file).write_text(yaml.safe_dump(content), encoding="utf-8")
        return draw(folder)

    return drawn


# --- everything is on it ---------------------------------------------------------------------------------


def test_every_rule_says_when_what_and_why(protocol, elements):
    for rule in own_rules(protocol):
        entry = elements.articles[anchor("rule", rule.key)]
        wanted = [rule.id, rule.name, NAMES[rule.level], "When", rule.because, "Not reviewed by a clinician yet."]
        assert [part for part in wanted if part not in entry] == [], rule.key


def test_every_rule_names_its_sources_and_how_far_they_were_seen(protocol, elements):
    for rule in own_rules(protocol):
        entry = elements.articles[anchor("rule", rule.key)]
        assert all(protocol.sources[source] in entry for source in rule.sources), rule.key
        assert re.search("read in the source|quoted by somebody else|not confirmed in any source", entry), rule.key


def test_every_presentation_says_what_speaks_for_it_and_against_it(protocol, elements):
    for pattern in protocol.presentations:
        entry = elements.articles[anchor("presentation", pattern.id)]
        clues = [clue.say for clue in pattern.speaks_for + pattern.speaks_against]
        assert [clue for clue in clues if clue not in entry] == [], pattern.id


def test_every_question_says_why_it_is_asked(protocol, elements):
    for finding in protocol.findings.values():
        entry = elements.articles[anchor("question", finding.id)]
        assert all(text in entry for text in (finding.prompt, finding.plainer, finding.why)), finding.id


def test_a_condition_reads_as_a_list(elements):
    entry = elements.articles["rule-RF03-after-injury"]
    assert "All of these:Cannot take four steps, even with a limpStarted with an injury" in entry


def test_the_rule_for_no_pattern_names_the_patterns(elements):
    assert "None of these patterns fits:runner's knee" in elements.articles["rule-NO-PATTERN"]


def test_a_topic_that_needs_review_is_there(elements):
    assert "topic-imaging" in elements.articles


def test_a_topic_that_needs_none_is_not(elements):
    assert "topic-runners-knee-what" not in elements.articles


def test_nobody_has_reviewed_it_yet(page, protocol):
    entries = len(own_rules(protocol)) + len(protocol.presentations)
    assert "Not reviewed by a clinician yet</h2>" in page
    assert f"0 of {entries} rules and presentations carry" in page


def test_a_signature_is_shown(changed):
    page = changed("red_flags.yml", lambda rules: rules[0].update(reviewed={"by": "Dr Ada <x>", "on": "2030-01-02"}))
    assert "Reviewed by Dr Ada &lt;x&gt;, 2030-01-02." in page


def test_the_intended_use_is_there_when_it_is_written(tmp_path):
    folder = shutil.copytree(CLINICAL, tmp_path / "clinical")
    (folder / "intended_use.md").write_text("# Intended use\n\nFor knees.\n", encoding="utf-8")
    assert 'id="intended-use-name">Intended use</h2><p>For knees.</p>' in draw(folder)


def test_the_intended_use_is_left_out_when_it_is_not(tmp_path):
    folder = shutil.copytree(CLINICAL, tmp_path / "clinical")
    (folder / "intended_use.md").unlink(missing_ok=True)
    assert "intended-use" not in draw(folder)


# --- the drawing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "key", "way_out"),
    [
        ("emergency_screen", "RF02", True),
        ("emergency_screen", "RF03/after_injury", False),
        ("movement_screen", "RF03/after_injury", True),
        ("recent_injury", "RF01/with_injury", True),
        ("hot_or_swollen_screen", "RF05/hot", True),
        ("age", "RF16/no_weight", True),
        ("background_screen", "RF17/infection", True),
        ("slow_screen", "RF15/other", False),
    ],
)
def test_a_card_has_the_ways_out_that_it_completes(protocol, ask, key, way_out):
    step = next(step for step in protocol.order if step.ask == ask)
    assert (key in [rule.key for rule in exits(step, protocol)]) is way_out


def test_every_emergency_rule_is_a_way_out_of_some_card(protocol):
    out = {rule.key for step in protocol.order for rule in exits(step, protocol)}
    urgent = {rule.key for rule in protocol.rules if rule.level >= Level.EMERGENCY_DEPARTMENT and rule.id != "RF25"}
    assert urgent - out == set()


def test_what_is_only_heard_is_drawn(protocol):
    assert "Heard at any time, never asked" in tree(protocol)


def test_a_conditional_card_is_a_branch_with_its_condition(protocol):
    drawn = tree(protocol)
    assert drawn.count('class="box branch"') == sum(step.when is not None for step in protocol.order)
    assert "Only if: age (years) under 18" in drawn


def test_no_line_is_longer_than_its_box(protocol):
    lines = re.findall(r'<tspan x="([\d.]+)" y="[\d.]+">([^<]*)</tspan>', tree(protocol))
    ends = [(float(x) + len(line) * PER_CHARACTER, EXIT_END if float(x) > EXIT else CARD_END) for x, line in lines]
    assert all(end < edge for end, edge in ends)


# --- nothing comes from elsewhere ------------------------------------------------------------------------


def test_the_page_asks_nothing_of_the_network(page):
    assert (
        re.findall(r"https?://|//[a-z]|\bsrc=|url\(|@import|<iframe|<object|fetch\(|XMLHttp", _no_comments(page)) == []
    )


def test_the_same_content_gives_the_same_page(tmp_path):
    pages = [tmp_path / "1.html", tmp_path / "2.html"]
    for seed, out in enumerate(pages):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "actions.triage.draw", str(out)], check=True, env=environment, cwd=ROOT)
    assert pages[0].read_bytes() == pages[1].read_bytes()


@pytest.mark.parametrize("key", ["name", "say", "because"])
def test_content_is_escaped(changed, key):
    page = changed("red_flags.yml", lambda rules: rules[0].update({key: "<script>alert('&')</script>"}))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;" in page


def test_the_place_of_use_is_not_on_the_page(page):
    assert "{emergency}" not in page
    assert "Call [emergency number] now." in page


# --- everybody can read it -------------------------------------------------------------------------------


def test_every_link_leads_somewhere(elements):
    ids = {attributes.get("id") for _, attributes in elements.found}
    links = {str(attributes["href"]) for tag, attributes in elements.found if tag == "a"}
    assert {link for link in links if link.removeprefix("#") not in ids} == set()


def test_every_id_stands_once(elements):
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_headings_skip_no_level(elements):
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))


def test_every_finding_can_be_chosen(protocol, elements):
    choices = {attributes.get("data-finding") for tag, attributes in elements.found if tag == "button"}
    assert set(protocol.findings) <= choices


def test_an_entry_knows_every_finding_it_uses(protocol, elements):
    used = {attributes["id"]: attributes["data-uses"] for _, attributes in elements.found if "data-uses" in attributes}
    for rule in own_rules(protocol):
        assert set(used[anchor("rule", rule.key)].split()) == rule.when.ids(), rule.key


def test_the_search_has_a_label(elements):
    labelled = {attributes["for"] for tag, attributes in elements.found if tag == "label"}
    assert {attributes.get("id") for tag, attributes in elements.found if tag == "input"} == labelled


def test_what_the_search_finds_is_announced(elements):
    assert ("p", {"role": "status"}) in elements.found


@pytest.mark.parametrize("level", list(Level))
def test_a_level_has_a_shape_and_words(level):
    assert SHAPES[level] in badge(level)
    assert NAMES[level] in badge(level)


def test_no_two_levels_share_a_shape():
    assert len(set(SHAPES.values())) == len(Level)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "quiet", "link", "open", "red", "amber", "blue", "green"])
@pytest.mark.parametrize("paper", ["paper", "card"])
def test_contrast(scheme, ink, paper):
    colours = _colours(scheme)
    assert _contrast(colours[ink], colours[paper]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "open"])
def test_contrast_of_the_review_state(scheme, ink):
    colours = _colours(scheme)
    assert _contrast(colours[ink], colours["open-back"]) >= 4.5


# --- markup ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title\n\nText\non two lines.", "<p>Text on two lines.</p>"),
        ("## Part\nText", "<h3>Part</h3><p>Text</p>"),
        ("- one\n- two\n  more", "<ul><li>one</li><li>two more</li></ul>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("**so** and `so`", "<p><strong>so</strong> and <code>so</code></p>"),
        ("a < b & *c*", "<p>a &lt; b &amp; *c*</p>"),
    ],
)
def test_markdown(text, html):
    assert markdown(text) == html


def test_a_markdown_table():
    drawn = markdown("| a | b |\n|---|---|\n| 1 | **2** |")
    assert '<th scope="col">a</th>' in drawn
    assert "<tr><td>1</td><td><strong>2</strong></td></tr>" in drawn


def test_attributes_are_escaped():
    assert element("p", class_='"><b>') == '<p class="&quot;&gt;&lt;b&gt;"></p>'


def test_markup_is_not_escaped_twice():
    assert element("p", Markup("<b>x</b>"), "<") == "<p><b>x</b>&lt;</p>"


# --- the command -----------------------------------------------------------------------------------------


def test_the_command_writes_the_page(tmp_path, page):
    assert main([str(tmp_path / "new" / "protocol.html")], CLINICAL) == 0
    assert (tmp_path / "new" / "protocol.html").read_text(encoding="utf-8") == page


def test_the_command_needs_to_know_where_to_write():
    assert main([], CLINICAL) == 2


def _no_comments(page: str) -> str:
    """Without the comments of the script, which begin with two slashes."""
    return re.sub(r"^\s*// .*$", "", page, flags=re.MULTILINE)


def _colours(scheme: str) -> dict[str, str]:
    style = (PAGE / "style.css").read_text(encoding="utf-8")
    light, dark = style.split("@media (prefers-color-scheme: dark)")[:2]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark.split("@media")[0]))


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
