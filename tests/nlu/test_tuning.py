"""Tuning of the sentence model: it begins as the published one, and learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.embeddings import published_arrays
from bot.nlu.minilm import tune
from bot.nlu.minilm.tune import NOTHING, Example
from tests.nlu.floats import in_floats

SIZES = (2, 6, 2, 2)
SAID = (("the kettle sings in the kitchen", 0), ("a tea pot on the stove whistles", 0), ("rain upon the roof tonight", 1),
        ("drops fall from dark clouds", 1))  # fmt: skip


def example(text: str, topic: int) -> Example:
    """One text that is known to be about a topic."""
    nothing = np.zeros(SIZES[0], np.float32)
    return Example(text, nothing, nothing, (NOTHING, NOTHING, topic))


def vectors(tree: Any, texts: Sequence[str]) -> NDArray[Any]:
    """What the tuned model makes of texts of different lengths, padded to one."""
    frozen = tune.frozen_of(published_arrays())
    batch = tune.stack([(example(text, 0), tune.text_to_input(text, published_arrays())[0]) for text in texts], 16)
    return np.asarray(tune.vectors_of(tree, frozen, batch["summed"], batch["mask"]))


def test_untouched_it_is_the_published_model_whatever_the_padding() -> None:
    texts = [text for text, _ in SAID]
    tree = tune.first_parameters(tune.frozen_of(published_arrays()), SIZES, np.random.default_rng(0))
    assert np.allclose(vectors(tree, texts), in_floats(texts, {}), atol=1e-4)


def test_it_learns_to_hold_a_topic_together() -> None:
    texts = [text for text, _ in SAID]
    tree = tune.learn([example(text, topic) for text, topic in SAID * 240], SIZES, epochs=4)
    before, after = in_floats(texts, {}), vectors(tree, texts)
    assert after[0] @ after[1] - after[0] @ after[2] > before[0] @ before[1] - before[0] @ before[2] + 0.2
    assert after[2] @ after[3] - after[1] @ after[3] > before[2] @ before[3] - before[1] @ before[3] + 0.2


def test_a_slip_of_the_keyboard_changes_one_place() -> None:
    dice = np.random.default_rng(3)
    slips = {tune.mistype("swollen", dice) for _ in range(50)}
    assert len(slips) > 10
    assert all(slip[0] == "s" and len(slip) in (6, 7, 8) for slip in slips)
    assert tune.mistype("no", dice) == "no"
