"""The talk's own store, over the records: no id of a person, no row left behind, no worker with an old copy."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions.records.effects import Erased
from actions.records.store import Records
from bot.history import TURNS
from bot.trackers import ONCE, ROWS_AT_ONCE, TalkMovedOn, TalkStore
from tests.records.everything import counts, days_later, places_of

SENDER = "web:sender-5f3a"
Result = TypeVar("Result")
NOTHING: dict[str, int] = {}


def now(work: Awaitable[Result]) -> Result:
    """Run to the end."""
    return asyncio.run(work)  # type: ignore[arg-type]


def filled(records: Records) -> dict[str, int]:
    return {name: count for name, count in counts(records).items() if count}


@pytest.fixture
def domain() -> Domain:
    """The slots that the project has."""
    return Domain.load("domain.yml")


@pytest.fixture
def store(records: Records) -> TalkStore:
    """The store of one worker."""
    return TalkStore(Domain.empty(), records=records)


@pytest.fixture
def other(records: Records) -> TalkStore:
    """The store of another worker on the same database."""
    return TalkStore(Domain.empty(), records=records)


def say(store: TalkStore, *texts: str, plan: str | None = None) -> DialogueStateTracker:
    """One turn for each text: what was said, and what the bot said and kept."""
    for text in texts:
        tracker = now(store.retrieve(SENDER)) or store.init_tracker(SENDER)
        said = UserUttered(text, message_id=f"{ONCE}{text}")
        kept = SlotSet("record", {"plan_id": plan})
        for event in (said, BotUttered(f"You said {text}"), *([kept] if plan else []), ActionExecuted("action_listen")):
            tracker.update(event, store.domain)
        now(store.save(tracker))
    return tracker


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def test_another_worker_reads_the_same_talk(store: TalkStore, other: TalkStore) -> None:
    say(store, "one")
    say(other, "two")
    say(store, "three")
    for worker in (store, other):
        assert texts(now(worker.retrieve(SENDER))) == ["one", "two", "three"][-TURNS:]


def test_a_live_talk_is_not_read_again(store: TalkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    tracker = say(store, "one")
    monkeypatch.setattr(store, "_rows", lambda _: pytest.fail("read from the database"))
    assert now(store.retrieve(SENDER)) is tracker


def test_two_workers_in_one_talk_never_both_write(store: TalkStore, other: TalkStore) -> None:
    say(store, "one")
    late = now(other.retrieve(SENDER))
    assert late is not None
    say(store, "two")
    late.update(UserUttered("three"), other.domain)
    with pytest.raises(TalkMovedOn):
        now(other.save(late))
    assert texts(now(other.retrieve(SENDER))) == ["one", "two"][-TURNS:]


def test_a_talk_deleted_meanwhile_is_not_written_to(store: TalkStore, records: Records) -> None:
    late = say(store, "one")
    records.apply("web", SENDER, [Erased("receipt")])
    late.update(UserUttered("two"), store.domain)
    with pytest.raises(TalkMovedOn):
        now(store.save(late))
    assert "talk_events" not in filled(records)


MANY = [f"turn {number}" for number in range(ROWS_AT_ONCE + 5)]


def test_a_long_talk_is_stored_whole_and_only_its_last_turns_are_live(store: TalkStore, other: TalkStore) -> None:
    tracker = say(store, *MANY)
    assert texts(tracker) == MANY[-TURNS:]
    assert texts(now(other.retrieve(SENDER))) == MANY[-TURNS:]
    said = [event["text"] for event in now(other.stored(SENDER, 1000)) if event["event"] == "user"]
    assert said == MANY


def test_what_was_written_down_outlives_the_turns_that_are_not_kept(domain: Domain, records: Records) -> None:
    store, other = TalkStore(domain, records=records), TalkStore(domain, records=records)
    say(store, "one", plan="plan-1")
    say(store, *MANY)
    for worker in (store, other):
        tracker = now(worker.retrieve(SENDER))
        assert tracker is not None
        assert tracker.get_slot("record") == {"plan_id": "plan-1"}
        assert tracker.copy().get_slot("record") == {"plan_id": "plan-1"}, "replayed from its events"
    assert now(store.record_of_plan("plan-1")) == {"plan_id": "plan-1"}


def test_workers_in_turn_append_where_the_other_stopped(store: TalkStore, other: TalkStore) -> None:
    for number, text in enumerate(MANY):
        say((store, other)[number % 2], text)
    said = [event["text"] for event in now(store.stored(SENDER, 1000)) if event["event"] == "user"]
    assert said == MANY


def test_the_sender_stands_in_no_table(store: TalkStore, records: Records) -> None:
    say(store, "one", plan="plan-1")
    assert filled(records) == {"talk_events": 1, "plan_links": 1, "turns": 1}
    assert places_of(records, SENDER) == set()
    assert list(now(store.keys())) == [records.person(SENDER)]


def test_a_message_that_comes_twice_has_its_answer(store: TalkStore, other: TalkStore) -> None:
    say(store, "one")
    assert now(other.answer_to(SENDER, f"{ONCE}one")) == [{"text": "You said one"}]
    assert now(other.answer_to("web:another", f"{ONCE}one")) is None


def test_a_plan_keeps_its_address(store: TalkStore, records: Records) -> None:
    say(store, "one", "two", plan="plan-1")
    assert now(store.record_of_plan("plan-1")) == {"plan_id": "plan-1"}
    assert filled(records)["plan_links"] == 1


def test_a_deleted_talk_leaves_no_row_not_even_of_its_last_turn(store: TalkStore, records: Records) -> None:
    tracker = say(store, "one", plan="plan-1")
    events: list[Any] = [UserUttered("delete it", message_id=f"{ONCE}x"), BotUttered("Deleted."), Restarted(),
                         SlotSet("record", None), ActionExecuted("action_listen")]  # fmt: skip
    for event in events:
        tracker.update(event, store.domain)
    now(store.save(tracker))
    assert filled(records) == NOTHING
    assert now(store.retrieve(SENDER)) is None


def test_a_talk_deleted_elsewhere_is_forgotten_here(store: TalkStore, other: TalkStore, records: Records) -> None:
    say(store, "old one", "old two")
    records.apply("web", SENDER, [Erased("receipt")])
    assert now(store.retrieve(SENDER)) is None
    days_later(records, 0.001)
    say(store, "old one")
    records.apply("web", SENDER, [Erased("receipt")])
    days_later(records, 0.001)
    say(other, "new one")
    assert texts(now(store.retrieve(SENDER))) == ["new one"], "as many events as the old talk had"
