"""The small matrices that tune the sentence model (`bot/nlu/minilm/tune.py` learns them)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TUNED = Path(__file__).parent / "tuned.npz"


def load_tuned(path: Path = TUNED) -> dict[str, NDArray[Any]]:
    """Dense step to what is added to its weights.

    Args:
        path: holds `<step>.down` (inputs, rank) and `<step>.up` (rank, outputs).
    """
    kept = np.load(path, allow_pickle=False)
    steps = [name.removesuffix(".down") for name in kept.files if name.endswith(".down")]
    return {step: kept[f"{step}.down"].astype(np.float32) @ kept[f"{step}.up"].astype(np.float32) for step in steps}


def fingerprint_of_tuned() -> str:
    """Changes when the model was tuned anew, so that what was fitted on its vectors is fitted again."""
    return hashlib.sha256(TUNED.read_bytes()).hexdigest()
