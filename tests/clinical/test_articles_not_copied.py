"""The article that the project grew from gives facts, not sentences: no run of its words stands in our content."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = ROOT.parent / "shared" / "seed-article.txt"
CONTENT = sorted(
    path for folder in ("clinical", "data") for path in (ROOT / folder).rglob("*") if path.suffix in (".yml", ".md")
)
LONGEST_RUN = 7
"""Words in a row that may be the same by chance."""
ALLOWED = (
    "Dealing With Runner's Knee? Feel Better with These PT-Approved Tips and Exercises",
    "A Contemporary Approach to Patellofemoral Pain in Runners",
    "Patellofemoral pain syndrome (runner's knee): How can you relieve pain at the front of the knee?",
    "Patellofemoral Pain Syndrome. OrthoInfo. American Academy of Orthopaedic Surgeons",
    "orthoinfo.aaos.org/en/diseases--conditions/patellofemoral-pain-syndrome",
    "2020. General health complaints and sleep associated with new injury within an endurance sporting population",
    "2018 consensus statement on exercise therapy and physical interventions",
    "2018. Gait Retraining for the Reduction of Injury Occurrence in Novice Distance Runners",
    "Retraining running gait to reduce tibial loads with clinician or accelerometry guided feedback",
    "Single Leg Balance, Lateral Wall Push, Side Lying Leg Raise, Forward Step Up, Calf Raises",
)
"""Titles of what is cited (the article, and works in its list of references), and the names of the exercises."""


def words(text: str) -> list[str]:
    """Lower-case words without apostrophes and punctuation."""
    return re.findall(r"[a-z0-9]+", re.sub(r"['’`]", "", text.lower()))


def runs(text: str) -> set[tuple[str, ...]]:
    """Every sequence of words that is one longer than may be the same."""
    said = words(text)
    return {tuple(said[at : at + LONGEST_RUN + 1]) for at in range(len(said) - LONGEST_RUN)}


def copied(text: str, article: str) -> list[str]:
    """Sequences that both texts share, apart from what is allowed."""
    allowed = {run for phrase in ALLOWED for run in runs(phrase)}
    return sorted(" ".join(run) for run in (runs(text) & runs(article)) - allowed)


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article is kept beside the repository, not in it")
@pytest.mark.parametrize("path", CONTENT, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_is_copied(path: Path) -> None:
    found = copied(path.read_text(encoding="utf-8"), ARTICLE.read_text(encoding="utf-8"))
    assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_finds_a_copy_across_lines_and_punctuation() -> None:
    article = "The joint is a pulley, says the therapist; and pulleys can get cross."
    text = "text: >-\n  The joint is\n  a PULLEY says the “therapist”, and so on."
    assert copied(text, article) == [
        "joint is a pulley says the therapist and",
        "the joint is a pulley says the therapist",
    ]
    assert not copied("the joint is a pulley, the therapist says, and pulleys can creak", article)


def test_names_and_titles_are_no_copies() -> None:
    assert not copied(ALLOWED[0], f"Headline. {ALLOWED[0]} More text.")
    assert copied(f"so {ALLOWED[0]}", f"so {ALLOWED[0]}")
