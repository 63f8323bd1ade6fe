"""Setting the channel up: settings, the commands of the command line, long polling, and a server without Telegram."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from sanic import Sanic

from actions.wording import say
from bot.channels.telegram import __main__ as command_line
from bot.channels.telegram.api import Api
from bot.channels.telegram.channel import attach
from bot.channels.telegram.routes import PATH
from bot.channels.telegram.settings import Settings, from_environment
from tests.channels.telegram.bench import SECRET, Bench, Stub, serving
from tests.channels.telegram.conftest import OnBench
from tests.fakes.telegram import FakeTelegram

TOKEN = "123456:fake-token-of-nobody"
ROOT = Path(__file__).resolve().parents[3]


def test_without_a_token_there_is_no_channel() -> None:
    assert from_environment({}) is None


@pytest.mark.parametrize(
    ("token", "secret", "named"),
    [
        ("12:not all of it", SECRET, "KNEEWISE_TELEGRAM_TOKEN"),
        (TOKEN, "", "KNEEWISE_TELEGRAM_SECRET"),
        (TOKEN, "short", "KNEEWISE_TELEGRAM_SECRET"),
        (TOKEN, "with spaces in between", "KNEEWISE_TELEGRAM_SECRET"),
    ],
)
def test_a_wrong_setting_is_named_and_not_shown(token: str, secret: str, named: str) -> None:
    with pytest.raises(ValueError, match=named) as error:
        from_environment({"KNEEWISE_TELEGRAM_TOKEN": token, "KNEEWISE_TELEGRAM_SECRET": secret})
    assert token not in str(error.value)
    assert not secret or secret not in str(error.value)


def test_settings_do_not_show_their_secrets() -> None:
    assert not re.search(f"{TOKEN}|{SECRET}", repr(Settings(TOKEN, SECRET)))


@pytest.mark.parametrize("token", ["", "broken", TOKEN])
def test_the_other_channels_run_whatever_is_set_and_without_telegram(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    """Port 9 of this machine answers nobody: neither start nor stop may need Telegram."""
    monkeypatch.setenv("KNEEWISE_TELEGRAM_TOKEN", token)
    monkeypatch.setenv("KNEEWISE_TELEGRAM_SECRET", SECRET)
    monkeypatch.setenv("KNEEWISE_TELEGRAM_API", "http://127.0.0.1:9")

    def prepare(app: Sanic) -> None:
        attach(app)
        app.add_route(lambda request: __import__("sanic").response.text("other"), "/other")

    async def scenario() -> None:
        async with serving(prepare) as url, aiohttp.ClientSession() as session:
            async with session.get(f"{url}/other") as reply:
                assert await reply.text() == "other"
            async with session.post(url + PATH, data=b"{}") as reply:
                assert reply.status == (401 if token == TOKEN else 404)

    loop.run_until_complete(scenario())


def on_fake(
    loop: asyncio.AbstractEventLoop,
    monkeypatch: pytest.MonkeyPatch,
    scenario: Callable[[FakeTelegram], Awaitable[None]],
) -> None:
    async def whole() -> None:
        async with FakeTelegram() as fake:
            monkeypatch.setenv("KNEEWISE_TELEGRAM_TOKEN", fake.token)
            monkeypatch.setenv("KNEEWISE_TELEGRAM_SECRET", SECRET)
            monkeypatch.setenv("KNEEWISE_TELEGRAM_API", fake.url)
            await scenario(fake)

    loop.run_until_complete(whole())


async def run(*arguments: str) -> int:
    """The command line, in a thread, since it has an event loop of its own."""
    return await asyncio.get_running_loop().run_in_executor(None, command_line.main, list(arguments))


@pytest.mark.parametrize("url", ["https://knee.example", "https://knee.example/", f"https://knee.example:8443{PATH}"])
def test_the_webhook_is_set_and_deleted(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    async def scenario(fake: FakeTelegram) -> None:
        assert await run("set-webhook", url) == 0
        assert fake.webhook is not None
        assert fake.webhook["url"] == url.removesuffix(PATH).rstrip("/") + PATH
        assert fake.webhook["secret_token"] == SECRET
        assert set(fake.webhook["allowed_updates"]) == {"message", "edited_message", "callback_query"}
        assert await run("delete-webhook") == 0
        assert fake.webhook is None

    on_fake(loop, monkeypatch, scenario)


@pytest.mark.parametrize("url", ["http://knee.example", "https://knee.example:5005", "knee.example", "https://"])
def test_an_address_that_telegram_would_not_send_to_is_told(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    async def scenario(fake: FakeTelegram) -> None:
        assert await run("set-webhook", url) == 1
        assert fake.calls == []

    on_fake(loop, monkeypatch, scenario)
    assert "https" in capsys.readouterr().err


def test_the_commands_are_put_into_the_menu(loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(fake: FakeTelegram) -> None:
        assert await run("set-commands") == 0
        names = [one["command"] for one in fake.settings["commands"]]
        assert names == ["start", "restart", "back", "why", "summary", "human", "checkin", "help"]
        assert fake.settings["description"] == say("intro")
        assert fake.settings["short_description"] == say("telegram_about")

    on_fake(loop, monkeypatch, scenario)


def test_a_wrong_token_is_told(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scenario(fake: FakeTelegram) -> None:
        monkeypatch.setenv("KNEEWISE_TELEGRAM_TOKEN", "999:another-token-of-nobody")
        assert await run("set-commands") == 1

    on_fake(loop, monkeypatch, scenario)
    shown = capsys.readouterr().err
    assert "unauthorized" in shown
    assert "another-token" not in shown


def test_a_server_that_polls_answers_and_forgets_nothing_that_it_has_not_taken(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        made.telegram.fail("getUpdates", "500")
        for number in range(3):
            await sam.says(f"message {number}")
        await sam.reads(3)
        await made.telegram.until(lambda: not made.telegram.pending)

    stub = Stub()
    on_bench(stub, scenario, polling=True)
    assert stub.texts == ["message 0", "message 1", "message 2"]


def test_polling_says_when_a_webhook_is_in_the_way(on_bench: OnBench, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(made: Bench) -> None:
        made.telegram.send_to("https://elsewhere.example/", "x")
        await made.telegram.until(lambda: "a webhook is set" in caplog.text)

    on_bench(Stub(), scenario, polling=True)


def test_updates_are_fetched_for_a_running_bot(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        made.telegram.webhook = None
        sam = made.telegram.person(1)
        async with aiohttp.ClientSession() as session:
            settings = Settings(made.telegram.token, SECRET, made.telegram.url)
            forwarding = asyncio.ensure_future(
                command_line.forward(Api(settings, session), settings, session, made.url)
            )
            await sam.says("through the poller")
            assert (await sam.reads(1))[0].text == "You said: through the poller"
            await made.telegram.until(lambda: not made.telegram.pending)
            forwarding.cancel()

    on_bench(Stub(), scenario)


def test_the_guide_names_what_there_is() -> None:
    """Each command and setting of the guide exists, and each that exists is in the guide."""
    guide = (ROOT / "docs" / "telegram.md").read_text(encoding="utf-8")
    source = (ROOT / "bot/channels/telegram/settings.py").read_text(encoding="utf-8")
    assert set(re.findall(r"KNEEWISE_TELEGRAM_\w+", guide)) == set(re.findall(r"KNEEWISE_TELEGRAM_\w+", source))
    told = set(re.findall(r"bot\.channels\.telegram ([a-z-]+)", guide))
    assert told == {"set-webhook", "delete-webhook", "set-commands", "poll"}
    assert PATH in guide
    assert json.dumps(SECRET) not in guide
