"""Signing in: who gets in, who does not, and what an attacker learns of it."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from actions.inbox import accounts, signin
from actions.inbox.guard import COOKIE, REFRESH
from actions.records.store import Records
from actions.records.tables import clinicians, sessions
from tests.databases import SECRET
from tests.inbox.conftest import PASSWORD, Inbox
from tests.inbox.people import hand_off

NAME = "Dr Ng"
WRONG = "not the words of anybody"


def rows(inbox: Inbox, table: sa.Table) -> list[dict]:
    with inbox.records.reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def test_name_and_password_open_the_list(inbox: Inbox) -> None:
    inbox.accounts.add(NAME, PASSWORD)
    visitor = inbox.visitor()
    assert visitor.sign_in(NAME).headers["Location"] == "/handoffs"
    assert visitor.get("/handoffs").status_code == 200
    assert "Signed in as" in visitor.page


@pytest.mark.parametrize("path", ["/", "/handoffs", "/handoffs/K1", "/handoffs/K1/fhir", "/find?reference=K1", "/no"])
def test_nothing_is_seen_without_signing_in(lone_inbox: Inbox, path: str) -> None:
    answer = lone_inbox.visitor().get(path, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/sign-in")


def test_the_way_leads_back_to_the_page_that_was_wanted(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records)
    lone_inbox.accounts.add(NAME, PASSWORD)
    visitor = lone_inbox.visitor()
    visitor.get(f"/handoffs/{reference}")
    assert visitor.post("/sign-in", name=NAME, password=PASSWORD).headers["Location"] == f"/handoffs/{reference}"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "/handoffs//evil.example", "/\\evil.example", "/handoffs/../x", "x",
     "/handoffs\r\nSet-Cookie: a=b", "javascript:alert(1)", "/sign-out"],
)  # fmt: skip
def test_the_way_leads_nowhere_else(lone_inbox: Inbox, target: str) -> None:
    lone_inbox.accounts.add(NAME, PASSWORD)
    assert lone_inbox.visitor().sign_in(NAME, next=target).headers["Location"] == "/handoffs"


def test_the_cookie_is_for_this_site_and_not_for_scripts(lone_inbox: Inbox) -> None:
    lone_inbox.accounts.add(NAME, PASSWORD)
    set_cookie = lone_inbox.visitor().sign_in(NAME).headers["Set-Cookie"]
    parts = {part.strip() for part in set_cookie.split(",")[0].split(";")[1:]}
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= parts
    assert "Secure" not in set_cookie


def test_the_cookie_is_secure_behind_https(lone_inbox: Inbox) -> None:
    lone_inbox.accounts.add(NAME, PASSWORD)
    visitor = lone_inbox.visitor()
    page = visitor.get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in page.headers["Set-Cookie"]


def test_the_cookie_is_secure_when_the_setting_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEEWISE_INBOX_SECURE", "1")
    inbox = Inbox(Records("sqlite://", SECRET))
    try:
        assert "Secure" in inbox.visitor().get("/sign-in").headers["Set-Cookie"]
    finally:
        inbox.close()


def test_the_database_holds_neither_password_nor_cookie(inbox: Inbox) -> None:
    inbox.accounts.add(NAME, PASSWORD)
    visitor = inbox.visitor()
    visitor.sign_in(NAME)
    cookie = visitor.web.cookies[COOKIE]
    stored = f"{rows(inbox, clinicians)}{rows(inbox, sessions)}"
    assert PASSWORD not in stored
    assert cookie not in stored
    assert hashlib.sha256(cookie.encode()).hexdigest() in stored
    assert "$argon2id$" in stored
    assert len(cookie) * 6 >= 256


def test_a_session_ends_eight_hours_after_the_last_thing_done(inbox: Inbox) -> None:
    clinician = inbox.clinician()
    for _ in range(3):
        inbox.clock.forward(hours=7, minutes=50)
        assert clinician.get("/handoffs", allow_redirects=False).status_code == 200
    inbox.clock.forward(hours=8, minutes=1)
    assert clinician.get("/handoffs", allow_redirects=False).status_code == 303


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(lone_inbox: Inbox) -> None:
    clinician = lone_inbox.clinician()
    seen = []
    for _ in range(3):
        lone_inbox.clock.forward(hours=3)
        seen.append(clinician.get("/handoffs", headers={REFRESH: "1"}, allow_redirects=False).status_code)
    assert seen == [200, 200, 401]


def test_signing_out_ends_the_session_for_good(inbox: Inbox) -> None:
    clinician = inbox.clinician()
    cookie = clinician.web.cookies[COOKIE]
    clinician.get("/handoffs")
    assert clinician.post("/sign-out").status_code == 303
    thief = inbox.visitor()
    thief.web.cookies.set(COOKIE, cookie)
    assert thief.get("/handoffs", allow_redirects=False).status_code == 303
    assert rows(inbox, sessions) == []


def test_a_cookie_from_before_the_sign_in_is_worth_nothing_after(lone_inbox: Inbox) -> None:
    lone_inbox.accounts.add(NAME, PASSWORD)
    planted = lone_inbox.visitor()
    planted.web.cookies.set(COOKIE, "planted-by-somebody-else")
    assert "planted-by-somebody-else" not in planted.sign_in(NAME).headers["Set-Cookie"]
    thief = lone_inbox.visitor()
    thief.web.cookies.set(COOKIE, "planted-by-somebody-else")
    assert thief.get("/handoffs", allow_redirects=False).status_code == 303


def test_signing_in_again_ends_the_session_before(lone_inbox: Inbox) -> None:
    clinician = lone_inbox.clinician()
    before = clinician.web.cookies[COOKIE]
    visitor = lone_inbox.visitor()
    visitor.get("/sign-in")
    visitor.web.cookies.set(COOKIE, before)
    visitor.post("/sign-in", name=NAME, password=PASSWORD)
    assert clinician.get("/handoffs", allow_redirects=False).status_code == 303


def test_unknown_wrong_and_locked_look_the_same(lone_inbox: Inbox) -> None:
    lone_inbox.accounts.add(NAME, PASSWORD)
    lone_inbox.accounts.add("Locked", PASSWORD)
    for _ in range(accounts.FREE_FAILURES):
        lone_inbox.accounts.check("Locked", WRONG)
    pages = set()
    for name, password in (
        (NAME, WRONG),
        ("Nobody", PASSWORD),
        ("Locked", PASSWORD),
        ("", ""),
        ("a" * 900, "b" * 5000),
    ):
        visitor = lone_inbox.visitor()
        answer = visitor.sign_in(name, password)
        secret = visitor.fields()["csrf"]
        pages.add((answer.status_code, visitor.page.replace(secret, "token").replace(f'value="{name}"', "")))
    assert len(pages) == 1
    assert pages.pop()[0] == 401


def test_a_refusal_takes_the_same_time_for_every_name() -> None:
    inbox = Inbox(Records("sqlite://", SECRET), refusal_s=0.6)
    try:
        inbox.accounts.add(NAME, PASSWORD)
        took = []
        for name in (NAME, "Nobody"):
            visitor = inbox.visitor()
            visitor.get("/sign-in")
            begun = time.monotonic()
            visitor.post("/sign-in", name=name, password=WRONG)
            took.append(time.monotonic() - begun)
        assert min(took) >= 0.6
    finally:
        inbox.close()


def test_a_password_is_looked_at_where_there_is_no_such_name(
    lone_inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    opens = accounts._opens
    monkeypatch.setattr(accounts, "_opens", lambda stored, given: looked.append(stored) or opens(stored, given))
    assert lone_inbox.accounts.check("Nobody", WRONG) is None
    assert looked == [accounts.NOBODY]


def test_five_failures_lock_the_name_and_each_further_one_twice_as_long(inbox: Inbox) -> None:
    inbox.accounts.add(NAME, PASSWORD)
    for _ in range(5):
        assert inbox.accounts.check(NAME, WRONG) is None
    for minutes in (15, 30, 60):
        inbox.clock.forward(minutes=minutes - 1)
        assert inbox.accounts.check(NAME, PASSWORD) is None
        inbox.clock.forward(minutes=1)
        assert inbox.accounts.check(NAME, WRONG) is None
    inbox.clock.forward(minutes=120)
    assert inbox.accounts.check(NAME, PASSWORD) == NAME


def test_a_lock_never_lasts_longer_than_a_day(lone_inbox: Inbox) -> None:
    lone_inbox.accounts.add(NAME, PASSWORD)
    with lone_inbox.records.engine.begin() as connection:
        connection.execute(sa.update(clinicians).values(failures=500))
    lone_inbox.accounts.check(NAME, WRONG)
    lone_inbox.clock.forward(hours=24)
    assert lone_inbox.accounts.check(NAME, PASSWORD) == NAME


def test_the_right_password_forgets_failures(lone_inbox: Inbox) -> None:
    lone_inbox.accounts.add(NAME, PASSWORD)
    for _ in range(3):
        assert [lone_inbox.accounts.check(NAME, word) for word in (WRONG, WRONG, PASSWORD)] == [None, None, NAME]


def test_many_guesses_at_once_are_no_more_than_five(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.accounts.add(NAME, PASSWORD)
    guesses: list[str] = []
    monkeypatch.setattr(accounts, "_opens", lambda stored, _: guesses.append(stored) or False)
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda _: inbox.accounts.check(NAME, WRONG), range(12)))
    assert len([stored for stored in guesses if stored != accounts.NOBODY]) == 5


def test_others_are_served_while_a_password_is_looked_at(lone_inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    lone_inbox.accounts.add(NAME, PASSWORD)
    begun, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(accounts, "_opens", lambda *_: begun.set() or go_on.wait(20))
    slow = lone_inbox.visitor()
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(slow.sign_in, NAME)
        assert begun.wait(20)
        assert lone_inbox.visitor().get("/sign-in").status_code == 200
        go_on.set()
        assert answer.result(20).status_code == 303


def test_a_crowd_at_the_door_is_turned_away(lone_inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "MOST_WAITING", 0)
    assert lone_inbox.visitor().sign_in(NAME).status_code == 503


def test_a_sign_in_form_of_another_browser_is_refused(lone_inbox: Inbox) -> None:
    lone_inbox.accounts.add(NAME, PASSWORD)
    attacker, victim = lone_inbox.visitor(), lone_inbox.visitor()
    attacker.get("/sign-in")
    victim.get("/sign-in")
    victim.page = attacker.page
    assert victim.post("/sign-in", name=NAME, password=PASSWORD).status_code == 403
    assert lone_inbox.visitor().post("/sign-in", name=NAME, password=PASSWORD).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "é"])
def test_a_form_without_the_session_s_token_does_nothing(lone_inbox: Inbox, token: str) -> None:
    reference = hand_off(lone_inbox.records)
    clinician = lone_inbox.clinician()
    clinician.get(f"/handoffs/{reference}")
    assert clinician.post(f"/handoffs/{reference}/acknowledge", csrf=token).status_code == 403
    clinician.get(f"/handoffs/{reference}")
    assert "Nothing yet." in clinician.page


def test_the_token_of_another_session_is_not_taken(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records)
    mine, other = lone_inbox.clinician(), lone_inbox.clinician("Sam")
    other.get(f"/handoffs/{reference}")
    mine.get(f"/handoffs/{reference}")
    assert mine.post(f"/handoffs/{reference}/close", csrf=other.fields()["csrf"]).status_code == 403
    assert other.post("/sign-out", csrf=mine.fields().get("csrf", "")).status_code == 403


def test_a_form_sent_by_another_site_is_refused(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records)
    clinician = lone_inbox.clinician()
    clinician.get(f"/handoffs/{reference}")
    clinician.web.headers["Sec-Fetch-Site"] = "cross-site"
    assert clinician.post(f"/handoffs/{reference}/close").status_code == 403


def test_a_new_password_signs_out_everywhere_and_lifts_a_lock(inbox: Inbox) -> None:
    clinician = inbox.clinician(NAME)
    for _ in range(5):
        inbox.accounts.check(NAME, WRONG)
    inbox.accounts.change_password(NAME, "another set of words")
    assert clinician.get("/handoffs", allow_redirects=False).status_code == 303
    assert inbox.accounts.check(NAME, "another set of words") == NAME
    assert inbox.accounts.check(NAME, PASSWORD) is None


def test_who_is_removed_is_out_at_once_and_holds_no_chat(inbox: Inbox) -> None:
    reference = hand_off(inbox.records)
    leaving, staying = inbox.clinician("Leaving"), inbox.clinician("Staying")
    leaving.do(reference, "take_over")
    assert inbox.accounts.remove("Leaving") == 1
    assert leaving.get("/handoffs", allow_redirects=False).status_code == 303
    staying.get(f"/handoffs/{reference}")
    facts = re.search(r'data-live="facts">(.*?)</div>', staying.page, re.DOTALL)
    assert facts is not None
    assert "Acknowledged" in facts[1]
    assert "handed the chat back" in staying.page


def test_what_was_typed_is_not_lost_when_the_session_has_ended(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records)
    clinician = lone_inbox.clinician()
    clinician.get(f"/handoffs/{reference}")
    lone_inbox.clock.forward(hours=9)
    answer = clinician.do(reference, "reply", "A long <b>careful</b> text", look=False)
    assert answer.status_code == 401
    assert "A long &lt;b&gt;careful&lt;/b&gt; text" in clinician.page
    assert "Nothing was changed or sent." in clinician.page
