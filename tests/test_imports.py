"""Imports point one way: bot, then actions, then triage and selfcare. The core does without Rasa and without I/O."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ACTIONS = sorted((ROOT / "actions").rglob("*.py"))
CORE = [path for path in ACTIONS if path.parent.name in ("triage", "selfcare")]
TRIAGE = [path for path in CORE if path.parent.name == "triage"]
READERS = ("loader", "reading", "yaml_lines")
"""What reads `clinical/`."""
COMMANDS = [path for path in TRIAGE if '__name__ == "__main__"' in path.read_text(encoding="utf-8")]
PURE = [path for path in TRIAGE if path not in COMMANDS and path.stem not in (*READERS, "__init__")]
HARMLESS = {"__future__", "collections", "dataclasses", "enum", "functools", "itertools", "math", "re", "typing"}
INPUT_AND_OUTPUT = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}


def name(path: Path) -> str:
    """The path from the root, for the test's report."""
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(path.relative_to(ROOT).parent.parts[: -node.level + 1 or None]) if node.level else ""
            module = ".".join(part for part in (package, node.module or "") if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def packages(path: Path) -> set[str]:
    """The top names of what a file imports."""
    return {module.partition(".")[0] for module in imported(path)}


@pytest.mark.parametrize("path", ACTIONS, ids=name)
def test_actions_import_nothing_from_the_bot(path: Path) -> None:
    assert "bot" not in packages(path)


@pytest.mark.parametrize("path", CORE, ids=name)
def test_the_core_needs_no_rasa(path: Path) -> None:
    assert packages(path) & {"rasa", "rasa_sdk"} == set()


def test_only_the_glue_needs_the_sdk() -> None:
    assert [path.name for path in ACTIONS if packages(path) & {"rasa", "rasa_sdk"}] == ["conversation.py"]


@pytest.mark.parametrize("path", TRIAGE, ids=name)
def test_the_triage_does_not_know_of_selfcare(path: Path) -> None:
    assert [module for module in imported(path) if module.startswith("actions.selfcare")] == []


@pytest.mark.parametrize("path", PURE, ids=name)
def test_what_decides_imports_only_what_is_pure(path: Path) -> None:
    pure = {f"actions.triage.{one.stem}" for one in PURE}
    own = {".".join(module.split(".")[:3]) for module in imported(path) if module.startswith("actions.triage.")}
    assert (packages(path) - HARMLESS - {"actions"}, own - pure) == (set(), set())


@pytest.mark.parametrize("path", PURE, ids=name)
def test_what_decides_does_no_input_or_output(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called & INPUT_AND_OUTPUT == set()


def test_the_engine_is_among_what_decides() -> None:
    assert {"conditions", "engine", "model"} <= {path.stem for path in PURE}
