"""What answers from outside, to whom, and with which headers."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.guard import BadToken, api_token, begins_here
from tests.security.house import API_TOKEN, House
from tests.servers import Server

PUBLIC = {
    "GET /": "the page", "GET /widget.js": "the widget", "GET /<name>": "files of the page", "GET /protocol": "the rules",
    "GET /ready": "which parts are well", "GET /metrics": "to this machine, or with a token", "GET /health": "alive or not", "GET /media/<name>": "drawings and the metronome",
    "GET /media/exercises/<name>": "exercise pictures", "GET /my-data/<link>": "behind a sealed link of one hour",
    "GET /plan/<secret>": "behind 128 random bits", "GET /progress/<name>": "behind a sealed link",
    "POST /web/begin": "a session", "POST /web/say": "with its token", "POST /web/delete": "with its token",
    "GET /web/wait": "with its token", "GET /web/settings": "emergency numbers", "GET /webhooks/rest": "alive or not",
    "POST /webhooks/rest/webhook": "a talk", "GET /socket.io": "the socket", "POST /socket.io": "the socket",
    "OPTIONS /socket.io": "the socket", "POST /webhooks/slack/events": "signed by Slack",
    "POST /webhooks/slack/actions": "signed by Slack", "POST /webhooks/slack/commands": "signed by Slack",
    "POST /webhooks/telegram/webhook": "with Telegram's secret",
}  # fmt: skip
"""Everything that a server on an open address answers, and why it may."""
RASAS = [("PUT", "/model"), ("DELETE", "/model"), ("POST", "/model/train"), ("POST", "/model/parse"), ("POST", "/model/predict"),
         ("POST", "/model/test/stories"), ("POST", "/model/test/intents"), ("GET", "/conversations/kim/tracker"),
         ("GET", "/conversations/kim/story"), ("POST", "/conversations/kim/messages"), ("GET", "/domain"), ("GET", "/status"),
         ("POST", "/conversations/kim/tracker/events"), ("PUT", "/conversations/kim/tracker/events"), ("GET", "/version"),
         ("POST", "/conversations/kim/execute"), ("POST", "/conversations/kim/trigger_intent"),
         ("POST", "/conversations/kim/predict")]  # fmt: skip
"""Rasa's own API."""


def ask(url: str, method: str, path: str, **more: Any) -> requests.Response:
    return requests.request(method, url + path, timeout=20, allow_redirects=False, **more)


def routes_of(host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> set[str]:
    """The routes of a server that listens there, as "METHOD /path"."""
    from sanic import Sanic

    from bot.server import make_app

    for name, value in {"KNEEWISE_SLACK_TOKEN": "xoxb-1", "KNEEWISE_SLACK_SIGNING_SECRET": "s" * 32,
                        "KNEEWISE_TELEGRAM_TOKEN": "1:" + "a" * 35, "KNEEWISE_TELEGRAM_SECRET": "t" * 32}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Sanic, "test_mode", True)
    app = make_app("models", host, f"sqlite:///{tmp_path / 'talks.db'}")
    named = {re.sub(r":[^>]*>", ">", f"/{route.path}".rstrip("/") or "/"): route for route in app.router.routes}
    return {f"{method} {path}" for path, route in named.items() for method in route.methods}


def test_an_open_address_answers_what_is_listed_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("KNEEWISE_API_TOKEN", raising=False)
    assert routes_of("0.0.0.0", monkeypatch, tmp_path) == set(PUBLIC)


@pytest.mark.parametrize(("method", "path"), RASAS)
def test_rasas_api_is_not_there_on_an_open_address(house: House, method: str, path: str) -> None:
    answer = ask(house.url, method, path, json={"text": "my knee hurts"})
    assert answer.status_code in (404, 405)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server on an open address whose API has a token."""
    made = Server(tmp_path_factory.mktemp("guarded"), HOST="0.0.0.0", KNEEWISE_API_TOKEN=API_TOKEN)
    made.wait()
    yield made
    made.stop()


@pytest.mark.parametrize("token", ["", "?token=", f"?token={API_TOKEN[:-1]}", f"?token={API_TOKEN}x", "?token=%ff"])
def test_a_wrong_token_opens_nothing_of_rasas_api(guarded: Server, token: str) -> None:
    for method, path in RASAS:
        answer = ask(guarded.url, method, path + token, json={"text": "my knee hurts"})
        assert answer.status_code == 401, (method, path)
        assert "knee" not in answer.text.lower()


def test_the_right_token_opens_it(guarded: Server) -> None:
    parsed = ask(guarded.url, "POST", f"/model/parse?token={API_TOKEN}", json={"text": "no fever"})
    assert parsed.json()["entities"][0]["value"] == "fever_or_unwell"


def test_a_token_that_can_be_guessed_is_refused_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(BadToken, match="KNEEWISE_API_TOKEN") as refused:
        api_token({"KNEEWISE_API_TOKEN": "rasa"})
    assert "rasa" not in str(refused.value)
    assert api_token({"KNEEWISE_API_TOKEN": ""}) is None
    assert api_token({"KNEEWISE_API_TOKEN": API_TOKEN}) == API_TOKEN


OWN = {"host": "127.0.0.1:5005"}


@pytest.mark.parametrize(
    "headers",
    [{}, {"host": "evil.example"}, {"host": "127.0.0.1.evil.example"}, {"host": "[::1"}, {**OWN, "origin": "https://evil.example"},
     {**OWN, "origin": "null"}, {**OWN, "sec-fetch-site": "cross-site"}, {**OWN, "sec-fetch-site": "same-site"},
     {**OWN, "x-forwarded-for": "203.0.113.7"}, {**OWN, "x-real-ip": "203.0.113.7"}, {**OWN, "forwarded": "for=_x"}],
)  # fmt: skip
def test_a_website_or_a_proxy_is_no_program_on_this_machine(headers: dict[str, str]) -> None:
    assert not begins_here(headers)


@pytest.mark.parametrize("host", ["127.0.0.1:5005", "localhost:5005", "[::1]:5005", "localhost"])
def test_a_program_on_this_machine_is(host: str) -> None:
    assert begins_here({"host": host})


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"X-Forwarded-For": "203.0.113.7"}]
)
def test_on_loopback_rasas_api_is_closed_to_websites_and_proxies(server: Server, headers: dict[str, str]) -> None:
    for method, path in RASAS:
        answer = ask(server.url, method, path, data='{"text": "my knee hurts"}', headers=headers)
        assert answer.status_code == 403, (method, path)


PAGES = ["/", "/health", "/media/metronome.html", "/media/exercises/calf_raises.left.light.svg", "/plan/none", "/my-data/none",
         "/progress/none.png", "/web/settings", "/webhooks/rest", "/protocol", "/widget.js", "/nothing", "/conversations/kim/tracker", "/media/..%2fx",
         "/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=9"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(house: House, path: str) -> None:
    answer = ask(house.url, "GET", path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src 'unsafe" not in policy
    assert "*" not in policy


@pytest.mark.parametrize("path", ["/plan/none", "/my-data/none", "/progress/none.png"])
def test_what_belongs_to_somebody_is_kept_nowhere_on_the_way(house: House, path: str) -> None:
    answer = ask(house.url, "GET", path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_other_sites_are_allowed_to_read_nothing_of_rest_or_pages(house: House) -> None:
    for method, path in [
        ("OPTIONS", "/webhooks/rest/webhook"),
        ("POST", "/webhooks/rest/webhook"),
        ("GET", "/plan/none"),
    ]:
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = ask(house.url, method, path, headers=headers, json={"sender": "csrf", "message": "hello"})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_answer_sets_a_cookie_but_the_sign_in_of_clinicians(house: House) -> None:
    for path in PAGES:
        assert "Set-Cookie" not in ask(house.url, "GET", path).headers, path


def test_the_inbox_is_on_loopback_although_the_rest_is_open(house: House) -> None:
    own = socket.gethostbyname(socket.gethostname())
    if own.startswith("127."):
        pytest.skip("this machine has no address besides loopback")
    with pytest.raises((ConnectionError, TimeoutError)):
        socket.create_connection((own, int(house.inbox.rpartition(":")[2])), timeout=1).close()
