"""Tunes the sentence model to how people write of their knees: `python -m bot.nlu.minilm.tune` writes `tuned.npz`.

The published weights stay as they are. Every dense step gets a small matrix beside it, of rank `RANK`, which is learned
(low-rank adaptation, Hu et al. 2021, arXiv 2106.09685) on all that is labelled at once: which finding a message speaks
of, with which status, what the person wants, and which topic a question is about. Only the small matrices are kept.
The readers are fitted on the tuned vectors afterwards, as always. Takes 20 minutes on two quiet cores, so it is done apart and not at
`make train`: a line that is added later needs no tuning to be learned by the readers. Then `python -m bot.nlu.minilm.ranges`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from bot.nlu.components import topic_wordings
from bot.nlu.embeddings import published_arrays, text_to_input
from bot.nlu.entries import intent_lines, read_entries
from bot.nlu.fit import ANYTHING, NEAR, SAID, read_lines, spoken_targets
from bot.nlu.minilm.graph import HEADS, LAYERS, TINY, Graph
from bot.nlu.minilm.tuned import TUNED
from bot.nlu.reader import Reader
from bot.nlu.second import STATUSES
from bot.nlu.words import make_words

RANK = 32
EPOCHS = 4
BATCH_TOKENS = 1536
LENGTHS = (8, 12, 16, 20, 24, 32, 48, 64, 128)
"""A batch holds texts of about one length, padded to the next of these."""
RATE, HEAD_RATE, WARM_UP = 6e-4, 3e-3, 0.06
SHARP = 12.0
"""What unit vectors are multiplied by before the classifiers that are learned beside, and thrown away after."""
SPOKEN_WEIGHT = 0.35
MISTYPED = 0.12
"""Share of lines with one letter wrong, other lines in each epoch."""
HELD_OUT = 0.12
NOTHING = -1
WIDTH = 384
RARELY = -3.0
"""The bias that the findings begin with: few messages speak of any one of them."""
Tree = dict[str, Any]


@dataclass
class Example:
    """One text and what is known of it.

    Args:
        text: the text.
        spoken: array (findings,), 1 where the finding is spoken of.
        weights: array (findings,), 0 where nobody knows.
        labels: status, intent and topic as numbers, `NOTHING` where it has none.
    """

    text: str
    spoken: NDArray[Any]
    weights: NDArray[Any]
    labels: tuple[int, int, int]


def examples_of(folder: Path) -> tuple[list[Example], tuple[int, int, int, int]]:
    """Every labelled text, and how many findings, statuses, intents and topics there are.

    Args:
        folder: `data/nlu`.
    """
    lines = read_lines(SAID)
    entries = read_entries(folder)
    reader = Reader(entries, make_words(entries))
    heard = [frozenset(read.id for read in reader.look(line.text, date.today()).reads if read.yes_no) for line in lines]
    findings = sorted({line.finding for line in lines} - {ANYTHING})
    spoken = np.zeros((len(lines), len(findings)), np.float32)
    weights = np.zeros_like(spoken)
    for column, finding in enumerate(findings):
        rows, positive, weight = spoken_targets(lines, heard, finding)
        spoken[:, column] = positive
        weights[rows, column] = weight[rows]
    examples = []
    for row, line in enumerate(lines):
        status = NOTHING if line.status == NEAR else STATUSES.index(line.status)
        examples.append(Example(line.text, spoken[row], weights[row], (status, NOTHING, NOTHING)))
    nothing = np.zeros(len(findings), np.float32)
    wishes = list(intent_lines(folder))
    intents = sorted({intent for intent, _ in wishes})
    wordings = topic_wordings()
    topics = sorted({topic for topic, _ in wordings})
    examples += [Example(text, nothing, nothing, (NOTHING, intents.index(intent), NOTHING)) for intent, text in wishes]
    examples += [Example(text, nothing, nothing, (NOTHING, NOTHING, topics.index(topic))) for topic, text in wordings]
    return examples, (len(findings), len(STATUSES), len(intents), len(topics))


def frozen_of(arrays: dict[str, NDArray[Any]]) -> Tree:
    """The published weights in floats, by dense step."""
    graph = Graph(arrays, None, {})
    return {name: tf.constant(np.asarray(array, np.float32)) for name, array in graph.arrays.items()}


def dense_names(layer: int) -> list[str]:
    """The four dense steps of a layer."""
    name = f"encoder.layer.{layer}"
    parts = ("attention.self.query", "attention.output.dense", "intermediate.dense", "output.dense")
    return [f"{name}.{part}" for part in parts]


def first_parameters(frozen: Tree, sizes: Sequence[int], dice: np.random.Generator) -> Tree:
    """Small matrices that change nothing yet, and the classifiers beside."""
    tree: Tree = {}
    for layer in range(LAYERS):
        for name in dense_names(layer):
            rows, columns = frozen[f"{name}.weight"].shape
            tree[f"{name}.down"] = dice.normal(size=(rows, RANK)) / np.sqrt(rows)
            tree[f"{name}.up"] = np.zeros((RANK, columns))
    for number, size in enumerate(sizes):
        tree[f"head.{number}"] = np.zeros((WIDTH, size))
        tree[f"head.{number}.bias"] = np.full(size, RARELY if number == 0 else 0.0)
    return {name: tf.Variable(array.astype(np.float32), name=name) for name, array in tree.items()}


def norm(state: Any, frozen: Tree, name: str) -> Any:
    """Layer normalisation."""
    centred = state - tf.reduce_mean(state, -1, keepdims=True)
    spread = tf.sqrt(tf.reduce_mean(centred**2, -1, keepdims=True) + TINY)
    return centred / spread * frozen[f"{name}.LayerNorm.weight"] + frozen[f"{name}.LayerNorm.bias"]


def vectors_of(tree: Tree, frozen: Tree, summed: Any, mask: Any) -> Any:
    """Unit vectors (texts, 384).

    Args:
        tree: what is learned.
        frozen: the published weights.
        summed: array (texts, tokens, 384).
        mask: array (texts, tokens), 0 where a text is padded.
    """

    def dense(state: Any, name: str) -> Any:
        whole = frozen[f"{name}.weight"] + tree[f"{name}.down"] @ tree[f"{name}.up"]
        return state @ whole + frozen[f"{name}.bias"]

    texts, tokens = tf.shape(mask)[0], tf.shape(mask)[1]
    hidden = (1 - mask)[:, None, None, :] * -1e9
    state = norm(tf.reshape(summed, (-1, WIDTH)), frozen, "embeddings")
    for layer in range(LAYERS):
        names = dense_names(layer)
        parts = tf.reshape(dense(state, names[0]), (texts, tokens, 3, HEADS, WIDTH // HEADS))
        query, key, value = tf.unstack(tf.transpose(parts, (2, 0, 3, 1, 4)))
        seen = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) / np.sqrt(WIDTH // HEADS) + hidden) @ value
        seen = tf.reshape(tf.transpose(seen, (0, 2, 1, 3)), (-1, WIDTH))
        state = norm(dense(seen, names[1]) + state, frozen, f"encoder.layer.{layer}.attention.output")
        wide = tf.nn.gelu(dense(state, names[2]))
        state = norm(dense(wide, names[3]) + state, frozen, f"encoder.layer.{layer}.output")
    pooled = tf.reduce_sum(tf.reshape(state, (texts, tokens, WIDTH)) * mask[:, :, None], 1)
    return tf.math.l2_normalize(pooled, axis=1)


def loss_of(tree: Tree, frozen: Tree, batch: Tree) -> Any:
    """How wrong the classifiers beside are on a batch, each text counting once for each thing that is known of it."""
    vectors = SHARP * vectors_of(tree, frozen, batch["summed"], batch["mask"])
    scores = [vectors @ tree[f"head.{number}"] + tree[f"head.{number}.bias"] for number in range(4)]
    wrong = tf.nn.sigmoid_cross_entropy_with_logits(batch["spoken"], scores[0])
    total = SPOKEN_WEIGHT * tf.reduce_sum(wrong * batch["weights"])
    for number in range(3):
        label = batch["labels"][:, number]
        missed = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(label, 0), scores[number + 1])
        total += tf.reduce_sum(missed * tf.cast(label != NOTHING, tf.float32))
    return total / tf.cast(tf.shape(batch["mask"])[0], tf.float32)


def mistype(text: str, dice: np.random.Generator) -> str:
    """One letter left out, doubled, swapped or replaced by another."""
    if len(text) < 4:
        return text
    at = int(dice.integers(1, len(text) - 1))
    letter = chr(int(dice.integers(97, 123)))
    changed = (text[at + 1] + text[at], text[at] * 2 + text[at + 1], text[at + 1], letter + text[at + 1])
    return text[:at] + changed[int(dice.integers(4))] + text[at + 2 :]


def batches(examples: Sequence[Example], arrays: dict[str, NDArray[Any]], dice: np.random.Generator) -> Iterator[Tree]:
    """The examples in random order, with slips of the keyboard, in batches of about one length; what fills none is left out."""
    waiting: dict[int, list[tuple[Example, NDArray[Any]]]] = {length: [] for length in LENGTHS}
    for index in dice.permutation(len(examples)):
        example = examples[index]
        text = mistype(example.text, dice) if dice.random() < MISTYPED else example.text
        summed = text_to_input(text, arrays)[0]
        length = next(length for length in LENGTHS if len(summed) <= length)
        waiting[length].append((example, summed))
        if len(waiting[length]) == BATCH_TOKENS // length:
            yield stack(waiting[length], length)
            waiting[length] = []


def stack(pairs: Sequence[tuple[Example, NDArray[Any]]], length: int) -> Tree:
    """A batch as arrays."""
    summed = np.zeros((len(pairs), length, 384), np.float32)
    mask = np.zeros((len(pairs), length), np.float32)
    for row, (_, one) in enumerate(pairs):
        summed[row, : len(one)] = one
        mask[row, : len(one)] = 1
    return {
        "summed": summed,
        "mask": mask,
        "spoken": np.stack([example.spoken for example, _ in pairs]),
        "weights": np.stack([example.weights for example, _ in pairs]),
        "labels": np.array([example.labels for example, _ in pairs], np.int32),
    }


def learn(examples: Sequence[Example], sizes: Sequence[int], epochs: int, seed: int = 7) -> Tree:
    """The small matrices after `epochs` times through the examples, by Adam.

    Args:
        examples: what to learn from.
        sizes: findings, statuses, intents, topics.
        epochs: how often.
        seed: of every random choice.
    """
    arrays, dice = published_arrays(), np.random.default_rng(seed)
    frozen = frozen_of(arrays)
    tree = first_parameters(frozen, sizes, dice)
    names = sorted(tree)
    steps = epochs * sum(1 for _ in batches(examples, arrays, np.random.default_rng(seed)))
    heads = tf.keras.optimizers.legacy.Adam(beta_2=0.99)
    layers = tf.keras.optimizers.legacy.Adam(beta_2=0.99)

    @tf.function(reduce_retracing=True)
    def step(batch: Tree) -> Any:
        with tf.GradientTape() as tape:
            wrong = loss_of(tree, frozen, batch)
        slopes = dict(zip(names, tape.gradient(wrong, [tree[name] for name in names])))
        for optimizer, beside in ((heads, True), (layers, False)):
            chosen = [name for name in names if name.startswith("head") == beside]
            optimizer.apply_gradients([(slopes[name], tree[name]) for name in chosen])
        return wrong

    at, started, shown = 0, time.time(), []
    for epoch in range(epochs):
        for batch in batches(examples, arrays, dice):
            at += 1
            slow = min(1.0, at / (WARM_UP * steps)) * max(0.02, 1 - at / steps)
            heads.learning_rate.assign(slow * HEAD_RATE)
            layers.learning_rate.assign(slow * RATE)
            shown.append(float(step(batch)))
            if at % 50 == 0:
                print(f"epoch {epoch + 1}, step {at} of {steps}, wrong {np.mean(shown[-50:]):.3f}, "
                      f"{time.time() - started:.0f} s", flush=True)  # fmt: skip
    return {name: variable.numpy() for name, variable in tree.items()}


def kept_apart(number: int) -> NDArray[Any]:
    """Which texts `--apart` holds out: array (number,) of truth values, the same at every call.

    Args:
        number: of texts; findings first, then intents, then topics.
    """
    held: NDArray[Any] = np.random.default_rng(1).random(number) < HELD_OUT
    return held


def save(tree: Tree, path: Path) -> None:
    """Write the small matrices, without the classifiers beside."""
    np.savez_compressed(
        path,
        **{name: np.asarray(array, np.float16) for name, array in tree.items() if not name.startswith("head")},
    )


def main(arguments: Sequence[str]) -> int:
    """Tune on `data/nlu` and write.

    Args:
        arguments: `--epochs N`; `--apart PATH` holds an eighth of the texts out, by their place, and writes to PATH.
    """
    options = argparse.ArgumentParser(prog="python -m bot.nlu.minilm.tune")
    options.add_argument("--epochs", type=int, default=EPOCHS)
    options.add_argument("--apart", type=Path)
    chosen = options.parse_args(arguments)
    examples, sizes = examples_of(Path("data/nlu"))
    if chosen.apart:
        examples = [one for one, held in zip(examples, kept_apart(len(examples))) if not held]
    save(learn(examples, sizes, chosen.epochs), chosen.apart or TUNED)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
