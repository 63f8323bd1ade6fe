"""Trains the model: `make train`. The same as `rasa train`, without its chatter, and with the time it took."""

from __future__ import annotations

import sys

from bot.quiet import quieten

quieten()

import os  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

MODELS = Path("models")
NAME = "kneewise"


def main() -> int:
    """Train from `config.yml`, `domain.yml` and `data/`.

    Returns:
        0, or Rasa's code when the training failed.
    """
    begun = time.monotonic()
    os.environ.setdefault("KNEEWISE_EMBED_THREADS", "2")
    from rasa.model_training import train

    result = train(
        domain="domain.yml",
        config="config.yml",
        training_files=["data"],
        output=str(MODELS),
        fixed_model_name=NAME,
        force_training=False,
    )
    if result.model is None:
        print("The training failed; see above.", file=sys.stderr)
        return result.code or 1
    Path(result.model).touch()
    print(f"Trained in {time.monotonic() - begun:.0f} seconds: {result.model}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
