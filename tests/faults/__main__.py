"""`python -m tests.faults --conversations N --every SECONDS --seed S`: measures, and leaves a log and a summary."""

from __future__ import annotations

from bot.quiet import quieten

quieten()

import argparse  # noqa: E402
import asyncio  # noqa: E402
import os  # noqa: E402
import random  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

from tests.faults.paths import paths  # noqa: E402
from tests.faults.report import holds, told  # noqa: E402
from tests.faults.running import THE_SAME, Plan, run  # noqa: E402
from tests.servers import ROOT  # noqa: E402


async def _run(plan: Plan, different: int, folder: Path) -> bool:
    from bot.server import make_agent, make_endpoints

    stop, begun = asyncio.Event(), time.monotonic()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with (folder / "run.log").open("w") as file:

        def log(line: str) -> None:
            print(f"{time.monotonic() - begun:8.1f} {line}", file=file, flush=True)
            if not line.startswith("fault"):
                print(f"{time.monotonic() - begun:8.1f} {line[:300]}", flush=True)

        log(f"{plan}; log and summary in {folder}")
        agent = await make_agent(str(ROOT / "models"), make_endpoints("sqlite://"))
        found = await paths(agent, different, random.Random(plan.seed))
        log(f"{len(found)} conversations were held without faults")
        outcome = await run(plan, found, folder, stop, log)
    (folder / "summary.txt").write_text(told(outcome) + "\n")
    print(told(outcome), flush=True)
    return holds(outcome)


def main() -> int:
    """Command line.

    Returns:
        0 when nothing was lost, doubled, wrong or late, and the bot came back by itself.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=1000)
    parser.add_argument("--every", type=float, default=5.0, help="seconds from one fault to the next")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--people", type=int, default=12, help="who talk at the same time")
    parser.add_argument("--different", type=int, default=300, help="conversations to draw from")
    parser.add_argument("--folder", type=Path, default=None, help="an empty one, below build/faults when not given")
    given = parser.parse_args()
    folder = given.folder or ROOT / "build" / "faults" / time.strftime("%Y%m%d-%H%M%S")
    folder.mkdir(parents=True)
    os.environ.update(THE_SAME)
    plan = Plan(given.conversations, given.every, given.seed, given.workers, given.people)
    return 0 if asyncio.run(_run(plan, given.different, folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
