"""A process that answers JSON lines: a part of the bench with a processor's time and an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Lost(RuntimeError):
    """The process ended, or did not answer in time."""


class Process:
    """One such process.

    Args:
        module: its code, which calls `serve`.
        log: where it complains.
        settings: further environment variables.
    """

    def __init__(self, module: str, log: Path, settings: Mapping[str, str] | None = None):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **(settings or {})}
        self._module, self._log = module, log
        with log.open("w") as errors:
            self._process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=environment, text=True,
                                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)  # fmt: skip

    def ask(self, within: float, **request: Any) -> dict[str, Any]:
        """Send a request and wait for the answer.

        Args:
            within: seconds to wait for it.
            request: anything that JSON holds.

        Raises:
            Lost: no answer came; with the end of the log.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        too_long = threading.Timer(within, self._process.kill)
        too_long.start()
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            too_long.cancel()
        if not line:
            raise Lost(f"{self._module} gave no answer: {self._log.read_text(errors='replace')[-600:]}")
        return dict(json.loads(line))

    def __enter__(self) -> Process:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def serve(answer: Answer) -> None:
    """Answer lines until there are no more; what is printed otherwise goes to the log.

    Args:
        answer: makes an answer of a request.
    """
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()
