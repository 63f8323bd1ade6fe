"""Kill -9 between message and delivery, again and again: is a hand-off lost, or does one arrive twice?

`python -m tests.handoff.kills 200` prints it; `--postgresql` for that database. Each child hands people off and delivers,
against a clinic that fails now and then, until it is killed: after a random step of its own, or while the clinic has
its request in hand. The next child says again what the last one had begun, as a channel delivers a message again.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import multiprocessing
import os
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from actions.handoff import webhook
from actions.handoff.delivery import Deliverer, keep_delivering
from actions.records.store import Records
from actions.records.tables import assessments, handoffs, outbox
from tests.databases import SECRET, new_database
from tests.fakes.clinic import Behaviour, Clinic
from tests.handoff.made import hand_off, settings

PATIENCE: dict[str, Any] = {"timeout": 0.5, "lease": 2.0, "first_wait": 0.1, "longest_wait": 1.0}
DEADLINE = 60.0
"""Seconds for any single thing that is waited for."""
BEHAVIOURS: tuple[Behaviour, ...] = ("take", "take", "take", "swallow", "drop", 500, 503)


@dataclass(frozen=True)
class Count:
    """What became of all hand-offs."""

    kills: int
    agreed: int
    """The turn was written before its process was killed."""
    lost: int
    doubled: int
    torn: int
    """Written in part: without its assessment or its post."""
    requests: int


# --- the child -------------------------------------------------------------------------------------


def child(url: str, webhook_url: str, journal: Path, again: list[str]) -> None:
    """Hand people off and deliver, until killed.

    Args:
        url: of the database.
        webhook_url: of the clinic.
        journal: where each step is noted, so that a kill leaves it.
        again: references that an earlier child had begun.
    """
    logging.disable(logging.CRITICAL)
    asyncio.run(_work(Records(url, SECRET), webhook_url, journal, again))


async def _work(records: Records, webhook_url: str, journal: Path, again: list[str]) -> None:
    set_up = settings(webhook_url, **PATIENCE)
    notes = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    woken = asyncio.Event()
    async with webhook.open_session(set_up) as session:
        delivering = asyncio.create_task(keep_delivering(Deliverer(records, set_up, session), woken))
        waiting = list(again)
        while not delivering.done():
            reference = waiting.pop() if waiting else uuid.uuid4().hex[:12]
            os.write(notes, f"begun {reference}\n".encode())
            await asyncio.to_thread(hand_off, records, reference)
            os.write(notes, f"agreed {reference}\n".encode())
            woken.set()
            await asyncio.sleep(random.random() * 0.03)  # people do not come all at once


# --- the one who kills -----------------------------------------------------------------------------


class Reaper:
    """Starts children and kills them.

    Args:
        url: of the database.
        journal: of the children.
        chance: where and when to kill.
    """

    def __init__(self, url: str, journal: Path, chance: random.Random):
        self._url, self._journal, self._chance = url, journal, chance
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.handoff.kills"])
        self._victim: Any = None
        self._requests_left = -1

    def behave(self, _: int) -> Behaviour:
        """What the clinic does with a request; it may be the moment to kill its sender."""
        self._requests_left -= 1
        if self._requests_left == 0:
            self._victim.kill()
        return self._chance.choice(BEHAVIOURS)

    def notes(self, step: str) -> list[str]:
        """References whose `step` was noted."""
        lines = self._journal.read_text().splitlines() if self._journal.exists() else []
        return [line.split()[1] for line in lines if line.startswith(f"{step} ")]

    async def kill_one(self, clinic: Clinic) -> None:
        """One child, from its start to its violent end."""
        again = sorted(set(self.notes("begun")) - set(self.notes("agreed")))
        steps = len(self.notes("begun")) + len(self.notes("agreed")) + self._chance.randint(1, 12)
        in_clinic = self._chance.random() < 0.5
        self._requests_left = self._chance.randint(1, 8) if in_clinic else -1
        self._victim = self._context.Process(target=child, args=(self._url, clinic.url, self._journal, again))
        self._victim.start()
        await until(lambda: self._victim.exitcode is not None or (not in_clinic and self._steps() >= steps))
        if not in_clinic:
            await asyncio.sleep(self._chance.random() * 0.02)  # any moment between two steps
        self._victim.kill()
        await until(lambda: self._victim.exitcode is not None)
        if self._victim.exitcode != -9:
            raise AssertionError(f"the child ended by itself: {self._victim.exitcode}")
        self._victim.close()

    def _steps(self) -> int:
        return len(self.notes("begun")) + len(self.notes("agreed"))


async def until(holds: Any) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: it did not come true in time.
    """
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > DEADLINE:
            raise TimeoutError("waited too long")
        await asyncio.sleep(0.005)


async def run(kills: int, kind: str, folder: Path, seed: int) -> Count:
    """Kill so many children, let what is left be delivered, and count.

    Args:
        kills: how many.
        kind: `sqlite` or `postgresql`.
        folder: for files.
        seed: of all chance.
    """
    reaper = Reaper(new_database(kind, folder), folder / "journal", random.Random(seed))
    records = Records(reaper._url, SECRET)
    async with Clinic(reaper.behave) as clinic:
        for _ in range(kills):
            await reaper.kill_one(clinic)
        clinic.behave = lambda number: "take"
        set_up = settings(clinic.url, **PATIENCE)
        async with webhook.open_session(set_up) as session:
            deliverer = Deliverer(records, set_up, session)
            left = asyncio.create_task(keep_delivering(deliverer, asyncio.Event()))
            await until(lambda: not waiting(records))
            left.cancel()
            await asyncio.wait([left])
            deliverer.close()
        counted = count(records, reaper, clinic, kills)
    records.engine.dispose()
    return counted


def waiting(records: Records) -> int:
    """Posts that are neither sent nor dead."""
    with records.reading() as connection:
        query = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == "waiting")
        return int(connection.execute(query).scalar_one())


def count(records: Records, reaper: Reaper, clinic: Clinic, kills: int) -> Count:
    """What became of all hand-offs."""
    agreed = set(reaper.notes("agreed"))
    arrived: Counter[str] = Counter()
    for key, times in clinic.taken.items():
        arrived[key.partition(".")[0]] += times
    with records.reading() as connection:
        written = {row.reference: row for row in connection.execute(sa.select(handoffs))}
        posts = set(connection.execute(sa.select(outbox.c.reference)).scalars())
        known = set(connection.execute(sa.select(assessments.c.id)).scalars())
    whole = {reference for reference, row in written.items() if reference in posts and row.assessment in known}
    return Count(
        kills=kills,
        agreed=len(agreed),
        lost=len((agreed | set(written)) - set(arrived)),
        doubled=sum(times > 1 for times in arrived.values())
        + sum(len(bodies) > 1 for bodies in clinic.bodies.values()),
        torn=len(set(written) - whole),
        requests=sum(clinic.came.values()),
    )


def main(arguments: list[str]) -> int:
    """Run it and print what came of it.

    Returns:
        0 when nothing was lost, doubled or torn, else 1.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        kind = "postgresql" if given.postgresql else "sqlite"
        counted = asyncio.run(run(given.kills, kind, Path(folder), given.seed))
    print(f"{kind}, seed {given.seed}: {counted}")
    return int(bool(counted.lost or counted.doubled or counted.torn))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
