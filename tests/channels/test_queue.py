"""The queue of Slack and Telegram: taken once, worked by one, in order, taken over from who is gone, and never without bound."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from actions.records.store import Records
from bot.channels.queue import HELD_SECONDS, KNOWN_FOR, MOST_OF_ALL, MOST_OF_ONE, Delivery, Queue, Taken
from tests.databases import database_url, records

__all__ = ["database_url", "records"]

ANA, BEN = "tg:1", "tg:2"


def said(number: int, sender: str = ANA, *more: str) -> Delivery:
    return Delivery((f"update {number}", *more), sender, number, f"words {number}")


class Clock:
    """A time that stands until it is moved."""

    def __init__(self, now: datetime):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(records: Records) -> Clock:
    return Clock(records.now())


def queues(records: Records, clock: Any = None, *names: str) -> Sequence[Queue]:
    return [Queue(records, "telegram", name, clock) for name in names or ("one",)]


def taken(queue: Queue, *deliveries: Delivery) -> list[Taken]:
    return queue.take(deliveries)


def test_another_worker_takes_over_what_a_dead_one_held(records: Records, clock: Clock) -> None:
    first, second = queues(records, clock, "first", "second")
    ana = first.person(ANA)
    assert taken(first, said(10)) == ["new"]
    assert taken(second, said(10)) == ["known"]
    assert taken(second, said(11)) == ["new"]
    held = first.next(ana)
    assert held is not None
    assert (held.number, second.next(ana), second.left()) == (10, None, [])
    clock.move(HELD_SECONDS - 1)
    first.alive([ana])
    clock.move(HELD_SECONDS - 1)
    assert second.left() == []
    clock.move(2)
    assert second.left() == [ana]
    got = second.next(ana)
    assert got is not None
    assert (got.id, got.body) == (held.id, "words 10")
    second.done(got)
    more = second.next(ana)
    assert more is not None
    assert more.number == 11


def test_too_much_of_one_person_is_not_taken_and_can_come_again(records: Records) -> None:
    (queue,) = queues(records)
    many = [said(number) for number in range(MOST_OF_ONE + 1)]
    assert taken(queue, *many[:5]) == ["new"] * 5
    assert taken(queue, *many[5:]) == ["new"] * (MOST_OF_ONE - 5) + ["full"]
    assert taken(queue, said(100, BEN)) == ["new"]
    work = queue.next(queue.person(ANA))
    assert work is not None
    queue.done(work)
    assert taken(queue, many[-1]) == ["new"]


def test_too_much_of_all_is_not_taken(records: Records) -> None:
    (queue,) = queues(records)
    people = MOST_OF_ALL // MOST_OF_ONE
    everybody = [said(n, f"tg:{n % people}") for n in range(MOST_OF_ALL)]
    assert set(taken(queue, *everybody)) == {"new"}
    assert taken(queue, said(MOST_OF_ALL, "tg:new")) == ["full"]
    (slack,) = [Queue(records, "slack", "one")]
    assert taken(slack, said(MOST_OF_ALL, "slack:T:U")) == ["new"], "another channel has room of its own"


def test_what_has_one_name_in_common_is_the_same(records: Records) -> None:
    (queue,) = queues(records)
    assert taken(queue, said(1, ANA, "message 1"), said(2, ANA, "message 1"), said(3)) == ["new", "known", "new"]
    assert taken(queue, said(4, ANA, "message 1"), said(3), said(5)) == ["known", "known", "new"]


def test_copies_at_two_workers_at_once_are_taken_once(records: Records) -> None:
    both = queues(records, None, "first", "second")
    deliveries = [said(number, f"tg:{number}") for number in range(40)]
    batches = [(both[n % 2], deliveries[::-1] if n % 2 else deliveries) for n in range(4)]
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda batch: dict(zip(batch[1], batch[0].take(batch[1]))), batches))
    for delivery in deliveries:
        assert sorted(outcome[delivery] for outcome in outcomes) == ["known"] * 3 + ["new"]


def test_only_one_of_many_workers_gets_a_delivery(records: Records) -> None:
    workers = queues(records, None, *"abcd")
    ana = workers[0].person(ANA)
    taken(workers[0], *(said(number) for number in (3, 1, 4, 0, 2)))
    order = []
    for number in range(5):
        with ThreadPoolExecutor(4) as threads:
            got = [work for work in threads.map(lambda queue: queue.next(ana), workers) if work]
        assert [work.number for work in got] == [number]
        order.append(got[0].body)
        workers[0].done(got[0])
    assert order == [f"words {number}" for number in range(5)]


def test_what_was_claimed_can_be_claimed_again_by_the_same_work_only(records: Records) -> None:
    first, second = queues(records, None, "first", "second")
    assert first.claim("choice yes", "work 1")
    assert second.claim("choice yes", "work 1"), "the worker that worked it first may be gone"
    assert not first.claim("choice yes", "work 2")
    assert first.claim("choice no", "work 2")


def test_what_is_to_be_tried_later_keeps_its_place_and_is_given_up_after_a_day(records: Records, clock: Clock) -> None:
    (queue,) = queues(records, clock)
    ana = queue.person(ANA)
    taken(queue, said(1), said(2))
    work = queue.next(ana)
    assert work is not None
    assert queue.later(work, 3, 30.0)
    assert (queue.next(ana), queue.left()) == (None, [])
    clock.move(31)
    again = queue.next(ana)
    assert again is not None
    assert (again.id, again.sent) == (work.id, 3)
    clock.move(24 * 3600 + 1)
    assert not queue.later(again, 3, 30.0)
    second = queue.next(ana)
    assert second is not None
    assert second.number == 2


def test_what_was_taken_is_known_for_long_and_then_forgotten(records: Records, clock: Clock) -> None:
    (queue,) = queues(records, clock)
    taken(queue, said(1))
    clock.move(KNOWN_FOR.total_seconds() - 60)
    queue.forget()
    assert taken(queue, said(1)) == ["known"]
    clock.move(120)
    queue.forget()
    work = queue.next(queue.person(ANA))
    assert work is not None
    queue.done(work)
    assert taken(queue, said(1)) == ["new"]


def test_words_are_sealed_and_gone_when_answered(records: Records) -> None:
    (queue,) = queues(records)

    def kept() -> str:
        with records.reading() as connection:
            return repr(
                [connection.exec_driver_sql(f"SELECT * FROM channel_{name}").all() for name in ("taken", "waiting")]
            )

    taken(queue, said(1, "tg:987654"))
    assert records.person("tg:987654") in kept()
    assert "words 1" not in kept()
    work = queue.next(records.person("tg:987654"))
    assert work is not None
    assert work.body == "words 1"
    queue.done(work)
    assert records.person("tg:987654") not in kept()
    assert "987654" not in kept()
