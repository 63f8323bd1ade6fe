"""Writes every picture: `python -m actions.selfcare.figures OUT_DIR`."""

from __future__ import annotations

import sys
from pathlib import Path

from actions.selfcare.figures import animated_svg, exercise_ids, gif, still_png, still_svg
from actions.selfcare.figures.skeleton import SIDES
from actions.selfcare.figures.theme import THEMES


def write(folder: Path) -> None:
    """All exercises, sides, themes and kinds as `<id>.<side>.<theme>.svg`, `.anim.svg`, `.png` and `.gif`."""
    folder.mkdir(parents=True, exist_ok=True)
    for id in exercise_ids():
        for side in SIDES:
            for theme in THEMES:
                name = f"{id}.{side}.{theme}"
                (folder / f"{name}.svg").write_text(still_svg(id, side, theme), encoding="utf-8")
                (folder / f"{name}.anim.svg").write_text(animated_svg(id, side, theme), encoding="utf-8")
                (folder / f"{name}.png").write_bytes(still_png(id, side, theme))
                (folder / f"{name}.gif").write_bytes(gif(id, side, theme))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m actions.selfcare.figures OUT_DIR")
    write(Path(sys.argv[1]))
