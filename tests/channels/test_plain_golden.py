"""Every card over REST and on the web page: as its golden file says, and nothing of it left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels.every_card import every_card
from tests.channels.golden_files import FOLDER, PLAIN, of_every_card

MADE = {f"{channel}/{name}": text for channel, draw in PLAIN.items() for name, text in of_every_card(draw).items()}


@pytest.mark.parametrize("name", sorted(MADE))
def test_is_drawn_as_before(name: str) -> None:
    same = (FOLDER / name).read_text(encoding="utf-8") == MADE[name]
    assert same, f"{name} differs; look at it with: python -m tests.channels.golden_files --write; git diff"


def test_no_golden_file_is_left_over() -> None:
    kept = {path.relative_to(FOLDER).as_posix() for channel in PLAIN for path in (FOLDER / channel).glob("*.json")}
    assert kept == set(MADE)


def words(thing: Any) -> Iterator[str]:
    """Every text within."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from words(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from words(value)


@pytest.mark.parametrize("channel", sorted(PLAIN))
def test_nothing_is_left_out(channel: str) -> None:
    for messages in every_card().values():
        for name, message in messages.items():
            sent = set(words(json.loads(json.dumps(PLAIN[channel](message)))))
            assert set(words(message)) <= sent, name
