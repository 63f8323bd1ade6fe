"""One panel of a picture as flat shapes in drawing order; SVG and raster both draw just these."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from actions.selfcare.figures.body import Solid, solids
from actions.selfcare.figures.camera import Eye, cast, eye, flat, skin
from actions.selfcare.figures.poses import Arrow, Exercise, Mark, bone_of
from actions.selfcare.figures.props import bricks, faces, top_under
from actions.selfcare.figures.shapes import Shape, Window, clipped
from actions.selfcare.figures.shapes import arrow as arrow_shapes
from actions.selfcare.figures.skeleton import OUTWARD, SIDES, Array, Figure, Place, Side

TALL, WIDE = (320, 384), (640, 270)
"""The size of a panel, pixels: for somebody upright, and for somebody lying."""
MARGIN = 14
FLOOR = 10
"""Pixels of floor under the lowest thing."""
BEHIND = 0.45
"""Metres from the person back to where the floor meets the room."""
HALO = 2.5
"""Pixels of gap drawn round a limb, so that it stands out from what is behind it."""
MOMENTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Where the movement is looked at to decide how large, and in which order, things are drawn."""
GHOST_FROM, WHOLE_GHOST_FROM = 0.03, 0.12
"""Metres that a foot, or the chest, must move before its start is shown as a ghost."""

SIGNS = ("ghost", "lead", "way", "force", "mark")
"""What is drawn on top, in layers that come and go: the start of what moves as one pale silhouette, arrows for the
start, for the way and for the force at the end, and marks at the end."""

Body = Mapping[str, Solid]


@dataclass(frozen=True)
class Stage:
    """One exercise seen for one side: everything that stays the same while the person moves."""

    exercise: Exercise
    side: Side
    seen: Eye
    window: Window
    order: tuple[str, ...]
    """The parts of the body limb by limb, the furthest first."""

    def figure(self, progress: float) -> Figure:
        """The bones at one moment, 0 the start and 1 the end."""
        return self.exercise.figure(progress, self.side)

    def shapes(self, progress: float, signs: Collection[str]) -> list[Shape]:
        """The panel at one moment.

        Args:
            progress: 0 at the start, 1 at the end.
            signs: the layers of signs that are shown.
        """
        body = solids(self.figure(progress))
        every = (self._room, self._shadows(body), self._ghost, self._person(body), self._signs)
        return [shape for shapes in every for shape in shapes if shape.layer in ("", "shade", *signs)]

    @cached_property
    def _room(self) -> list[Shape]:
        return [*self._space(), *self._furniture()]

    @cached_property
    def _ghost(self) -> list[Shape]:
        return list(self._silhouette())

    @cached_property
    def _signs(self) -> list[Shape]:
        return [*self._marks(), *self._arrows()]

    # --- what stands still -------------------------------------------------------------------------

    def _space(self) -> Iterator[Shape]:
        width, height = float(self.window.width), float(self.window.height)
        behind = -BEHIND * self.seen.out * [1, 0, 1]
        horizon = float(self.window.pixels(flat(behind[None, :], self.seen))[0, 1])
        for role, top, tone in (("backdrop", 0.0, "room"), ("floor", horizon, "floor")):
            yield Shape(role, np.array([[0.0, top], [width, top], [width, height], [0.0, height]]), fill=tone)
        yield Shape("floor line", np.array([[0.0, horizon], [width, horizon]]), line="floor_line", width=2)

    def _furniture(self) -> Iterator[Shape]:
        width, height = self.window.width, self.window.height
        for prop in self.exercise.props:
            for number, face in enumerate(faces(prop, self.seen, self.side), 1):
                outline = clipped(self.window.pixels(face.outline), width, height)
                if len(outline):
                    yield Shape(f"{prop.kind} {number}", outline, fill=face.tone, line=face.tone, width=0.6)
            for number, row in enumerate(bricks(prop, self.side), 1):
                points = self.window.pixels(flat(row, self.seen))
                if points.min() > 0 and points[:, 0].max() < width:
                    yield Shape(f"{prop.kind} brick {number}", points, line="prop_line", width=2)

    def _shadows(self, body: Body) -> Iterator[Shape]:
        for side in SIDES:
            thrown = [body[f"{side}_foot"], body[f"{side}_toes"]]
            centres = np.concatenate([solid.centres for solid in thrown])
            radii = np.concatenate([solid.radii for solid in thrown])
            height = float(np.median([self._floor_under(point) for point in centres]))
            outline = self.window.pixels(cast(centres, radii, height, self.seen))
            yield Shape(f"{side} shadow", outline, fill="shade", layer="shade")

    def _floor_under(self, point: Array) -> float:
        outward = float(point[2]) * OUTWARD[self.side]
        return max(top_under(prop, float(point[0]), outward) for prop in (*self.exercise.props, None))

    # --- the person --------------------------------------------------------------------------------

    def _person(self, body: Body) -> Iterator[Shape]:
        for _, names in groupby(self.order, key=lambda name: body[name].part.limb):
            yield from self._limb([body[name] for name in names])

    def _limb(self, limb: list[Solid]) -> Iterator[Shape]:
        outlines = [self._outline(solid) for solid in limb]
        for solid, outline in zip(limb, outlines, strict=True):
            yield Shape(f"{solid.part.name} halo", outline, fill="room", line="room", width=2 * HALO)
        for solid, outline in zip(limb, outlines, strict=True):
            yield Shape(solid.part.name, outline, fill=self._tone(solid))

    def _outline(self, solid: Solid) -> Array:
        return self.window.pixels(skin(flat(solid.centres, self.seen), solid.radii))

    def _tone(self, solid: Solid) -> str:
        side, _, limb = solid.part.limb.partition("_")
        works = limb == "leg" and side in self.exercise.works_on(self.side)
        tone = WORKING_TONES[solid.part.name.partition("_")[2]] if works else solid.part.tone
        turned_away = side in SIDES and self.seen.out[2] * OUTWARD[side] < -0.5
        return f"{tone}_far" if turned_away else tone

    def _silhouette(self) -> Iterator[Shape]:
        """The start of what moves: the whole person, or only a leg when the chest stays nearly where it is."""
        start, end = solids(self.figure(0)), solids(self.figure(1))

        def way(part: str) -> float:
            return float(np.linalg.norm(start[part].centres - end[part].centres, axis=1).max())

        whole = way("chest") > WHOLE_GHOST_FROM
        for part in self.order:
            limb = start[part].part.limb
            lifted = way(f"{limb[:-4]}_foot") if limb.endswith("leg") else 0.0
            if whole or lifted > WHOLE_GHOST_FROM or (lifted > GHOST_FROM and part.endswith(("foot", "toes"))):
                yield Shape(f"{part} ghost", self._outline(start[part]), fill=self._tone(start[part]), layer="ghost")

    # --- signs -------------------------------------------------------------------------------------

    def _marks(self) -> Iterator[Shape]:
        figure = self.figure(1)
        for number, mark in enumerate(self.exercise.marks, 1):
            centre = flat(self._point(figure, mark)[None, :], self.seen)
            if mark.kind == "ring":
                outline = self.window.pixels(skin(centre, np.array([mark.size])))
                closed = np.concatenate([outline, outline[:1]])
                yield Shape(f"ring {number}", closed, line="mark", width=4, layer="mark")
            else:
                half = np.array([[mark.size / 2, 0.0]])
                ends = self.window.pixels(np.concatenate([centre - half, centre + half]))
                yield Shape(f"level {number}", ends, line="mark", width=4, dash=8, layer="mark")

    def _arrows(self) -> Iterator[Shape]:
        for number, arrow in enumerate(self.exercise.arrows, 1):
            if arrow.push:
                tip = self._point(self.figure(arrow.on == "end"), arrow)
                way = np.stack([tip - self._mirrored(arrow.push), tip])
            else:
                way = np.stack([self._point(self.figure(p), arrow) for p in np.linspace(arrow.first, arrow.last, 25)])
            shift = np.array(arrow.shift) * [OUTWARD[self.side], 1]
            layer = "lead" if arrow.on == "start" else "force" if arrow.force else "way"
            yield from arrow_shapes(f"arrow {number}", self.window.pixels(flat(way, self.seen) + shift), layer)

    def _point(self, figure: Figure, sign: Mark | Arrow) -> Array:
        bone = bone_of(sign.bone, self.side)
        x, y, z = sign.point
        return figure[bone].point((x, y, z * (OUTWARD["left"] if bone.startswith("left") else 1)))

    def _mirrored(self, place: Place) -> Array:
        mirrored: Array = np.array(place) * [1.0, 1.0, OUTWARD[self.side]]
        return mirrored


WORKING_TONES = {"thigh": "work_thigh", "shin": "work_shin", "foot": "work_foot", "toes": "work_foot"}


def stage(exercise: Exercise, side: Side) -> Stage:
    """Sets one exercise up for one side: as large as the panel allows, and standing on its floor."""
    seen = eye(exercise.view, side)
    moments = [exercise.figure(p, side) for p in MOMENTS]
    bodies = [solids(figure) for figure in moments]
    outlines = [skin(flat(solid.centres, seen), solid.radii) for body in bodies for solid in body.values()]
    # a wall runs out of the panel: it does not count
    outlines += [face.outline for prop in exercise.props if prop.kind != "wall" for face in faces(prop, seen, side)]
    every = np.concatenate(outlines)
    low, high = every.min(axis=0), every.max(axis=0)
    size = high - low
    width, height = WIDE if size[0] > 1.3 * size[1] else TALL
    scale = float(min((width - 2 * MARGIN) / size[0], (height - 2 * MARGIN - FLOOR) / size[1]))
    left = (width - scale * float(low[0] + high[0])) / 2
    top = height - MARGIN - FLOOR + scale * float(low[1])
    window = Window(width, height, scale, left, top)
    return Stage(exercise, side, seen, window, tuple(_order(moments, bodies, seen)))


def _order(moments: list[Figure], bodies: list[dict[str, Solid]], seen: Eye) -> Iterator[str]:
    """Every part, limb by limb, the furthest first: arms behind the chest, hips, legs, chest, head, other arms."""
    depth = {name: float(np.mean([(body[name].centres @ seen.out).mean() for body in bodies])) for name in bodies[0]}

    def of(limb: str) -> list[str]:
        return [name for name, solid in bodies[0].items() if solid.part.limb == limb]

    def by_depth(limb: str) -> list[str]:
        return sorted((f"{side}_{limb}" for side in SIDES), key=lambda one: np.mean([depth[name] for name in of(one)]))

    arms = by_depth("arm")
    behind = [arm for arm in arms if np.mean([depth[name] for name in of(arm)]) < depth["chest"]]
    for arm in behind:
        yield from of(arm)
    yield from of("hips")
    for leg in by_depth("leg"):
        yield from sorted(of(leg), key=lambda name: depth[name])
    yield from of("chest")
    faces_us = np.mean([figure["head"].turn[:, 0] @ seen.out for figure in moments]) > 0.65
    behind_face = {"hair"} if faces_us else set()
    behind_face |= {ear for ear in ("left_ear", "right_ear") if faces_us or depth[ear] < depth["face"]}
    yield from sorted(of("head"), key=lambda name: name not in behind_face)
    for arm in arms:
        if arm not in behind:
            yield from of(arm)
