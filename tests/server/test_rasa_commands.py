"""Stock Rasa commands work on the same files. Slow, because each starts Rasa anew: about 15 seconds each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RASA = Path(sys.executable).parent / "rasa"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([RASA, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_data_validate() -> None:
    done = run("data", "validate", "--fail-on-warnings")
    assert done.returncode == 0, done.stderr[-2000:]


def test_scripted_paths(tmp_path: Path) -> None:
    done = run("test", "core", "--stories", "data/stories", "--fail-on-prediction-errors", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr[-2000:]
    assert "None of the test stories failed" in (tmp_path / "failed_test_stories.yml").read_text()
