"""The lookups of `data/nlu/`, read without Rasa: for the second reader, the tests and the tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def examples_of(entry: dict[str, Any]) -> list[str]:
    """The lines of one lookup or intent, without their dashes."""
    return [line.strip().removeprefix("- ").strip() for line in entry["examples"].strip().splitlines()]


def read_entries(folder: Path) -> dict[str, list[str]]:
    """Lookup name to lines, from `findings/` and `status/`.

    Args:
        folder: `data/nlu`.
    """
    entries: dict[str, list[str]] = {}
    for path in sorted([*folder.glob("findings/*.yml"), *folder.glob("status/*.yml")]):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            entries.setdefault(entry["lookup"], []).extend(examples_of(entry))
    return entries


def intent_lines(folder: Path) -> Iterator[tuple[str, str]]:
    """(intent, example) of `intents/`, without those that begin with a slash.

    Args:
        folder: `data/nlu`.
    """
    for path in sorted(folder.glob("intents/*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for text in examples_of(entry) if "intent" in entry else ():
                if text and not text.startswith("/"):
                    yield entry["intent"], text
