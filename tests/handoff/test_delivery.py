"""Posts reach the clinic once, whatever the clinic does; on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from actions.errands.questions import IN_THIS_CHAT
from actions.handoff import outbox, webhook
from actions.handoff.delivery import Deliverer, keep_delivering, wait
from actions.handoff.settings import Settings
from actions.records.effects import Erased
from actions.records.store import Records
from actions.records.tables import handoffs
from tests.fakes.clinic import Behaviour, Clinic
from tests.handoff.made import CONTACT, WORDS, Clock, hand_off, post_of, settings

HOUR = 3600.0
LEASE = timedelta(seconds=60)
Work = Callable[[Deliverer, Clinic], Awaitable[Any]]


@pytest.fixture
def clock(records: Records) -> Clock:
    """The time of the records and of delivery."""
    made = Clock()
    records.clock = made
    return made


def deliver(records: Records, clock: Clock, clinic: Clinic, work: Work | None = None, **changed: Any) -> Clinic:
    """Run a clinic, and delivery to it.

    Args:
        records: hold the outbox.
        clock: for delivery.
        clinic: not started.
        work: what to do; one round of delivery when None.
        changed: settings that are not the usual ones.
    """

    async def run() -> None:
        async with clinic:
            set_up = settings(clinic.url, **changed)
            async with webhook.open_session(set_up) as session:
                deliverer = Deliverer(records, set_up, session, clock, chance=lambda: 1.0)
                await (work(deliverer, clinic) if work else deliverer.deliver_due())
                deliverer.close()

    asyncio.run(run())
    return clinic


def always(behaviour: Behaviour) -> Callable[[int], Behaviour]:
    return lambda number: behaviour


def test_a_hand_off_arrives_once_and_says_what_the_person_agreed_to(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")
    clinic = deliver(records, clock, Clinic(clock=clock.unix))
    (body,) = clinic.bodies["K-1.webhook"]
    sent = json.loads(body)
    assert (clinic.taken, clinic.refused, clinic.types) == ({"K-1.webhook": 1}, 0, {"application/json"})
    assert (sent["reference"], sent["level"], sent["contact"]) == ("K-1", "urgent", CONTACT)
    assert f"“{WORDS[0]}”" in sent["summary"]
    assert (post_of(records, "K-1.webhook")["state"], post_of(records, "K-1.webhook")["last_error"]) == ("sent", None)


def test_what_was_sent_is_not_sent_again(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")
    first = deliver(records, clock, Clinic())
    clock.forward(24 * HOUR)
    assert (first.requests, deliver(records, clock, Clinic()).requests) == (1, 0)


def test_as_fhir_when_that_is_asked_for(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")
    clinic = deliver(records, clock, Clinic(), webhook_format="fhir")
    (body,) = clinic.bodies["K-1.webhook"]
    bundle = json.loads(body)
    assert (bundle["resourceType"], clinic.types) == ("Bundle", {"application/fhir+json"})
    assert CONTACT in json.dumps(bundle)


def test_who_wants_the_answer_in_the_chat_is_found_there(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1", contact=IN_THIS_CHAT)
    (body,) = deliver(records, clock, Clinic()).bodies["K-1.webhook"]
    assert "chat" in json.loads(body)["contact"]


def test_a_wrong_secret_is_refused_and_seen(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")
    clinic = deliver(records, clock, Clinic(), webhook_secret="another secret altogether")
    assert (clinic.refused, clinic.taken) == (1, {})
    assert (post_of(records, "K-1.webhook")["state"], post_of(records, "K-1.webhook")["last_error"]) == (
        "dead",
        "http 401",
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_done(records: Records, clock: Clock, status: int) -> None:
    hand_off(records, "K-1")
    deliver(records, clock, Clinic(always(status)))
    assert post_of(records, "K-1.webhook")["state"] == "sent"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
def test_what_the_receiver_will_never_take_is_dead_at_once(records: Records, clock: Clock, status: int) -> None:
    hand_off(records, "K-1")
    deliver(records, clock, Clinic(always(status)))
    post = post_of(records, "K-1.webhook")
    assert (post["state"], post["attempts"], post["last_error"]) == ("dead", 1, f"http {status}")


@pytest.mark.parametrize("status", [302, 307, 408, 425, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again(records: Records, clock: Clock, status: int) -> None:
    hand_off(records, "K-1")
    clinic = Clinic(lambda number: "take" if number else status, headers={"Location": "/elsewhere"})
    deliver(records, clock, clinic)
    before = post_of(records, "K-1.webhook")
    clock.forward(HOUR)
    clinic.port = 0
    deliver(records, clock, clinic)
    assert (before["state"], before["last_error"]) == ("waiting", f"http {status}")
    assert (post_of(records, "K-1.webhook")["state"], clinic.taken) == ("sent", {"K-1.webhook": 1})


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [("hang", "timeout"), ("drop", "ServerDisconnectedError"), ("swallow", "ServerDisconnectedError")],
)
def test_a_receiver_that_breaks_gets_the_same_bytes_again(
    records: Records, clock: Clock, behaviour: str, error: str
) -> None:
    hand_off(records, "K-1")
    clinic = Clinic(lambda number: "take" if number else behaviour)

    async def twice(deliverer: Deliverer, _: Clinic) -> None:
        await deliverer.deliver_due()
        assert post_of(records, "K-1.webhook")["last_error"] == error
        clock.forward(HOUR)
        await deliverer.deliver_due()

    deliver(records, clock, clinic, twice, timeout=0.3)
    assert (clinic.taken, clinic.came) == ({"K-1.webhook": 1}, {"K-1.webhook": 2})
    assert len(clinic.bodies["K-1.webhook"]) == 1


def test_a_receiver_that_is_not_there_loses_nothing_in_an_hour(records: Records, clock: Clock) -> None:
    references = [f"K-{number}" for number in range(5)]
    hand_off(records, *references)
    clinic = Clinic()

    async def down_for_an_hour(deliverer: Deliverer, clinic: Clinic) -> None:
        await clinic._runner.cleanup()
        begun = clock.time
        while (clock.time - begun).total_seconds() < HOUR:
            await deliverer.deliver_due()
            clock.forward(await deliverer.seconds_to_next())
        assert outbox.counts(records) == {"waiting": 5, "sent": 0, "dead": 0}
        assert post_of(records, "K-0.webhook")["last_error"] == "no connection"
        async with clinic:
            clock.forward(HOUR)
            await deliverer.deliver_due()

    deliver(records, clock, clinic, down_for_an_hour)
    assert clinic.taken == {f"{reference}.webhook": 1 for reference in references}


def test_retry_after_is_waited_for(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")
    begun = clock.time
    deliver(records, clock, Clinic(always(503), headers={"Retry-After": "7000"}))
    assert (post_of(records, "K-1.webhook")["next_at"] - begun).total_seconds() == 7000


def test_after_the_last_attempt_it_is_dead_and_shown_and_can_be_tried_again(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")

    async def three_rounds(deliverer: Deliverer, _: Clinic) -> None:
        for _round in range(3):
            await deliverer.deliver_due()
            clock.forward(HOUR)

    clinic = deliver(records, clock, Clinic(always(500)), three_rounds, most_attempts=2)
    shown = [(post["key"], post["state"], post["attempts"]) for post in outbox.unsent(records)]
    assert (clinic.requests, shown) == (2, [("K-1.webhook", "dead", 2)])
    assert outbox.retry(records, "K-1.webhook", clock())
    assert deliver(records, clock, Clinic()).taken == {"K-1.webhook": 1}
    assert not outbox.retry(records, "K-1.webhook", clock())


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_waits_double_up_to_an_hour_with_full_jitter(chance: float) -> None:
    bounds = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    assert [wait(number, Settings(), chance) for number in range(1, 13)] == [max(1, chance * bound) for bound in bounds]
    assert wait(100_000, Settings(), 1.0) == 3600


def test_the_most_urgent_goes_first(records: Records, clock: Clock) -> None:
    hand_off(records, "K-routine", level="routine")
    clock.forward(1)
    hand_off(records, "K-ambulance", level="ambulance")
    order = [post.key for post in outbox.take(records, clock(), LEASE, 9)]
    assert order == ["K-ambulance.webhook", "K-routine.webhook"]


def test_two_deliverers_never_send_one_post_at_once(records: Records, clock: Clock) -> None:
    references = [f"K-{number}" for number in range(30)]
    hand_off(records, *references)

    async def with_another(deliverer: Deliverer, clinic: Clinic) -> None:
        set_up = settings(clinic.url)
        async with webhook.open_session(set_up) as session:
            other = Deliverer(records, set_up, session, clock)
            await asyncio.gather(deliverer.deliver_due(), other.deliver_due())
            other.close()

    clinic = deliver(records, clock, Clinic(honours_keys=False), with_another)
    assert clinic.taken == {f"{reference}.webhook": 1 for reference in references}
    assert clinic.most_under_way == 1


def test_a_post_of_a_worker_that_died_is_taken_when_its_lease_ends(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")
    (lost,) = outbox.take(records, clock(), LEASE, 1)
    early = deliver(records, clock, Clinic())
    clock.forward(61)
    late = deliver(records, clock, Clinic())
    assert (early.requests, late.requests) == (0, 1)
    assert not outbox.settle(records, lost, "dead", clock(), "too late")
    assert post_of(records, "K-1.webhook")["state"] == "sent"


def test_who_comes_back_after_the_lease_changes_nothing_for_the_next(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")
    (late,) = outbox.take(records, clock(), LEASE, 1)
    clock.forward(61)
    (holder,) = outbox.take(records, clock(), LEASE, 1)
    assert not outbox.settle(records, late, "dead", clock(), "too late")
    assert outbox.settle(records, holder, "sent", clock())


def test_one_post_that_cannot_be_made_does_not_keep_the_others(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1", "K-2")
    with records.engine.begin() as connection:
        connection.execute(sa.update(handoffs).where(handoffs.c.reference == "K-1").values(contact="not sealed"))
    clinic = deliver(records, clock, Clinic())
    assert (clinic.taken, post_of(records, "K-1.webhook")["state"]) == ({"K-2.webhook": 1}, "waiting")


def test_what_was_deleted_is_not_sent(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")
    records.apply("web", "web:K-1", [Erased("receipt-1")])
    assert deliver(records, clock, Clinic()).requests == 0


def test_no_log_holds_words_contact_or_person(records: Records, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    hand_off(records, "K-1", "K-2")
    with caplog.at_level(logging.DEBUG):
        deliver(records, clock, Clinic(lambda number: 500 if number else "drop"))
    secrets = [*WORDS, CONTACT, "web:K-1", records.person("web:K-1"), "between the clinic"]
    assert "http 500" in caplog.text
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_the_loop_sends_when_woken_and_survives_a_broken_database(
    records: Records, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wake_and_stop(deliverer: Deliverer, clinic: Clinic) -> None:
        woken = asyncio.Event()
        arrived = asyncio.Event()
        clinic.behave = lambda number: (arrived.set(), "take")[1]
        task = asyncio.create_task(keep_delivering(deliverer, woken))
        for number in range(2):
            await asyncio.to_thread(hand_off, records, f"K-{number}")
            arrived.clear()
            woken.set()
            await asyncio.wait_for(arrived.wait(), 20)
        task.cancel()
        await asyncio.wait([task], timeout=20)
        assert task.cancelled()

    broken = iter([True])
    take = outbox.take

    def breaks_once(*arguments: Any) -> Any:
        if next(broken, False):
            raise OSError("no database")
        return take(*arguments)

    monkeypatch.setattr(outbox, "take", breaks_once)
    clinic = deliver(records, clock, Clinic(), wake_and_stop)
    assert clinic.taken == {"K-0.webhook": 1, "K-1.webhook": 1}


def test_who_is_stopped_in_the_middle_gives_the_post_back(records: Records, clock: Clock) -> None:
    hand_off(records, "K-1")

    async def stop_in_the_middle(deliverer: Deliverer, clinic: Clinic) -> None:
        came = asyncio.Event()
        clinic.behave = lambda number: (came.set(), "hang")[1]
        task = asyncio.create_task(keep_delivering(deliverer, asyncio.Event()))
        await asyncio.wait_for(came.wait(), 20)
        task.cancel()
        await asyncio.wait([task], timeout=20)

    deliver(records, clock, Clinic(), stop_in_the_middle)
    post = post_of(records, "K-1.webhook")
    assert (post["state"], post["leased_until"], post["attempts"]) == ("waiting", None, 1)
