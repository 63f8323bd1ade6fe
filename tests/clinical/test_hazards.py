"""The hazard log is whole, its risks follow its own matrix, and every control names a test that exists."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LOG = yaml.safe_load((ROOT / "clinical" / "hazards.yml").read_text(encoding="utf-8"))
HAZARDS: list[dict[str, Any]] = LOG["hazards"]
SEVERITIES = ["minor", "significant", "considerable", "major", "catastrophic"]
LIKELIHOODS = ["very_low", "low", "medium", "high", "very_high"]
FIELDS = {"id", "name", "hazard", "causes", "effect", "harm", "severity", "likelihood", "initial_risk", "controls",
          "final_likelihood", "final_risk", "comment", "status"}  # fmt: skip
UNACCEPTABLE = 4
NEED_NOT_PASS = {"pytest.mark.xfail", "pytest.mark.skip"}
"""A test with one of these marks shows no control."""
STARTERS = {
    "H01": "free text", "H02": "floor", "H03": "wrong person", "H04": "not understood", "H05": "stale",
    "H06": "exercises", "H07": "medicine", "H08": "language", "H09": "middle", "H10": "number", "H11": "overwritten",
    "H12": "sooth", "H13": "over-triage", "H14": "fails", "H15": "logs",
}  # fmt: skip
"""The hazards the project began with (clinical.md C3), each with a word of its name, so that no id changes meaning."""


def named_tests(hazard: dict[str, Any]) -> list[str | None]:
    """The test of each control; None where there is none yet."""
    return [control["test"] for control in hazard["controls"]]


def exists(test: str, root: Path = ROOT) -> bool:
    """Whether a test can be found: a scripted conversation by its file, a Python test by its name in the file.

    Args:
        test: `tests/conversations/name.yml`, or `tests/…/test_file.py::test_name`, with `::Class` between if need be.
        root: the folder that paths start from.
    """
    path, _, name = test.partition("::")
    file = root / path
    if not file.is_file():
        return False
    if file.suffix == ".yml":
        return file.parent == root / "tests" / "conversations" and not name
    if not file.name.startswith("test_") or file.suffix != ".py":
        return False
    return name in defined(ast.parse(file.read_text(encoding="utf-8")))


def defined(tree: ast.Module | ast.ClassDef, before: str = "") -> set[str]:
    """The names of the tests in a module, those in classes as `Class::test_name`; none that need not pass."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names |= defined(node, f"{node.name}::")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
            marks = {ast.unparse(mark).partition("(")[0] for mark in node.decorator_list}
            if not marks & NEED_NOT_PASS:
                names.add(before + node.name)
    return names


each_hazard = pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.get("id", "?"))


def test_the_log_has_the_hazards_it_began_with() -> None:
    names = {hazard["id"]: hazard["name"].lower() for hazard in HAZARDS}
    assert len(names) == len(HAZARDS), "an id stands twice"
    for id, word in STARTERS.items():
        assert word in names.get(id, ""), f"{id} must be about {word!r}, and is {names.get(id)!r}"


def test_the_matrix_never_falls_when_a_thing_gets_worse() -> None:
    matrix = LOG["matrix"]
    assert list(matrix) == LIKELIHOODS
    rows = [[matrix[likelihood][severity] for severity in SEVERITIES] for likelihood in LIKELIHOODS]
    for line in [*rows, *zip(*rows)]:
        assert list(line) == sorted(line)
        assert set(line) <= {1, 2, 3, 4, 5}


@each_hazard
def test_every_field_is_filled(hazard: dict[str, Any]) -> None:
    assert set(hazard) == FIELDS
    assert all(str(value).strip() for value in hazard.values())
    assert hazard["causes"]
    assert hazard["controls"]
    for control in hazard["controls"]:
        assert set(control) == {"control", "test"}
        assert control["control"].strip()


@each_hazard
def test_risks_follow_the_matrix(hazard: dict[str, Any]) -> None:
    matrix, severity = LOG["matrix"], hazard["severity"]
    assert hazard["initial_risk"] == matrix[hazard["likelihood"]][severity]
    assert hazard["final_risk"] == matrix[hazard["final_likelihood"]][severity]
    assert LIKELIHOODS.index(hazard["final_likelihood"]) <= LIKELIHOODS.index(hazard["likelihood"])


@each_hazard
def test_each_named_test_exists(hazard: dict[str, Any]) -> None:
    gone = [test for test in named_tests(hazard) if test is not None and not exists(test)]
    assert not gone, f"{hazard['id']} names what does not exist: {gone}"


@each_hazard
def test_controlled_means_tested_and_acceptable(hazard: dict[str, Any]) -> None:
    assert hazard["status"] in ("open", "controlled")
    untested = None in named_tests(hazard)
    if hazard["status"] == "controlled":
        assert not untested, "a control without a test"
        assert hazard["final_risk"] < UNACCEPTABLE, "a final risk that is not acceptable"
    if untested:
        assert "no test" in hazard["comment"].lower(), "the comment must say which control has no test"


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ("tests/clinical/test_hazards.py::test_risks_follow_the_matrix", True),
        ("tests/clinical/test_hazards.py::test_that_nobody_wrote", False),
        ("tests/clinical/test_hazards.py::exists", False),
        ("tests/clinical/test_hazards.py", False),
        ("tests/clinical/test_gone.py::test_risks_follow_the_matrix", False),
        ("tests/conversations/clot_after_flight.yml", True),
        ("tests/conversations/that_nobody_wrote.yml", False),
        ("tests/vignettes/urgent.yml", False),
    ],
)
def test_finds_tests_and_only_tests(test: str, found: bool) -> None:
    assert exists(test) == found


def test_finds_tests_in_classes_and_none_that_need_not_pass() -> None:
    source = "class TestIt:\n    def test_one(self): ...\nasync def test_two(): ...\ndef other(): ...\n"
    source += "@pytest.mark.xfail(strict=True)\ndef test_three(): ...\n"
    assert defined(ast.parse(source)) == {"TestIt::test_one", "test_two"}
