"""Which of a few things a person wants: logistic regression over meaning (embedding) and spelling (character n-grams)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

CHAR_WEIGHT = 0.7
RIDGE = 1.0
SHARPNESS = 10.0
"""Regression gives 0 to 1; times this, the usual softmax makes chances of it."""
STRENGTH = 20.0
"""C of the regression; measured in language.md 4.1."""


def _vectorizer() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=2, dtype=np.float32)


def _grams(texts: Sequence[str]) -> tuple[TfidfVectorizer, Any]:
    """A vectorizer fitted on texts, and their weighted n-grams: matrix (texts, n-grams)."""
    vectorizer = _vectorizer()
    return vectorizer, vectorizer.fit_transform([text.lower() for text in texts]) * CHAR_WEIGHT


class TextClassifier:
    """A trained classifier of short texts.

    Args:
        labels: the classes, in the order of the rows of `weights`.
        weights: array (classes, 384 + n-grams).
        bias: array (classes,).
        vectorizer: the fitted character n-grams.
    """

    def __init__(self, labels: list[str], weights: NDArray[Any], bias: NDArray[Any], vectorizer: TfidfVectorizer):
        self.labels = labels
        self._dense = np.ascontiguousarray(weights[:, :384])
        self._sparse = np.ascontiguousarray(weights[:, 384:].T)
        self._bias = bias
        self._vectorizer = vectorizer

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str], vectors: NDArray[Any]) -> TextClassifier:
        """Fit on examples.

        Args:
            texts: the examples.
            labels: the class of each.
            vectors: their embeddings, shape (texts, 384).
        """
        vectorizer, grams = _grams(texts)
        features = sparse.hstack([sparse.csr_matrix(vectors), grams]).tocsr()
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=300, tol=1e-3)
        model.fit(features, list(labels))
        return cls(
            [str(label) for label in model.classes_],
            model.coef_.astype(np.float32),
            model.intercept_.astype(np.float32),
            vectorizer,
        )

    @classmethod
    def train_quickly(cls, texts: Sequence[str], labels: Sequence[str], vectors: NDArray[Any]) -> TextClassifier:
        """The same by kernel ridge regression: a second instead of ten for 85 classes, and as good (measured).

        Args:
            texts: the examples.
            labels: the class of each.
            vectors: their embeddings, shape (texts, 384).
        """
        vectorizer, grams = _grams(texts)
        classes = sorted(set(labels))
        wanted = np.zeros((len(texts), len(classes)), dtype=np.float32)
        wanted[np.arange(len(texts)), [classes.index(label) for label in labels]] = 1
        alike = (grams @ grams.T).toarray() + vectors @ vectors.T + RIDGE * np.eye(len(texts), dtype=np.float32)
        duals = linalg.solve(alike, wanted - wanted.mean(axis=0), assume_a="pos")
        weights = np.concatenate([vectors.T @ duals, grams.T @ duals], axis=0).T
        return cls(classes, (SHARPNESS * weights).astype(np.float32), SHARPNESS * wanted.mean(axis=0), vectorizer)

    def probabilities(self, text: str, embedding: NDArray[Any]) -> NDArray[Any]:
        """How likely each class is.

        Args:
            text: the message.
            embedding: its vector, shape (384,).

        Returns:
            Array of shape (classes,), summing to 1.
        """
        grams = self._vectorizer.transform([text.lower()])
        scores = self._dense @ embedding + self._bias
        if grams.nnz:
            scores = scores + (grams.data * CHAR_WEIGHT) @ self._sparse[grams.indices]
        scores = np.exp(scores - scores.max())
        return scores / scores.sum()

    def save(self, folder: Path, name: str = "weights") -> None:
        """Write to `folder`; arrays and JSON, nothing that runs code when loaded."""
        np.savez_compressed(
            folder / f"{name}.npz",
            dense=self._dense,
            sparse=self._sparse,
            bias=self._bias,
            idf=self._vectorizer.idf_.astype(np.float32),
        )
        vocabulary = {gram: int(index) for gram, index in self._vectorizer.vocabulary_.items()}
        (folder / f"{name}.json").write_text(json.dumps({"labels": self.labels, "vocabulary": vocabulary}))

    @classmethod
    def load(cls, folder: Path, name: str = "weights") -> TextClassifier:
        """Read what `save` wrote."""
        kept = json.loads((folder / f"{name}.json").read_text())
        arrays = np.load(folder / f"{name}.npz", allow_pickle=False)
        vectorizer = _vectorizer()
        vectorizer.vocabulary_ = kept["vocabulary"]
        vectorizer.idf_ = arrays["idf"]
        weights = np.concatenate([arrays["dense"], arrays["sparse"].T], axis=1)
        return cls(kept["labels"], weights, arrays["bias"], vectorizer)


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
