"""A conversation ends on every channel as it does on REST, with the same questions; all of them: `python -m tests.channels.same`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from actions.triage import Protocol
from tests.channels.play import CONVERSATIONS
from tests.channels.same import CHANNELS, PARTS, compare, part


@pytest.mark.parametrize("channel", CHANNELS)
def test_goes_as_on_rest(
    channel: str, agent: Any, protocol: Protocol, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    result = loop.run_until_complete(compare(channel, agent, tmp_path, part(channel)))
    assert result.differing == []
    assert result.levels == {level.id for level in protocol.levels}
    assert result.taps > result.played or channel == "web"


def test_each_channel_plays_another_part() -> None:
    parts = [set(part(channel)) for channel in CHANNELS]
    assert sum(map(len, parts)) == len(set().union(*parts))
    assert all(len(one) >= len(CONVERSATIONS) // PARTS for one in parts)
