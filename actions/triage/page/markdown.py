"""As much Markdown as the intended use needs: headings, paragraphs, lists, tables, **bold** and `code`.

Everything else stays as it is written, escaped. The first-level heading is left out, because the page names the
section itself; a second-level heading becomes the third level of the page.
"""

from __future__ import annotations

import re
from itertools import groupby

from actions.triage.page.markup import Markup, element, join

BULLET = re.compile(r"- +")
NUMBER = re.compile(r"\d+\. +")
HEADING = re.compile(r"(#+) +(.*)")
INLINE = re.compile(r"(\*\*.+?\*\*|`.+?`)")


def markdown(text: str) -> Markup:
    """The text as HTML."""
    lines = [line.rstrip() for line in text.splitlines()]
    paragraphs = [list(group) for filled, group in groupby(lines, key=bool) if filled]
    return join(*(_block(part) for paragraph in paragraphs for part in _split_headings(paragraph)))


def _split_headings(lines: list[str]) -> list[list[str]]:
    """A heading is a block of its own, also without an empty line after it."""
    return [list(group) for _, group in groupby(lines, key=lambda line: line if HEADING.match(line) else "")]


def _block(lines: list[str]) -> Markup:
    heading = HEADING.match(lines[0])
    if heading:
        depth = len(heading[1])
        return element(f"h{min(depth + 1, 6)}", _inline(heading[2])) if depth > 1 else Markup()
    if lines[0].startswith("|"):
        return _table(lines)
    for mark, name in ((BULLET, "ul"), (NUMBER, "ol")):
        if mark.match(lines[0]):
            return element(name, *(element("li", _inline(item)) for item in _items(lines, mark)))
    return element("p", _inline(" ".join(lines)))


def _items(lines: list[str], mark: re.Pattern[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if mark.match(line):
            items.append(mark.sub("", line, count=1))
        else:
            items[-1] += f" {line.strip()}"
    return items


def _table(lines: list[str]) -> Markup:
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    names = element("tr", *(element("th", _inline(cell), scope="col") for cell in head))
    body = [element("tr", *(element("td", _inline(cell)) for cell in row)) for row in rows]
    table = element("table", element("thead", names), element("tbody", *body))
    return element("div", table, class_="table", tabindex=0, role="region", aria_label="Table, may scroll sideways")


def _inline(text: str) -> Markup:
    return join(*(_styled(part) for part in INLINE.split(text)))


def _styled(part: str) -> str:
    if INLINE.fullmatch(part):
        return element("strong", part[2:-2]) if part.startswith("**") else element("code", part[1:-1])
    return part
