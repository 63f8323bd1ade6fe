"""Features of the second reader: words, letters and marks, each with its place, and as unit vectors of any stretch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.clauses import Span
from bot.nlu.reader import View

RARE_FEATURE = 3
"""A feature of fewer lines is left out."""
MARK_WEIGHT = 0.7
SHORTEST = 1e-9
"""What the length of a text without any feature counts as."""

Placed = tuple[str, int, int]
"""A feature, the first of its tokens, and the one after its last."""


def word_features(view: View) -> Iterator[Placed]:
    """Stems, and two and three of them in a row."""
    stems = [token.stem for token in view.tokens]
    for length in (1, 2, 3):
        for at in range(len(stems) - length + 1):
            yield " ".join(stems[at : at + length]), at, at + length


def letter_features(view: View) -> Iterator[Placed]:
    """Runs of two to five letters within each word, its ends marked."""
    for at, token in enumerate(view.tokens):
        for letters in _letters(token.stem):
            yield letters, at, at + 1


@lru_cache(maxsize=20_000)
def _letters(stem: str) -> tuple[str, ...]:
    padded = f" {stem} "
    return tuple(padded[at : at + length] for length in (2, 3, 4, 5) for at in range(max(1, len(padded) - length + 1)))


def mark_features(view: View) -> Iterator[Placed]:
    """Word groups where they stand, and findings where the exact reader has heard them."""
    for name, places in view.elements.items():
        if name.startswith("@"):
            for start, end in places:
                yield name, start, end
    starts = [token.start for token in view.tokens]
    ends = [token.end for token in view.tokens]
    for read in view.reads:
        if read.yes_no:
            place = bisect_right(starts, read.start) - 1, bisect_left(ends, read.end) + 1
            yield read.id, *place
            yield f"{read.id}={read.status}", *place


@dataclass(frozen=True)
class Kind:
    """One kind of features."""

    name: str
    features: Callable[[View], Iterator[Placed]]
    weight: float
    counted: bool
    """How often a feature stands in a stretch matters, not only whether it does."""

    def bag(self, view: View) -> list[str]:
        """The features of a whole message."""
        names = [name for name, _, _ in self.features(view)]
        return names if self.counted else list(dict.fromkeys(names))


SPOKEN = (
    Kind("words", word_features, 1.0, counted=True),
    Kind("letters", letter_features, 1.0, counted=True),
    Kind("marks", mark_features, MARK_WEIGHT, counted=False),
)


def cue_marks(view: View, span: Span) -> list[str]:
    """Which cues stand in the message, and which in the stretch."""
    marks = []
    for name, places in view.elements.items():
        if name.startswith("@cue_") or name == "@relative":
            marks.append(name)
            if any(span.start <= start and end <= span.end for start, end in places):
                marks.append(f"here {name}")
    return marks


def rule_marks(view: View, finding: str) -> list[str]:
    """What the rules say of a finding and of the others."""
    return [
        f"own={read.status}" if read.id == finding else f"other={read.status}" for read in view.reads if read.yes_no
    ]


class Block:
    """One kind of features as unit vectors: sublinear tf-idf over those that several lines have.

    Args:
        vocabulary: feature to its column.
        idf: inverse document frequency of each column.
    """

    def __init__(self, vocabulary: Mapping[str, int], idf: NDArray[Any]):
        self.vocabulary = dict(vocabulary)
        self.idf = np.asarray(idf, dtype=np.float32)

    @classmethod
    def fit(cls, bags: Sequence[list[str]], fewest: int = RARE_FEATURE) -> tuple[Block, Any]:
        """The block for these bags of features, and their matrix.

        Args:
            bags: the features of each text.
            fewest: a feature that fewer texts have is left out.
        """
        vectorizer = TfidfVectorizer(analyzer=_itself, sublinear_tf=True, min_df=fewest, dtype=np.float32)
        matrix = vectorizer.fit_transform(bags)
        return cls(vectorizer.vocabulary_, vectorizer.idf_), matrix

    def of_bags(self, bags: Sequence[Iterable[str]]) -> Table:
        """The features of bags, as they were counted.

        Args:
            bags: features of each text.
        """
        known = self.vocabulary
        cells = [(row, known[name]) for row, bag in enumerate(bags) for name in bag if name in known]
        table = np.array(cells, dtype=np.int64).reshape(-1, 2)
        return self._unit(table[:, 0], table[:, 1], len(bags), counted=True)

    def of_spans(self, features: Iterable[Placed], spans: Sequence[Span], counted: bool) -> Table:
        """The features of all stretches of a message at once.

        Args:
            features: of the message.
            spans: the stretches; a feature belongs to those that hold all its tokens.
            counted: how often a feature stands in a stretch matters.
        """
        known = self.vocabulary
        placed = [(known[name], start, end) for name, start, end in features if name in known]
        table = np.array(placed, dtype=np.int64).reshape(-1, 3)
        edges = np.array([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2)
        inside = (table[:, 1] >= edges[:, :1]) & (table[:, 2] <= edges[:, 1:])
        row, at = np.nonzero(inside)
        return self._unit(row, table[at, 0], len(spans), counted)

    def _unit(self, row: NDArray[Any], column: NDArray[Any], rows: int, counted: bool) -> Table:
        columns, place = np.unique(column, return_inverse=True)
        times = np.bincount(row * len(columns) + place, minlength=rows * len(columns)).reshape(rows, -1)
        there = times > 0
        values = there * self.idf[columns]
        if counted:
            values = values * (1 + np.log(np.maximum(times, 1, dtype=np.float32)))
        lengths = np.sqrt((values**2).sum(axis=1, keepdims=True))
        return Table((values / np.maximum(lengths, SHORTEST)).astype(np.float32), columns, len(self.vocabulary))


@dataclass(frozen=True)
class Table:
    """The features of a few texts: only the columns that any of them has.

    A message has some hundred features of ten thousands. Whole matrices of a sparse kind cost more to set up than to multiply.

    Args:
        values: array (texts, columns).
        columns: their places among all features.
        width: how many features there are.
    """

    values: NDArray[Any]
    columns: NDArray[Any]
    width: int

    def times(self, weights: NDArray[Any]) -> NDArray[Any]:
        """The product with weights of all features, (texts, classes).

        Args:
            weights: array (width, classes).
        """
        product: NDArray[Any] = self.values @ weights[self.columns]
        return product

    def sparse(self) -> Any:
        """The same as a sparse matrix (texts, width), to be stacked with others for fitting."""
        cells = sparse.coo_matrix(self.values)
        return sparse.csr_matrix((cells.data, (cells.row, self.columns[cells.col])), (len(self.values), self.width))


def _itself(bag: list[str]) -> list[str]:
    return bag
