"""Every card, drawn as in its golden file, taken by the strict fake, and complete."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram.post import bubbles
from tests.channels.every_card import every_card
from tests.channels.telegram.bench import Bench
from tests.channels.telegram.conftest import OnBench
from tests.channels.telegram.golden import FOLDER, golden
from tests.channels.telegram.test_out import drawn

MADE = golden()
TAKEN_AWAY = ("question",)
"""The buttons of a question are gone when the next is asked."""


@pytest.mark.parametrize("name", sorted(MADE))
def test_is_drawn_as_before(name: str) -> None:
    same = (FOLDER / name).read_text(encoding="utf-8") == MADE[name]
    assert same, f"{name} differs; look at it with: python -m tests.channels.telegram.golden --write; git diff"


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == set(MADE)


@pytest.mark.parametrize("kind", sorted(every_card()))
def test_all_of_it_is_taken_and_shown(on_bench: OnBench, kind: str) -> None:
    messages = list(every_card()[kind].values())

    async def everything(sender: str, text: str, id: str) -> list[dict[str, Any]]:
        return messages

    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("show me all")
        seen = await sam.reads(len(bubbles(messages)), 60)
        shown = "\n".join(one.text for one in seen)
        for message in messages:
            assert [line for line in message["text"].split("\n") if line not in shown] == []
        assert not [
            call for call in made.telegram.calls if call.params.get("parse_mode") is None and call.params.get("text")
        ]
        titles = {title for one in seen for title in one.titles}
        wanted = {button["title"] for message in messages for button in message["buttons"]}
        assert wanted <= titles or kind in TAKEN_AWAY

    on_bench(everything, scenario, pictures=drawn)
