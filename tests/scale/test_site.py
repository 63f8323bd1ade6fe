"""Four workers behind nginx on PostgreSQL and Valkey: any of them serves anybody, and nothing else is public.

Slow because four workers have to load: the one test of the whole arrangement.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import card
from tests.databases import new_postgres
from tests.scale.site import NGINX, Site, nginx_command, nginx_folder

pytestmark = pytest.mark.skipif(not Path(NGINX).exists(), reason="needs nginx")

PRIVATE = [
    "/status", "/version", "/domain", "/model", "/model/parse", "/model/train", "/model/predict", "/model/test/intents",
    "/conversations/x/tracker", "/conversations/x/messages", "/conversations/x/story", "/conversations/x/execute",
    "/conversations/x/predict", "/conversations/x/trigger_intent", "/conversations/x/tracker/events", "/metrics",
    "/ready", "/health", "/webhooks/rest/", "/webhooks/", "/cases", "/signin", "//status", "/./status", "/%73tatus",
    "/media/../status", "/media/..%2fstatus", "/web/../model", "/socket.io/../status", "/plan/..;/status",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, valkey: str) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"), new_postgres(), valkey, workers=4)
    try:
        made.wait()
        yield made
    finally:
        made.stop()


def say(site: Site, sender: str, text: str, id: str | None = None) -> list[dict[str, Any]]:
    """One message over REST, on a connection of its own, so that any worker may get it."""
    body = {"sender": sender, "message": text, **({"message_id": id} if id else {})}
    answer = asked("POST", f"{site.url}/webhooks/rest/webhook", body)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def asked(method: str, url: str, body: dict[str, Any] | None = None, **headers: str) -> requests.Response:
    """Ask for something, again while it is too fast."""
    end = time.monotonic() + 40
    while True:
        answer = requests.request(method, url, json=body, headers=headers, timeout=40)
        if answer.status_code != 429 or time.monotonic() > end:
            return answer
        time.sleep(0.1)


def none_of(question: dict[str, Any]) -> str:
    """The calmest answer to a question."""
    kind, options = question["input"], [option["value"] for option in question.get("options", [])]
    value = {"yes_no": "no", "any_of": [], "number": 30}.get(kind) if kind != "one_of" else options[0]
    return "/answer" + json.dumps({"question": question["id"], "value": value})


def to_the_end(site: Site, opening: str) -> dict[str, Any]:
    """A whole talk; its result."""
    sender = uuid.uuid4().hex
    answer = say(site, sender, opening)
    for _ in range(25):
        result, question = card(answer, "assessment"), card(answer, "question")
        if result is not None:
            return result
        assert question is not None, answer
        answer = say(site, sender, none_of(question))
    raise AssertionError("no result in 25 turns")


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    checked = subprocess.run(
        nginx_command(nginx_folder(tmp_path, 8080, 5005), "-t"), capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_whole_talks_over_rest_whichever_worker_answers(site: Site) -> None:
    runner = to_the_end(site, "front of my knee hurts on the stairs since i run more, i am 30")
    assert runner["level"] in ("self_care", "soon", "routine")
    clot = to_the_end(site, "i am 45, my knee aches and since the flight my left calf is swollen and sore")
    assert clot["level"] == "urgent"


def test_a_whole_talk_over_the_web_channel(site: Site) -> None:
    begun = requests.post(f"{site.url}/web/begin", json={}, timeout=30).json()
    bearer = {"Authorization": f"Bearer {begun['token']}"}
    last, kinds = 0, []
    text = "front of my knee hurts on the stairs since i run more, i am 30"
    for _ in range(20):
        said = {"id": uuid.uuid4().hex, "text": text}
        assert asked("POST", f"{site.url}/web/say", said, **bearer).json() == {"ok": True}
        waited = asked("GET", f"{site.url}/web/wait?after={last}", **bearer).json()
        last = max(entry["n"] for entry in waited["entries"])
        kinds += [entry["card"]["kind"] for entry in waited["entries"] if entry["card"]]
        if "assessment" in kinds:
            return
        text = none_of(
            [entry["card"] for entry in waited["entries"] if (entry["card"] or {}).get("kind") == "question"][-1]
        )
    raise AssertionError(kinds)


def test_one_message_delivered_to_all_workers_at_once_is_worked_once(site: Site) -> None:
    sender, id = uuid.uuid4().hex, "m-1"
    with ThreadPoolExecutor(8) as copies:
        answers = list(copies.map(lambda _: say(site, sender, "i am 34 and my knee hurts on the stairs", id), range(8)))
    assert all(answer == answers[0] for answer in answers)
    said = requests.get(f"{site.inside}/conversations/{sender}/tracker", timeout=10).json()["events"]
    assert [event["event"] for event in said].count("user") == 1


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_else_is_public(site: Site, path: str) -> None:
    with requests.Session() as session:
        for method in ("GET", "PUT", "POST"):
            raw = requests.Request(method, site.url).prepare()
            raw.url = site.url + path  # as it stands: the library would tidy it up
            assert session.send(raw, timeout=10).status_code in (400, 401, 403, 404, 405, 415)


def test_what_is_public_is_there(site: Site) -> None:
    assert requests.get(f"{site.url}/media/plan.css", timeout=10).status_code == 200
    assert requests.get(f"{site.url}/plan/none", timeout=10).status_code == 404
    too_fast = [requests.post(f"{site.url}/web/begin", json={}, timeout=10) for _ in range(40)]
    assert {answer.status_code for answer in too_fast} == {200, 429}
    assert all(answer.json()["error"]["code"] == "too_fast" for answer in too_fast if answer.status_code == 429)
    large = requests.post(f"{site.url}/webhooks/rest/webhook", data=b"x" * 70_000, timeout=10)
    assert large.status_code == 413


def test_the_turns_of_all_workers_are_counted(site: Site) -> None:
    before = counted(site)
    for _ in range(6):
        say(site, uuid.uuid4().hex, "hello")
    assert counted(site) == before + 6
    assert requests.get(f"{site.inside}/metrics", headers={"X-Forwarded-For": "1.2.3.4"}, timeout=10).status_code == 404


def counted(site: Site) -> float:
    text = requests.get(f"{site.inside}/metrics", timeout=10).text
    return sum(float(found) for found in re.findall(r'kneewise_turns_total\{channel="rest".*\} (\S+)', text))


def test_a_worker_that_is_killed_takes_no_talk_with_it_and_is_replaced(site: Site) -> None:
    sender = uuid.uuid4().hex
    say(site, sender, "i am 34 and my knee hurts on the stairs")
    found = subprocess.run(["pgrep", "-P", str(site.pid())], capture_output=True, text=True, check=True)
    subprocess.run(["kill", "-9", found.stdout.split()[0]], check=True)
    assert "34 years" in json.dumps(say(site, sender, "/summary"))
    site.wait_for("Worker .* ended")


def test_the_log_holds_no_word_and_nobody(site: Site) -> None:
    sender = uuid.uuid4().hex
    say(site, sender, "xylophones hurt my knee")
    site.wait_for('"event": "turn"')
    assert "xylophones" not in site.log()
    assert sender not in site.log()
