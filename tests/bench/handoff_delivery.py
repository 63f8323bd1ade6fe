"""Is the chat slower while a receiver hangs? `python -m tests.bench.handoff_delivery` prints the time of turns.

A turn is what shares the loop and the database with delivery: the talk's reply, and its effects written in a thread.
Every tenth one hands somebody off. The receiver takes all at once, answers 500, or hangs until the
sender gives up; rounds take turns, so that a busy machine is unfair to none of them.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from actions.answers import Message
from actions.dialogue import Talk
from actions.handoff import webhook
from actions.handoff.delivery import Deliverer, keep_delivering
from actions.record import Record
from actions.records.effects import Assessed
from actions.records.store import Records
from actions.triage import load_protocol
from tests.databases import SECRET
from tests.fakes.clinic import Behaviour, Clinic
from tests.handoff.made import TODAY, hand_off, settings

PROTOCOL = load_protocol()
RECEIVERS: dict[str, Callable[[int], Behaviour]] = {
    "healthy": lambda number: "take",
    "answers 500": lambda number: 500,
    "hangs": lambda number: "hang",
}
HANDED_OFF_EACH = 10


async def turn(records: Records, number: int, woken: asyncio.Event) -> float:
    """Seconds that one turn takes."""
    begun = time.perf_counter()
    Talk(Record(), Message("my knee hurts", intent="report"), PROTOCOL, TODAY).reply("report")
    if number % HANDED_OFF_EACH == 0:
        await asyncio.to_thread(hand_off, records, f"K-{number}")
        woken.set()
    else:
        assessed = Assessed("routine", ("RF24",), {"age": number}, "0.2.0")
        await asyncio.to_thread(records.apply, "web", f"web:{number}", [assessed])
    return time.perf_counter() - begun


async def turns(records: Records, receiver: str, first: int, amount: int) -> list[float]:
    """Seconds of so many turns, one after the other, while delivery goes on.

    Args:
        records: hold the outbox.
        receiver: a key of `RECEIVERS`.
        first: the number of the first turn.
        amount: how many turns.
    """
    async with Clinic(RECEIVERS[receiver]) as clinic:
        set_up = settings(clinic.url, timeout=10.0)
        async with webhook.open_session(set_up) as session:
            woken, deliverer = asyncio.Event(), Deliverer(records, set_up, session)
            delivering = asyncio.create_task(keep_delivering(deliverer, woken))
            taken = [await turn(records, number, woken) for number in range(first, first + amount)]
            delivering.cancel()
            await asyncio.wait([delivering])
            deliverer.close()
    return taken


def measure(amount: int, rounds: int, folder: Path) -> dict[str, list[float]]:
    """Seconds of turns for each receiver.

    Args:
        amount: turns of one round.
        rounds: how often each receiver has its turn.
        folder: for databases.
    """
    found: dict[str, list[float]] = {receiver: [] for receiver in RECEIVERS}
    for number in range(rounds):
        for receiver, seconds in found.items():
            records = Records(f"sqlite:///{folder / f'{number}-{receiver[:4]}.db'}", SECRET)
            seconds.extend(asyncio.run(turns(records, receiver, number * amount, amount)))
            records.engine.dispose()
    return found


def p95(seconds: list[float]) -> float:
    """The time that 95 of 100 turns keep."""
    return quantiles(seconds, n=20)[-1]


def main() -> int:
    """Print the times.

    Returns:
        0 when no receiver makes p95 more than a tenth longer than the healthy one, else 1.
    """
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(100, 6, Path(folder))
    for receiver, seconds in found.items():
        print(
            f"{receiver}: median {1000 * median(seconds):.1f} ms, p95 {1000 * p95(seconds):.1f} ms, {len(seconds)} turns"
        )
    healthy = p95(found["healthy"])
    return int(any(p95(seconds) > 1.1 * healthy for seconds in found.values()))


if __name__ == "__main__":
    sys.exit(main())
