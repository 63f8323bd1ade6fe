"""Where the time of one worker goes under eight people: the main thread, looked at every two milliseconds."""

from __future__ import annotations

import json
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.bench.lines import Lost, Process
from tests.bench.plan import Plan
from tests.bench.sampled import FILE
from tests.bench.sides import start_ours

PEOPLE = 8
SECONDS_TO_WRITE = 20
WAITING, OWN, REST = "nothing to do", "tests/bench/sampled.py", "the rest"
LOOP = "sanic/server/runners.py:serve"
"""Innermost, the event loop has nothing to run, or is at work below Python."""
PARTS = {
    "sentence embedding": ("bot/nlu/embeddings.py", "bot/nlu/minilm/"),
    "second reader of findings": ("bot/nlu/second.py", "bot/nlu/features.py", "bot/nlu/merge.py", "bot/nlu/clauses.py"),
    "intent and topic": ("bot/nlu/intents.py", "bot/nlu/components.py"),
    "exact reader of findings": ("bot/nlu/",),
    "engine": ("actions/triage/",),
    "record of the talk": ("actions/record.py",),
    "plans and exercises": ("actions/selfcare/",),
    "what a person's records say, written in threads": ("actions/known.py", "actions/records/"),
    "what is said, and its cards": ("actions/",),
    "calling the action (rasa_sdk)": ("rasa_sdk/", "bot/actions_in_process.py", "rasa/core/actions/"),
    "picking the action (Rasa's rules)": (
        "rasa/core/policies/",
        "rasa/core/featurizers/",
        "rasa/core/processor.py:predict_next",
    ),
    "storing the talk, written in threads": ("bot/trackers.py", "bot/history.py"),
    "Rasa's events and tracker": ("rasa/core/", "rasa/engine/", "bot/plain_runner.py"),
    "turn, lock and log": ("bot/channels/turns.py", "bot/locks.py", "bot/logs.py", "bot/metrics.py"),
    "HTTP": ("sanic/", "bot/", "connection_task", "http1_", "handle_request"),
}
"""A part and where its functions are. The innermost function that is in one decides; libraries count for who calls them."""
Stacks = list[tuple[int, list[str]]]


def measure(plan: Plan) -> dict[str, object]:
    """Run a worker under load and look at it.

    Args:
        plan: how long.

    Returns:
        `a_second`, `ms` of a message, and `parts`: their shares, the largest first.
    """
    with tempfile.TemporaryDirectory(prefix="kneewise-bench-") as folder:
        path = Path(folder) / "samples.json"
        server = start_ours(Path(folder), "tests.bench.sampled", **{FILE: str(path)})
        try:
            server.first_answer()
            with Process("tests.bench.client", Path(folder) / "client.log") as client:
                wanted = {"do": "load", "url": server.url, "kind": "ours", "people": PEOPLE}
                client.ask(120, **wanted, seconds=1)
                server.process.send_signal(signal.SIGUSR1)
                load = client.ask(120, **wanted, seconds=plan.sampled_seconds)
            server.process.send_signal(signal.SIGUSR2)
            stacks = _written(path)
        finally:
            server.stop()
    return {"a_second": load["a_second"], "ms": 1000 / load["a_second"], "parts": shares(stacks)}


def _written(path: Path) -> Stacks:
    """The stacks, once they are there.

    Raises:
        Lost: they did not come.
    """
    end = time.monotonic() + SECONDS_TO_WRITE
    while not path.exists():
        if time.monotonic() > end:
            raise Lost("the server wrote no samples")
        time.sleep(0.05)
    return [(count, stack) for count, stack in json.loads(path.read_text())]


def shares(stacks: Stacks) -> dict[str, float]:
    """The share of each part, the largest first; looking itself is left out.

    Args:
        stacks: how often, and the functions as `file:name`, the innermost first.
    """
    counts: Counter[str] = Counter()
    for count, stack in stacks:
        counts[part_of(stack)] += count
    del counts[OWN]
    total = sum(counts.values())
    return {name: count / total for name, count in counts.most_common()}


def part_of(stack: Sequence[str]) -> str:
    """The part that a stack belongs to.

    Args:
        stack: functions as `file:name`, the innermost first.
    """
    if stack[0].startswith(OWN):
        return OWN
    if stack[0] == LOOP:
        return WAITING
    for function in stack:
        found = next((name for name, places in PARTS.items() if function.startswith(places)), None)
        if found is not None:
            return found
    return REST
