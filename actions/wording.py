"""The words that are not medicine, and the settings of the place where the assistant runs."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from actions.triage import yaml_lines
from actions.triage.loader import CLINICAL
from actions.triage.yaml_lines import LINE

METRONOME = "/media/metronome.html"
SETTINGS = {"emergency": "KNEEWISE_EMERGENCY", "crisis_line": "KNEEWISE_CRISIS_LINE"}


@cache
def content(file: str) -> Any:
    """A YAML file of `clinical/`, read once.

    Args:
        file: its name, `advice.yml` for example.
    """
    return yaml_lines.read(Path(os.environ.get("KNEEWISE_CLINICAL", CLINICAL)) / file)


@cache
def service() -> dict[str, str]:
    """Emergency number and crisis line of the place; environment variables go first."""
    defaults = content("service.yml")
    return {name: os.environ.get(variable) or str(defaults[name]) for name, variable in SETTINGS.items()}


def public_url() -> str:
    """Where people reach this server: `KNEEWISE_PUBLIC_URL`, else the address that it listens on."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "5005")
    return os.environ.get("KNEEWISE_PUBLIC_URL", f"http://{host}:{port}").rstrip("/")


def plan_address(secret: str) -> str:
    """The address of a printable plan."""
    return f"{public_url()}/plan/{secret}"


def fill(text: str, **values: object) -> str:
    """`text` with {emergency}, {crisis_line}, {metronome} (its address) and `values` filled in."""
    if "{" not in text:
        return text
    for name, value in {**service(), "metronome": f"{public_url()}{METRONOME}", **values}.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def say(key: str, **values: object) -> str:
    """The words kept under `key` in `clinical/wording.yml`, filled in and on one line.

    Raises:
        KeyError: there are no such words.
    """
    return fill(" ".join(str(content("wording.yml")[key]).split()), **values)


def opening() -> dict[str, Any]:
    """The first question: prompt, why, and options as {value: title}."""
    entry = content("wording.yml")["opening"]
    return {**entry, "options": {value: title for value, title in entry["options"].items() if value != LINE}}
