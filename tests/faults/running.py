"""Puts a run together: the things, the bot on them, people who talk, faults, and the judgement at the end."""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path as File

import sqlalchemy as sa

from actions.records.store import Records
from actions.records.tables import outbox
from tests.fakes.clinic import SECRET as CLINIC_SECRET
from tests.fakes.clinic import Clinic
from tests.faults.breaking import WORKERS_AT_MOST, Breaker, Fault, Site
from tests.faults.judge import Verdict, judge
from tests.faults.paths import Path
from tests.faults.people import Held, Measured, People
from tests.faults.proxy import Proxy
from tests.faults.things import Bot, Postgres, Redis, until
from tests.servers import ROOT

SECRET = "a secret of tests, nobody else's, long enough"
THE_SAME = {"KNEEWISE_SECRET": SECRET, "KNEEWISE_PUBLIC_URL": "http://kneewise.test", "KNEEWISE_WEBHOOK_URL": "http://127.0.0.1:9",
            "KNEEWISE_WEBHOOK_SECRET": CLINIC_SECRET}  # fmt: skip
"""Settings that change what is said, for the run with faults and the one without."""
HERE = File(__file__).parent
SECONDS_TO_DELIVER = 240.0
"""A worker that died may have had a hand-off leased for a minute, and the next look is up to a minute later."""
KILOBYTES_A_TALK = 200
SMALLEST_DISK, LARGEST_DISK = 400_000, 2_500_000
"""Kilobytes, of memory: to fill the disk takes as much."""


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        conversations: how many.
        every: seconds from one fault to the next.
        seed: of all chance.
        workers: of the bot.
        people: who talk at the same time.
    """

    conversations: int
    every: float
    seed: int
    workers: int = 4
    people: int = 12


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    plan: Plan
    seconds: float
    held: list[Held]
    measured: Measured
    faults: list[Fault]
    left_out: list[str]
    """Kinds of faults that could not be made on this machine."""
    verdict: Verdict
    recovered: bool
    """At the end the bot said by itself that it was ready, with all its workers."""
    exit_code: int


async def run(
    plan: Plan, paths: Sequence[Path], folder: File, stop: asyncio.Event, log: Callable[[str], None]
) -> Outcome:
    """Run it.

    Args:
        plan: what.
        paths: the conversations that are held.
        folder: an empty one, for everything.
        stop: once set, no further conversation is begun, and nothing is broken any more.
        log: hears of what happens.
    """
    chance = random.Random(plan.seed)
    async with AsyncExitStack() as open:
        clinic = await open.enter_async_context(Clinic())
        site = await open.enter_async_context(_site(plan, folder, clinic))
        log(f"{plan.workers} workers are ready")
        people, breaker = People(site.bot.url, paths, chance, log), Breaker(site, chance, log)
        begun = time.monotonic()
        breaking = asyncio.ensure_future(breaker.keep_breaking(plan.every))
        stopping = asyncio.ensure_future(_stop_when(stop, people, breaking))
        telling = asyncio.ensure_future(_tell(people, log))
        try:
            await people.talk(plan.conversations, plan.people)
        finally:
            for task in (breaking, stopping, telling):
                task.cancel()
        seconds = time.monotonic() - begun
        log("all have talked; the last faults are mended")
        await breaker.mend_all()
        recovered = await _recovered(site)
        records = Records(site.postgres.address(), SECRET.encode())
        await _delivered(records, log)
        code = await site.bot.stop()
        verdict = await asyncio.to_thread(judge, records, people.held, clinic)
        records.engine.dispose()
    kinds = {"disk full": site.disk, "clock jumps": site.clock}
    left_out = [kind for kind, there in kinds.items() if there is None]
    return Outcome(plan, seconds, people.held, people.measured, breaker.faults, left_out, verdict, recovered, code)


@asynccontextmanager
async def _site(plan: Plan, folder: File, clinic: Clinic) -> AsyncIterator[Site]:
    """Everything started; ended again in any case."""
    async with AsyncExitStack() as open:
        data = File(tempfile.mkdtemp(prefix="kneewise-faults-"))  # where PostgreSQL's own user may go
        data.chmod(0o755)
        open.callback(shutil.rmtree, data, ignore_errors=True)
        disk = _small_disk(data, plan.conversations)
        if disk is not None:
            open.callback(subprocess.run, ["umount", "-l", str(disk)], check=False)
        printed = open.enter_context((folder / "log").open("w"))
        below = open.enter_context((folder / "servers.log").open("w"))
        postgres, redis = Postgres(disk or data, below), Redis(below)
        postgres.make()
        open.push_async_callback(postgres.stop)
        await postgres.start()
        postgres.create()
        redis.start()
        open.callback(redis.kill)
        proxy = Proxy(postgres.port)
        await proxy.start()
        open.push_async_callback(proxy.stop)
        model, clock = folder / "model" / "kneewise.tar.gz", _clock(folder)
        model.parent.mkdir()
        shutil.copy(ROOT / "models" / model.name, model)
        settings = {"DATABASE_URL": postgres.address(port=proxy.port), "REDIS_URL": redis.url,
                    "KNEEWISE_MODEL": str(model.parent), **THE_SAME, "KNEEWISE_WEBHOOK_URL": clinic.url}  # fmt: skip
        if clock is not None:
            settings |= {"LD_PRELOAD": str(folder / "clock.so"), "FAULTS_CLOCK": str(clock)}
        bot = Bot(folder, settings, plan.workers, printed)
        open.push_async_callback(bot.stop)
        await bot.wait()
        yield Site(postgres, redis, proxy, bot, folder, model, disk, clock)


def _small_disk(data: File, conversations: int) -> File | None:
    """A disk in memory, of a size that can be filled; None where it cannot be made: that takes root."""
    disk = data / "disk"
    disk.mkdir()
    size = min(max(SMALLEST_DISK, KILOBYTES_A_TALK * conversations), LARGEST_DISK)
    try:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(disk)], capture_output=True, check=False
        )
    except OSError:
        return None
    return disk if made.returncode == 0 else None


def _clock(folder: File) -> File | None:
    """The file of shifts beside the library that applies them; None where no compiler makes it."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(folder / "clock.so"), str(HERE / "clock.c"), "-ldl"]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        return None
    clock = folder / "clock"
    clock.write_bytes(bytes(8 * WORKERS_AT_MOST))
    return clock


async def _stop_when(stop: asyncio.Event, people: People, breaking: asyncio.Future[None]) -> None:
    """No further conversation, and no further fault while those under way are ended."""
    await stop.wait()
    people.stopping = True
    breaking.cancel()


async def _tell(people: People, log: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(60)
        log(f"{len(people.held)} conversations, {dict(people.measured.outcomes)}")


async def _recovered(site: Site) -> bool:
    """Whether the bot comes back to what it was, left alone."""
    loop = asyncio.get_running_loop()
    end = loop.time() + SECONDS_TO_DELIVER
    while loop.time() < end:
        if site.bot.lives() and len(site.bot.pids()) == site.bot.workers and await site.bot.is_ready():
            return True
        await asyncio.sleep(0.2)
    return False


async def _delivered(records: Records, log: Callable[[str], None]) -> None:
    """Wait until no post waits; what does not go out is for the judge."""
    waiting = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == "waiting")

    def none_waits() -> bool:
        with records.reading() as connection:
            return not connection.execute(waiting).scalar()

    try:
        await until(none_waits, "the outbox", SECONDS_TO_DELIVER)
    except TimeoutError as error:
        log(str(error))
