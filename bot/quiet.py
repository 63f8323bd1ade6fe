"""Settings that must stand before Rasa and its libraries are imported."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import MutableMapping
from typing import Any

import structlog

TOLD = ("event", "level", "exc_info")
"""What a log line of Rasa may keep; the rest can hold a person's words."""


def quieten() -> None:
    """No telemetry, no start-up chatter, and above all no log level at which Rasa writes a person's words.

    One thread for small matrices: a second one helps none of them, and waits for the next one by turning in circles, which
    doubles the processor time of a message (measured: docs/performance.md).
    """
    for name, value in {
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "HF_HUB_OFFLINE": "1",
        "LOG_LEVEL": "WARNING",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "SANIC_ACCESS_LOG": "false",
        "OPENBLAS_NUM_THREADS": "1",
    }.items():
        os.environ.setdefault(name, value)
    warnings.filterwarnings("ignore")
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        processors=[_without_words, structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(colors=False)],
        cache_logger_on_first_use=True,
    )


def _without_words(_: Any, __: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key in TOLD and key != "exc_info"}
