"""The figures as a picture: `docs/performance.svg`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

from tests.bench.figures import Figures
from tests.bench.lines import ROOT

mpl.use("svg")

from matplotlib import pyplot  # noqa: E402

PICTURE = ROOT / "docs" / "performance.svg"
NAMES = {"ours": "Kneewise", "starter": "starter of rasa init"}
COLOURS = {"ours": "#1b6e5a", "starter": "#b0562c"}
GREY = "#666666"


def draw(figures: Figures, picture: Path = PICTURE) -> None:
    """Draw what there is; a part that was not measured leaves its place empty.

    Args:
        figures: of one run.
        picture: the file.
    """
    mpl.rcParams.update({"svg.hashsalt": "kneewise", "font.size": 9, "svg.fonttype": "path"})
    plan, (turns, load, once) = pyplot.subplots(1, 3, figsize=(11, 3.4))
    _turns(turns, figures)
    _load(load, figures)
    _once(once, figures)
    for axes in (turns, load, once):
        axes.spines[["top", "right"]].set_visible(False)
    plan.tight_layout()
    plan.savefig(picture, metadata={"Date": None})
    pyplot.close(plan)


def _turns(axes: Any, figures: Figures) -> None:
    axes.set_title("A message, ms (p50; p95 thin)")
    axes.set_xlabel("turn of the talk")
    for side, by_turn in figures.get("turn_ms", {}).items():
        at = [str(turn) for turn in by_turn]
        axes.plot(at, [one["median"] for one in by_turn.values()], "o-", color=COLOURS[side], label=NAMES[side])
        axes.plot(at, [one["p95"] for one in by_turn.values()], "-", color=COLOURS[side], linewidth=0.7)
    _finish(axes, figures, "turn_ms")


def _load(axes: Any, figures: Figures) -> None:
    axes.set_title("Messages a second in whole talks")
    axes.set_xlabel("people at once")
    for side, by_people in figures.get("load", {}).items():
        a_second = [one["a_second"]["median"] for one in by_people.values()]
        axes.plot(list(by_people), a_second, "o-", color=COLOURS[side], label=NAMES[side])
    if "floor" in figures:
        axes.axhline(figures["floor"]["a_second"]["median"], color=GREY, linestyle=":", label="floor: no server")
    _finish(axes, figures, "load")


def _once(axes: Any, figures: Figures) -> None:
    axes.set_title("Kneewise, the starter is 1 (| is asked)")
    bars, asked = {}, []
    for name, part, most in (("first answer", "cold_start_s", 0.3), ("memory", "memory_mb", 0.6)):
        if part in figures:
            bars[name] = figures[part]["ours"]["median"] / figures[part]["starter"]["median"]
            asked.append(most)
    if "ours_s" in figures.get("training", {}):
        bars["training"] = figures["training"]["ours_s"]["median"] / figures["training"]["starter_s"]
        asked.append(0.3)
    axes.barh(list(bars), list(bars.values()), color=COLOURS["ours"], height=0.5)
    axes.plot(asked, list(bars), "|", color="black", markersize=34)
    axes.axvline(1, color=COLOURS["starter"])
    axes.set_xlim(0, 1.1)
    axes.invert_yaxis()


def _finish(axes: Any, figures: Figures, part: str) -> None:
    axes.set_ylim(bottom=0)
    if part in figures:
        axes.legend(frameon=False)
