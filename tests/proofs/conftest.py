"""The walks, made once for all proofs, and the counts that the proofs leave in the terminal summary."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from actions.triage import Level, Protocol
from actions.triage.conditions import NOT_SURE

from .space import Space
from .walk import Walk, Walker

HERE = Path(__file__).parent
DEEP = bool(os.environ.get("KNEEWISE_DEEP"))
EXAMPLES = 20_000 if DEEP else 500
"""How often each claim over random people is tried."""
MOST_SECONDS = 120
"""Processor time of all proofs in the short form."""

Count = Callable[[str], None]
_counts: list[str] = []
_seconds: list[float] = []


@pytest.fixture(scope="session")
def count() -> Count:
    """Leaves one line for the terminal summary."""
    return _counts.append


@pytest.fixture(scope="session")
def space(protocol: Protocol) -> Space:
    return Space(protocol)


@pytest.fixture(scope="session")
def sure_walk(space: Space, count: Count) -> Walk:
    """Everybody who knows every answer, from an empty record, by cards alone."""
    return _counted("people who know", Walker(space, unsure=False).walk(), count)


@pytest.fixture(scope="session")
def unsure_walk(space: Space, count: Count) -> Walk:
    """Everybody, with `not_sure` anywhere and as often as they like."""
    return _counted("people who may be unsure", Walker(space, unsure=True).walk(), count)


@pytest.fixture(scope="session")
def volunteered_walk(space: Space, count: Count) -> Walk:
    """Everybody who said one thing of their own accord first, sure of it or not."""
    starts = [{id: value} for id in space.ids for value in [*_few(space, id), NOT_SURE]]
    return _counted("people who volunteer one thing", Walker(space, unsure=False).walk(starts), count)


@pytest.fixture(scope="session")
def twice_volunteered_walk(space: Space, count: Count) -> Walk:
    """Everybody who said a red flag and one thing more at once; only in the deep form."""
    flags = [id for id in space.ids if space.protocol.findings[id].red_flag]
    starts = [{f: "yes", id: value} for f in flags for id in space.ids if id != f for value in _few(space, id)]
    return _counted("people who volunteer two things", Walker(space, unsure=False).walk(starts), count)


def _few(space: Space, id: str) -> Iterator[Any]:
    """One value of each class; of choices that can be combined, one at a time."""
    return (value for value in space.sure(id) if not isinstance(value, list) or len(value) == 1)


def _counted(who: str, walk: Walk, count: Count) -> Walk:
    most = walk.most_cards()
    count(
        f"walk, {who}: {len(walk.starts)} starts, {len(walk.states)} states, {walk.answers} answers, "
        f"{len(walk.ends)} ends, {walk.seconds:.1f} s"
    )
    count("  most cards: " + ", ".join(f"{level.id} {most[level]}" for level in sorted(Level, reverse=True)))
    count(f"  an emergency is named {max(end.longest_wait for end in walk.emergencies)} cards after its first sign")
    return walk


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The test of the time that all proofs took comes after them."""
    items.sort(key=lambda item: item.name == "test_all_proofs_are_quick")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Adds up the processor time of the tests in this folder; pytest calls this for those of every other folder too."""
    began = time.process_time()
    yield
    if HERE in item.path.parents:
        _seconds.append(time.process_time() - began)


@pytest.fixture
def seconds_so_far() -> float:
    """Processor time of the proofs before this one."""
    return sum(_seconds)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _counts:
        terminalreporter.section("proofs")
        for line in _counts:
            terminalreporter.write_line(line)
        terminalreporter.write_line(f"all proofs: {sum(_seconds):.0f} s of processor time")
