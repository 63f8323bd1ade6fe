"""HTML and SVG, built so that nothing can be put in unescaped."""

from __future__ import annotations

import html

VOID = frozenset({"meta", "input", "br", "path", "rect", "circle", "line"})


class Markup(str):
    """Text that is markup already; any other text is escaped when it is put into an element."""


def element(name: str, *inside: str, **attributes: object) -> Markup:
    """One element.

    Args:
        name: `p`, `svg` and so on.
        inside: its content in order; a plain string is escaped.
        attributes: `class_` gives class, `data_uses` gives data-uses; True is an attribute without a value,
            None and False leave it out.
    """
    opening = name + "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID and not inside:
        return Markup(f"<{opening}/>")
    return Markup(f"<{opening}>{join(*inside)}</{name}>")


def join(*parts: str) -> Markup:
    """Parts one after another."""
    return Markup("".join(part if isinstance(part, Markup) else html.escape(part) for part in parts))


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'
