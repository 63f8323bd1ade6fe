"""A conversation on Slack ends as it does on REST, with the same questions; all of them: `python -m tests.channels.slack.same`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.channels.slack.house import House
from tests.channels.slack.same import SCRIPTS, differences

EVERY = 16


@pytest.mark.parametrize("path", SCRIPTS[::EVERY], ids=lambda path: path.stem)
def test_goes_on_slack_as_on_rest(path: Path, agent: Any, within: Any) -> None:
    async def story(house: House) -> None:
        problems, driver = await differences(path, agent, house)
        assert problems == []
        assert driver.tapped + driver.typed > 0

    within(story, agent=agent)


def test_something_is_tapped(agent: Any, within: Any) -> None:
    async def story(house: House) -> None:
        (path,) = [one for one in SCRIPTS if one.stem == "topic_after_the_result"]
        _, driver = await differences(path, agent, house)
        assert driver.tapped > 3

    within(story, agent=agent)
