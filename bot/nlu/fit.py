"""Fits the second reader on the messages of `data/nlu/`: `python -m bot.nlu.fit`. Takes two to four minutes.

`make train` fits anew only when the messages have changed, or the code that makes features of them or fits on them.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from actions.triage import load_protocol
from bot.nlu import clauses, embeddings, features
from bot.nlu.clauses import clauses_of, place_of
from bot.nlu.embeddings import embedder
from bot.nlu.entries import intent_lines, read_entries
from bot.nlu.features import SPOKEN, Block, cue_marks, rule_marks
from bot.nlu.minilm import graph
from bot.nlu.minilm.tuned import fingerprint_of_tuned
from bot.nlu.reader import Reader, View
from bot.nlu.second import KEPT, STATUSES, WHOLE_WEIGHT, Fitted, SecondReader, tables_of, words_say
from bot.nlu.words import make_words

SAID = Path("data/nlu/said")
NEAR = "near"
ANYTHING = "anything"
"""The file of lines that speak of no red flag at all."""
TELLING = ("report", "check_in", "ask_topic")
"""Intents whose examples may speak of findings."""
OWN, NEIGHBOUR, OTHERS = 3.0, 3.0, 0.7
"""Weights of a finding's own lines, its harmless neighbours, and the lines of other findings."""
COMMON, RARE = 0.7, 1.5
"""Weights of lines with the status that most lines have, and of the others."""
STRENGTH, STATUS_STRENGTH = 10.0, 5.0
SMALLEST = 0.2
"""Weights nearer to zero are dropped: measured, they change nothing but the size of the file."""


@dataclass(frozen=True)
class Line:
    """One line of `data/nlu/said/`: a message, the finding it is about, and its status there, or `near`."""

    finding: str
    status: str
    text: str


def read_lines(folder: Path) -> list[Line]:
    """Every line of every file, in the order of the files' names.

    Args:
        folder: holds one `<finding>.txt` a finding; a line is `status: message`.

    Raises:
        ValueError: a line without a known status, named by file and number.
    """
    lines = []
    for path in sorted(folder.glob("*.txt")):
        for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            status, colon, text = raw.partition(": ")
            if not raw.strip() or raw.startswith("#"):
                continue
            if not colon or status not in (*STATUSES, NEAR):
                raise ValueError(f"{path.name}, line {number}: it must begin with a status and a colon")
            lines.append(Line(path.stem, status, text.strip()))
    return lines


def all_lines(folder: Path) -> list[Line]:
    """What the second reader is fitted on: `said/`, and what people say of no finding at all.

    That is what they want of the program ("I've got to go"), and the titles of options, which they type as they stand.

    Args:
        folder: `data/nlu`.
    """
    wishes = [text for intent, text in intent_lines(folder) if intent not in TELLING]
    titles = [option.title for finding in load_protocol().findings.values() for option in finding.options]
    return [*read_lines(folder / "said"), *(Line(ANYTHING, NEAR, text) for text in dict.fromkeys([*wishes, *titles]))]


def squeeze(weights: NDArray[Any]) -> NDArray[Any]:
    """Weights without what is too small to matter: most n-grams matter to few findings."""
    return np.where(np.abs(weights) < SMALLEST, 0, weights).astype(np.float32)


def spoken_targets(lines: Sequence[Line], heard: Sequence[frozenset[str]], finding: str) -> tuple[Any, Any, Any]:
    """For the model of one finding: which lines to use, which of them speak of it, and their weights.

    Lines of other findings in which the exact reader hears this one too are left out: nobody has said whether it is so.
    """
    own = np.array([line.finding == finding for line in lines])
    near = np.array([line.status == NEAR for line in lines])
    unknown = np.array([finding in ids for ids in heard]) & ~own
    weights = np.where(own & ~near, OWN, np.where(own, NEIGHBOUR, OTHERS))
    return np.where(~unknown)[0], own & ~near, weights


def fit_linear(features: Any, positive: Any, weights: Any, rows: Any, strength: float = STRENGTH) -> NDArray[Any]:
    """Weights and bias of a logistic regression on `rows`, as one vector."""
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=100, tol=1e-2)
    model.fit(features[rows], positive[rows], sample_weight=weights[rows])
    return np.append(model.coef_[0], model.intercept_[0]).astype(np.float32)


def train(lines: Sequence[Line], views: Sequence[View], vectors: NDArray[Any], made_from: str = "") -> SecondReader:
    """Fit both models.

    Args:
        lines: of `data/nlu/said/`.
        views: each line as the exact reader sees it.
        vectors: the embedding of each line, shape (lines, 384).
        made_from: fingerprint to keep with it.
    """
    heard = [frozenset(read.id for read in view.reads if read.yes_no) for view in views]
    blocks, matrices = [], []
    for kind in SPOKEN:
        block, matrix = Block.fit([kind.bag(view) for view in views])
        blocks.append(block)
        matrices.append(matrix * kind.weight)
    table = sparse.hstack(matrices).tocsr()
    findings = sorted({line.finding for line in lines} - {ANYTHING})
    columns, meanings = [], []
    for finding in findings:
        rows, positive, weights = spoken_targets(lines, heard, finding)
        columns.append(fit_linear(table, positive, weights, rows))
        meanings.append(fit_linear(vectors, positive, weights, rows))
    spoken = Fitted(blocks, squeeze(np.stack(columns, axis=1)), np.stack(meanings, axis=1))
    return SecondReader(findings, spoken, train_status(lines, views, vectors, matrices[0], spoken, findings), made_from)


def train_status(
    lines: Sequence[Line],
    views: Sequence[View],
    vectors: NDArray[Any],
    words: Any,
    spoken: Fitted,
    findings: list[str],
) -> Fitted:
    """Fit the model of the status on the lines that speak of their finding.

    Args:
        lines: of `data/nlu/said/`.
        views: each line as the exact reader sees it.
        vectors: the embedding of each line, shape (lines, 384).
        words: the words of each line: matrix (lines, words).
        spoken: the model of what is spoken of; it tells in which clause of a line.
        findings: the ids in the order of its columns.
    """
    told = [index for index, line in enumerate(lines) if line.status != NEAR]
    here, bags = [], []
    for index in told:
        view, finding = views[index], lines[index].finding
        clauses = clauses_of(view)
        tables = tables_of(view, clauses, spoken.blocks)
        scores = words_say(tables, spoken)[:, findings.index(finding)]
        place = place_of(view, clauses, finding, clauses[int(np.argmax(scores))])
        here.append(tables[0].sparse()[clauses.index(place)])
        bags.append([*rule_marks(view, finding), *cue_marks(view, place)])
    marks, marked = Block.fit(bags)
    table = sparse.hstack([words[told] * WHOLE_WEIGHT, sparse.vstack(here), marked]).tocsr()
    labels = np.array([lines[index].status for index in told])
    weights = np.where(labels == "present", COMMON, RARE)
    every = np.arange(len(told))
    own = [fit_linear(table, labels == one, weights, every, STATUS_STRENGTH) for one in STATUSES]
    meant = [fit_linear(vectors[told], labels == one, weights, every, STATUS_STRENGTH) for one in STATUSES]
    return Fitted([marks], squeeze(np.stack(own, axis=1)), np.stack(meant, axis=1))


def fingerprint(lines: Sequence[Line]) -> str:
    """Changes when the lines or the sentence model change, or the code that makes features of them or fits on them.

    Args:
        lines: of `data/nlu/said/`.
    """
    code = [inspect.getsource(part) for part in (
        embeddings, graph, clauses, features, spoken_targets, fit_linear, squeeze, train, train_status, tables_of, words_say,
    )]  # fmt: skip
    parts = [fingerprint_of_tuned(), *code, *[f"{line.finding} {line.status} {line.text}" for line in lines]]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Fit on `data/nlu/said/` and write `data/nlu/second.npz`.

    Args:
        arguments: `--if-changed` leaves a file that is up to date as it is.
    """
    entries = read_entries(Path("data/nlu"))
    lines = all_lines(Path("data/nlu"))
    made_from = fingerprint(lines)
    if "--if-changed" in arguments and KEPT.exists() and SecondReader.load(KEPT).fits(made_from, entries):
        return 0
    print(f"Fitting the second reader on {len(lines):,} lines; this takes two to four minutes.")
    reader = Reader(entries, make_words(entries))
    views = [reader.look(line.text, date.today()) for line in lines]
    vectors = embedder().embed([line.text for line in lines])
    train(lines, views, vectors, made_from).save(KEPT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
