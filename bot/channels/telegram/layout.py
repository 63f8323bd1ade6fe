"""Text for Telegram: HTML with everything escaped, in pages that are short enough."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
"""UTF-16 units after Telegram has read the HTML."""
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")

Style = Literal["", "b", "i"]


@dataclass(frozen=True)
class Line:
    """One line of a message."""

    text: str
    style: Style = ""


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def as_html(lines: Sequence[Line]) -> str:
    """The lines as Telegram's HTML."""
    return "\n".join(_tagged(line) for line in lines)


def _tagged(line: Line) -> str:
    text = html.escape(line.text, quote=False)
    return f"<{line.style}>{text}</{line.style}>" if line.style and text.strip() else text


def as_plain(lines: Sequence[Line]) -> str:
    """The lines without any style."""
    return "\n".join(line.text for line in lines)


def printable(text: str) -> str:
    """Text without what Telegram cannot take: lone surrogates and control characters."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter for letter in text if letter in "\n\t" or ord(letter) >= 32 and ord(letter) != 127)


def pages(lines: Sequence[Line], most: int = LONGEST_TEXT) -> list[list[Line]]:
    """The lines in pages of at most `most` units; breaks at lines, else at sentence ends, else at words.

    Args:
        lines: what to show.
        most: UTF-16 units on one page.
    """
    made: list[list[Line]] = [[]]
    room = most
    for line in lines:
        for part in _parts(line.text, most):
            if units(part) + 1 > room and made[-1]:
                made.append([])
                room = most
            made[-1].append(Line(part, line.style))
            room -= units(part) + 1
    return [page for page in made if as_plain(page).strip()]


def _parts(text: str, most: int) -> list[str]:
    """A line in parts that fit."""
    if units(text) <= most:
        return [text]
    parts: list[str] = []
    for piece in (piece for sentence in SENTENCE_END.split(text) for piece in _pieces(sentence, most)):
        if parts and units(parts[-1]) + 1 + units(piece) <= most:
            parts[-1] += " " + piece
        else:
            parts.append(piece)
    return parts


def _pieces(sentence: str, most: int) -> list[str]:
    """A sentence as it is, or in words when it is too long itself; endless words are cut."""
    if units(sentence) <= most:
        return [sentence]
    half = most // 2
    """Characters that always fit: none has more than two units."""
    return [word[at : at + half] for word in sentence.split() for at in range(0, len(word), half)]
