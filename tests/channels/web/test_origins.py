"""Only allowed websites may talk with the server, over either transport."""

from __future__ import annotations

import aiohttp
import pytest
import socketio

from bot.channels.web.origins import Origins
from tests.channels.web.conftest import WEBSITE, Run, Site

EVIL = "http://evil.example"
SETTINGS = {"PORT": "5005", "KNEEWISE_ORIGINS": "https://clinic.example, https://www.clinic.example/ ,"}


@pytest.mark.parametrize(
    "origin",
    ["https://clinic.example", "https://www.clinic.example", "HTTPS://Clinic.Example", "http://localhost:5005",
     "http://127.0.0.1:5005", "http://[::1]:5005", None],
)  # fmt: skip
def test_allowed(origin: str | None) -> None:
    assert Origins.of_settings(SETTINGS).allow(origin)


@pytest.mark.parametrize(
    "origin",
    ["null", "", "*", "http://clinic.example", "https://clinic.example.evil.com", "https://evil.com/https://clinic.example",
     "https://clinic.example:8443", "http://localhost:5006", "http://localhost", EVIL],
)  # fmt: skip
def test_not_allowed(origin: str) -> None:
    assert not Origins.of_settings(SETTINGS).allow(origin)


def test_the_public_address_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEEWISE_PUBLIC_URL", "https://knee.example/")
    assert Origins.of_settings({}).allow("https://knee.example")


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_a_socket_of_another_site_is_refused(site: Site, run: Run, transport: str) -> None:
    async def test() -> None:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await site.page().connect((transport,), Origin=EVIL)
        page = await site.page().open(None, (transport,), Origin=WEBSITE)
        assert page.begun["ok"]

    run(test())


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "begin"), ("POST", "say"), ("POST", "delete"), ("GET", "wait"), ("GET", "settings")]
)
def test_http_of_another_site_is_refused(site: Site, run: Run, method: str, path: str) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        told = await page.ask(method, path, {} if method == "POST" else None, Origin=EVIL)
        assert (page.status, told["ok"], told["error"]["code"]) == (403, False, "bad")
        assert "access-control-allow-origin" not in page.headers

    run(test())


def test_cors_is_answered_for_allowed_sites_only(site: Site, run: Run) -> None:
    async def test() -> None:
        page = site.plain()
        await page.ask("GET", "settings", Origin=WEBSITE)
        assert page.headers["access-control-allow-origin"] == WEBSITE
        assert page.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in page.headers
        await page.ask("GET", "settings")
        assert "access-control-allow-origin" not in page.headers

    run(test())


@pytest.mark.parametrize(("origin", "allowed"), [(WEBSITE, True), (EVIL, False)])
@pytest.mark.parametrize("path", ["web/say", "socket.io/"])
def test_a_browser_that_asks_first_is_told(site: Site, run: Run, path: str, origin: str, allowed: bool) -> None:
    async def test() -> None:
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "authorization,content-type"}  # fmt: skip
        async with aiohttp.ClientSession() as http, http.options(f"{site.url}/{path}", headers=asked) as answer:
            allow = answer.headers.get("Access-Control-Allow-Headers", "")
            assert (answer.status, answer.headers.get("Access-Control-Allow-Origin"), "authorization" in allow) == (
                (204, WEBSITE, True) if allowed else (403, None, False)
            )

    run(test())
