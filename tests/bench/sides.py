"""The two bots as real servers: Kneewise, and the starter that `rasa init` makes, in its plainest form."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.bench.lines import ROOT, Lost
from tests.scale.site import free_port

STARTER = ROOT / "build" / "starter"
TRAINED = STARTER / "trained.json"
RASA = Path(sys.executable).parent / "rasa"
PLAIN = {"PYTHONPATH": "", "RASA_TELEMETRY_ENABLED": "false"}
"""The starter sees nothing of this project, and nobody outside hears of the bench."""
SECRET = "measured by the bench, and by nobody else"
SECONDS_TO_START, SECONDS_TO_STOP = 420, 20
BETWEEN_LOOKS = 0.05


class Side:
    """One running server.

    Args:
        command: starts it.
        port: where it will listen.
        folder: where it works.
        log: what it prints.
        settings: further environment variables.
    """

    def __init__(self, command: Sequence[str], port: int, folder: Path, log: Path, settings: Mapping[str, str]):
        self.url, self._log = f"http://127.0.0.1:{port}", log
        self._begun = time.perf_counter()
        with log.open("w") as printed:
            self.process = subprocess.Popen(command, cwd=folder, env={**os.environ, **settings}, stdout=printed,
                                            stderr=printed)  # fmt: skip

    def first_answer(self) -> float:
        """Seconds from the start of the process to the first answer.

        Raises:
            Lost: none came; with the end of the log.
        """
        body = {"sender": "bench-first", "message": "hello"}
        while time.perf_counter() - self._begun < SECONDS_TO_START:
            try:
                answer = requests.post(f"{self.url}/webhooks/rest/webhook", json=body, timeout=SECONDS_TO_START)
                if answer.status_code == 200 and answer.json():
                    return time.perf_counter() - self._begun
            except requests.ConnectionError:
                pass
            try:
                self.process.wait(BETWEEN_LOOKS)
            except subprocess.TimeoutExpired:
                continue
            break
        raise Lost(f"the server gave no answer: {self._log.read_text(errors='replace')[-600:]}")

    def memory_mb(self) -> float:
        """What the process and its children hold, shared pages by their share (PSS), in MB of a million bytes."""
        return sum(one.memory_full_info().pss for one in family(self.process.pid)) / 1e6

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def family(pid: int) -> list[psutil.Process]:
    """A process and all that it started."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def start_ours(folder: Path, module: str = "bot", **settings: str) -> Side:
    """Kneewise with all that `make run` starts, on a new SQLite file.

    Args:
        folder: for the database and the log.
        module: what is run.
        settings: further environment variables.
    """
    port = free_port()
    own = {
        "PYTHONPATH": str(ROOT), "PORT": str(port), "HOST": "127.0.0.1", "DATABASE_URL": f"sqlite:///{folder}/ours.db",
        "KNEEWISE_SECRET": SECRET, "KNEEWISE_REST_PER_MINUTE": "0", "KNEEWISE_INBOX_PORT": str(free_port()), **settings,
    }  # fmt: skip
    return Side([sys.executable, "-m", module], port, ROOT, folder / "ours.log", own)


def start_starter(folder: Path) -> Side:
    """The starter: `rasa run`, nothing else said than the port."""
    port = free_port()
    command = [str(RASA), "run", "--port", str(port), "--interface", "127.0.0.1"]
    return Side(command, port, STARTER, folder / "starter.log", PLAIN)


def make_starter() -> dict[str, Any]:
    """Make and train the starter, unless that was done before; its training is measured then, and kept.

    It is made by what `rasa init` calls, which would train it once more before it can be measured.

    Returns:
        `training_s` and the day it was trained `on`.
    """
    if not TRAINED.exists():
        shutil.rmtree(STARTER, ignore_errors=True)
        STARTER.mkdir(parents=True)
        _in_starter(sys.executable, "-c", "from rasa.cli.scaffold import create_initial_project as make; make('.')")
        begun = time.perf_counter()
        _in_starter(str(RASA), "train")
        kept = {"training_s": round(time.perf_counter() - begun, 1), "on": date.today().isoformat()}
        TRAINED.write_text(json.dumps(kept))
    return dict(json.loads(TRAINED.read_text()))


def _in_starter(*command: str) -> None:
    subprocess.run(command, cwd=STARTER, env={**os.environ, **PLAIN}, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)  # fmt: skip


def train_ours(folder: Path) -> float:
    """Seconds of `make train` from nothing: in a copy without a model and without Rasa's cache.

    Args:
        folder: an empty one, for the copy.
    """
    for name in ("bot", "actions", "clinical", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, folder / name)
    begun = time.perf_counter()
    for command in (["bot.nlu.fit", "--if-changed"], ["bot.train"]):
        subprocess.run([sys.executable, "-m", *command], cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)},
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    return time.perf_counter() - begun
