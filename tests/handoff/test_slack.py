"""The clinicians' channel is told once where Slack lets us see what came through, and never how to reach the person."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from actions.handoff import outbox, slack, webhook
from actions.handoff.delivery import Deliverer
from actions.records.store import Records
from tests.fakes.clinicians_slack import CHANNEL, TOKEN, Slack
from tests.handoff.made import CONTACT, WORDS, Clock, hand_off, post_of, settings, summary


@pytest.fixture
def clock(records: Records) -> Clock:
    """The time of the records and of delivery."""
    made = Clock()
    records.clock = made
    return made


def deliver(records: Records, clock: Clock, fake: Slack, rounds: int = 1, **changed: Any) -> Slack:
    """So many rounds of delivery, hours apart, to a workspace."""

    async def run() -> None:
        async with fake:
            usual = {"slack_channel": CHANNEL, "slack_token": TOKEN, "slack_api": fake.url, "webhook_secret": ""}
            set_up = settings(**{**usual, **changed})
            async with webhook.open_session(set_up) as session:
                deliverer = Deliverer(records, set_up, session, clock)
                for _ in range(rounds):
                    await deliverer.deliver_due()
                    clock.forward(2 * 3600)
                deliverer.close()

    hand_off(records, "K-1", targets=["slack"])
    asyncio.run(run())
    return fake


def test_the_channel_reads_the_summary_and_not_the_contact(records: Records, clock: Clock) -> None:
    (message,) = deliver(records, clock, Slack()).messages
    assert message["text"].startswith("K-1\n▲ Be seen today.")
    assert (CONTACT in message["text"], post_of(records, "K-1.slack")["state"]) == (False, "sent")


def test_words_of_a_person_cannot_call_the_channel() -> None:
    text = slack.shown({"reference": "K-1", "content": content_with("<!channel> & <@U1>")})
    assert "“&lt;!channel&gt; &amp; &lt;@U1&gt;”" in text


def content_with(words: str) -> dict[str, Any]:
    """The usual content with other words."""
    return {**summary(), "words": [words]}


@pytest.mark.parametrize(("may_read", "messages"), [(True, 1), (False, 2)])
def test_a_lost_answer_doubles_nothing_where_the_history_may_be_read(
    records: Records, clock: Clock, may_read: bool, messages: int
) -> None:
    fake = deliver(records, clock, Slack(lambda number: None if number else "lost", may_read), rounds=2)
    assert (len(fake.messages), post_of(records, "K-1.slack")["state"]) == (messages, "sent")


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived", "invalid_auth", "no_text"])
def test_what_needs_an_administrator_is_dead_at_once(records: Records, clock: Clock, error: str) -> None:
    deliver(records, clock, Slack(lambda number: error))
    post = post_of(records, "K-1.slack")
    assert (post["state"], post["last_error"]) == ("dead", f"slack {error}")


@pytest.mark.parametrize("problem", ["internal_error", "service_unavailable", "ratelimited", 429, 500, 503])
def test_what_passes_is_tried_again(records: Records, clock: Clock, problem: str | int) -> None:
    fake = deliver(records, clock, Slack(lambda number: None if number else problem), rounds=2)
    assert (len(fake.messages), post_of(records, "K-1.slack")["attempts"]) == (1, 2)


def test_slacks_retry_after_is_waited_for(records: Records, clock: Clock) -> None:
    fake, begun = Slack(lambda number: 429), clock.time
    fake.headers = {"Retry-After": "9000"}
    deliver(records, clock, fake)
    assert (post_of(records, "K-1.slack")["next_at"] - begun).total_seconds() == 9000


def test_without_the_setting_it_waits(records: Records, clock: Clock) -> None:
    deliver(records, clock, Slack(), slack_channel="")
    assert (outbox.counts(records)["waiting"], post_of(records, "K-1.slack")["last_error"]) == (1, "not set up")


def test_no_log_holds_words_or_token(records: Records, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        deliver(records, clock, Slack(lambda number: "internal_error"))
    assert "internal_error" in caplog.text
    assert [secret for secret in (*WORDS, TOKEN, CONTACT) if secret in caplog.text] == []
