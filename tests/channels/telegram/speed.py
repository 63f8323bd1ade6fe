"""How soon updates are acknowledged while 20 people talk at once: `python -m tests.channels.telegram.speed`.

The channel runs in a process of its own; each person writes again as soon as the answer is there. A turn of the stub
computes for 20 ms in four pieces, as a real one does between its looks into the database.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.telegram import FakeTelegram

ROOT = Path(__file__).resolve().parents[3]
PEOPLE, MESSAGES = 20, 10
PIECES, PIECE = 4, 0.005


@dataclass
class Elsewhere:
    """The fake, which runs in the other process."""

    url: str
    token: str

    def send_to(self, address: str, secret: str) -> None:
        print(address, secret, flush=True)


async def busy(sender: str, text: str, id: str) -> list[dict[str, Any]]:
    """A turn of 20 ms of processor time."""
    for _ in range(PIECES):
        until = time.thread_time() + PIECE
        while time.thread_time() < until:
            pass
        await asyncio.sleep(0)
    return [{"text": f"You said: {text}"}]


async def serve(database: str, url: str, token: str) -> None:
    """The channel, until the process is ended."""
    from tests.channels.telegram.bench import bench

    async with bench(busy, database, Elsewhere(url, token)):  # type: ignore[arg-type]
        await asyncio.Event().wait()


async def measure(folder: str) -> list[float]:
    """Seconds until each update was acknowledged, sorted."""

    async def talks(id: int) -> None:
        person = fake.person(id)
        for number in range(1, MESSAGES + 1):
            await person.says(f"message {number}")
            await person.reads(number, 120)

    async with FakeTelegram() as fake:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.channels.telegram.speed", f"sqlite:///{folder}/t.db", fake.url, fake.token,
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            address, secret = (await asyncio.wait_for(process.stdout.readline(), 90)).decode().split()
            fake.send_to(address, secret)
            await asyncio.gather(*(talks(id) for id in range(1, PEOPLE + 1)))
        finally:
            process.terminate()
            await process.wait()
        assert len(fake.acknowledged) == PEOPLE * MESSAGES
        return sorted(fake.acknowledged)


def main() -> None:
    """Serve, when told where; else measure, and print the figures."""
    if len(sys.argv) == 4:
        asyncio.run(serve(*sys.argv[1:]))
    with tempfile.TemporaryDirectory() as folder:
        seconds = asyncio.run(measure(folder))
    p50, p95 = (seconds[int(len(seconds) * part)] * 1000 for part in (0.5, 0.95))
    print(f"{len(seconds)} updates of {PEOPLE} people: acknowledged p50 {p50:.1f} ms, p95 {p95:.1f} ms")


if __name__ == "__main__":
    main()
