"""A browser for the whole run; a fresh page and a fresh site for each test."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.browser import Chromium, Page, chromium_path
from tests.web.static_site import StaticSite

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
