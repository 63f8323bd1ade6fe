"""Every fact of the article has its place: `docs/article-coverage.md` is whole, and each topic can be asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from .test_articles_not_copied import ARTICLE, copied

ROOT = Path(__file__).resolve().parents[2]
CLINICAL = ROOT / "clinical"
PAGE = (ROOT / "docs" / "article-coverage.md").read_text(encoding="utf-8")
TOPICS: list[dict[str, Any]] = yaml.safe_load((CLINICAL / "advice.yml").read_text(encoding="utf-8"))
SEED = "hinge-2023"
NOT_CARRIED = "not carried: "
HEADINGS = (
    "dealing with", "experts", "how can help", "what is", "symptoms of", "perspective", "common causes", "too soon",
    "changes routine", "terrain", "muscle imbalances", "foot issues", "tight muscles", "lifestyle factors",
    "treatment options", "peace love", "load management", "how you feel",
    "running muscles", "land softly", "cross train", "exercises for", "did you know", "take shorter steps",
    "hinge health can help", "references",
)  # fmt: skip
"""Words of each heading of the article, and of the lead of each of its paragraphs that has one."""
WITHOUT_HEADING = ("symptoms require attention",)
"""The warning signs stand at the end of the causes, under no heading of their own."""
MOST_IN_A_HEADING = 13
FEWEST_FACTS = 120
FEWEST_WORDINGS = 8
MOST_WORDS = 60

with_article = pytest.mark.skipif(not ARTICLE.exists(), reason="the article is kept beside the repository, not in it")


@dataclass(frozen=True)
class Row:
    """One fact of the page."""

    heading: str
    fact: str
    said_in: str
    kept_in: str

    @property
    def ids(self) -> list[str]:
        """The entries that carry it; none if it is not carried."""
        return [] if self.said_in.startswith(NOT_CARRIED) else re.findall(r"`([^`]+)`", self.said_in)

    @property
    def files(self) -> list[str]:
        """Where those entries are kept."""
        return re.findall(r"`([^`]+)`", self.kept_in)


def rows(page: str) -> Iterator[Row]:
    """The facts of a page, each with the heading that it stands under."""
    heading = ""
    for line in page.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|") and not line.startswith(("| fact |", "|---")):
            yield Row(heading, *(cell.strip() for cell in line.strip("|").split("|")))


def ids_in(data: Any) -> set[str]:
    """What can be named in a file: the id of each entry, and the keys of the file itself."""
    found = set(data) if isinstance(data, dict) else set()
    return found | set(_entry_ids(data))


def _entry_ids(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(data.get("id"), str):
            yield data["id"]
        data = list(data.values())
    if isinstance(data, list):
        for part in data:
            yield from _entry_ids(part)


def words(text: str) -> set[str]:
    """Lower-case words without apostrophes."""
    return set(re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", text.lower())))


def figures(text: str) -> set[str]:
    """Numbers written in digits: `1,700` is one."""
    return {number.rstrip(",") for number in re.findall(r"\d[\d,]*", text)}


ROWS = list(rows(PAGE))
IDS = {path.name: ids_in(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in CLINICAL.glob("*.yml")}

each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fact[:50])
each_topic = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic["id"])


# --- the page --------------------------------------------------------------------------------------


def test_the_page_lists_the_facts_once_each() -> None:
    facts = [row.fact for row in ROWS]
    assert len(facts) == len(set(facts)), sorted(fact for fact in facts if facts.count(fact) > 1)
    assert len(facts) >= FEWEST_FACTS


@each_row
def test_a_fact_has_an_id_or_a_reason(row: Row) -> None:
    if row.said_in.startswith(NOT_CARRIED):
        assert len(row.said_in) > len(NOT_CARRIED), f"{row.fact!r}: say why it is not carried"
        assert not row.files
    else:
        assert row.ids, f"{row.fact!r}: name what carries it, or write {NOT_CARRIED!r} and why"
        assert row.files, f"{row.fact!r}: name the file"


@each_row
def test_every_id_exists_in_a_file_named_beside_it(row: Row) -> None:
    unknown = [file for file in row.files if file not in IDS]
    assert not unknown, f"{row.fact!r}: clinical/ has no {unknown}"
    lost = [id for id in row.ids if not any(id in IDS[file] for file in row.files)]
    assert not lost, f"{row.fact!r}: {lost} is in none of {row.files}"
    idle = [file for file in row.files if not IDS[file].intersection(row.ids)]
    assert not idle, f"{row.fact!r}: {idle} holds none of {row.ids}"


@pytest.mark.parametrize("heading", [*HEADINGS, *WITHOUT_HEADING])
def test_every_part_of_the_article_is_there(heading: str) -> None:
    assert any(words(heading) <= words(row.heading) for row in ROWS), f"no fact stands under {heading!r}"


@pytest.mark.parametrize("topic", [one for one in TOPICS if one["sources"] == [SEED]], ids=lambda topic: topic["id"])
def test_what_only_the_article_says_is_on_the_page(topic: dict[str, Any]) -> None:
    assert any(topic["id"] in row.ids for row in ROWS), f"{topic['id']} cites {SEED} alone, so it carries a fact of it"


@each_row
def test_one_topic_that_carries_a_fact_cites_the_article(row: Row) -> None:
    """`dubois-2020` wrote PEACE and LOVE, which the article only names."""
    cited = {topic["id"]: set(topic["sources"]) for topic in TOPICS}
    carriers = [cited[id] for id in row.ids if id in cited]
    allowed = {SEED, "dubois-2020"}
    assert not carriers or any(sources & allowed for sources in carriers)


# --- against the article ---------------------------------------------------------------------------


@with_article
@pytest.mark.parametrize("heading", HEADINGS)
def test_the_headings_are_those_of_the_article(heading: str) -> None:
    leads = [re.split(r"\.\s", line)[0] for line in ARTICLE.read_text(encoding="utf-8").splitlines()]
    short = [words(lead) for lead in leads if len(lead.split()) <= MOST_IN_A_HEADING]
    assert any(words(heading) <= lead for lead in short), f"{heading!r} is no heading of the article"


@with_article
def test_every_figure_of_the_article_is_on_the_page() -> None:
    body, _, _ = ARTICLE.read_text(encoding="utf-8").partition("\nReferences")
    missing = figures(body) - figures(" ".join(row.fact for row in ROWS))
    assert not missing, f"the article also has the figures {sorted(missing)}"


@with_article
@pytest.mark.parametrize("path", ["docs/article-coverage.md", "clinical/advice.yml"])
def test_neither_page_nor_topics_copy_the_article(path: str) -> None:
    found = copied((ROOT / path).read_text(encoding="utf-8"), ARTICLE.read_text(encoding="utf-8"))
    assert not found, f"{path}: {found}"


# --- the topics can be asked for -------------------------------------------------------------------


@each_topic
def test_a_topic_can_be_asked_for_in_many_ways(topic: dict[str, Any]) -> None:
    wordings = {" ".join(sorted(words(ask))) for ask in topic["ask"]}
    assert len(wordings) >= FEWEST_WORDINGS, f"{topic['id']} has {len(wordings)} wordings that differ in words"


def test_no_wording_asks_for_two_topics() -> None:
    owners: dict[str, list[str]] = {}
    for topic in TOPICS:
        for ask in {" ".join(re.findall(r"[a-z0-9]+", ask.lower().replace("'", ""))) for ask in topic["ask"]}:
            owners.setdefault(ask, []).append(topic["id"])
    assert {ask: ids for ask, ids in owners.items() if len(ids) > 1} == {}


@each_topic
def test_a_topic_is_short_and_leads_on(topic: dict[str, Any]) -> None:
    text = " ".join(topic["text"].split())
    assert len(text.split()) <= MOST_WORDS
    assert 2 <= len(re.findall(r"[.?!](?:\s|$)", text)) <= 5
    assert topic["sources"]
    assert topic["follow_up"] in {other["id"] for other in TOPICS} - {topic["id"]}


# --- the checks themselves -------------------------------------------------------------------------


def test_reads_rows_with_their_heading() -> None:
    page = "# P\n## A b\n| fact | said in | kept in |\n|---|---|---|\n| F. | `x`, `y` | `z.yml` |\n| G. | not carried: `x` | – |"
    first, second = rows(page)
    assert (first.heading, first.ids, first.files) == ("A b", ["x", "y"], ["z.yml"])
    assert (second.ids, second.files) == ([], [])


def test_finds_ids_of_entries_and_keys_of_the_file() -> None:
    assert ids_in({"a": [{"id": "b"}], "c": {"d": 1}}) == {"a", "b", "c"}
    assert ids_in([{"id": "b", "when": {"e": 1}}]) == {"b"}


def test_finds_figures() -> None:
    assert figures("62% of 1,700, and 100+ for $0, in 12 weeks") == {"62", "1,700", "100", "0", "12"}
