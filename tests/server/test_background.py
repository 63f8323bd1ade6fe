"""What goes on beside the talks, with the whole server: hand-offs arrive, replies come back, data can be fetched."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from actions.records import tables
from actions.records.store import Records, utc_now
from tests.fakes.clinic import SECRET, Clinic
from tests.servers import Server

KEY = "a secret of the tests, 7fKq29xZbW41mN"
DEADLINE = 20.0


@pytest.fixture(scope="module")
def clinic() -> Iterator[Clinic]:
    """A receiver that runs beside the tests."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    made = Clinic()
    asyncio.run_coroutine_threadsafe(made.__aenter__(), loop).result(10)
    yield made
    asyncio.run_coroutine_threadsafe(made.__aexit__(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


@pytest.fixture(scope="module")
def handing(tmp_path_factory: pytest.TempPathFactory, clinic: Clinic) -> Iterator[Server]:
    """A server that hands over to that receiver."""
    made = Server(tmp_path_factory.mktemp("handing"), KNEEWISE_WEBHOOK_URL=clinic.url, KNEEWISE_WEBHOOK_SECRET=SECRET,
                  KNEEWISE_WEBHOOK_ALLOW_HTTP="1", KNEEWISE_SECRET=KEY)  # fmt: skip
    made.wait()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def records(handing: Server) -> Iterator[Records]:
    """The records of that server."""
    made = Records(handing.database, KEY.encode())
    yield made
    made.engine.dispose()


def say(server: Server, sender: str, text: str) -> list[dict[str, Any]]:
    reply = requests.post(server.webhook, json={"sender": sender, "message": text}, timeout=20)
    assert reply.status_code == 200
    return list(reply.json())


def words(messages: list[dict[str, Any]]) -> str:
    return "\n".join(message.get("text", "") for message in messages)


def card(messages: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    cards = [message["custom"]["card"] for message in messages if "custom" in message]
    return dict([one for one in cards if one["kind"] == kind][-1])


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens beside the talk."""
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        threading.Event().wait(0.05)


def handed_off(server: Server) -> tuple[str, str]:
    """Somebody with a swollen calf who agreed to a hand-off: sender and reference."""
    sender = uuid.uuid4().hex
    say(server, sender, "my calf is swollen and tender since the flight, i am 40")
    say(server, sender, '/answer{"question":"breathless_or_chest_pain","value":"no"}')
    say(server, sender, "/human")
    say(server, sender, "here")
    sent = card(say(server, sender, '/answer{"question":"handoff_consent","value":"yes"}'), "handoff")
    assert sent["status"] == "sent"
    return sender, sent["reference"]


def test_a_hand_off_arrives_once_with_its_reference(handing: Server, clinic: Clinic) -> None:
    _, reference = handed_off(handing)
    until(lambda: any(reference.encode() in body for bodies in clinic.bodies.values() for body in bodies))
    taken = [key for key in clinic.taken if key.startswith(reference)]
    assert [clinic.taken[key] for key in taken] == [1]
    assert clinic.refused == 0


def test_what_is_sent_holds_no_id_of_the_channel(handing: Server, clinic: Clinic) -> None:
    sender, reference = handed_off(handing)
    until(lambda: any(reference.encode() in body for bodies in clinic.bodies.values() for body in bodies))
    assert not any(sender.encode() in body for bodies in clinic.bodies.values() for body in bodies)


def test_a_reply_comes_with_the_next_answer_and_only_once(handing: Server, records: Records) -> None:
    sender, reference = handed_off(handing)
    row = {"id": uuid.uuid4().hex, "person": records.person(sender), "reference": reference, "at": utc_now(),
           "text": "Please come in at 3."}  # fmt: skip
    with records.engine.begin() as connection:
        connection.execute(sa.insert(tables.replies).values(**row))
    assert "Please come in at 3." in words(say(handing, sender, "thank you"))
    assert "Please come in at 3." not in words(say(handing, sender, "thank you"))


def test_while_a_clinician_has_the_talk_the_bot_passes_messages_on(handing: Server, records: Records) -> None:
    sender, reference = handed_off(handing)
    mine = tables.handoffs.c.reference == reference
    with records.engine.begin() as connection:
        connection.execute(sa.update(tables.handoffs).where(mine).values(status="taken_over", by="Dr Okafor"))
    assert "Dr Okafor" in words(say(handing, sender, "when can i come?"))
    flag = card(say(handing, sender, "suddenly i cannot breathe and my chest hurts"), "assessment")
    assert flag["level"] == "ambulance"


def test_my_data_is_a_file_with_everything(handing: Server) -> None:
    sender, reference = handed_off(handing)
    link = re.search(r"http\S+/my-data/\S+", words(say(handing, sender, "my data please")))
    assert link is not None
    path = link[0].split("/my-data/")[1]
    fetched = requests.get(f"{handing.url}/my-data/{path}", timeout=10)
    assert fetched.status_code == 200
    assert "attachment" in fetched.headers["content-disposition"]
    held = json.dumps(fetched.json())
    assert reference in held
    assert "since the flight" in held


@pytest.mark.parametrize("link", ["x", "gAAAAA", "%00", "../../etc/passwd", "ü"])
def test_a_made_up_link_opens_nothing(handing: Server, link: str) -> None:
    for page in (f"my-data/{link}", f"progress/{link}.png", f"progress/{link}"):
        reply = requests.get(f"{handing.url}/{page}", timeout=10)
        assert reply.status_code == 404
        assert "Traceback" not in reply.text


def test_an_address_that_was_sealed_is_no_link(handing: Server, records: Records) -> None:
    sender, _ = handed_off(handing)
    assert requests.get(f"{handing.url}/my-data/{records.seal(sender)}", timeout=10).status_code == 404


def test_progress_is_drawn_for_chat_apps_and_for_the_page(handing: Server, records: Records) -> None:
    sender = uuid.uuid4().hex
    say(handing, sender, "my knee hurts")
    today = utc_now().date()
    rows = [{"person": records.person(sender), "day": today - timedelta(days=day), "at": utc_now(), "step": "hold",
             "answers": {"pain_now": 2, "pain_worst": day % 7}} for day in range(1, 20)]  # fmt: skip
    with records.engine.begin() as connection:
        connection.execute(sa.insert(tables.check_ins), rows)
    shown = card(say(handing, sender, "/progress"), "progress")
    assert len(shown["entries"]) == 19
    for key, kind, start in (("image", "image/svg+xml", b"<?xml"), ("picture", "image/png", b"\x89PNG")):
        reply = requests.get(f"{handing.url}/progress/{shown[key].rsplit('/progress/')[1]}", timeout=20)
        assert reply.headers["content-type"].startswith(kind)
        assert reply.content.startswith(start)


def test_the_log_holds_no_words_and_no_reference(handing: Server) -> None:
    _, reference = handed_off(handing)
    log = handing.log()
    assert "flight" not in log
    assert reference not in log
    assert "Traceback" not in log


def test_a_wrong_setting_stops_delivery_and_nothing_else(tmp_path: Path) -> None:
    server = Server(tmp_path, KNEEWISE_WEBHOOK_URL="http://169.254.169.254/latest", KNEEWISE_SECRET=KEY)
    try:
        server.wait()
        assert "Hand-offs are not sent on" in server.log()
        assert card(say(server, "x", "my knee hurts"), "question")["id"] == "emergency_screen"
    finally:
        server.stop()
