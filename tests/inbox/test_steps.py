"""What a clinician does about a hand-off, and what happens when two do it at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from actions.inbox.cases import Cases
from actions.inbox.steps import Done, Gone, Step, Steps, TooLate
from actions.records.effects import Erased
from actions.records.store import Records
from actions.records.tables import handoff_notes, handoffs, people, replies
from tests.inbox.conftest import Inbox
from tests.inbox.people import hand_off


def state(records: Records, reference: str) -> tuple[Any, Any]:
    """Status and who has it."""
    with records.reading() as connection:
        row = connection.execute(sa.select(handoffs).where(handoffs.c.reference == reference)).mappings().one()
    return row["status"], row["by"]


def written(records: Records, table: sa.Table) -> list[dict[str, Any]]:
    """Every row of a table."""
    with records.reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


@pytest.mark.parametrize(
    ("steps", "status", "by"),
    [
        (["acknowledge"], "acknowledged", "Dr Ng"),
        (["take_over"], "taken_over", "Dr Ng"),
        (["acknowledge", "take_over"], "taken_over", "Dr Ng"),
        (["take_over", "hand_back"], "acknowledged", "Dr Ng"),
        (["close"], "closed", "Dr Ng"),
        (["take_over", "close"], "closed", "Dr Ng"),
        (["close", "reopen"], "waiting", None),
        (["note"], "waiting", None),
        (["reply"], "acknowledged", "Dr Ng"),
        (["take_over", "reply"], "taken_over", "Dr Ng"),
        (["close", "note"], "closed", "Dr Ng"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_each_step_changes_the_state_and_is_written_down(inbox: Inbox, steps: list[str], status: str, by: Any) -> None:
    reference = hand_off(inbox.records)
    clinician = inbox.clinician()
    for kind in steps:
        inbox.clock.forward(minutes=1)
        answer = clinician.do(reference, kind, "words" if kind in ("note", "reply") else "")
        assert answer.headers["Location"] == f"/handoffs/{reference}?done={kind}"
    assert state(inbox.records, reference) == (status, by)
    notes = Cases(inbox.records.engine).case(reference).notes
    assert [(note.kind, note.by) for note in notes] == [(kind, "Dr Ng") for kind in steps]


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        (["acknowledge"], "acknowledge"),
        ([], "hand_back"),
        ([], "reopen"),
        (["close"], "close"),
        (["close"], "reply"),
        (["close"], "take_over"),
    ],
)
def test_a_step_that_does_not_fit_changes_nothing(lone_inbox: Inbox, before: list[str], kind: str) -> None:
    reference = hand_off(lone_inbox.records)
    clinician = lone_inbox.clinician()
    for earlier in before:
        clinician.do(reference, earlier)
    was = state(lone_inbox.records, reference)
    assert clinician.do(reference, kind, "words").status_code == 409
    assert state(lone_inbox.records, reference) == was
    assert len(written(lone_inbox.records, handoff_notes)) == len(before)


def test_a_reply_waits_for_the_person_and_the_bot_is_told(inbox: Inbox) -> None:
    reference = hand_off(inbox.records, sender="web:anna")
    inbox.clinician().do(reference, "reply", "Please come at three.\r\nBring your list.")
    assert inbox.notified == 1
    [(_, text)] = inbox.records.memory("web:anna").replies
    assert text == "Please come at three.\nBring your list."


def test_a_reply_is_shown_as_delivered_once_it_is(inbox: Inbox) -> None:
    reference = hand_off(inbox.records, sender="web:anna")
    clinician = inbox.clinician()
    clinician.do(reference, "reply", "Please come at three.")
    clinician.get(f"/handoffs/{reference}")
    assert "Sent, not delivered yet" in clinician.page
    inbox.records.mark_delivered([id for id, _ in inbox.records.memory("web:anna").replies])
    clinician.get(f"/handoffs/{reference}")
    assert "Sent, not delivered yet" not in clinician.page
    assert "Delivered <time" in clinician.page


def test_taking_over_silences_the_assistant_and_handing_back_ends_that(inbox: Inbox) -> None:
    reference = hand_off(inbox.records, sender="web:anna")
    clinician = inbox.clinician()
    clinician.do(reference, "take_over")
    assert inbox.records.memory("web:anna").taken_over_by == "Dr Ng"
    clinician.do(reference, "hand_back")
    assert inbox.records.memory("web:anna").taken_over_by is None


def test_a_note_is_never_sent(inbox: Inbox) -> None:
    reference = hand_off(inbox.records, sender="web:anna")
    inbox.clinician().do(reference, "note", "Sounds worried.")
    assert inbox.records.memory("web:anna").replies == ()
    assert inbox.notified == 0


@pytest.mark.parametrize(("first", "words"), [("acknowledge", "acknowledged this"), ("take_over", "took over the chat"),
                                          ("close", "closed this"), ("reply", "replied")])  # fmt: skip
def test_the_second_is_told_who_was_first_and_keeps_the_text(inbox: Inbox, first: str, words: str) -> None:
    reference = hand_off(inbox.records)
    quick, slow = inbox.clinician("Quick"), inbox.clinician("Slow")
    slow.get(f"/handoffs/{reference}")
    quick.do(reference, first, "first words")
    inbox.clock.forward(minutes=2)
    answer = slow.do(reference, "reply", "my careful words", look=False)
    assert answer.status_code == 409
    assert f"Quick {words} 2 min ago." in slow.page
    # Where the other only acknowledged or replied, the text waits in its field for a second look.
    assert ("my careful words</textarea>" in slow.page) == (first in ("acknowledge", "reply"))
    assert [row["text"] for row in written(inbox.records, replies)] == (["first words"] if first == "reply" else [])


def test_a_note_finds_its_place_whoever_was_first(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records)
    quick, slow = lone_inbox.clinician("Quick"), lone_inbox.clinician("Slow")
    slow.get(f"/handoffs/{reference}")
    quick.do(reference, "close")
    assert slow.do(reference, "note", "for the record", look=False).status_code == 303


def test_nobody_writes_into_a_chat_that_another_has_taken_over(lone_inbox: Inbox) -> None:
    reference = hand_off(lone_inbox.records)
    lone_inbox.clinician("First").do(reference, "take_over")
    other = lone_inbox.clinician("Other")
    assert other.do(reference, "reply", "hello").status_code == 409
    assert "First talks with this person now." in other.page
    assert written(lone_inbox.records, replies) == []
    other.do(reference, "take_over")
    assert other.do(reference, "reply", "hello").status_code == 303


def test_of_many_at_once_one_is_first(inbox: Inbox) -> None:
    reference = hand_off(inbox.records)
    steps = Steps(inbox.records.engine, inbox.clock)
    seen = Cases(inbox.records.engine).case(reference).row["changed_at"]
    together = threading.Barrier(8)

    def take(number: int) -> Any:
        together.wait(20)
        return steps.take(Step("take_over", reference, f"Dr {number}", seen, uuid4().hex))

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(take, range(8)))
    [winner] = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Done)]
    assert {outcome.by for outcome in outcomes if isinstance(outcome, TooLate)} == {f"Dr {winner}"}
    assert state(inbox.records, reference) == ("taken_over", f"Dr {winner}")


@pytest.mark.parametrize("kind", ["reply", "note", "acknowledge"])
def test_pressing_twice_is_pressing_once(inbox: Inbox, kind: str) -> None:
    reference = hand_off(inbox.records)
    clinician = inbox.clinician()
    clinician.get(f"/handoffs/{reference}")
    first = clinician.do(reference, kind, "words", look=False)
    second = clinician.do(reference, kind, "words", look=False)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(written(inbox.records, handoff_notes)) == 1
    assert len(written(inbox.records, replies)) == (kind == "reply")


@pytest.mark.parametrize(("text", "problem"), [("", "There was no text."), (" \r\n ", "There was no text."),
                                           ("\x00\x07", "There was no text."), ("a" * 4001, "longer than 4000")])  # fmt: skip
def test_an_empty_or_endless_text_is_not_sent(lone_inbox: Inbox, text: str, problem: str) -> None:
    reference = hand_off(lone_inbox.records)
    clinician = lone_inbox.clinician()
    assert clinician.do(reference, "reply", text).status_code == 422
    assert problem in clinician.page
    assert written(lone_inbox.records, handoff_notes) == []


def test_strange_characters_reach_the_database_whole(inbox: Inbox) -> None:
    reference = hand_off(inbox.records)
    text = "knee 🦵 \u202eevil\u202c é'\"; DROP TABLE handoffs; -- \x00end"
    assert inbox.clinician().do(reference, "note", text).status_code == 303
    assert [row["text"] for row in written(inbox.records, handoff_notes)] == [text.replace("\x00", "")]


def test_closing_forgets_where_the_person_can_be_written_to(inbox: Inbox) -> None:
    reference = hand_off(inbox.records)
    assert written(inbox.records, people)[0]["address"] is not None
    inbox.clinician().do(reference, "close")
    assert written(inbox.records, people)[0]["address"] is None


def test_a_person_who_deletes_everything_leaves_no_note_behind(inbox: Inbox) -> None:
    steps = Steps(inbox.records.engine, inbox.clock)
    for round in range(6):
        reference = hand_off(inbox.records, sender=f"web:leaving{round}")
        seen = Cases(inbox.records.engine).case(reference).row["changed_at"]
        together = threading.Barrier(2)

        def write(reference: str = reference, seen: Any = seen, together: threading.Barrier = together) -> Any:
            together.wait(20)
            return [steps.take(Step("reply", reference, "Dr Ng", seen, str(once), "words")) for once in range(3)]

        with ThreadPoolExecutor(1) as thread:
            replying = thread.submit(write)
            together.wait(20)
            inbox.records.apply("web", f"web:leaving{round}", [Erased(f"receipt{round}")])
            assert isinstance(replying.result(20)[-1], (Gone, TooLate, Done))
        assert written(inbox.records, handoff_notes) == []
        assert written(inbox.records, replies) == []


def test_a_hand_off_that_is_gone_is_said_to_be(inbox: Inbox) -> None:
    reference = hand_off(inbox.records, sender="web:anna")
    clinician = inbox.clinician()
    clinician.get(f"/handoffs/{reference}")
    inbox.records.apply("web", "web:anna", [Erased("receipt")])
    assert clinician.do(reference, "reply", "hello", look=False).status_code == 404
    assert "gone when its person has deleted their data" in clinician.page
