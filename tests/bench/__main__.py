"""`make bench`: everything in one run, about 12 minutes on two quiet cores; `--short` tries it in one or two.

The first run also trains the starter, which is kept in `build/`. What fails is named in the document; the rest is written.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.bench import figures as kept
from tests.bench import many, parts, plot, report, rounds, sides
from tests.bench.figures import Figures, of_crowds, of_rounds, rounded, summary
from tests.bench.lines import ROOT
from tests.bench.plan import FULL, SHORT, Plan

SECONDS_FOR_FLAT = 600
BEGUN = time.monotonic()


def say(text: str) -> None:
    """Tell how far it is."""
    print(f"{time.monotonic() - BEGUN:5.0f} s  {text}", flush=True)


def beside(plan: Plan) -> Figures:
    """Both bots as servers."""
    return of_rounds(rounds.measure(plan, say))


def training(plan: Plan) -> Figures:
    """From nothing to a model."""
    starter = sides.make_starter()
    ours = []
    for number in range(plan.trainings):
        say(f"training {number + 1} of {plan.trainings}")
        with tempfile.TemporaryDirectory(prefix="kneewise-bench-") as folder:
            ours.append(sides.train_ours(Path(folder)))
    own = {"ours_s": summary(ours)} if ours else {}
    return {"training": {**own, "starter_s": starter["training_s"], "starter_on": starter["on"]}}


def flat(plan: Plan) -> Figures:
    """Long talks and long years, in a process of their own."""
    turns = [turn for turn in plan.windows if int(turn) <= 300]
    command = [sys.executable, "-m", "tests.bench.flat", "--json", "--turns", *turns, "--talks", str(plan.flat_talks),
               "--days", str(plan.days)]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KNEEWISE_SECRET": sides.SECRET}
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
                             timeout=SECONDS_FOR_FLAT)  # fmt: skip
    if not printed.stdout:
        raise RuntimeError(printed.stderr[-600:])
    return {"flat": {name: rounded(value) for name, value in json.loads(printed.stdout).items()}}


def workers(plan: Plan) -> Figures:
    """One worker and several on the same stores."""
    return {"workers": of_crowds(many.measure(plan, say))}


def where(plan: Plan) -> Figures:
    """Where the time of a worker goes."""
    found = parts.measure(plan)
    shares = {name: rounded(share) for name, share in found["parts"].items()}
    return {"parts": {"a_second": rounded(found["a_second"]), "ms": rounded(found["ms"]), "parts": shares}}


PARTS: dict[str, Callable[[Plan], Figures]] = {
    "the starter": lambda plan: sides.make_starter() and {},
    "both bots beside each other": beside,
    "training": training,
    "long talks": flat,
    "several workers": workers,
    "where the time goes": where,
}


def run(plan: Plan, parts: dict[str, Callable[[Plan], Figures]], keep: Callable[[Figures], None]) -> Figures:
    """Measure part by part; one that fails is named and the others go on.

    Args:
        plan: how much.
        parts: what.
        keep: is given the figures after each part.
    """
    figures = kept.begun(plan)
    for name, measure in parts.items():
        say(name)
        try:
            figures.update(measure(plan))
        except Exception as error:  # noqa: BLE001  whatever it is, the other parts are measured
            traceback.print_exc()
            figures["failed"][name] = type(error).__name__
        figures["minutes"] = rounded((time.monotonic() - BEGUN) / 60)
        keep(figures)
    return figures


def main() -> int:
    """Measure, and write the document and its picture.

    Returns:
        0 when every part was measured, whatever it says.
    """
    parser = argparse.ArgumentParser(description="How fast Kneewise is, beside the starter that `rasa init` makes.")
    parser.add_argument("--short", action="store_true", help="a try of everything, for no document")
    parser.add_argument("--write", action="store_true", help="write the document in the short form too")
    parser.add_argument("--again", action="store_true", help="measure nothing, write the figures of the last run again")
    asked = parser.parse_args()
    plan = SHORT if asked.short else FULL
    figures = kept.last() if asked.again else run(plan, PARTS, kept.keep)
    print(report.render(figures))
    if asked.write or not asked.short:
        report.write(figures)
        plot.draw(figures)
    return 1 if figures["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
