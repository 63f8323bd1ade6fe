"""Hostile words through every place where a person's words go, and the log afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.inbox.people import hand_off
from tests.inbox.test_pages import Page
from tests.security import fuzz
from tests.security.fuzz import leaks
from tests.security.house import MARK, House
from tests.server.test_pages import say, until_the_plan

SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</pre><svg/onload=alert(1)>",
    "{{7*7}}",
    "javascript:alert(1)",
]
DANGER = ("script", "img", "svg", "iframe", "object", "base")


def foreign(html: str) -> list[Any]:
    """Elements of a page that words of a person could have made: a handler, or a script without a file."""
    return [
        bone for bone in Page(html).bones if isinstance(bone, tuple) and any(name.startswith("on") for name in bone[1])
    ]


@pytest.mark.parametrize("script", SCRIPTS)
def test_words_come_back_over_rest_as_json_only(house: House, script: str) -> None:
    answer = requests.post(house.server.webhook, json={"sender": script, "message": f"{script} /why"}, timeout=20)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json()[0]["recipient_id"] == script


@pytest.mark.parametrize("script", SCRIPTS)
def test_words_come_back_to_the_widget_as_json_only(house: House, script: str) -> None:
    begun = requests.post(f"{house.url}/web/begin", json={}, timeout=20)
    token = {"Authorization": f"Bearer {begun.json()['token']}"}
    assert requests.post(f"{house.url}/web/say", json={"id": "1", "text": script}, headers=token, timeout=20).ok
    heard = requests.get(f"{house.url}/web/wait?after=0", headers=token, timeout=20)
    assert heard.headers["Content-Type"] == "application/json"
    assert heard.headers["X-Content-Type-Options"] == "nosniff"
    assert heard.json()["entries"][0]["text"] == script


@pytest.mark.parametrize("script", SCRIPTS)
def test_words_make_nothing_on_the_clinicians_page(house: House, script: str) -> None:
    sender = f"{script}{len(script)}"
    plain = hand_off(house.records, sender=sender, contact="plain")
    hostile = hand_off(house.records, sender=sender, contact=script)
    requests.post(house.server.webhook, json={"sender": sender, "message": f"{script} my knee hurts"}, timeout=20)
    browser = house.clinician()
    shown = browser.get(f"{house.inbox}/handoffs/{hostile}", timeout=20).text
    before = browser.get(f"{house.inbox}/handoffs/{plain}", timeout=20).text
    assert script in Page(shown).text
    assert foreign(shown) == []
    for danger in DANGER:
        made = [
            sum(isinstance(bone, tuple) and bone[0] == danger for bone in Page(one).bones) for one in (shown, before)
        ]
        assert made[0] == made[1], danger


def test_the_printable_plan_holds_no_words_of_the_person(house: House) -> None:
    plan = until_the_plan(house.server, f"plan-{MARK}")
    say(house.server, f"plan-{MARK}", f"<script>{MARK}</script> my name is <b>{MARK}</b>")
    page = requests.get(house.url + plan["page"][plan["page"].index("/plan/") :], timeout=20)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    if page.status_code == 200:
        assert MARK not in page.text
        assert foreign(page.text) == []


def test_a_forged_session_is_never_taken_over(house: House) -> None:
    for forged in ("a" * 32, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", None, 7, ["x"]):
        told = requests.post(f"{house.url}/web/begin", json={"token": forged}, timeout=20).json()
        assert told["new"] is True
        assert told["token"] != forged
        assert told["history"] == []


@pytest.mark.parametrize("message", ["\ud800 my knee", "\udfff"])
def test_half_a_character_without_a_sender_is_read_like_any_other(house: House, message: str) -> None:
    body = json.dumps({"message": message}).encode()
    answer = requests.post(house.server.webhook, data=body, timeout=20)
    assert '"safety"' not in answer.text


def test_attackers_get_clear_answers_and_the_log_nothing(house: House) -> None:
    """The minute's fuzz, shortened: `python -m tests.security.fuzz --seconds 600` goes on for longer."""
    found = fuzz.Fuzz(house, seed=20261122).run(20)
    assert sum(found.sent.values()) > 100
    assert found.wrong == []


def test_a_leak_would_be_seen() -> None:
    assert leaks(f"fine\nfor {MARK.upper()}\nTraceback (most recent call last):") != []
    assert leaks("turn failed: KeyError at x.py:3") == []
