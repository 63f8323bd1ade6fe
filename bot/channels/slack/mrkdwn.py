"""Plain text as Slack's mark-up, and cut into pieces that Slack takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

ADDRESS = re.compile(r"https?://[^\s<>|\"]*[^\s<>|\".,;:!?)]")
ENDS = (re.compile(r"\n"), re.compile(r"(?<=[.!?])\s"), re.compile(r"\s"), re.compile(r"(?<=.)", re.DOTALL))
"""Where a text may be cut, the best place first: lines, sentences, words, characters."""


def escape(text: str) -> str:
    """`&`, `<` and `>` so that Slack shows them, and calls nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def marked(text: str) -> str:
    """Escaped text in which web addresses can be clicked."""
    return "".join(f"<{escape(part)}>" if is_link else escape(part) for part, is_link in _parts(text))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    at = 0
    for match in ADDRESS.finditer(text):
        yield text[at : match.start()], False
        yield match[0], True
        at = match.end()
    yield text[at:], False


def pieces(text: str, longest: int, shown: Callable[[str], str] = marked) -> list[str]:
    """Cut `text` so that each piece, as it is shown, has at most `longest` characters. Nothing is lost but white space.

    Args:
        text: plain text.
        longest: characters that Slack takes.
        shown: what is done to a piece before it is sent.

    Returns:
        Pieces with something in them; none for an empty text.
    """
    return [piece for piece in _cut(text.strip(), longest, shown, 0) if piece]


def _cut(text: str, longest: int, shown: Callable[[str], str], level: int) -> list[str]:
    if len(shown(text)) <= longest or level == len(ENDS):
        return [text]
    done: list[str] = []
    for part in _split(text, ENDS[level]):
        joined = done[-1] + part if done else part
        if done and len(shown(joined)) <= longest:
            done[-1] = joined
        else:
            done += _cut(part, longest, shown, level + 1)
    return [piece.strip() for piece in done]


def _split(text: str, end: re.Pattern[str]) -> list[str]:
    """The parts of a text, each with the white space that follows it."""
    cuts = [0, *(match.end() for match in end.finditer(text)), len(text)]
    return [text[a:b] for a, b in zip(cuts, cuts[1:]) if a < b]


def shortened(title: str, longest: int) -> tuple[str, str]:
    """A title cut at a word, and its rest, empty when it fits."""
    if len(title) <= longest:
        return title, ""
    at = title.rfind(" ", 1, longest + 1)
    at = at if at > 0 else longest
    return title[:at].rstrip(), title[at:].strip()
