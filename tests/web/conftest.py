"""Browsers, and a fresh page and site for each test: a plain one for the metronome, playwright's for the widget."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.web.browser import Chromium, Page, chromium_path
from tests.web.chat import Chat, new_profile, new_tab
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


@pytest.fixture(scope="module")
def one_bot() -> Iterator[StubBot]:
    made = StubBot()
    yield made
    made.close()


@pytest.fixture
def bot(one_bot: StubBot) -> StubBot:
    """The bot as new, with its thread and address of before."""
    one_bot.reset()
    return one_bot


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A desktop browser in the United Kingdom."""
    made = new_profile(browser)
    yield made
    made.close()


@pytest.fixture
def chat(profile: BrowserContext, bot: StubBot) -> Iterator[Chat]:
    """A page of somebody else with the chat in it, closed. At the end nothing may have gone wrong in it."""
    made = new_tab(profile, bot)
    yield made
    made.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    for page in profile.pages:
        page.close()
    assert made.errors == []
