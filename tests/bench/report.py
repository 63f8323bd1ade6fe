"""Figures as the tables of `docs/performance.md`, between two markers; the prose around them is written by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figures import Figures, as_json
from tests.bench.holds import HOLDS, Hold
from tests.bench.lines import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- written by make bench: begin -->", "<!-- written by make bench: end -->"
BLOCK = "```json\n"
MOST_PARTS = 10
QUIET = 0.5
"""Load before the run below which nothing else was at work."""
MISSING = (KeyError, ValueError, ZeroDivisionError)
"""What reading a figure that was not measured raises."""


def render(figures: Figures) -> str:
    """The generated part of the document.

    Args:
        figures: of one run.
    """
    parts = [_how(figures), _promises(figures), "![The same as a picture](performance.svg)", *_details(figures),
             _block(figures)]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def write(figures: Figures, document: Path = DOCUMENT) -> None:
    """Put the generated part into the document.

    Args:
        figures: of one run.
        document: has both markers.
    """
    text = document.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    document.write_text(f"{before}{BEGIN}\n{render(figures)}\n{END}{after}", encoding="utf-8")


def read(document: Path = DOCUMENT) -> tuple[str, Figures]:
    """The generated part of the document, and the figures that stand in it."""
    part = document.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip("\n")
    return part, json.loads(part.split(BLOCK)[1].split("```")[0])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _how(figures: Figures) -> str:
    busy = figures["busy_before"]
    quiet = "nothing else was at work" if busy < QUIET else f"**other work ran: load {busy:g}; measure again**"
    lines = [
        f"Measured {figures['at'][:10]} ({figures['form']} form, {figures.get('minutes', 0):g} minutes) on {figures['cores']} cores "
        f"and {figures['machine_mb'] / 1000:.0f} GB; when it began, {quiet}.",
        *(f"**Not measured: {name} ({why}).**" for name, why in figures["failed"].items()),
    ]
    return "\n\n".join(lines)


def _promises(figures: Figures) -> str:
    rows = [row_of(hold, figures) for hold in HOLDS]
    return table(["what", "Kneewise", "beside", "measured", "asked", "held"], rows)


def row_of(hold: Hold, figures: Figures) -> list[str]:
    """One promise: its figures, the ratio, what is asked, and whether it is held.

    Args:
        hold: the promise.
        figures: of one run; what is missing there was not measured.
    """
    try:
        ours, beside = hold.sides(figures)
        ratio, held = hold.ratio(figures), hold.held(figures)
    except MISSING:
        return [hold.name, "not measured", "–", "–", "–", "–"]
    asked = f"at {'least' if hold.at_least else 'most'} {hold.asked(figures):.3g}"
    return [hold.name, ours, beside, f"{ratio:.2f}", asked, "yes" if held else "**no**"]


def _details(figures: Figures) -> list[str]:
    """Further tables, as far as they were measured."""
    return [text for text in (_answers(figures), _days(figures), _crowds(figures), _parts(figures)) if text]


def _answers(figures: Figures) -> str:
    if "load" not in figures:
        return ""
    rows = [
        [people, *(f"{figures['load'][side][people][name]['median']:.3g}" for side in ("ours", "starter")
                   for name in ("p50_ms", "p95_ms"))]
        for people in figures["load"]["ours"]
    ]  # fmt: skip
    head = ["people at once", "Kneewise p50 ms", "p95 ms", "starter p50 ms", "p95 ms"]
    return "How long a message takes while so many talk:\n\n" + table(head, rows)


def _days(figures: Figures) -> str:
    flat = figures.get("flat")
    if flat is None:
        return ""
    found = [[name, f"{value:.2f}"] for name, value in flat.items() if not name.endswith("_ms")]
    return (
        f"Processor time, so that nothing else counts (`python -m tests.bench.flat`). A turn of a check-in takes {flat['first_ms']:.3g} ms "
        f"on the first days and {flat['last_ms']:.3g} ms on the last:\n\n" + table(["what", "times its first"], found)
    )


def _crowds(figures: Figures) -> str:
    if "workers" not in figures:
        return ""
    crowds = dict(sorted(figures["workers"].items(), key=lambda one: int(one[0])))
    rows = [
        [name, *(f"{crowd[key]['median']:.3g}" for key in
                 ("a_second", "cpu_ms", "workers_share", "client_share", "rest_share"))]
        for name, crowd in crowds.items()
    ]  # fmt: skip
    one, several = crowds.values()
    cost = one["cpu_ms"]["median"] / several["cpu_ms"]["median"]
    head = [
        "workers",
        "messages a second",
        "processor ms of workers a message",
        "cores: workers",
        "client",
        "stores and the rest",
    ]
    return (
        "Workers on PostgreSQL (without fsync) and Valkey, 32 people. The client and the stores need the same cores, and are not "
        f"there for the workers. By the processor time of the workers alone, several do {cost:.2f} times the messages of one:\n\n"
        + table(head, rows)
    )


def _parts(figures: Figures) -> str:
    if "parts" not in figures:
        return ""
    found = figures["parts"]
    rows = [[name, f"{100 * share:.0f} %", f"{share * found['ms']:.2f}"]
            for name, share in list(found["parts"].items())[:MOST_PARTS]]  # fmt: skip
    return (
        "Where the time of one worker goes under 8 people in whole triages, the ten largest parts of the main thread (looked at every 2 ms):"
        "\n\n" + table(["part", "share", "ms a message"], rows)
    )


def _block(figures: Figures) -> str:
    return f"<details><summary>All figures of this run</summary>\n\n{BLOCK}{as_json(figures)}\n```\n\n</details>"
