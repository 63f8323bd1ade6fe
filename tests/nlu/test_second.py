"""The second reader: its lines, its features, its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from actions.triage import Protocol
from bot.nlu.clauses import Span, clauses_of, parts_to_embed, spans_of
from bot.nlu.embeddings import embedder
from bot.nlu.entries import read_entries
from bot.nlu.fit import ANYTHING, NEAR, Line, all_lines, fingerprint, read_lines, train
from bot.nlu.reader import Reader, View
from bot.nlu.second import KEPT, STATUSES, SecondReader
from bot.nlu.words import make_words
from tests.conftest import ROOT
from tests.nlu.evaluate import rows

TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The exact reader with the project's lexicon."""
    entries = read_entries(ROOT / "data" / "nlu")
    return Reader(entries, make_words(entries))


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """All training lines."""
    return all_lines(ROOT / "data" / "nlu")


def look(reader: Reader, text: str) -> View:
    """The message as the exact reader sees it."""
    return reader.look(text, TODAY)


def words(view: View, span: Span) -> str:
    """What stands in a span."""
    return " ".join(token.norm for token in view.tokens[span.start : span.end])


def test_file_is_of_these_lines(lines: list[Line]) -> None:
    kept = SecondReader.load(ROOT / KEPT)
    assert kept.fits(fingerprint(lines), read_entries(ROOT / "data" / "nlu")), "run `make train`, commit second.npz"
    assert not kept.fits(fingerprint(lines[1:]), read_entries(ROOT / "data" / "nlu"))
    assert not kept.fits(fingerprint(lines), [])


def test_enough_lines_of_every_finding(lines: list[Line], protocol: Protocol) -> None:
    counts = Counter((line.finding, line.status == NEAR) for line in lines)
    for finding in protocol.findings.values():
        if finding.kind != "yes_no":
            continue
        said, near = counts[finding.id, False], counts[finding.id, True]
        assert said >= (150 if finding.red_flag else 60), finding.id
        assert near >= (60 if finding.red_flag else 0), finding.id
    assert {line.finding for line in lines} <= {*protocol.findings, ANYTHING, "danger_now"}


def test_no_line_stands_in_the_test_set(lines: list[Line]) -> None:
    known = {" ".join(line.text.lower().split()) for line in lines if len(line.text.split()) > 4}
    tested = {" ".join(row["text"].lower().split()) for name in ("findings", "harmless") for row in rows(name)}
    assert not known & tested


def test_lines_with_unknown_status_are_refused(tmp_path: Path) -> None:
    (tmp_path / "lump.txt").write_text("present: a lump\nperhaps: a lump\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"lump\.txt, line 2"):
        read_lines(tmp_path)


def test_clauses_keep_a_denied_list_together(reader: Reader) -> None:
    view = look(reader, "no fever, redness or swelling, but it locks. my calf is fine")
    assert [words(view, span) for span in clauses_of(view)] == [
        "no fever , redness or swelling ,",
        "but it locks .",
        "my calf is fine",
    ]


def test_spans_hold_the_whole_and_the_pieces(reader: Reader) -> None:
    view = look(reader, "twisted skiing, pop, blew up")
    assert [words(view, span) for span in spans_of(view)] == [
        "twisted skiing , pop , blew up",
        "twisted skiing ,",
        "pop ,",
        "blew up",
    ]


def test_long_messages_are_embedded_in_parts(reader: Reader) -> None:
    view = look(reader, "the knee aches on the stairs. " * 30)
    parts = parts_to_embed(view)
    assert parts[0].start == 0
    assert parts[-1].end == len(view.tokens)
    assert all(before.end == after.start for before, after in zip(parts, parts[1:]))
    assert max(part.end - part.start for part in parts) <= 40
    assert parts_to_embed(look(reader, "it hurts")) == [Span(0, 2)]


def test_learns_and_is_the_same_after_saving(reader: Reader, tmp_path: Path) -> None:
    said = [
        Line("lump", status, text)
        for status, texts in {
            "present": [
                "a lump behind the knee",
                "found a lump",
                "hard lump here",
                "there is a lump",
                "new lump today",
            ],
            "absent": ["no lump at all", "no lump here", "there is no lump", "no lump today", "no sign of a lump"],
            NEAR: ["lump sum", "a lump of sugar", "lump sum payment", "sugar lump", "lump of cheese"],
        }.items()
        for text in texts
    ]
    said += [Line(ANYTHING, NEAR, text) for text in ("hello there", "thanks a lot", "i run a lot", "stairs hurt")]
    said += [Line("lump", "uncertain", "maybe a lump"), Line("lump", "past", "once had a lump, gone now")]
    said += [Line("lump", "hypothetical", "what if a lump"), Line("lump", "other_person", "my dad has a lump")]
    views = [look(reader, line.text) for line in said]
    model = train(said, views, embedder().embed([line.text for line in said]))
    view = look(reader, "there is a new lump here")
    first = model.opinions(view, embedder().embed, 0.0)[0]
    assert first.finding == "lump"
    assert set(first.status) == set(STATUSES)
    assert max(first.status, key=lambda status: first.status[status]) == "present"
    model.save(tmp_path / "kept.npz")
    again = SecondReader.load(tmp_path / "kept.npz").opinions(view, embedder().embed, 0.0)[0]
    assert again.finding == first.finding
    assert np.isclose(again.spoken, first.spoken, atol=0.01)
    assert np.isclose(again.status["present"], first.status["present"], atol=0.01)


def test_nothing_is_embedded_where_words_leave_no_doubt(reader: Reader) -> None:
    asked: list[str] = []

    def embed(texts: Sequence[str]) -> NDArray[Any]:
        asked.extend(texts)
        return embedder().embed(texts)

    model = SecondReader.load(ROOT / KEPT)
    assert model.opinions(look(reader, "thanks"), embed, 0.2) == []
    assert asked == []
    model.opinions(look(reader, "i have a fever"), embed, 0.2)
    assert asked == ["i have a fever"]
