"""The sentence model in floats, with or without what was learned beside it: what the one in whole numbers is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bot.nlu.embeddings import published_arrays, text_to_input
from bot.nlu.minilm.graph import make_float_graph


def in_floats(texts: Sequence[str], tuned: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Embeddings of the model made anew, in floats."""
    arrays = published_arrays()
    session = onnxruntime.InferenceSession(make_float_graph(arrays, tuned)[0], providers=["CPUExecutionProvider"])
    means = np.array([session.run(["hidden"], {"summed": text_to_input(text, arrays)})[0][0].mean(0) for text in texts])
    vectors: NDArray[Any] = means / np.linalg.norm(means, axis=1, keepdims=True)
    return vectors
