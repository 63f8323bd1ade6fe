"""A message at turn 5, beside the starter that `rasa init` makes: same machine, same process, same run.

`make bench` prints both medians and their ratio, and writes `docs/performance.md`'s first table.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten()

import asyncio  # noqa: E402
import itertools  # noqa: E402
import os  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import uuid  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "build" / "starter"
OURS = [
    "my knee kills going downstairs since i upped my miles",
    "none of these",
    "no it came on slowly",
    "nothing like that, i can walk on it and bend it",
    "no swelling, it is not hot and i feel fine in myself",
]
THEIRS = ["hello there", "i am feeling rather sad today", "no not really", "are you a bot or a human being",
          "i am feeling much better now, thank you very much"]  # fmt: skip
LEAST_TALKS = 40
NUMBERS = itertools.count(1000)


def make_starter() -> tuple[str, float]:
    """The model of Rasa's starter, trained once and kept in build/; and the seconds its training took (0 if kept)."""
    models = STARTER / "models"
    if models.exists() and list(models.glob("*.tar.gz")):
        return str(models), 0.0
    STARTER.mkdir(parents=True, exist_ok=True)
    rasa = Path(sys.executable).parent / "rasa"
    quiet = {**os.environ, "PYTHONPATH": ""}
    print("Making and training the starter, about 2 minutes …", flush=True)
    subprocess.run([rasa, "init", "--no-prompt", "--init-dir", "."], cwd=STARTER, env=quiet, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    for model in models.glob("*.tar.gz"):
        model.unlink()
    begun = time.monotonic()
    subprocess.run([rasa, "train", "--force"], cwd=STARTER, env=quiet, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)  # fmt: skip
    return str(models), time.monotonic() - begun


async def times_at_last_turn(agent: Any, says: list[str], talks: int) -> list[float]:
    """Milliseconds of the last message, one figure a talk."""
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    taken = []
    for _ in range(talks):
        sender = uuid.uuid4().hex
        for text in says:
            unique = f"{text} {next(NUMBERS)}"  # no two messages alike: nothing can be answered from a cache
            begun = time.perf_counter()
            await agent.handle_message(UserMessage(unique, CollectingOutputChannel(), sender))
            last = time.perf_counter() - begun
        taken.append(last * 1000)
    return taken


async def compare(talks: int = LEAST_TALKS) -> dict[str, float]:
    """Both bots in turn, interleaved in five blocks so that a busy machine slows both.

    Returns:
        Medians in milliseconds, and their ratio.
    """
    from rasa.core.agent import Agent

    from bot.server import make_agent, make_endpoints

    models, trained = make_starter()
    starter = Agent.load(models)
    database = ROOT / "build" / "bench.db"
    database.unlink(missing_ok=True)
    ours = await make_agent(str(ROOT / "models"), make_endpoints(f"sqlite:///{database}"))
    theirs_ms: list[float] = []
    ours_ms: list[float] = []
    await times_at_last_turn(starter, THEIRS, 2)
    await times_at_last_turn(ours, OURS, 2)
    for _ in range(5):
        theirs_ms += await times_at_last_turn(starter, THEIRS, talks // 5)
        ours_ms += await times_at_last_turn(ours, OURS, talks // 5)
    result = {
        "ours_p50_ms": statistics.median(ours_ms),
        "starter_p50_ms": statistics.median(theirs_ms),
        "ours_p95_ms": sorted(ours_ms)[int(len(ours_ms) * 0.95)],
        "starter_p95_ms": sorted(theirs_ms)[int(len(theirs_ms) * 0.95)],
    }
    result["ratio"] = result["ours_p50_ms"] / result["starter_p50_ms"]
    result["starter_training_s"] = trained
    return result


def main() -> int:
    """Print the comparison.

    Returns:
        0 when the promise holds: at most 0.3 times the starter, under 15 ms.
    """
    result = asyncio.run(compare())
    for name, value in result.items():
        print(f"{name:20} {value:8.2f}")
    return 0 if result["ratio"] <= 0.3 and result["ours_p50_ms"] < 15 else 1


if __name__ == "__main__":
    sys.exit(main())
