"""How fast the inbox answers with 10,000 hand-offs: `python -m tests.inbox.bench`, two minutes on a quiet machine."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass

from actions.records.store import Records
from tests.databases import SECRET, migrated, new_postgres
from tests.inbox.conftest import Clinician, Inbox
from tests.inbox.people import fill

LIMIT_MS = 100
AMOUNT = 10_000
PATHS = (
    "/handoffs",
    "/handoffs?page=100",
    "/handoffs?show=waiting",
    "/handoffs?show=mine",
    "/handoffs?show=closed",
    "/handoffs/M005000",
)


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one look at a page."""

    p95: float
    """95 of 100 looks took less; grows with whatever else the machine does."""
    work: float
    """Of the processor, by this process with server and browser, SQLite too: the mean."""


def measure(clinician: Clinician, path: str, times: int) -> Measured:
    """Look at a page many times, after a first look that counts not."""
    clinician.get(path)
    took = []
    worked = time.process_time()
    for _ in range(times):
        begun = time.perf_counter()
        answer = clinician.get(path)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200
    work = (time.process_time() - worked) * 1000 / times
    return Measured(sorted(took)[int(times * 0.95)], work)


def tidy(records: Records) -> None:
    """What PostgreSQL does by itself within a minute of so many new rows."""
    with records.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def main() -> None:
    """Print one line for each database and page."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, url in (("sqlite", f"sqlite:///{folder}/bench.db"), ("postgresql", new_postgres(migrated()))):
            inbox = Inbox(Records(url, SECRET))
            fill(inbox.records, AMOUNT, inbox.clock.now)
            if kind == "postgresql":
                tidy(inbox.records)
            clinician = inbox.clinician()
            for path in PATHS:
                found = measure(clinician, path, 100)
                print(f"{kind:10} {path:24} p95 {found.p95:6.1f} ms, work {found.work:5.1f} ms", flush=True)
            inbox.close()
            inbox.records.engine.dispose()


if __name__ == "__main__":
    main()
