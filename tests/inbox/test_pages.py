"""One hand-off, and what every answer has in common: headers, plain errors, nothing unescaped."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.handoff import summary
from actions.inbox import Line
from actions.records.store import Records
from actions.records.tables import handoff_notes, handoffs
from tests.databases import SECRET
from tests.inbox.conftest import Clinician, Inbox
from tests.inbox.people import hand_off

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><script>1</script>", "' onfocus='alert(1)",
    "{{ 7 * 7 }}", "&lt;b&gt;", "<!--", "]]>", "javascript:alert(1)", "</title><base href=//evil.example>", "\u202e<b>",
)  # fmt: skip
WORDS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40),
)


class Page(HTMLParser):
    """The bones of a page (tags with their attributes' names) and the words on it."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.bones: list[Any] = []
        self.words: list[str] = []
        self.values: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.bones.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.bones.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.bones.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.bones.append(decl)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.words)


@pytest.fixture(scope="module")
def shared() -> Iterator[Inbox]:
    """One inbox for many small looks."""
    made = Inbox(Records("sqlite://", SECRET))
    yield made
    made.close()
    made.records.engine.dispose()


def whole(word: str) -> dict[str, Any]:
    """A hand-off whose every field is one word."""
    flag = [{"id": "x", "text": word}]
    return {
        "level": "urgent", "headline": word, "finished": True, "fits": [word], "reasons": [
            {"rule": word, "text": word, "sources": [word], "name": word}], "red_flags_present": flag,
        "red_flags_unsure": flag, "red_flags_denied": flag, "red_flags_not_asked": [word], "also_denied": flag,
        "who": [word], "course": [word], "function": [word], "other": [word], "answers": [], "advised": [word],
        "words": [word], "protocol_version": word, "made_on": word,
    }  # fmt: skip


def shown(inbox: Inbox, clinician: Clinician, word: str) -> dict[str, Page]:
    """The pages of a hand-off all of whose words are one word, and whose clinician is named so too."""
    reference = hand_off(inbox.records, changed=whole(word), contact=word, sender="web:anna", reference="SAME")
    with inbox.records.engine.begin() as connection:
        connection.execute(sa.update(handoffs).values(content=whole(word), contact=inbox.records.seal(word), by=word))
        connection.execute(sa.update(handoffs).values(status="taken_over"))
        connection.execute(sa.delete(handoff_notes))
        note = {"id": "n", "reference": reference, "at": inbox.clock.now, "by": word, "kind": "note", "text": word}
        connection.execute(sa.insert(handoff_notes), note)
    person = inbox.records.person("web:anna")
    inbox.said[person] = [Line(inbox.clock.now, who, word) for who in ("person", "bot", "clinician")]
    pages = {}
    for path in ("/handoffs", f"/handoffs/{reference}"):
        clinician.get(path)
        pages[path] = Page(clinician.page)
    return pages


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(word=WORDS)
def test_whatever_is_said_the_page_keeps_its_bones(shared: Inbox, word: str) -> None:
    clinician = shared.clinician()
    plain, hostile = shown(shared, clinician, "word"), shown(shared, clinician, word)
    for path, page in hostile.items():
        assert page.bones == plain[path].bones
        assert word.strip() in page.text


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(word=WORDS)
def test_what_was_typed_comes_back_as_it_was_and_escaped(shared: Inbox, word: str) -> None:
    visitor = shared.visitor()
    pages = []
    for typed in ("word", word):
        answer = requests.post(f"{shared.url}/handoffs/X/reply", data={"text": typed}, timeout=20)
        pages.append(Page(answer.text))
        visitor.get("/sign-in")
        visitor.post("/sign-in", name=typed, password="wrong password")
        pages.append(Page(visitor.page))
        clinician = shared.clinician()
        clinician.get("/find", params={"reference": typed})
        pages.append(Page(clinician.page) if "No such reference" in clinician.page else pages[-1])
    assert [page.bones for page in pages[:3]] == [page.bones for page in pages[3:]]
    assert word in pages[3].text
    assert word in pages[4].values


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.text(max_size=30), query=st.text(max_size=30), method=st.sampled_from(["GET", "POST", "PUT", "HEAD"]))
def test_no_address_breaks_it(shared: Inbox, path: str, query: str, method: str) -> None:
    clinician = shared.clinician()
    encoded = "/".join(requests.utils.quote(part.encode("utf-8", "replace"), safe="") for part in path.split("/"))
    answer = clinician.web.request(
        method, f"{shared.url}/{encoded}", params={"show": query, "page": query, "reference": query, "next": query},
        timeout=20, allow_redirects=False,
    )  # fmt: skip
    assert answer.status_code < 500
    assert answer.headers["X-Frame-Options"] == "DENY"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=80), kind=st.sampled_from(["application/x-www-form-urlencoded", "text/plain",
       "multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=utf-7", "no", ""]))  # fmt: skip
def test_no_form_breaks_it(shared: Inbox, body: bytes, kind: str) -> None:
    for path in ("/sign-in", "/sign-out", "/handoffs/X/note"):
        for who in (shared.clinician(), shared.visitor()):
            answer = who.web.post(shared.url + path, data=body, headers={"Content-Type": kind}, timeout=20)
            assert 400 <= answer.status_code < 500


def test_the_summary_is_exactly_what_the_person_saw(inbox: Inbox) -> None:
    reference = hand_off(inbox.records)
    clinician = inbox.clinician()
    clinician.get(f"/handoffs/{reference}")
    with inbox.records.reading() as connection:
        content = connection.execute(sa.select(handoffs.c.content)).scalar_one()
    assert summary.text(content) in Page(clinician.page).words


def test_everything_a_clinician_needs_is_on_the_page(inbox: Inbox) -> None:
    reference = hand_off(inbox.records, "urgent")
    clinician = inbox.clinician()
    clinician.get(f"/handoffs/{reference}")
    text = Page(clinician.page).text
    with inbox.records.reading() as connection:
        content = connection.execute(sa.select(handoffs.c.content)).scalar_one()
    for reason in content["reasons"]:
        assert reason["text"] in text
        assert ", ".join(reason["sources"]) in text
    for flag in [*content["red_flags_present"], *content["red_flags_denied"]]:
        assert flag["text"] in text
    assert all(words in text for words in content["words"])
    assert "07700 900123, after five" in text


def test_the_contact_stands_nowhere_but_on_its_page(inbox: Inbox) -> None:
    hand_off(inbox.records)
    clinician = inbox.clinician()
    clinician.get("/handoffs")
    assert "07700" not in clinician.page


def test_a_contact_sealed_by_another_server_is_said_to_be_unreadable(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records)
    with lone_inbox.records.engine.begin() as connection:
        connection.execute(sa.update(handoffs).values(contact="gAAAA-not-ours"))
    clinician = lone_inbox.clinician()
    assert clinician.get(f"/handoffs/{reference}").status_code == 200
    assert "This server cannot read the contact" in clinician.page


def test_content_of_another_version_is_shown_as_far_as_it_goes(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records)
    with lone_inbox.records.engine.begin() as connection:
        connection.execute(sa.update(handoffs).values(content={"headline": "Be seen today"}, level="new_level"))
    clinician = lone_inbox.clinician()
    assert clinician.get(f"/handoffs/{reference}").status_code == 200
    assert clinician.get("/handoffs").status_code == 200
    assert "Be seen today" in clinician.page
    assert "new_level" in clinician.page


def test_the_talk_is_shown_in_order(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records, sender="web:anna")
    now, person = lone_inbox.clock.now, lone_inbox.records.person("web:anna")
    lone_inbox.said[person] = [Line(now, "person", "it hurts"), Line(now + timedelta(minutes=1), "bot", "Since when?")]
    clinician = lone_inbox.clinician()
    clinician.get(f"/handoffs/{reference}")
    text = Page(clinician.page[clinician.page.index('<ol class="talk">') :]).text
    assert text.index("Person") < text.index("it hurts") < text.index("Assistant") < text.index("Since when?")


def test_without_the_talk_the_rest_is_shown(lone_inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    reference = hand_off(lone_inbox.records)
    lone_inbox.failing = True
    clinician = lone_inbox.clinician()
    with caplog.at_level(logging.DEBUG):
        assert clinician.get(f"/handoffs/{reference}").status_code == 200
    assert "The talk cannot be read now." in clinician.page
    assert "07700" in clinician.page
    assert "ConnectionError" in caplog.text
    assert "the words of a person" not in caplog.text


def test_the_hand_off_can_be_had_as_fhir(inbox: Inbox) -> None:
    reference = hand_off(inbox.records)
    answer = inbox.clinician().get(f"/handoffs/{reference}/fhir")
    assert answer.headers["Content-Type"].startswith("application/fhir+json")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{reference}.fhir.json"'
    made = json.loads(answer.text)
    assert (made["resourceType"], made["identifier"]["value"]) == ("Bundle", reference)


@pytest.mark.parametrize("reference", ["NONE", "no%2Fway", "%00", "a" * 33])
def test_a_hand_off_that_is_none_is_not_found(inbox: Inbox, reference: str) -> None:
    for path in ("", "/fhir"):
        assert inbox.clinician().get(f"/handoffs/{reference}{path}").status_code == 404


def answers(inbox: Inbox) -> dict[int, requests.Response]:
    """One answer of each status."""
    reference = hand_off(inbox.records)
    clinician = inbox.clinician()
    made = [
        clinician.get("/handoffs"),
        clinician.get("/static/inbox.css"),
        clinician.get("/", allow_redirects=False),
        clinician.get(f"/handoffs/{reference}/acknowledge"),
        clinician.get("/handoffs/NONE"),
        clinician.web.put(f"{inbox.url}/handoffs", timeout=20),
        clinician.get(f"/handoffs/{reference}"),
        clinician.post(f"/handoffs/{reference}/note", seen="yesterday"),
        clinician.post(f"/handoffs/{reference}/note", csrf="x"),
        clinician.post(f"/handoffs/{reference}/note", text="a" * 70_000),
        clinician.web.post(f"{inbox.url}/sign-out", json={}, timeout=20),
        inbox.visitor().get("/handoffs", headers={"X-Refresh": "1"}),
    ]
    inbox.records.engine.dispose()
    return {answer.status_code: answer for answer in made}


def test_every_answer_carries_the_headers(lone_inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    made = answers(lone_inbox)
    assert set(made) == {200, 303, 400, 401, 403, 404, 405, 413, 415}
    for answer in made.values():
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; ")
        assert "img-src 'self'; form-action 'self'; frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY"
    for status, answer in made.items():
        if status >= 400:
            assert "<h1>" in answer.text
    assert "PUT" not in made[405].headers["Allow"]


def test_a_fault_shows_and_logs_nothing_of_the_inside(lone_inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    clinician = lone_inbox.clinician()
    with lone_inbox.records.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE handoffs"))
    with caplog.at_level(logging.DEBUG):
        answer = clinician.get("/find?reference=SECRET-REFERENCE")
    assert answer.status_code == 500
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Something failed here" in answer.text
    assert not any(word in answer.text for word in ("Traceback", "OperationalError", "sqlite", "SELECT"))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("kneewise")]
    assert len(ours) == 1
    assert "OperationalError at pages.py:" in ours[0] or "OperationalError at cases.py:" in ours[0]
    assert "SECRET-REFERENCE" not in ours[0]
