"""Refuses the blocks that Slack refuses."""

from __future__ import annotations

from typing import Any

LIMITS = {"message": 50, "home": 100}


class Invalid(Exception):
    """Slack would answer `invalid_blocks`."""


def check_blocks(blocks: Any, surface: str = "message") -> None:
    """Counts, lengths, ids and empty texts.

    Raises:
        Invalid: with what is wrong, and where.
    """
    _that(isinstance(blocks, list), "blocks are no list")
    _that(len(blocks) <= LIMITS[surface], f"{len(blocks)} blocks")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        _that(isinstance(block, dict) and block.get("type") in CHECKS, f"block {number} has an unknown type")
        if "block_id" in block:
            _text(block["block_id"], 255, "block_id")
            _that(block["block_id"] not in seen, f"block_id {block['block_id']} twice")
            seen.add(block["block_id"])
        CHECKS[block["type"]](block)


def _that(true: bool, why: str) -> None:
    if not true:
        raise Invalid(why)


def _keys(of: dict[str, Any], *allowed: str) -> None:
    unknown = set(of) - {"type", "block_id", *allowed}
    _that(not unknown, f"unknown keys {sorted(unknown)} in {of.get('type')}")


def _text(text: Any, longest: int, what: str) -> None:
    _that(isinstance(text, str) and 0 < len(text) <= longest, f"{what} is empty, no text, or over {longest} characters")


def _object(one: Any, longest: int, what: str, plain: bool = False) -> None:
    _that(isinstance(one, dict) and one.get("type") in ("plain_text", "mrkdwn"), f"{what} is no text object")
    _that(not plain or one["type"] == "plain_text", f"{what} must be plain_text")
    _keys(one, "text", "emoji" if one["type"] == "plain_text" else "verbatim")
    _text(one.get("text"), longest, what)
    _that(one["text"].strip() != "", f"{what} is empty")
    if one["type"] == "mrkdwn":
        _that("&" not in one["text"].replace("&amp;", "").replace("&lt;", "").replace("&gt;", ""), f"{what}: a bare &")


def _section(block: dict[str, Any]) -> None:
    _keys(block, "text", "fields", "accessory", "expand")
    _that("text" in block or bool(block.get("fields")), "a section with nothing in it")
    if "text" in block:
        _object(block["text"], 3000, "section.text")
    if "accessory" in block:
        _element(block["accessory"], ("image", "button", "static_select", "checkboxes"))


def _header(block: dict[str, Any]) -> None:
    _keys(block, "text")
    _object(block.get("text"), 150, "header.text", plain=True)


def _context(block: dict[str, Any]) -> None:
    _keys(block, "elements")
    elements = block.get("elements")
    _that(isinstance(elements, list) and 0 < len(elements) <= 10, "context.elements")
    for one in elements:
        _image(one) if one.get("type") == "image" else _object(one, 2000, "context text")


def _image(block: dict[str, Any]) -> None:
    _keys(block, "image_url", "alt_text", "title")
    _text(block.get("alt_text"), 2000, "alt_text")
    _text(block.get("image_url"), 3000, "image_url")
    _that(block["image_url"].startswith("https://"), "image_url must be https")


def _actions(block: dict[str, Any]) -> None:
    _keys(block, "elements")
    elements = block.get("elements")
    _that(isinstance(elements, list) and 0 < len(elements) <= 25, "actions.elements: 1 to 25")
    for one in elements:
        _element(one, ("button", "static_select", "checkboxes", "radio_buttons"))
    ids = [one["action_id"] for one in elements]
    _that(len(set(ids)) == len(ids), "action_id twice in one block")


def _element(one: Any, allowed: tuple[str, ...]) -> None:
    _that(isinstance(one, dict) and one.get("type") in allowed, "an element that may not stand here")
    if one["type"] == "image":
        _image(one)
        return
    _text(one.get("action_id"), 255, "action_id")
    if one["type"] == "button":
        _keys(one, "action_id", "text", "value", "style", "url", "accessibility_label", "confirm")
        _object(one.get("text"), 75, "button.text", plain=True)
        _that(one.get("style") in (None, "primary", "danger"), "button.style")
        for name, longest in (("value", 2000), ("accessibility_label", 75)):
            if name in one:
                _text(one[name], longest, f"button.{name}")
        return
    most = 100 if one["type"] == "static_select" else 10
    _keys(one, "action_id", "options", "placeholder", "initial_option", "initial_options", "confirm")
    if one["type"] == "static_select":
        _object(one.get("placeholder"), 150, "placeholder", plain=True)
    options = one.get("options")
    _that(isinstance(options, list) and 0 < len(options) <= most, f"{one['type']}.options: 1 to {most}")
    for option in options:
        _keys(option, "text", "value", "description")
        _object(option.get("text"), 75, "option.text", plain=one["type"] == "static_select")
        _text(option.get("value"), 150, "option.value")
        if "description" in option:
            _object(option["description"], 75, "option.description", plain=one["type"] == "static_select")
    values = [option["value"] for option in options]
    _that(len(set(values)) == len(values), "an option value twice")


CHECKS = {
    "section": _section, "header": _header, "context": _context, "image": _image, "actions": _actions,
    "divider": _keys,
}  # fmt: skip
