"""Several workers on PostgreSQL and Valkey against one worker on the same: messages a second in whole triages.

Straight, not through nginx, whose limits for one address would be measured. The client, PostgreSQL and Valkey need the
same processor, so what they take is told beside it.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.bench.lines import Process
from tests.bench.plan import Plan
from tests.bench.sides import family
from tests.databases import new_postgres
from tests.scale.conftest import started
from tests.scale.site import Site

PEOPLE = 32


@dataclass
class Crowd:
    """The figures of one arrangement, one a block."""

    a_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    """Processor milliseconds of the workers for one message."""
    workers_share: list[float] = field(default_factory=list)
    client_share: list[float] = field(default_factory=list)
    rest_share: list[float] = field(default_factory=list)
    """Of PostgreSQL, Valkey and all else on the machine; shares are in cores."""


def measure(plan: Plan, say: Callable[[str], None]) -> dict[str, Crowd]:
    """Blocks of load in turn on one worker and on many, both running all the time.

    Args:
        plan: how much.
        say: tells how far it is.

    Returns:
        The figures by the number of workers.
    """
    found = {str(amount): Crowd() for amount in (1, plan.workers)}
    os.environ["KNEEWISE_REST_PER_MINUTE"] = "0"
    with ExitStack() as stack:
        valkey = stack.enter_context(started())
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kneewise-bench-")))
        client = stack.enter_context(Process("tests.bench.client", logs / "client.log"))
        sites = {}
        for name in found:
            folder = logs / name
            folder.mkdir()
            sites[name] = Site(folder, new_postgres(), valkey.connection_url, int(name), proxy=False)
            stack.callback(sites[name].stop)
        for site in sites.values():
            site.wait()
            client.ask(120, do="load", url=site.inside, kind="ours", people=PEOPLE, seconds=0.5)
        for block in range(plan.blocks):
            say(f"workers, block {block + 1} of {plan.blocks}")
            for name, site in sites.items():
                _block(plan, client, site, found[name])
    return found


def _block(plan: Plan, client: Process, site: Site, crowd: Crowd) -> None:
    """One load, and where the processor's time went meanwhile."""
    workers, all, begun = _used(site.pid()), _machine(), time.perf_counter()
    load: dict[str, Any] = client.ask(120, do="load", url=site.inside, kind="ours", people=PEOPLE, seconds=plan.seconds)
    took = time.perf_counter() - begun
    workers, all = _used(site.pid()) - workers, _machine() - all
    crowd.a_second.append(load["a_second"])
    crowd.cpu_ms.append(1000 * workers / (load["a_second"] * took))
    crowd.workers_share.append(workers / took)
    crowd.client_share.append(load["client_share"])
    crowd.rest_share.append(max(0.0, all / took - workers / took - load["client_share"]))


def _used(pid: int) -> float:
    """Processor seconds of the workers so far."""
    times = [one.cpu_times() for one in family(pid)]
    return sum(one.user + one.system for one in times)


def _machine() -> float:
    """Processor seconds of everything on this machine so far."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)
