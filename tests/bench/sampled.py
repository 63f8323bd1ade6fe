"""The bot's server, with its main thread looked at every two milliseconds: `python -m tests.bench.sampled`.

SIGUSR1 begins, SIGUSR2 ends and writes the stacks to the file that `BENCH_SAMPLES` names. A timer's signal interrupts the
thread where it is; a thread that looks from outside would wait for its turn and see only where others are let in.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType

from tests.bench.lines import ROOT

EACH = 0.002
"""Seconds between two looks."""
FILE = "BENCH_SAMPLES"


class Samples:
    """Counts the stacks of the main thread."""

    def __init__(self) -> None:
        self._stacks: Counter[tuple[int, ...]] = Counter()
        self._codes: dict[int, CodeType] = {}

    def look(self, _: int, frame: FrameType | None) -> None:
        """Count the stack as it is, the innermost function first."""
        stack = []
        while frame is not None:
            code = frame.f_code
            self._codes[id(code)] = code
            stack.append(id(code))
            frame = frame.f_back
        self._stacks[tuple(stack)] += 1

    def write(self, path: Path) -> None:
        """Write them: how often, and the functions as `file:name`.

        Args:
            path: of the file.
        """
        named = {id: f"{place(code.co_filename)}:{code.co_name}" for id, code in self._codes.items()}
        found = [[count, [named[id] for id in stack]] for stack, count in self._stacks.items()]
        new = path.with_suffix(".new")
        new.write_text(json.dumps(found))
        new.rename(path)


def place(file: str) -> str:
    """A file as it is imported: without the folder of this project, or of the installed packages."""
    return file.removeprefix(f"{ROOT}/").rpartition("site-packages/")[2]


def main() -> int:
    """Serve; the exit code is that of the server."""
    samples, path = Samples(), Path(os.environ[FILE])

    def begin(_: int, __: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, EACH, EACH)

    def end(_: int, __: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        samples.write(path)

    signal.signal(signal.SIGALRM, samples.look)
    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)
    from bot.server import main as serve

    return serve()


if __name__ == "__main__":
    sys.exit(main())
