"""Which of a few things a person wants: logistic regression over meaning (embedding) and spelling (character n-grams)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.features import Block

CHAR_WEIGHT = 0.7
RIDGE = 1.0
SHARPNESS = 10.0
"""Regression gives 0 to 1; times this, the usual softmax makes chances of it."""
STRENGTH = 20.0
"""C of the regression; measured in language.md 4.1."""


FEWEST = 2
"""An n-gram of fewer examples is left out."""
grams_of: Callable[[str], list[str]] = CountVectorizer(analyzer="char_wb", ngram_range=(1, 4)).build_analyzer()
"""The runs of one to four letters in each word of a text."""


class TextClassifier:
    """A trained classifier of short texts.

    Args:
        labels: the classes, in the order of the rows of `weights`.
        weights: array (classes, 384 + n-grams).
        bias: array (classes,).
        letters: the fitted character n-grams.
    """

    def __init__(self, labels: list[str], weights: NDArray[Any], bias: NDArray[Any], letters: Block):
        self.labels = labels
        self._dense = np.ascontiguousarray(weights[:, :384])
        self._sparse = np.ascontiguousarray(weights[:, 384:].T)
        self._bias = bias
        self._letters = letters

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str], vectors: NDArray[Any]) -> TextClassifier:
        """Fit on examples.

        Args:
            texts: the examples.
            labels: the class of each.
            vectors: their embeddings, shape (texts, 384).
        """
        letters, grams = Block.fit([grams_of(text) for text in texts], FEWEST)
        features = sparse.hstack([sparse.csr_matrix(vectors), grams * CHAR_WEIGHT]).tocsr()
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=300, tol=1e-3)
        model.fit(features, list(labels))
        return cls(
            [str(label) for label in model.classes_],
            model.coef_.astype(np.float32),
            model.intercept_.astype(np.float32),
            letters,
        )

    @classmethod
    def train_quickly(cls, texts: Sequence[str], labels: Sequence[str], vectors: NDArray[Any]) -> TextClassifier:
        """The same by kernel ridge regression: a second instead of ten for 85 classes, and as good (measured).

        Args:
            texts: the examples.
            labels: the class of each.
            vectors: their embeddings, shape (texts, 384).
        """
        letters, grams = Block.fit([grams_of(text) for text in texts], FEWEST)
        grams = grams * CHAR_WEIGHT
        classes = sorted(set(labels))
        wanted = np.zeros((len(texts), len(classes)), dtype=np.float32)
        wanted[np.arange(len(texts)), [classes.index(label) for label in labels]] = 1
        alike = (grams @ grams.T).toarray() + vectors @ vectors.T + RIDGE * np.eye(len(texts), dtype=np.float32)
        duals = linalg.solve(alike, wanted - wanted.mean(axis=0), assume_a="pos")
        weights = np.concatenate([vectors.T @ duals, grams.T @ duals], axis=0).T
        return cls(classes, (SHARPNESS * weights).astype(np.float32), SHARPNESS * wanted.mean(axis=0), letters)

    def probabilities(self, grams: Sequence[str], embedding: NDArray[Any]) -> NDArray[Any]:
        """How likely each class is.

        Args:
            grams: of the message, from `grams_of`.
            embedding: its vector, shape (384,).

        Returns:
            Array of shape (classes,), summing to 1.
        """
        spelt = self._letters.of_bags([grams]).times(self._sparse)
        scores = self._dense @ embedding + self._bias + CHAR_WEIGHT * spelt[0]
        scores = np.exp(scores - scores.max())
        return scores / scores.sum()

    def save(self, folder: Path, name: str = "weights") -> None:
        """Write to `folder`; arrays and JSON, nothing that runs code when loaded."""
        np.savez_compressed(
            folder / f"{name}.npz",
            dense=self._dense,
            sparse=self._sparse,
            bias=self._bias,
            idf=self._letters.idf,
        )
        vocabulary = {gram: int(index) for gram, index in self._letters.vocabulary.items()}
        (folder / f"{name}.json").write_text(json.dumps({"labels": self.labels, "vocabulary": vocabulary}))

    @classmethod
    def load(cls, folder: Path, name: str = "weights") -> TextClassifier:
        """Read what `save` wrote."""
        kept = json.loads((folder / f"{name}.json").read_text())
        arrays = np.load(folder / f"{name}.npz", allow_pickle=False)
        weights = np.concatenate([arrays["dense"], arrays["sparse"].T], axis=1)
        return cls(kept["labels"], weights, arrays["bias"], Block(kept["vocabulary"], arrays["idf"]))


class Nearest:
    """Tells how near a question comes to any known wording.

    Args:
        vectors: array (wordings, 384) of unit vectors.
    """

    def __init__(self, vectors: NDArray[Any]):
        self._vectors = vectors

    def similarity(self, embedding: NDArray[Any]) -> float:
        """Of the nearest wording, from -1 to 1."""
        return float((self._vectors @ embedding).max())

    def save(self, folder: Path) -> None:
        """Write to `folder`."""
        np.savez_compressed(folder / "wordings.npz", vectors=self._vectors)

    @classmethod
    def load(cls, folder: Path) -> Nearest:
        """Read what `save` wrote."""
        return cls(np.load(folder / "wordings.npz", allow_pickle=False)["vectors"])
