"""Plays conversations on Telegram against the real bot: `python -m tests.channels.telegram.play [FILE …]`, all by default."""

from __future__ import annotations

from bot.quiet import quieten

quieten()

import asyncio  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from bot.channels.turns import turn  # noqa: E402
from bot.play import Played, play, read_script  # noqa: E402
from bot.server import make_agent, make_endpoints  # noqa: E402
from tests.channels.play import CONVERSATIONS, play_on  # noqa: E402
from tests.channels.telegram.bench import bench  # noqa: E402
from tests.channels.telegram.driver import Overheard, TelegramDriver  # noqa: E402


async def on_telegram(agent: Any, database: str, paths: Sequence[Path]) -> list[tuple[Path, Played, Played, int]]:
    """Each conversation on Telegram and on plain HTTP's way.

    Args:
        agent: the real bot.
        database: URL for the channel.
        paths: scripts.

    Returns:
        Script, as played on Telegram, as played plainly, and taps on Telegram.
    """
    overheard = Overheard(agent)
    results = []
    async with bench(overheard, database, pictures=lambda path: None) as made:
        for number, path in enumerate(paths, 1):
            driver = TelegramDriver(made, overheard, number)
            played = await play_on(driver, path)
            plainly = await play(read_script(path), _plain(agent, path))
            results.append((path, played, plainly, driver.taps))
    return results


def _plain(agent: Any, path: Path) -> Any:
    async def send(text: str) -> list[dict[str, Any]]:
        return await turn(agent, f"plain-{path.stem}", text, "rest")

    return send


def level(played: Played) -> str | None:
    """The level that a conversation ended in."""
    return played.assessment["level"] if played.assessment else None


def questions(played: Played) -> list[str]:
    """The questions in the order in which they were asked."""
    return [card["id"] for card in played.cards if card["kind"] == "question"]


def differs(one: Played, other: Played) -> bool:
    """Whether two ways of playing a script differ in level, questions, or what went otherwise than expected."""
    return (level(one), questions(one), one.problems) != (level(other), questions(other), other.problems)


async def _main(paths: Sequence[Path]) -> int:
    agent = await make_agent(os.environ.get("KNEEWISE_MODEL", "models"), make_endpoints("sqlite://"))
    wrong = taps = 0
    with tempfile.TemporaryDirectory() as folder:
        for path, played, plainly, tapped in await on_telegram(agent, f"sqlite:///{folder}/telegram.db", paths):
            taps += tapped
            if differs(played, plainly):
                wrong += 1
                print(f"{path.name}: {played.problems} Telegram {level(played)}, plain {level(plainly)}")
    print(f"{len(paths) - wrong} of {len(paths)} end on Telegram as on REST, with {taps} taps")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main([Path(name) for name in sys.argv[1:]] or CONVERSATIONS)))
