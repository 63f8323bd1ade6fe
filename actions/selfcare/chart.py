"""The picture of somebody's check-ins: the worst pain of each day over the zones of `clinical/load.yml`."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

KINDS = ("png", "svg")
INCHES, DOTS_PER_INCH = (7.2, 3.6), 150
INK, LINE = "#1f2933", "#0b5c7a"
BANDS = {"green": "#d8efdc", "amber": "#fdeecb", "red": "#f9d8d6"}
MOST_MARKS = 45
"""With more days than this, the line is drawn without a mark for each."""


def draw(entries: Sequence[tuple[date, float]], zones: Mapping[str, Any], kind: str) -> bytes:
    """Draw a chart; takes some 100 ms, so call it in a thread.

    Args:
        entries: day and pain from 0 to 10, oldest first, at least one.
        zones: `pain_zones` of `clinical/load.yml`.
        kind: `png` or `svg`.
    """
    figure = Figure(figsize=INCHES, dpi=DOTS_PER_INCH, layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    _zones(axes, zones)
    days, pains = zip(*entries)
    axes.plot(
        days, pains, color=LINE, linewidth=2, marker="o" if len(days) <= MOST_MARKS else None, clip_on=False, zorder=3
    )
    _label_last(axes, days[-1], pains[-1])
    _frame(axes, days[0], days[-1])
    drawn = io.BytesIO()
    figure.savefig(drawn, format=kind, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return drawn.getvalue()


def _zones(axes: Axes, zones: Mapping[str, Any]) -> None:
    """Bands with their names, so that colour is never needed."""
    bounds = {
        "green": (0, zones["green"]["to"]),
        "amber": (zones["green"]["to"], zones["amber"]["to"]),
        "red": (zones["red"]["over"], 10),
    }
    for name, (low, high) in bounds.items():
        axes.axhspan(low, high, color=BANDS[name], zorder=0)
        place = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center", "color": INK, "fontsize": 9}
        axes.text(0.99, (low + high) / 2, name, **place)


def _label_last(axes: Axes, day: date, pain: float) -> None:
    axes.annotate(
        f"{pain:g}", (day, pain), (0, 8), textcoords="offset points", ha="center", color=INK, fontweight="bold"
    )


def _frame(axes: Axes, first: date, last: date) -> None:
    margin = timedelta(days=max(1, (last - first).days // 20))
    axes.set_xlim(first - margin, last + 3 * margin)  # type: ignore[arg-type]
    axes.set_ylim(0, 10)
    axes.set_yticks(range(0, 11, 2))
    axes.set_ylabel("Worst pain, 0 to 10", color=INK)
    places = AutoDateLocator(minticks=2, maxticks=7)
    axes.xaxis.set_major_locator(places)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(places))
    axes.tick_params(colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
