"""The pictures of the exercises: bodies that could be, pictures that say what the text says, files that open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageFont

from actions.selfcare import figures
from actions.selfcare.figures import __main__ as command
from actions.selfcare.figures import poses, raster
from actions.selfcare.figures.body import Solid, solids
from actions.selfcare.figures.camera import COMPASS
from actions.selfcare.figures.layout import Picture, Text, ended, moving, still
from actions.selfcare.figures.poses import Exercise, PoseError, exercises
from actions.selfcare.figures.props import boxes, top_under
from actions.selfcare.figures.scene import SIGNS, Stage, stage
from actions.selfcare.figures.shapes import Shape
from actions.selfcare.figures.skeleton import (
    FOREARM,
    JOINTS,
    OPPOSITE,
    OUTWARD,
    SHANK,
    SIDES,
    THIGH,
    UPPER_ARM,
    Figure,
    Side,
    bones,
)
from actions.selfcare.figures.tempo import LONGEST_HOLD, phases
from actions.selfcare.figures.theme import THEMES, WORKING, Theme, contrast, tones
from actions.wording import content

TOLD: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in content("exercises.yml")["exercises"]}
IDS = sorted(TOLD)
STANDING = [id for id in IDS if id != "side_lying_leg_raise"]
MOMENTS = np.linspace(0, 1, 21)
SVG = "{http://www.w3.org/2000/svg}"
HARMLESS = {"svg", "title", "desc", "style", "defs", "g", "path", "use", "rect", "text", "animate", "animateTransform"}
BOTH_FEET_STAY = ("calf_raises", "sit_to_stand")
ONE_FOOT_LIFTS = ("lateral_wall_push", "single_leg_balance")
TOUCH = 0.004
"""Metres by which flesh may give where it touches the floor."""
PASSING = 0.015
"""Metres by which it may graze a thing on its way past."""

each_exercise = pytest.mark.parametrize("id", IDS)
each_side = pytest.mark.parametrize("side", SIDES)
each_theme = pytest.mark.parametrize("theme", THEMES)


def exercise(id: str) -> Exercise:
    """What `poses.yml` says of one exercise."""
    return exercises()[id]


@cache
def movement(id: str, side: Side) -> list[Figure]:
    """The bones at every moment looked at."""
    return [exercise(id).figure(float(p), side) for p in MOMENTS]


@cache
def bodies(id: str, side: Side) -> list[dict[str, Solid]]:
    """The flesh at every moment looked at."""
    return [solids(figure) for figure in movement(id, side)]


@cache
def setting(id: str, side: Side) -> Stage:
    """The exercise as it is seen."""
    return stage(exercise(id), side)


@cache
def picture(id: str, side: Side) -> Picture:
    """The still."""
    return still(exercise(id), side)


@cache
def svg(id: str, side: Side, theme: Theme, kind: str) -> str:
    """The file, `still` or `animated`."""
    return (figures.still_svg if kind == "still" else figures.animated_svg)(id, side, theme)


def far(bone: str, figure: Figure) -> Iterator[float]:
    """How far the joints that begin on this bone are from where it begins itself."""
    for name, other in bones().items():
        if other.parent == bone:
            yield float(np.linalg.norm(figure[name].place - figure[bone].place))


def feet(body: dict[str, Solid], side: Side) -> float:
    """The height of the lowest point of one foot."""
    return min(body[f"{side}_foot"].lowest, body[f"{side}_toes"].lowest)


def words(text: str) -> set[str]:
    """The words of a text that carry its meaning."""
    return {word.rstrip("s") for word in re.findall(r"[a-z]{4,}", text.lower())} - {"your", "with", "that", "need"}


# --- what there is ---------------------------------------------------------------------------------


def test_every_exercise_has_a_picture_and_nothing_else_has() -> None:
    assert sorted(figures.exercise_ids()) == IDS


def test_an_exercise_without_a_picture_is_named() -> None:
    with pytest.raises(KeyError, match=r"No picture for 'hopping'; there are .*calf_raises"):
        figures.still_svg("hopping")


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("knee: {flexion: 82}", "knee: {extension: 82}", "no knee extension; there are .*knee flexion"),
        (
            "start:\n    caption: Start\n",
            "start:\n    caption: Start\n    wroking: {}\n",
            "a pose has no wroking; it has both",
        ),
    ],
    ids=["joint", "key"],
)
def test_a_mistake_in_the_poses_is_named_with_its_line(
    right: str, wrong: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "poses.yml"
    text = poses.FILE.read_text(encoding="utf-8")
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    line = text[: text.index(right)].count("\n") + (2 if "wroking" in wrong else 1)
    monkeypatch.setattr(poses, "FILE", file)
    with pytest.raises(PoseError, match=rf"line {line}: {complaint}"):
        poses.exercises.__wrapped__()


# --- bodies that could be --------------------------------------------------------------------------


@each_exercise
@each_side
def test_bones_keep_their_length(id: str, side: Side) -> None:
    first, *others = ({bone: tuple(far(bone, figure)) for bone in bones()} for figure in movement(id, side))
    assert first["right_thigh"] == pytest.approx((THIGH,))
    assert first["left_shank"] == pytest.approx((SHANK,))
    assert (*first["right_upper_arm"], *first["left_forearm"]) == pytest.approx((UPPER_ARM, FOREARM))
    for figure in others:
        assert all(lengths == pytest.approx(first[bone]) for bone, lengths in figure.items())


@each_exercise
@each_side
def test_no_joint_leaves_its_range(id: str, side: Side) -> None:
    for moment in MOMENTS:
        for name, degrees in exercise(id).angles(float(moment), side).items():
            joint, _, turn = name.partition(".")
            allowed = JOINTS[joint.removeprefix("left_").removeprefix("right_")][turn]
            assert allowed.least <= degrees <= allowed.most, f"{name} {degrees:.0f} at {moment:.2f}"


@each_exercise
@each_side
def test_nothing_is_below_the_floor(id: str, side: Side) -> None:
    lowest = min((solid.lowest, name) for body in bodies(id, side) for name, solid in body.items())
    assert lowest[0] > -TOUCH, lowest


@each_exercise
def test_nothing_goes_through_the_furniture(id: str) -> None:
    for body in bodies(id, "right"):
        for name, solid in body.items():
            for low, high in (box for prop in exercise(id).props for box in boxes(prop)):
                nearest = np.clip(solid.centres, low, high)
                gap = np.linalg.norm(solid.centres - nearest, axis=1) - solid.radii
                assert gap.min() > -PASSING, f"{name} {gap.min():.3f}"


@pytest.mark.parametrize("id", STANDING)
@each_side
def test_the_foot_that_carries_stays_where_it_is(id: str, side: Side) -> None:
    for carrying in (side, OPPOSITE[side]) if id in BOTH_FEET_STAY else (side,):
        bone = f"{carrying}_toes" if id == "calf_raises" else f"{carrying}_foot"
        places = np.stack([figure[bone].place for figure in movement(id, side)])
        assert np.ptp(places, axis=0) == pytest.approx(np.zeros(3), abs=0.001)
        heights = [feet(body, carrying) for body in bodies(id, side)]
        assert heights == pytest.approx([exercise(id).ground.height] * len(heights), abs=0.001)


@pytest.mark.parametrize("id", STANDING)
@each_side
@pytest.mark.parametrize("moment", [0, -1], ids=["start", "end"])
def test_no_foot_floats(id: str, side: Side, moment: int) -> None:
    body = bodies(id, side)[moment]
    for foot in SIDES:
        middle = body[f"{foot}_foot"].centres.mean(axis=0)
        under = max(top_under(prop, middle[0], middle[2] * OUTWARD[side]) for prop in (*exercise(id).props, None))
        lifted = id in ONE_FOOT_LIFTS and foot != side and moment == -1
        assert (feet(body, foot) > under + 0.1) if lifted else (feet(body, foot) == pytest.approx(under, abs=0.001))


@each_side
def test_who_lies_stays_lying(side: Side) -> None:
    for body in bodies("side_lying_leg_raise", side):
        assert (body["hips"].lowest, body["chest"].lowest) == pytest.approx((0.04, 0.04), abs=0.03)


@each_side
def test_hands_stay_on_the_chair_while_the_heels_rise(side: Side) -> None:
    (chair,) = exercise("calf_raises").props
    for body in bodies("calf_raises", side):
        for hand in (body["left_hand"], body["right_hand"]):
            assert hand.lowest == pytest.approx(chair.size[1], abs=0.03)
            assert hand.centres[:, 0].min() < chair.at[0] < hand.centres[:, 0].max()


# --- what the text says ----------------------------------------------------------------------------


@each_exercise
def test_both_legs_are_in_colour_where_nobody_changes_sides(id: str) -> None:
    assert (exercise(id).works == "both") is not TOLD[id]["dose"].get("each_side", False)


@each_exercise
@each_side
def test_the_leg_that_works_is_the_one_in_colour(id: str, side: Side) -> None:
    working = set(SIDES) if exercise(id).works == "both" else {side}
    for shapes in (setting(id, side).shapes(0, ()), setting(id, side).shapes(1, ())):
        coloured = {shape.role for shape in shapes if shape.fill.removesuffix("_far") in WORKING}
        assert coloured == {f"{leg}_{part}" for leg in working for part in ("thigh", "shin", "foot", "toes")}


@each_exercise
@each_side
def test_the_label_names_the_leg_that_works(id: str, side: Side) -> None:
    (label, *_) = (item.words for item in picture(id, side).items if isinstance(item, Text))
    assert label == ("Both legs work" if exercise(id).works == "both" else f"{side.capitalize()} leg works")


@pytest.mark.parametrize(
    ("id", "moves", "stays"),
    [
        ("lateral_wall_push", "other", "working"),
        ("single_leg_balance", "other", "working"),
        ("side_lying_leg_raise", "working", "other"),
    ],
)
@each_side
def test_one_leg_moves_and_the_other_does_not(id: str, moves: str, stays: str, side: Side) -> None:
    legs = {"working": side, "other": OPPOSITE[side]}
    start, end = bodies(id, side)[0], bodies(id, side)[-1]
    rise = {leg: end[f"{legs[leg]}_foot"].lowest - start[f"{legs[leg]}_foot"].lowest for leg in legs}
    assert rise[moves] > 0.12
    assert rise[stays] == pytest.approx(0, abs=0.001)


@each_side
def test_the_lift_is_as_high_as_the_step_says(side: Side) -> None:
    least, most = (
        int(n) for n in re.search(r"(\d+) to (\d+) cm", " ".join(TOLD["side_lying_leg_raise"]["steps"])).groups()
    )  # type: ignore[union-attr]
    places = [figure[f"{side}_foot"].place[1] * 100 for figure in movement("side_lying_leg_raise", side)]
    assert least <= places[-1] - places[0] <= most


def test_the_step_is_as_high_as_the_text_says() -> None:
    told = re.search(r"about (\d+) cm high", TOLD["forward_step_up"]["start_position"])
    assert told is not None
    (step,) = (prop for prop in exercise("forward_step_up").props if prop.kind == "step")
    assert step.size[1] * 100 == int(told[1])
    assert exercise("forward_step_up").ground.height == step.size[1]


@each_side
def test_the_knee_that_presses_reaches_the_wall_at_the_end(side: Side) -> None:
    (wall,) = exercise("lateral_wall_push").props
    gaps = []
    for body in (bodies("lateral_wall_push", side)[0], bodies("lateral_wall_push", side)[-1]):
        thigh = body[f"{OPPOSITE[side]}_thigh"]
        gaps.append(float((thigh.centres[-1] * OUTWARD[side])[2] - thigh.radii[-1] - wall.at[2]))
    assert gaps[0] > 0.08
    assert gaps[1] == pytest.approx(0, abs=0.01)


@each_side
def test_hips_stay_level_on_one_leg(side: Side) -> None:
    for id in ONE_FOOT_LIFTS:
        for figure in movement(id, side):
            assert figure["left_thigh"].place[1] == pytest.approx(figure["right_thigh"].place[1], abs=0.005)


@each_exercise
def test_the_tempo_is_that_of_the_dose(id: str) -> None:
    dose = TOLD[id]["dose"]
    lasts = {phase.name: phase.seconds for phase in phases(id)}
    assert lasts["go"] == dose.get("seconds_up", lasts["go"])
    assert lasts["back"] == dose.get("seconds_down", lasts["back"])
    assert lasts["hold"] == min(dose.get("hold_seconds", lasts["hold"]), LONGEST_HOLD)


# --- the picture -----------------------------------------------------------------------------------


@each_exercise
def test_left_is_the_mirror_image_of_right(id: str) -> None:
    def mirrored(role: str) -> str:
        return re.sub("left|right", lambda side: OPPOSITE[side[0]], role)  # type: ignore[index]

    width = setting(id, "left").window.width
    order = [[part for part in setting(id, side).order if not part.endswith("ear")] for side in SIDES]
    assert [mirrored(part) for part in order[0]] == order[1]
    for moment in (0.0, 0.3, 1.0):
        right = {shape.role: shape for shape in setting(id, "right").shapes(moment, SIGNS)}
        left = {mirrored(shape.role): shape for shape in setting(id, "left").shapes(moment, SIGNS)}
        assert sorted(right) == sorted(left)
        for role, shape in right.items():
            turned = np.array([width, 0]) + left[role].points * [-1, 1]
            assert (shape.fill, shape.line, shape.layer) == (left[role].fill, left[role].line, left[role].layer)
            assert (turned @ COMPASS.T).max(axis=0) == pytest.approx((shape.points @ COMPASS.T).max(axis=0), abs=1e-6)


@each_exercise
def test_everything_is_inside_the_panel(id: str) -> None:
    shown = setting(id, "right")
    for moment in MOMENTS[::2]:
        points = np.concatenate([shape.points for shape in shown.shapes(float(moment), SIGNS)])
        assert points.min() >= 0
        assert (points.max(axis=0) <= [shown.window.width, shown.window.height]).all()


@each_exercise
def test_start_and_end_are_numbered_and_an_arrow_shows_the_way(id: str) -> None:
    told = [item.words for item in picture(id, "left").items if isinstance(item, Text)]
    assert told[1:] == ["1", exercise(id).start.caption, "2", exercise(id).end.caption]
    assert [item for item in picture(id, "left").items if isinstance(item, Shape) and item.role == "arrow 1 head"]


@each_exercise
@each_side
def test_words_are_large_and_have_room(id: str, side: Side) -> None:
    shown = moving(setting(id, side), 0, ["start", "go", "hold", "back"])
    texts = [item for item in (*picture(id, side).items, *shown.items) if isinstance(item, Text)]
    assert min(text.size for text in texts) >= 14
    for text in texts:
        wide = 1.3 * ImageFont.load_default(text.size).getlength(text.words)  # other fonts are wider
        assert text.x % 320 + wide < 320, text.words


@each_exercise
def test_who_wants_less_motion_sees_the_end(id: str) -> None:
    root = ElementTree.fromstring(svg(id, "left", "light", "animated"))
    (style,) = (element.text for element in root.iter(f"{SVG}style"))
    assert "@media (prefers-reduced-motion:reduce){.kneewise-moving{display:none}" in str(style)
    still_group = root.find(f"{SVG}g[@class='kneewise-still']")
    assert still_group is not None
    assert not list(still_group.iter(f"{SVG}animate"))
    shown = [text.text for text in still_group.iter(f"{SVG}text")]
    assert shown == [item.words for item in ended(setting(id, "left")).items if isinstance(item, Text)]
    assert shown[-1] == exercise(id).end.caption


@each_theme
def test_the_working_leg_stands_out(theme: Theme) -> None:
    colour = tones(theme)
    for tone in (*WORKING, *(f"{tone}_far" for tone in WORKING), "arrow", "mark"):
        for behind in ("paper", "room", "floor"):
            assert contrast(colour[tone], colour[behind]) >= 3, (tone, behind)


@each_theme
def test_words_can_be_read(theme: Theme) -> None:
    assert contrast(tones(theme)["ink"], tones(theme)["paper"]) >= 7


def test_contrast_is_that_of_wcag() -> None:
    assert (contrast("#000000", "#ffffff"), contrast("#777777", "#ffffff")) == pytest.approx((21, 4.48), abs=0.01)


# --- for who cannot see it -------------------------------------------------------------------------


@each_exercise
@each_side
def test_alt_text_names_both_poses_and_no_other_leg(id: str, side: Side) -> None:
    told = figures.alt_text(id, side)
    assert told.startswith(TOLD[id]["name"])
    assert f"1, {exercise(id).start.caption}:" in told
    assert f"2, {exercise(id).end.caption}:" in told
    assert OPPOSITE[side] not in told.lower()
    assert (side in told.lower()) is (exercise(id).works != "both")
    assert "{" not in told


@each_exercise
def test_alt_text_tells_the_start_position_of_the_text(id: str) -> None:
    asked = words(TOLD[id]["start_position"])
    told = words(exercise(id).start.says)
    assert len(asked & told) >= 0.55 * len(asked), asked - told


# --- files -----------------------------------------------------------------------------------------


@each_exercise
@pytest.mark.parametrize(
    ("side", "theme", "kind"), [("left", "light", "still"), ("right", "dark", "still"), ("left", "light", "animated")]
)
def test_svg_is_whole_and_alone(id: str, side: Side, theme: Theme, kind: str) -> None:
    text = svg(id, side, theme, kind)
    root = ElementTree.fromstring(text)
    assert root.find(f"{SVG}title").text.startswith(f"{TOLD[id]['name']}: ")  # type: ignore[union-attr]
    assert root.find(f"{SVG}desc").text == figures.alt_text(id, side)  # type: ignore[union-attr]
    elements = list(root.iter())
    assert {element.tag.removeprefix(SVG) for element in elements} <= HARMLESS
    ids = [element.attrib["id"] for element in elements if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert {element.attrib["href"] for element in elements if "href" in element.attrib} <= {f"#{id}" for id in ids}
    assert set(root.attrib["aria-labelledby"].split()) <= set(ids)
    assert re.findall(r"https?:|url\(|@import|\son\w+=", text) == ["http:"]  # the name of the format itself


@each_exercise
def test_moving_outlines_can_be_followed(id: str) -> None:
    root = ElementTree.fromstring(svg(id, "left", "light", "animated"))
    moves = [element for element in root.iter() if element.tag in (f"{SVG}animate", f"{SVG}animateTransform")]
    assert len({move.attrib["dur"] for move in moves}) == 1
    for move in moves:
        values, times = move.attrib["values"].split(";"), [float(t) for t in move.attrib["keyTimes"].split(";")]
        assert len(values) == len(times)
        assert times == sorted(times)
        assert times[0] == 0
        assert len({re.sub(r"[-\d.]+", "", value).replace(" ", "") for value in values}) == 1
    assert "d" in {move.attrib["attributeName"] for move in moves}  # something bends, not only glides


def test_the_same_picture_is_the_same_file() -> None:
    for kind, make in (("still", figures.still_svg), ("animated", figures.animated_svg)):
        assert make("calf_raises", "left", "light") == svg("calf_raises", "left", "light", kind)


@pytest.mark.parametrize(("id", "theme"), [("calf_raises", "light"), ("side_lying_leg_raise", "dark")])
def test_png_opens_and_is_twice_as_large_as_its_layout(id: str, theme: Theme) -> None:
    image = Image.open(BytesIO(figures.still_png(id, "left", theme)))
    image.load()
    drawn = picture(id, "left")
    assert (image.format, image.size) == ("PNG", (2 * drawn.width, 2 * drawn.height))
    assert image.width == 1280
    there = {colour for _, colour in image.convert("RGB").getcolors(100_000) or ()}
    asked = tuple(bytes.fromhex(tones(theme)["work_thigh"][1:]))
    assert min(max(abs(a - b) for a, b in zip(asked, colour, strict=True)) for colour in there) <= 4


@pytest.mark.parametrize(("id", "theme"), [("sit_to_stand", "light"), ("forward_step_up", "dark")])
def test_gif_moves_without_end_and_is_small(id: str, theme: Theme) -> None:
    data = figures.gif(id, "right", theme)
    image: Any = Image.open(BytesIO(data))
    panel = moving(setting(id, "right"), 0, ["start"])
    lasts = 0
    for frame in range(image.n_frames):
        image.seek(frame)
        lasts += image.info["duration"]
    assert (image.format, image.size, image.info["loop"]) == ("GIF", (panel.width, panel.height), 0)
    assert image.n_frames > 20
    assert lasts == pytest.approx(1000 * sum(phase.seconds for phase in phases(id)), rel=0.05)
    assert len(data) < 200_000


def test_what_is_held_pulses() -> None:
    shown = moving(setting("lateral_wall_push", "left"), 1, ["hold"])
    strong, faint = raster.pulsed(shown, faint=False), raster.pulsed(shown, faint=True)
    changed = [a.role for a, b in zip(strong.items, faint.items, strict=True) if isinstance(a, Shape) and a != b]
    assert changed == ["ring 1", "arrow 1 shaft", "arrow 1 head"]


def test_the_command_writes_every_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "exercise_ids", lambda: ("calf_raises",))
    for kind, made in (("still_svg", "still"), ("animated_svg", "animated"), ("still_png", b"png"), ("gif", b"gif")):
        monkeypatch.setattr(command, kind, lambda id, side, theme, made=made: made)
    command.write(tmp_path / "out")
    names = {
        f"calf_raises.{side}.{theme}.{kind}"
        for side in SIDES
        for theme in THEMES
        for kind in ("svg", "anim.svg", "png", "gif")
    }
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    assert (tmp_path / "out/calf_raises.left.dark.anim.svg").read_text() == "animated"
