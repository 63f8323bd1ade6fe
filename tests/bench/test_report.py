"""The document says what was measured: its tables are those of the figures in it, and every promise stands there."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bench import report
from tests.bench.figures import Figures, begun, summary
from tests.bench.holds import HOLDS, Hold
from tests.bench.parts import part_of, shares
from tests.bench.plan import FULL, SHORT
from tests.bench.says import NoEnd, Triage


def test_the_tables_are_those_of_the_figures_beside_them() -> None:
    written, figures = report.read()
    assert report.render(figures) == written


@pytest.mark.parametrize("hold", HOLDS, ids=[hold.name for hold in HOLDS])
def test_every_promise_is_in_the_document_with_its_verdict(hold: Hold) -> None:
    written, figures = report.read()
    row = f"| {' | '.join(report.row_of(hold, figures))} |"
    assert hold.name in row
    assert row in written.splitlines()


def both(ours: float, starter: float) -> Figures:
    return {"ours": summary([ours]), "starter": summary([starter])}


def test_a_promise_is_held_at_its_limit_and_not_beyond() -> None:
    memory = next(hold for hold in HOLDS if hold.name.startswith("memory"))
    assert report.row_of(memory, {"memory_mb": both(600, 1000)})[-3:] == ["0.60", "at most 0.6", "yes"]
    assert report.row_of(memory, {"memory_mb": both(601, 1000)})[-1] == "**no**"


def test_more_is_better_for_messages_a_second() -> None:
    hold = next(hold for hold in HOLDS if "a second" in hold.name and "8 people" in hold.name)
    load = {side: {"8": {"a_second": summary([rate])}} for side, rate in (("ours", 145.0), ("starter", 29.0))}
    assert report.row_of(hold, {"load": load})[-3:] == ["5.00", "at least 5", "yes"]
    load["ours"]["8"]["a_second"] = summary([144.0])
    assert report.row_of(hold, {"load": load})[-1] == "**no**"


def test_several_workers_are_asked_for_by_the_cores() -> None:
    hold = next(hold for hold in HOLDS if hold.name.startswith("four workers"))
    workers = {"1": {"a_second": summary([100.0])}, "4": {"a_second": summary([170.0])}}
    assert report.row_of(hold, {"workers": workers, "cores": 2})[-3:] == ["1.70", "at least 1.7", "yes"]
    assert report.row_of(hold, {"workers": workers, "cores": 4})[-1] == "**no**"


def test_what_failed_is_named_and_the_rest_is_written(tmp_path: Path) -> None:
    figures = {**begun(SHORT), "failed": {"several workers": "Lost"}, "memory_mb": both(500, 1000)}
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write(figures, document)
    text = document.read_text()
    assert "several workers (Lost)" in text
    assert "| memory after the load | 500 MB |" in text
    assert (text.split("\n")[0], text.rstrip().split("\n")[-1], "old" in text) == ("before", "after", False)
    assert report.read(document) == (report.render(figures), figures)


def test_the_full_form_measures_what_the_promises_speak_of() -> None:
    spoken = " ".join(hold.name for hold in HOLDS)
    assert all(f"turn {turn}" in spoken for turn in FULL.windows)
    assert all(f"{people} pe" in spoken for people in FULL.people)
    assert (FULL.days, FULL.workers, FULL.rounds >= 5, FULL.blocks >= 5, FULL.flat_talks >= 5) == (
        365,
        4,
        True,
        True,
        True,
    )


STACKS: list[tuple[list[str], str]] = [
    (["std/copy.py:deepcopy", "actions/record.py:to_json", "actions/conversation.py:run"], "record of the talk"),
    (["rasa/shared/core/domain.py:get", "rasa/core/policies/rule_policy.py:f", "rasa/core/processor.py:g"],
     "picking the action (Rasa's rules)"),
    (["onnxruntime/x.py:run", "bot/nlu/embeddings.py:embed", "bot/nlu/components.py:read"], "sentence embedding"),
    (["sanic/server/runners.py:serve", "bot/server.py:main"], "nothing to do"),
    (["json/encoder.py:encode"], "the rest"),
]  # fmt: skip


@pytest.mark.parametrize(("stack", "part"), STACKS)
def test_a_library_counts_for_the_part_that_calls_it(stack: list[str], part: str) -> None:
    assert part_of(stack) == part


def test_the_largest_part_comes_first_and_looking_is_left_out() -> None:
    stacks = [(1, STACKS[0][0]), (3, STACKS[1][0]), (9, ["tests/bench/sampled.py:look", *STACKS[0][0]])]
    assert shares(stacks) == {"picking the action (Rasa's rules)": 0.75, "record of the talk": 0.25}
    assert next(iter(shares(stacks))).startswith("picking")


def test_a_triage_of_the_bench_comes_to_its_result(
    talk_of: Callable[[], Callable[[str], list[dict[str, Any]]]],
) -> None:
    for seed in range(3):
        say, triage = talk_of(), Triage(random.Random(seed))
        said: str | None = triage.first
        while said is not None:
            said = triage.after(say(said))
        assert triage.messages > 5


def test_a_triage_that_leads_nowhere_is_no_figure() -> None:
    with pytest.raises(NoEnd):
        Triage(random.Random(1)).after([{"text": "hello"}])


@pytest.fixture
def talk_of(agent: Any, loop: Any) -> Callable[[], Callable[[str], list[dict[str, Any]]]]:
    """Begins a new talk and returns what says one thing in it."""
    import uuid

    from bot.channels.rest import turn

    def begin() -> Callable[[str], list[dict[str, Any]]]:
        sender = uuid.uuid4().hex
        return lambda text: list(loop.run_until_complete(turn(agent, sender, text, "rest")))

    return begin
