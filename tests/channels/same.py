"""The same triage everywhere: `python -m tests.channels.same [--short] [FILE …]`.

Plays the scripts of `tests/conversations` as REST does, on the web channel's HTTP entry, on Slack and on Telegram, tapping where
a channel offers something to tap, and compares the level that was reached, every question in order, and what was not as the
script expects. `--short` plays on each channel another part of them, in which every level is met.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten()

import argparse  # noqa: E402
import asyncio  # noqa: E402
import hashlib  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import uuid  # noqa: E402
from collections.abc import AsyncIterator, Sequence  # noqa: E402
from contextlib import asynccontextmanager  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from bot.channels import rest  # noqa: E402
from bot.channels.web.limits import Buckets  # noqa: E402
from bot.play import Played, play, read_script  # noqa: E402
from tests.channels.play import CONVERSATIONS, play_on  # noqa: E402
from tests.channels.slack.driver import Driver as SlackDriver  # noqa: E402
from tests.channels.slack.house import House  # noqa: E402
from tests.channels.telegram.bench import bench  # noqa: E402
from tests.channels.telegram.driver import Overheard, TelegramDriver  # noqa: E402
from tests.channels.web.conftest import serve  # noqa: E402
from tests.channels.web.page import Plain  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
CHANNELS = ("web", "slack", "telegram")
PARTS = 12
"""Of which a short run plays one on each channel."""


@dataclass
class Compared:
    """What came of a run.

    Args:
        played: how many scripts.
        taps: what was tapped, and not typed.
        levels: the levels that were reached.
        differing: script and difference.
    """

    played: int = 0
    taps: int = 0
    levels: set[str] = field(default_factory=set)
    differing: list[str] = field(default_factory=list)


def level_of(path: Path) -> str:
    """The level that a script expects last, if any."""
    script = read_script(path)
    told = [script.get("expect"), *(one.get("expect") for one in [*script.get("turns", []), *script.get("then", [])])]
    return next((one["level"] for one in reversed(told) if one and "level" in one), "")


def part(channel: str) -> list[Path]:
    """The scripts that a channel plays in a short run: dealt out level by level, in the order of a hash of their names."""
    dealt = sorted(CONVERSATIONS, key=lambda path: (level_of(path), hashlib.sha256(path.stem.encode()).digest()))
    return dealt[CHANNELS.index(channel) :: PARTS]


def course(played: Played) -> tuple[str | None, list[str], list[str]]:
    """The level that was reached, every question in order, and what was not as the script expects."""
    questions = [card["id"] for card in played.cards if card["kind"] == "question"]
    return played.assessment["level"] if played.assessment else None, questions, played.problems


class Web:
    """Somebody on a page without a socket."""

    taps = 0

    def __init__(self, page: Plain):
        self._page = page
        self._last = 0

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Say something; the entries of the answer, as messages."""
        if self._page.token is None:
            assert (await self._page.begin())["ok"]
        told = await self._page.say(text)
        assert told == {"ok": True}, told
        entries = await self._page.wait(self._last)
        self._last = entries[-1]["n"]
        return [
            {
                "text": entry["text"],
                "buttons": entry["buttons"],
                "custom": {"card": entry["card"]} if entry["card"] else {},
            }
            for entry in entries
            if entry["from"] == "bot"
        ]

    async def tap(self, question: str, value: Any) -> None:
        """A tap on the page says what it stands for; it is sent like words."""


@asynccontextmanager
async def people(channel: str, agent: Any, folder: Path) -> AsyncIterator[Any]:
    """Gives drivers of somebody new on a channel."""
    if channel == "web":
        site, stop = await serve(agent)
        site.talks.saying, site.talks.beginning = Buckets(60_000, 1000), Buckets(60_000, 1000)
        yield lambda _: Web(site.plain())
        await stop()
    elif channel == "slack":
        async with House(folder, agent=agent) as house:
            yield lambda _: SlackDriver(house, house.person(f"U{uuid.uuid4().hex[:10].upper()}"))
    else:
        overheard = Overheard(agent)
        async with bench(overheard, f"sqlite:///{folder}/telegram.db", pictures=lambda path: None) as made:
            yield lambda number: TelegramDriver(made, overheard, number)


async def compare(channel: str, agent: Any, folder: Path, paths: Sequence[Path]) -> Compared:
    """Play scripts on a channel and as REST does.

    Args:
        channel: one of `CHANNELS`.
        agent: the real bot.
        folder: for the channel's database.
        paths: the scripts.
    """
    result = Compared()
    async with people(channel, agent, folder) as new:
        for number, path in enumerate(paths, 1):
            driver, sender = new(number), uuid.uuid4().hex

            async def plainly(text: str, sender: str = sender) -> Any:
                return await rest.turn(agent, sender, text)

            there = course(await play(read_script(path), plainly))
            try:
                here: Any = course(await play_on(driver, path))
            except AssertionError as error:
                here = f"failed: {error}"
            if here != there:
                result.differing.append(f"{path.stem}: {channel} {here}, REST {there}")
            result.played, result.taps = result.played + 1, result.taps + driver.taps
            result.levels |= {there[0]} if there[0] else set()
    return result


async def _main(paths: Sequence[Path], short: bool) -> int:
    from bot.server import make_agent, make_endpoints

    agent = await make_agent(os.environ.get("KNEEWISE_MODEL", str(ROOT / "models")), make_endpoints("sqlite://"))
    wrong = 0
    for channel in CHANNELS:
        with tempfile.TemporaryDirectory() as folder:
            result = await compare(channel, agent, Path(folder), part(channel) if short else paths)
        print("\n".join(result.differing))
        same = result.played - len(result.differing)
        print(f"{channel}: {same} of {result.played} as on REST, with {result.taps} taps", flush=True)
        wrong += len(result.differing)
    return 1 if wrong else 0


def main() -> int:
    """Command line.

    Returns:
        0 when every conversation went the same way everywhere.
    """
    parser = argparse.ArgumentParser(description="Play conversations on every channel, and compare.")
    parser.add_argument("--short", action="store_true", help="another part on each channel")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    return asyncio.run(_main(options.files or CONVERSATIONS, options.short))


if __name__ == "__main__":
    sys.exit(main())
