"""Pictures, the metronome and the printable plan, over HTTP."""

from __future__ import annotations

import re
import uuid
from io import BytesIO
from typing import Any

import pytest
import requests
from PIL import Image

from actions.cards import payload
from actions.selfcare.figures import exercise_ids
from tests.conftest import card
from tests.servers import Server

TIMEOUT = 30
AT_HOME = "front of my right knee, worse going downstairs, about 3 weeks, getting better, no injury, i'm 36, i run"


def say(server: Server, sender: str, text: str) -> list[dict[str, Any]]:
    """One message and its answer."""
    answer = requests.post(server.webhook, json={"sender": sender, "message": text}, timeout=TIMEOUT)
    messages: list[dict[str, Any]] = answer.json()
    return messages


def until_the_plan(server: Server, sender: str) -> dict[str, Any]:
    """Answer every card like somebody with runner's knee, until there is a plan."""
    said = {"age": 36, "duration_weeks": 3, "trend": "better", "for_whom": "self", "side": "right", "pain_worst": 3,
            "pain_now": 1, "self_care_weeks": 0, "location": ["front"], "aggravated_by": ["stairs_down"],
            "main_activity": "running", "onset": "gradual", "load_change": ["more_distance"],
            "sessions_per_week": 3, "longest_recent_session": "7 km"}  # fmt: skip
    shown = say(server, sender, AT_HOME)
    for _ in range(40):
        plan = card(shown, "plan")
        if plan:
            return plan
        asked = card(shown, "question")
        assert asked, shown
        value: Any = said.get(asked["id"], [] if asked["input"] == "any_of" else "no")
        shown = say(server, sender, payload(asked["id"], value))
    raise AssertionError("no plan")


@pytest.mark.parametrize("kind", ["svg", "anim.svg", "png", "gif"])
def test_an_exercise_picture(server: Server, kind: str) -> None:
    got = requests.get(f"{server.url}/media/exercises/calf_raises.left.light.{kind}", timeout=TIMEOUT)
    assert got.status_code == 200
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    if kind.endswith("svg"):
        assert got.headers["Content-Type"].startswith("image/svg+xml")
        assert got.text.startswith("<svg")
    else:
        assert Image.open(BytesIO(got.content)).format == kind.upper()


@pytest.mark.parametrize(
    "path",
    ["/media/exercises/x.left.light.png", "/media/exercises/calf_raises.up.light.png", "/media/nothing.html",
     "/media/..%2f..%2fconfig.yml", "/media/exercises/..%2f..%2f..%2fconfig.yml", "/media/", "/plan/x", "/plan/"],
)  # fmt: skip
def test_what_is_not_there(server: Server, path: str) -> None:
    got = requests.get(server.url + path, timeout=TIMEOUT)
    assert got.status_code == 404
    assert "Traceback" not in got.text
    assert "pipeline" not in got.text


def test_the_metronome_runs_under_its_policy(server: Server) -> None:
    got = requests.get(f"{server.url}/media/metronome.html?spm=170", timeout=TIMEOUT)
    assert got.status_code == 200
    assert "script-src 'self'" in got.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", got.text)


def test_the_printable_plan_follows_the_talk(server: Server) -> None:
    sender = uuid.uuid4().hex
    plan = until_the_plan(server, sender)
    path = plan["page"][plan["page"].index("/plan/") :]
    assert len(path) > len("/plan/") + 20, "the address must not be guessed"
    page = requests.get(server.url + path, timeout=TIMEOUT)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    for line in plan["load"]:
        assert line.split("'")[0] in page.text
    shown = {exercise["id"] for exercise in plan["exercises"]}
    assert shown <= set(exercise_ids())
    for id in shown:
        address = f"/media/exercises/{id}.right.light.svg"
        assert address in page.text
        assert requests.get(server.url + address, timeout=TIMEOUT).status_code == 200
    assert page.text.count("class=box") == 7 * 6 * (len(shown) + 1)
    say(server, sender, "it is hot, red and very swollen now, and i have a fever")
    assert requests.get(server.url + path, timeout=TIMEOUT).status_code == 404


def test_the_address_stays_when_the_plan_is_shown_again(server: Server) -> None:
    sender = uuid.uuid4().hex
    plan = until_the_plan(server, sender)
    again = card(say(server, sender, "/exercises"), "plan")
    assert again is not None
    assert again["page"] == plan["page"]


def test_a_deleted_talk_has_no_plan(server: Server) -> None:
    sender = uuid.uuid4().hex
    plan = until_the_plan(server, sender)
    path = plan["page"][plan["page"].index("/plan/") :]
    say(server, sender, "delete my data")
    say(server, sender, payload("delete_my_data", "yes"))
    assert requests.get(server.url + path, timeout=TIMEOUT).status_code == 404
