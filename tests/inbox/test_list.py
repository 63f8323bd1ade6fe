"""The list: what is most urgent stands first, and it is fast."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from actions.inbox import looks
from tests.inbox.bench import LIMIT_MS, measure
from tests.inbox.conftest import Inbox
from tests.inbox.people import LEVELS, fill, hand_off

ROW = re.compile(r'<tr role="row" data-key="([^"]+)"')


def test_the_most_urgent_first_then_the_longest_waiting(inbox: Inbox) -> None:
    made = {}
    for turn in ("first", "second"):
        for level in ("routine", "ambulance", "urgent", "self_care", "soon", "emergency_department"):
            made[level, turn] = hand_off(inbox.records, level)
            inbox.clock.forward(minutes=1)
    clinician = inbox.clinician()
    clinician.get("/handoffs")
    assert ROW.findall(clinician.page) == [made[level, turn] for level in LEVELS for turn in ("first", "second")]


def test_each_line_says_level_reason_age_state_and_who(inbox: Inbox) -> None:
    reference = hand_off(
        inbox.records, "urgent", changed={"reasons": [{"rule": "RF07", "text": "One calf is swollen."}]}
    )
    clinician = inbox.clinician()
    clinician.do(reference, "acknowledge")
    inbox.clock.forward(minutes=130)
    clinician.get("/handoffs")
    [line] = re.findall(r'<tr role="row" data-key.*?</tr>', clinician.page, re.DOTALL)
    words = " ".join(re.sub(r"<[^>]*>", " ", line).split())
    assert words == (
        f"Urgent: the same day One calf is swollen. Age 2 h 10 min Acknowledged With Dr Ng Reference {reference}"
    )
    assert 'class="shape urgent"' in line


def test_filters_show_what_they_say_and_count_it(inbox: Inbox) -> None:
    references = [hand_off(inbox.records) for _ in range(5)]
    mine, other = inbox.clinician("Mine"), inbox.clinician("Other")
    for who, reference, kind in ((mine, 1, "acknowledge"), (other, 2, "take_over"), (mine, 3, "close")):
        who.do(references[reference], kind)
    expected = {
        "open": [0, 1, 2, 4],
        "waiting": [0, 4],
        "acknowledged": [1],
        "taken_over": [2],
        "mine": [1],
        "closed": [3],
    }
    for shown, numbers in expected.items():
        mine.get(f"/handoffs?show={shown}")
        assert ROW.findall(mine.page) == [references[number] for number in numbers]
        [count] = re.findall(r'aria-current="page">[^<]* <span class="count">(\d+)</span>', mine.page)
        assert int(count) == len(numbers)


def test_closed_ones_stand_by_when_they_were_closed(inbox: Inbox) -> None:
    references = [hand_off(inbox.records, level) for level in ("ambulance", "routine")]
    clinician = inbox.clinician()
    for reference in references:
        clinician.do(reference, "close")
        inbox.clock.forward(minutes=5)
    clinician.get("/handoffs?show=closed")
    assert ROW.findall(clinician.page) == references[::-1]


def test_fifty_on_a_page_and_every_one_on_some_page(inbox: Inbox) -> None:
    fill(inbox.records, 144, inbox.clock.now)  # a quarter of them is closed
    clinician = inbox.clinician()
    pages = []
    for number in (1, 2, 3):
        clinician.get(f"/handoffs?page={number}")
        pages.append(ROW.findall(clinician.page))
    assert [len(page) for page in pages] == [50, 50, 8]
    assert len({one for page in pages for one in page}) == 108
    assert 'rel="prev"' in clinician.page
    assert 'rel="next"' not in clinician.page


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999", "9" * 40, "²", "%F0", ""])
def test_a_page_that_is_none_gives_one_that_is(lone_inbox: Inbox, page: str) -> None:
    reference = hand_off(lone_inbox.records)
    clinician = lone_inbox.clinician()
    assert clinician.get(f"/handoffs?page={page}").status_code == 200
    assert ROW.findall(clinician.page) == [reference]


def test_an_empty_list_says_so(lone_inbox: Inbox) -> None:
    clinician = lone_inbox.clinician()
    clinician.get("/handoffs")
    assert "There is nothing here now." in clinician.page


def test_a_filter_that_is_none_is_not_found(lone_inbox: Inbox) -> None:
    assert lone_inbox.clinician().get("/handoffs?show=everything").status_code == 404


def test_a_reference_read_out_is_found_in_small_letters_too(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records)
    clinician = lone_inbox.clinician()
    answer = clinician.get(f"/find?reference=+{reference.lower()}+", allow_redirects=False)
    assert answer.headers["Location"] == f"/handoffs/{reference}"


@pytest.mark.parametrize("wanted", ["K99999", "", "a/b", "..", "é", "\x00", "a" * 500])
def test_a_reference_that_is_none_is_said_to_be_none(lone_inbox: Inbox, wanted: str) -> None:
    clinician = lone_inbox.clinician()
    assert clinician.get("/find", params={"reference": wanted}).status_code == 404
    assert "No such reference" in clinician.page


@pytest.mark.parametrize(
    ('ago', 'words'),
    [({"seconds": -5}, "just now"), ({"seconds": 59}, "just now"), ({"minutes": 1}, "1 min"), ({"minutes": 59}, "59 min"),
     ({"minutes": 60}, "1 h 0 min"), ({"minutes": 599}, "9 h 59 min"), ({"hours": 10}, "10 h"), ({"hours": 47}, "47 h"),
     ({"days": 2}, "2 days"), ({"days": 400}, "400 days")],
)  # fmt: skip
def test_an_age_is_said_in_words(ago: dict[str, int], words: str) -> None:
    now = datetime(2026, 11, 22, 12)
    assert looks.age(now - timedelta(**ago), now) == words


def test_the_list_is_little_work_with_two_thousand(inbox: Inbox) -> None:
    fill(inbox.records, 2000, inbox.clock.now)
    # The processor's time, not the clock's: the machine of the tests has other work. `bench` measures both.
    assert measure(inbox.clinician(), "/handoffs", 15).work < LIMIT_MS / 2
