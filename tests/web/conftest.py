"""Browsers, and a fresh page and site for each test: a plain one for the metronome, playwright's for the widget."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.web.browser import Chromium, Page, chromium_path
from tests.web.chat import Chat, new_chat
from tests.web.static_site import StaticSite
from tests.web.stub_bot import StubBot

MEDIA = Path(__file__).resolve().parents[2] / "bot/web/media"


@pytest.fixture(scope="session")
def chromium(loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    if chromium_path() is None:
        pytest.skip("no Chromium found; set CHROMIUM to its path")
    made = Chromium(loop, tmp_path_factory.mktemp("chromium"))
    yield made
    made.close()


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    made = chromium.page()
    yield made
    made.close()


@pytest.fixture
def media(loop: asyncio.AbstractEventLoop) -> Iterator[StaticSite]:
    made = StaticSite(loop, MEDIA, "/media/")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright over the system's Chromium. It ends with the module: while it runs, no other event loop can."""
    if chromium_path() is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium: scripts/debian.sh installs it")
        pytest.skip("no Chromium found; set CHROMIUM to its path")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield made
        made.close()


@pytest.fixture
def bot() -> Iterator[StubBot]:
    made = StubBot()
    yield made
    made.close()


@pytest.fixture
def chat(browser: Browser, bot: StubBot) -> Iterator[Chat]:
    """A page of somebody else with the chat in it, closed. At the end nothing may have gone wrong in it."""
    errors: list[str] = []
    made = new_chat(browser, bot)
    made.page.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    made.page.context.close()
    assert errors == []
