"""A picture as SVG: still, or moving by SMIL; no script, no style from elsewhere, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import numpy as np

from actions.selfcare.figures.layout import SHOWN, Item, Picture, Text, ended, moving, still
from actions.selfcare.figures.poses import Exercise
from actions.selfcare.figures.scene import stage
from actions.selfcare.figures.shapes import Shape
from actions.selfcare.figures.skeleton import Array, Side
from actions.selfcare.figures.tempo import PULSE_SECONDS, moments, phases
from actions.selfcare.figures.theme import SEEN_THROUGH, Theme, tones
from actions.selfcare.figures.words import alternative, label, name
from actions.triage.page.markup import Markup, element, join

FINE = 10
"""Outlines are kept in whole tenths of a pixel, which makes them short."""
SAME = 0.12
"""Pixels by which outlines may differ and yet be drawn as one."""
STEPS = 7
"""Outlines between start and end; the browser goes smoothly from one to the next."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
MOTION = (
    ".kneewise-still{display:none}"
    "@media (prefers-reduced-motion:reduce){.kneewise-moving{display:none}.kneewise-still{display:inline}}"
)


def still_picture(exercise: Exercise, side: Side, theme: Theme) -> str:
    """Start and end."""
    picture = still(exercise, side)
    mark = f"{exercise.id}-{side}-{theme}"
    return _svg(mark, exercise, side, tones(theme)["paper"], picture, _Pen(mark, theme).items(picture.items))


def moving_picture(exercise: Exercise, side: Side, theme: Theme) -> str:
    """The movement in its own tempo; who wants less motion sees the end instead."""
    shown = stage(exercise, side)
    times = list(moments(exercise.id, STEPS))
    pictures = [moving(shown, progress, list(SHOWN)) for _, progress in times]
    mark = f"{exercise.id}-{side}-{theme}-moving"
    moves = _MovingPen(mark, theme, pictures, _Clock(exercise.id, [seconds for seconds, _ in times]))
    stays = _Pen(f"{mark}-end", theme)
    return _svg(
        mark,
        exercise,
        side,
        tones(theme)["paper"],
        pictures[0],
        element("style", Markup(MOTION)),
        element("g", moves.items(pictures[0].items), class_="kneewise-moving"),
        element("g", stays.items(ended(shown).items), class_="kneewise-still"),
    )


class _Clock:
    """When things come, go and move while the movement repeats."""

    def __init__(self, exercise_id: str, times: list[float]):
        self.phases = phases(exercise_id)
        self.whole = sum(phase.seconds for phase in self.phases)
        self.key_times = ";".join(_short(time / self.whole, 4) for time in times)

    def motion(self, way: list[Array]) -> Markup:
        """What makes a closed outline go through these; nothing if they are all the same."""
        shifts = [(points - way[0]).mean(axis=0) for points in way]
        bent = max(float(np.abs(points - way[0] - shift).max()) for points, shift in zip(way, shifts, strict=True))
        if bent > SAME:
            return self._animate("animate", "d", ";".join(f"{_outline(points)}z" for points in way), self.key_times)
        if max(float(np.abs(shift).max()) for shift in shifts) < SAME:
            return Markup()
        values = ";".join(f"{x * FINE:.0f} {y * FINE:.0f}" for x, y in shifts)
        return self._animate("animateTransform", "transform", values, self.key_times, type="translate", additive="sum")

    def presence(self, layer: str) -> Markup:
        """A layer that is there in its own phases only; what is pressed or held beats."""
        begins, values = [], []
        passed = 0.0
        for phase in self.phases:
            there = layer == phase.name or layer in SHOWN[phase.name]
            beats = round(phase.seconds / PULSE_SECONDS) if there and layer in ("force", "mark") else 1
            for n in range(beats):
                begins.append(_short((passed + phase.seconds * n / beats) / self.whole, 4))
                strength = SEEN_THROUGH.get(layer, 0.35 if n % 2 else 1.0)
                values.append(f"{strength:g}" if there else "0")
            passed += phase.seconds
        return self._animate("animate", "opacity", ";".join(values), ";".join(begins), calcMode="discrete")

    def _animate(self, kind: str, attribute: str, values: str, key_times: str, **more: str) -> Markup:
        return element(
            kind,
            attributeName=attribute,
            dur=f"{_short(self.whole, 2)}s",
            repeatCount="indefinite",
            keyTimes=key_times,
            values=values,
            **more,
        )


class _Pen:
    """Draws items; an outline that comes a second time is referred to, not written again."""

    def __init__(self, mark: str, theme: Theme):
        self.mark = mark
        self.colour = tones(theme)
        self.known: dict[str, str] = {}

    def items(self, items: Iterable[Item]) -> Markup:
        """All of them, in groups by their layer."""
        return join(*(self._layer(layer, each) for layer, each in groupby(items, key=lambda item: item.layer)))

    def motion(self, shape: Shape) -> Markup:
        """How a shape moves: not at all."""
        return Markup()

    def presence(self, layer: str) -> Markup:
        """When a layer is there: always."""
        return Markup()

    def opacity(self, layer: str) -> float | None:
        """How much of what is behind a layer it covers; all of it if there is no number."""
        return SEEN_THROUGH.get(layer)

    def _layer(self, layer: str, items: Iterable[Item]) -> Markup:
        drawn = [self._words(item) if isinstance(item, Text) else self._shape(item) for item in items]
        if not layer:
            return join(*drawn)
        return element("g", self.presence(layer), *drawn, opacity=self.opacity(layer))

    def _words(self, text: Text) -> Markup:
        return element(
            "text",
            text.words,
            x=_short(text.x, 1),
            y=_short(text.y, 1),
            font_size=text.size,
            fill=self.colour[text.tone],
            text_anchor="middle" if text.centred else None,
        )

    def _shape(self, shape: Shape) -> Markup:
        path = {"d": _outline(shape.points) + ("z" if shape.fill else ""), "transform": f"scale({1 / FINE:g})"}
        motion = self.motion(shape)
        paint = {
            "fill": self.colour[shape.fill] if shape.fill else "none",
            "stroke": self.colour[shape.line] if shape.line else None,
            "stroke_width": _short(shape.width * FINE, 1) if shape.line else None,
            "stroke_linejoin": "round" if shape.line else None,
            "stroke_dasharray": _short(shape.dash * FINE, 1) if shape.dash else None,
        }
        key = path["d"] + motion
        if key in self.known:
            return element("use", href=f"#{self.known[key]}", **paint)
        if not shape.role.endswith("halo"):
            return element("path", motion, **path, **paint) if motion else element("path", **path, **paint)
        self.known[key] = f"{self.mark}-{len(self.known)}"
        outline = element("path", motion, id=self.known[key], **path)
        return join(element("defs", outline), element("use", href=f"#{self.known[key]}", **paint))


class _MovingPen(_Pen):
    """Draws the first picture of a movement so that it goes through all of them."""

    def __init__(self, mark: str, theme: Theme, pictures: list[Picture], clock: _Clock):
        super().__init__(mark, theme)
        self.clock = clock
        self.ways: dict[tuple[str, str], list[Array]] = {}
        for picture in pictures:
            for item in picture.items:
                if isinstance(item, Shape):
                    self.ways.setdefault((item.role, item.layer), []).append(item.points)

    def motion(self, shape: Shape) -> Markup:
        """The way that the shape takes through all pictures."""
        return self.clock.motion(self.ways[shape.role, shape.layer])

    def presence(self, layer: str) -> Markup:
        """The phases in which the layer is there."""
        return Markup() if layer == "shade" else self.clock.presence(layer)

    def opacity(self, layer: str) -> float | None:
        """As at the start, for what shows the picture without moving it."""
        return SEEN_THROUGH["shade"] if layer == "shade" else float(layer in ("start", *SHOWN["start"]))


def _svg(mark: str, exercise: Exercise, side: Side, paper: str, picture: Picture, *inside: Markup) -> str:
    return element(
        "svg",
        element("title", f"{name(exercise)}: {label(exercise, side)}", id=f"{mark}-title"),
        element("desc", alternative(exercise, side), id=f"{mark}-desc"),
        element("rect", width=picture.width, height=picture.height, fill=paper),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {picture.width} {picture.height}",
        width=picture.width,
        height=picture.height,
        role="img",
        aria_labelledby=f"{mark}-title {mark}-desc",
        font_family=FONT,
        font_weight=600,
    )


def _outline(points: Array) -> str:
    """A path through points (n, 2) in whole tenths of a pixel."""
    whole = np.round(points * FINE)
    steps = "".join(f"{_signed(right)}{_signed(down)}" for right, down in np.diff(whole, axis=0))
    return f"M{whole[0, 0]:.0f} {whole[0, 1]:.0f}l{steps.strip()}"


def _signed(number: float) -> str:
    return f"{number:.0f}" if number < 0 else f" {abs(number):.0f}"


def _short(number: float, digits: int) -> str:
    return f"{number:.{digits}f}".rstrip("0").rstrip(".")
