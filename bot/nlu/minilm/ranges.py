"""Measures how large each channel of the sentence model becomes: `python -m bot.nlu.minilm.ranges` writes `ranges.npz`.

To be run again when another sentence model is taken, or it was tuned anew. Reads every fiftieth message of `data/nlu/said/`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

RANGES = Path(__file__).parent / "ranges.npz"
EVERY = 50


def load_ranges() -> dict[str, NDArray[Any]]:
    """The kept ranges: dense step to the largest value of each channel that goes into it."""
    kept = np.load(RANGES, allow_pickle=False)
    return {name: kept[name] for name in kept.files}


def main() -> int:
    """Measure and write."""
    from bot.nlu.embeddings import published_arrays, text_to_input
    from bot.nlu.fit import SAID, read_lines
    from bot.nlu.minilm.graph import make_float_graph
    from bot.nlu.minilm.tuned import load_tuned

    arrays = published_arrays()
    model, fed = make_float_graph(arrays, load_tuned())
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    largest: dict[str, NDArray[Any]] = {}
    for line in read_lines(SAID)[::EVERY]:
        for name, values in zip(fed, session.run(list(fed.values()), {"summed": text_to_input(line.text, arrays)})):
            seen = np.abs(values).max(axis=(0, 1))
            largest[name] = np.maximum(seen, largest.get(name, seen))
    np.savez_compressed(RANGES, **{name: array.astype(np.float16) for name, array in largest.items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
