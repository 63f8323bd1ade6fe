"""How fast the inbox answers with 10,000 hand-offs: `python -m tests.inbox.bench`, about a minute."""

from __future__ import annotations

import tempfile
import time

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


def p95(clinician: Clinician, path: str, times: int) -> float:
    """The time in milliseconds that 95 of 100 answers stay below."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = clinician.get(path)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200
    return sorted(took)[int(len(took) * 0.95)]


def main() -> None:
    """Print one line for each database and page."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, url in (("sqlite", f"sqlite:///{folder}/bench.db"), ("postgresql", new_postgres(migrated()))):
            inbox = Inbox(Records(url, SECRET))
            fill(inbox.records, AMOUNT, inbox.clock.now)
            clinician = inbox.clinician()
            for path in PATHS:
                print(f"{kind:10} {path:24} p95 {p95(clinician, path, 100):6.1f} ms", flush=True)
            inbox.close()
            inbox.records.engine.dispose()


if __name__ == "__main__":
    main()
