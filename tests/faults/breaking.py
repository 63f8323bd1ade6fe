"""The faults: one drawn after the other, each mended again as those who run the thing would, by no more than a restart
of what was killed under the bot. The bot itself is never helped."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.proxy import Proxy
from tests.faults.things import Bot, Postgres, Redis
from tests.faults.worker import HOW, ONE_MORE, ORDER

DAY = 86400
JUMPS = [3600, -3600, DAY, -DAY, 500 * DAY, -500 * DAY]
"""Seconds; the longest goes beyond the year after which people are forgotten."""
WORKERS_AT_MOST = 64


@dataclass
class Fault:
    """One fault, in seconds of the loop's clock."""

    kind: str
    began: float
    mended: float | None = None
    """When what was broken under the bot was whole again."""


@dataclass(frozen=True)
class Site:
    """What can be broken."""

    postgres: Postgres
    redis: Redis
    proxy: Proxy
    bot: Bot
    folder: Path
    model: Path
    disk: Path | None
    """A small disk of its own, with the database on it; None where none could be made."""
    clock: Path | None
    """Shifts the workers' clocks; None where there is no compiler for it."""


class Breaker:
    """Breaks one thing after the other.

    Args:
        site: what can be broken.
        chance: draws.
        log: hears of each fault.
    """

    def __init__(self, site: Site, chance: random.Random, log: Callable[[str], None]):
        self._site, self._chance, self._log = site, chance, log
        self.faults: list[Fault] = []
        self._mending: dict[asyncio.Task[None], str] = {}
        self._bag: list[str] = []
        self._works: dict[str, Callable[[], Awaitable[None]]] = {
            "worker killed": self._kill_worker,
            "database killed": self._kill_postgres,
            "database connection killed": self._kill_backend,
            "Redis killed": self._kill_redis,
            "database slow": self._slow,
            "database stalls": self._stall,
            "model file broken": self._break_model,
            "worker blocked": self._block,
            **{f"action: {how}": self._actions(how) for how in HOW},
        }
        if site.disk is not None:
            self._works["disk full"] = self._fill_disk
        if site.clock is not None:
            self._works["clock jumps"] = self._jump

    @property
    def kinds(self) -> list[str]:
        """Every kind of fault that can be made here."""
        return list(self._works)

    async def keep_breaking(self, every: float) -> None:
        """Break something every so many seconds, until cancelled; each kind comes once before one comes again."""
        loop = asyncio.get_running_loop()
        at = loop.time()
        while True:
            at += every
            await asyncio.sleep(max(0.0, at - loop.time()))
            self.begin(self._draw())

    def _draw(self) -> str:
        """A kind that is not at work at the moment."""
        if not self._bag:
            self._bag = self._chance.sample(self.kinds, len(self.kinds))
        busy = set(self._mending.values())
        free = next((at for at, kind in enumerate(self._bag) if not busy & self._in_the_way(kind)), 0)
        return self._bag.pop(free)

    def _in_the_way(self, kind: str) -> set[str]:
        """Faults that cannot go on at the same time: they break the same thing, and mend it."""
        groups = [
            {"database killed", "disk full"},
            {"database slow", "database stalls"},
            {k for k in self.kinds if k.startswith("action")},
        ]
        return {kind}.union(*(group for group in groups if kind in group))

    def begin(self, kind: str) -> asyncio.Task[None]:
        """Break something; it is mended by the task."""
        fault = Fault(kind, asyncio.get_running_loop().time())
        self.faults.append(fault)

        async def work() -> None:
            await self._works[kind]()
            fault.mended = asyncio.get_running_loop().time()

        self._log(f"fault: {kind}")
        task = asyncio.ensure_future(work())
        self._mending[task] = kind
        task.add_done_callback(self._mended)
        return task

    def _mended(self, task: asyncio.Task[None]) -> None:
        kind = self._mending.pop(task)
        if not task.cancelled() and task.exception() is not None:
            self._log(f"{kind} could not be made or mended: {task.exception()!r}")

    async def mend_all(self) -> None:
        """Wait until everything that was broken is whole."""
        await asyncio.gather(*self._mending, return_exceptions=True)

    async def _while(self, shortest: float, longest: float) -> None:
        await asyncio.sleep(self._chance.uniform(shortest, longest))

    async def _kill_worker(self) -> None:
        pids = self._site.bot.pids()
        if pids:
            os.kill(self._chance.choice(pids), signal.SIGKILL)

    async def _kill_postgres(self) -> None:
        self._site.postgres.kill()
        await self._while(1, 3)
        await self._site.postgres.start()

    async def _kill_backend(self) -> None:
        backends = self._site.postgres.backends()
        if backends:
            with suppress(ProcessLookupError):
                os.kill(self._chance.choice(backends), signal.SIGKILL)

    async def _kill_redis(self) -> None:
        self._site.redis.kill()
        await self._while(1, 3)
        self._site.redis.start()

    async def _slow(self) -> None:
        self._site.proxy.delay = self._chance.uniform(0.1, 0.4)
        await self._while(2, 4)
        self._site.proxy.delay = 0.0

    async def _stall(self) -> None:
        self._site.proxy.stalled = True
        await self._while(1, 6)
        self._site.proxy.stalled = False

    async def _fill_disk(self) -> None:
        assert self._site.disk is not None
        ballast = self._site.disk / "ballast"
        await asyncio.to_thread(_fill, ballast)
        await self._while(2, 4)
        ballast.unlink()
        if not self._site.postgres.is_running():
            self._log("PostgreSQL gave up on the full disk and is started again")
        await self._site.postgres.start()

    async def _jump(self) -> None:
        """The clock of one worker, of all of them, or of one that starts anew: what is looked after once a day begins then."""
        assert self._site.clock is not None
        number, shift = self._chance.randrange(self._site.bot.workers), self._chance.choice(JUMPS)
        whose = self._chance.choice(["one", "all", "one that starts"])
        self._log(f"clock of {whose}: {shift / DAY:+.2f} days")
        _shift(self._site.clock, dict.fromkeys(range(WORKERS_AT_MOST) if whose == "all" else [number], shift))
        if whose == "one that starts":
            pid = self._site.bot.worker(number)
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
            await self._while(15, 20)
        else:
            await self._while(2, 5)
        _shift(self._site.clock, {})

    async def _break_model(self) -> None:
        whole = self._site.model.read_bytes()
        self._site.model.write_bytes(whole[: self._chance.randrange(len(whole))])
        await self._kill_worker()
        await self._while(5, 12)
        self._site.model.write_bytes(whole)

    async def _block(self) -> None:
        (self._site.folder / ONE_MORE).touch()

    def _actions(self, how: str) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            order = self._site.folder / ORDER
            order.write_text(how)
            await self._while(1, 3)
            order.unlink(missing_ok=True)  # two of them at once: the first that ends, ends both

        return work


def _shift(clock: Path, by: dict[int, int]) -> None:
    """Write the shifts in place: the workers have the file in their memory."""
    with clock.open("r+b") as file:
        file.write(struct.pack(f"{WORKERS_AT_MOST}q", *(by.get(worker, 0) for worker in range(WORKERS_AT_MOST))))


def _fill(ballast: Path) -> None:
    """Take all the room there is, and what other processes give back meanwhile."""
    free = os.statvfs(ballast.parent)
    with ballast.open("wb") as file:
        with suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - 4096))
        with suppress(OSError):
            file.seek(0, os.SEEK_END)
            while True:
                os.write(file.fileno(), bytes(4096))
