"""Conversations end on Telegram as they do on plain HTTP; `python -m tests.channels.telegram.play` plays all of them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.channels.play import CONVERSATIONS
from tests.channels.telegram.play import differs, level, on_telegram

SAMPLE = ("clot_after_flight", "not_sure_about_one_of_a_list", "rf02_deep_wound_on_the_card")


def test_a_sample_ends_as_on_plain_http(agent: Any, loop: asyncio.AbstractEventLoop, tmp_path: Path) -> None:
    paths = [path for path in CONVERSATIONS if path.stem in SAMPLE]
    assert len(paths) == len(SAMPLE)
    played = loop.run_until_complete(on_telegram(agent, f"sqlite:///{tmp_path / 'telegram.db'}", paths))
    assert [path.stem for path, one, other, _ in played if differs(one, other)] == []
    assert {level(one) for _, one, _, _ in played} >= {"urgent", "emergency_department"}
    assert sum(taps for *_, taps in played) > 5
