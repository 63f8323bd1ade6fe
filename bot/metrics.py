"""What is counted of turns: never a word, never a person."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from bot.workers import METRICS_FOLDER

ANSWERED, REPEATED, FAILED = "answered", "repeated", "failed"
BUCKETS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15)

TURNS = Counter("kneewise_turns", "Messages worked, by what came of them", ["channel", "outcome"])
SECONDS = Histogram("kneewise_turn_seconds", "How long an answer took", ["channel"], buckets=BUCKETS)
LEVELS = Counter("kneewise_levels", "Results shown", ["level"])
FALLBACKS = Counter("kneewise_fallbacks", "Messages that were not understood")
LIVE = Gauge("kneewise_live_talks", "Talks in memory", multiprocess_mode="livesum")


def turned(channel: str, outcome: str, seconds: float, messages: Iterable[Mapping[str, Any]]) -> None:
    """Count one turn.

    Args:
        channel: the channel's name.
        outcome: `ANSWERED`, `REPEATED` for a message that came before, or `FAILED`.
        seconds: from the message to its answer, waiting included.
        messages: the answer.
    """
    TURNS.labels(channel, outcome).inc()
    SECONDS.labels(channel).observe(seconds)
    if outcome != ANSWERED:
        return
    for message in messages:
        card = (message.get("custom") or {}).get("card") or {}
        if card.get("kind") == "assessment":
            LEVELS.labels(card["level"]).inc()


def written(posts: Mapping[str, int]) -> bytes:
    """Everything counted, by all workers of this machine, as Prometheus reads it.

    Args:
        posts: how many posts of hand-offs are in which state, now; the same for all workers, so counted here.
    """
    now = CollectorRegistry()
    states = Gauge("kneewise_handoff_posts", "Posts of hand-offs, by state", ["state"], registry=now)
    for state, amount in posts.items():
        states.labels(state).set(amount)
    if METRICS_FOLDER not in os.environ:
        return bytes(generate_latest(REGISTRY) + generate_latest(now))
    everywhere = CollectorRegistry()
    MultiProcessCollector(everywhere)
    return bytes(generate_latest(everywhere) + generate_latest(now))
