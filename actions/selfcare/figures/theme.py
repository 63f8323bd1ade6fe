"""The colours of the two themes, and the contrast between two colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Theme = Literal["light", "dark"]
Colour = tuple[int, int, int]
THEMES: tuple[Theme, Theme] = ("light", "dark")

_BASE: dict[Theme, dict[str, str]] = {
    "light": {
        "paper": "#ffffff", "room": "#f1f5f7", "floor": "#dfe6ea", "floor_line": "#b4c0c8", "shade": "#16212b",
        "shirt": "#55697a", "trousers": "#8494a1", "shin": "#8494a1", "shoe": "#4a5965", "skin": "#aebac3",
        "hair": "#41505c", "ear": "#9aa7b2",
        "work_thigh": "#b93a06", "work_shin": "#d9540f", "work_foot": "#8a2c05",
        "arrow": "#0b4f8a", "mark": "#0b4f8a", "ink": "#16212b",
        "prop_top": "#d9c8ad", "prop_front": "#c3ae8d", "prop_side": "#ac9570",
        "wall_face": "#e6dac5", "wall_end": "#d8c8ac", "prop_line": "#bda986",
        "far": "#16212b",
    },
    "dark": {
        "paper": "#12181d", "room": "#1b242b", "floor": "#29343d", "floor_line": "#46535d", "shade": "#000000",
        "shirt": "#7f95a6", "trousers": "#5f7180", "shin": "#5f7180", "shoe": "#9fb0bc", "skin": "#b9c6cf",
        "hair": "#566673", "ear": "#a3b2bd",
        "work_thigh": "#ff8f3d", "work_shin": "#ffb37a", "work_foot": "#ee7f2c",
        "arrow": "#8cc4f5", "mark": "#8cc4f5", "ink": "#e9eef1",
        "prop_top": "#8d7f69", "prop_front": "#746854", "prop_side": "#5e5443",
        "wall_face": "#5d5444", "wall_end": "#4a4236", "prop_line": "#322d24",
        "far": "#12181d",
    },
}  # fmt: skip
SEEN_THROUGH = {"ghost": 0.32, "shade": 0.2}
"""Layers through which one sees, and how much of them covers what is behind."""
WORKING = ("work_thigh", "work_shin", "work_foot")
"""The tones of a working leg."""


def tones(theme: Theme) -> Mapping[str, str]:
    """Every tone of a theme as `#rrggbb`."""
    base = _BASE[theme]
    body = ("shirt", "trousers", "shin", "shoe", "skin", "hair", *WORKING)
    far = {f"{tone}_far": _blend(base[tone], base["far"], 0.22) for tone in body}
    soft = {
        "mark_soft": _blend(base["mark"], base["room"], 0.6),
        "arrow_soft": _blend(base["arrow"], base["room"], 0.6),
    }
    return {**base, **far, **soft}


def rgb(colour: str) -> Colour:
    """`#rrggbb` as three numbers of 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (n / 255 for n in rgb(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _blend(one: str, other: str, share: float) -> str:
    """`share` of the other colour in the one."""
    mixed = (round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#" + "".join(f"{n:02x}" for n in mixed)
