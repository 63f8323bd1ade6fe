"""A picture as PNG, a movement as GIF: the same shapes, drawn large with Pillow and made smaller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from itertools import groupby

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from actions.selfcare.figures.layout import Item, Picture, Text, moving, still
from actions.selfcare.figures.poses import Exercise
from actions.selfcare.figures.scene import stage
from actions.selfcare.figures.skeleton import Side
from actions.selfcare.figures.tempo import PULSE_SECONDS, Phase, phases
from actions.selfcare.figures.theme import SEEN_THROUGH, Theme, tones

FINER = 3
"""How many times larger a picture is drawn than it is kept, so that its edges are smooth."""
PNG_SCALE = 2
"""A still is twice as large as its layout: chat apps show it on sharp screens."""
FRAME_MS = 100
MOST_FRAMES = 18
"""For one way: with more, the slow movements would grow past 200 kB."""
COLOURS = 48
SIGN_TONES = ("arrow", "arrow_soft", "mark", "mark_soft")
SWATCH = 24
"""Pixels of each of these tones that are shown to what chooses the colours of a GIF."""

Point = tuple[float, float]


def png(exercise: Exercise, side: Side, theme: Theme) -> bytes:
    """Start and end as a PNG."""
    file = BytesIO()
    _drawn(still(exercise, side), theme, PNG_SCALE).quantize(256, dither=Image.Dither.NONE).save(
        file, "PNG", optimize=True
    )
    return file.getvalue()


def gif(exercise: Exercise, side: Side, theme: Theme) -> bytes:
    """The movement in its own tempo as a GIF without end."""
    shown = stage(exercise, side)
    frames = []
    for phase in phases(exercise.id):
        for progress, faint, duration in _steps(phase):
            picture = moving(shown, progress, [phase.name])
            frames.append((_drawn(pulsed(picture, faint=faint), theme, 1), duration))
    palette = _palette([image for image, _ in frames], theme)
    images = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image, _ in frames]
    file = BytesIO()
    images[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=[ms for _, ms in frames],
        loop=0,
        optimize=True,
        palette=bytes(palette.getpalette() or ()),
    )
    return file.getvalue()


def _palette(frames: list[Image.Image], theme: Theme) -> Image.Image:
    """The colours that suit the start and the end together, and those of the signs, which may be in neither."""
    width, height = frames[0].size
    sample = Image.new("RGB", (2 * width, height + SWATCH))
    sample.paste(frames[0], (0, 0))
    sample.paste(frames[len(frames) // 2], (width, 0))
    brush = ImageDraw.Draw(sample)
    for n, tone in enumerate(SIGN_TONES):
        left = n * 2 * width / len(SIGN_TONES)
        brush.rectangle((left, height, 2 * width, height + SWATCH), tones(theme)[tone])
    return sample.quantize(COLOURS)


def _steps(phase: Phase) -> Iterator[tuple[float, bool, int]]:
    """Progress, whether the signs are faint for a moment, and milliseconds, for each frame of a phase."""
    whole = round(phase.seconds * 1000)
    if phase.first != phase.last:
        count = min(MOST_FRAMES, round(whole / FRAME_MS))
    else:
        count = round(phase.seconds / PULSE_SECONDS) if phase.name == "hold" else 1
    for n in range(count):
        yield phase.progress((n + 1) / count), phase.name == "hold" and n % 2 == 1, round(whole / count / 10) * 10


def pulsed(picture: Picture, *, faint: bool) -> Picture:
    """The picture with what is pressed or held in a faint tone, for a moment."""
    soft = {"arrow": "arrow_soft", "mark": "mark_soft"} if faint else {}

    def softened(item: Item) -> Item:
        if isinstance(item, Text) or item.layer not in ("force", "mark"):
            return item
        return replace(item, fill=soft.get(item.fill, item.fill), line=soft.get(item.line, item.line))

    return replace(picture, items=tuple(softened(item) for item in picture.items))


def _drawn(picture: Picture, theme: Theme, scale: float) -> Image.Image:
    colour = tones(theme)
    size = (round(picture.width * scale), round(picture.height * scale))
    large = scale * FINER
    image = Image.new("RGB", (size[0] * FINER, size[1] * FINER), colour["paper"])
    for layer, items in groupby(picture.items, key=lambda item: item.layer):
        behind = image.copy() if layer in SEEN_THROUGH else None
        brush = ImageDraw.Draw(image)
        for item in items:
            _draw(brush, item, colour, large)
        if behind:
            image = Image.blend(behind, image, SEEN_THROUGH[layer])
    return image.resize(size, Image.Resampling.BOX)


def _draw(brush: ImageDraw.ImageDraw, item: Item, colour: Mapping[str, str], scale: float) -> None:
    if isinstance(item, Text):
        font = ImageFont.load_default(item.size * scale)
        anchor = "ms" if item.centred else "ls"
        place = (item.x * scale, item.y * scale)
        brush.text(place, item.words, colour[item.tone], font, anchor, stroke_width=0.02 * item.size * scale)
        return
    points = [(float(x), float(y)) for x, y in item.points * scale]
    if item.fill:
        brush.polygon(points, colour[item.fill])
    if item.line:
        width = item.width * scale
        for piece in _pieces(points + points[:2] if item.fill else points, item.dash * scale):
            brush.line(piece, colour[item.line], round(width))
            for corner in piece[1:-1]:
                brush.circle(corner, width / 2, colour[item.line])


def _pieces(points: list[Point], dash: float) -> Iterator[list[Point]]:
    """The whole line, or every other piece of a straight one."""
    if not dash:
        yield points
        return
    begin, end = np.array(points[0]), np.array(points[-1])
    count = int(np.linalg.norm(end - begin) / dash) // 2 * 2 + 1
    for n in range(0, count, 2):
        ends = (begin + (end - begin) * m / count for m in (n, n + 1))
        yield [(float(x), float(y)) for x, y in ends]
