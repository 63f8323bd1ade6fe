"""Starting the inbox beside the bot, and the commands for clinicians."""

from __future__ import annotations

import asyncio
import io
import socket
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from actions.inbox import __main__ as command
from actions.inbox import start_inbox
from actions.inbox.accounts import Accounts
from actions.records.store import Records, utc_now
from tests.databases import SECRET, database_url  # noqa: F401  the fixture
from tests.inbox.conftest import PASSWORD


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def no_talk(_: str) -> list[Any]:
    return []


def start(then: Any = None) -> Any:
    """Start it, do something while it runs, stop it; what `start_inbox` gave."""

    async def run() -> Any:
        records = Records("sqlite://", SECRET)
        runner = await start_inbox(records, no_talk, lambda: None)
        if then is not None:
            await then(runner)
        if runner is not None:
            await runner.cleanup()
        records.engine.dispose()
        return runner

    return asyncio.run(run())


def test_it_listens_on_loopback_at_the_port_of_the_setting(
    free_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KNEEWISE_INBOX_PORT", str(free_port))

    async def look(runner: Any) -> None:
        assert runner.addresses == [("127.0.0.1", free_port)]
        async with aiohttp.ClientSession() as web, web.get(f"http://127.0.0.1:{free_port}/sign-in") as answer:
            assert answer.status == 200

    start(look)
    assert f"http://127.0.0.1:{free_port}/" in capsys.readouterr().out


def test_a_port_that_is_taken_is_said_and_kills_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("KNEEWISE_INBOX_PORT", str(port))
        assert start() is None
    said = capsys.readouterr().err
    assert f"The inbox cannot listen on 127.0.0.1:{port}" in said
    assert "The assistant runs without it." in said
    assert "KNEEWISE_INBOX_PORT" in said


@pytest.mark.parametrize("port", ["", "many", "99999", "-1"])
def test_a_port_that_is_none_is_said_too(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KNEEWISE_INBOX_PORT", port)
    assert start() is None
    assert "The inbox cannot listen on" in capsys.readouterr().err


def test_it_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KNEEWISE_INBOX_PORT", "off")
    assert start() is None
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:  # noqa: F811  the fixture
    """Runs the command with a password on its input; the exit code."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("KNEEWISE_SECRET", "f3a9c1e7b5d2408697adcbfe12348765")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, password: str = PASSWORD) -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
        return command.main(arguments)

    return run


def test_the_life_of_a_clinician(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert [run("add", "Dr Ng"), run("add", " Sam  Okafor "), run("passwd", "Dr Ng", password="other long words")] == [
        0
    ] * 3
    capsys.readouterr()
    assert run("list") == 0
    assert capsys.readouterr().out == "Dr Ng\nSam Okafor\n"
    accounts = Accounts(Records().engine, utc_now)
    assert accounts.check("Dr Ng", "other long words") == "Dr Ng"
    assert run("remove", "Dr Ng") == 0
    assert accounts.names() == [("Sam Okafor", None)]


def test_a_lock_is_shown(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run("add", "Dr Ng")
    accounts = Accounts(Records().engine, utc_now)
    for _ in range(5):
        accounts.check("Dr Ng", "wrong words of somebody")
    capsys.readouterr()
    run("list")
    assert capsys.readouterr().out.startswith("Dr Ng  locked until 20")


@pytest.mark.parametrize(
    ("arguments", "password", "why"),
    [
        (("add", "Dr Ng"), PASSWORD, "there is a clinician named Dr Ng already"),
        (("add", "Sam"), "short", "at least 12 characters"),
        (("add", "Sam"), "", "at least 12 characters"),
        (("add", "  "), PASSWORD, "a name has 1 to 64 characters"),
        (("add", "a\x1bb"), PASSWORD, "that can be printed"),
        (("add", "a" * 65), PASSWORD, "a name has 1 to 64 characters"),
        (("passwd", "Nobody"), PASSWORD, "there is no clinician named Nobody"),
        (("remove", "Nobody"), PASSWORD, "there is no clinician named Nobody"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Any, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], password: str, why: str
) -> None:
    run("add", "Dr Ng")
    assert run(*arguments, password=password) == 1
    said = capsys.readouterr()
    assert why in said.err
    assert "Traceback" not in said.err
    if password:
        assert password not in said.err + said.out


def test_two_passwords_typed_differently_are_refused(
    run: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter([PASSWORD, PASSWORD + "x"])

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(command.getpass, "getpass", lambda _: next(typed))
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert command.main(["add", "Dr Ng"]) == 1
    assert "not the same" in capsys.readouterr().err
