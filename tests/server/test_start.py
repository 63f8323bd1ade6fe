"""The program starts quickly, on loopback, and goes on where a talk stopped."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import requests

from tests.servers import Server


def test_starts_within_15_seconds_and_remembers_after_a_restart(tmp_path: Path) -> None:
    first = Server(tmp_path)
    first.wait()
    said = {"sender": "anna", "message": "my knee hurts on the stairs, i am 34"}
    requests.post(first.webhook, json=said, timeout=20)
    first.stop()
    second = Server(tmp_path)
    seconds = second.wait()
    reply = requests.post(second.webhook, json={"sender": "anna", "message": "/summary"}, timeout=20).json()
    second.stop()
    assert "34 years" in reply[0]["text"]
    assert seconds < 15


def test_listens_on_loopback_only(server: Server) -> None:
    own = socket.gethostbyname(socket.gethostname())
    if own.startswith("127."):
        pytest.skip("this machine has no address besides loopback")
    with pytest.raises((ConnectionError, TimeoutError)), socket.create_connection((own, server.port), timeout=1):
        pass


def test_the_api_is_closed_beyond_loopback_without_a_token() -> None:
    from bot.server import api_is_open

    assert api_is_open("127.0.0.1", token=None)
    assert api_is_open("0.0.0.0", token="secret")
    assert not api_is_open("0.0.0.0", token=None)


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    broken = Server(tmp_path, KNEEWISE_MODEL=str(tmp_path / "nothing"))
    broken.process.wait(60)
    assert broken.process.returncode != 0
    assert "make train" in broken.log()
