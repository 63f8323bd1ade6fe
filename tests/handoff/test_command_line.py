"""What was not delivered is seen, and tried again, from the command line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.handoff import outbox
from actions.handoff.__main__ import main
from actions.records.store import Records, utc_now
from tests.handoff.made import CONTACT, hand_off


@pytest.fixture
def with_a_dead_one(records: Records) -> Records:
    """Two posts, one of them dead."""
    hand_off(records, "K-dead", "K-waits")
    for post in outbox.take(records, utc_now(), timedelta(seconds=60), 2):
        state = "dead" if post.key == "K-dead.webhook" else "waiting"
        outbox.settle(records, post, state, utc_now() + timedelta(hours=1), "http 410")
    return records


def test_the_outbox_is_shown_dead_ones_first(with_a_dead_one: Records, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outbox"], with_a_dead_one) == 0
    number, dead, waits = capsys.readouterr().out.splitlines()
    assert number == "1 waiting, 0 sent, 1 dead"
    assert dead.split()[:2] == ["dead", "K-dead.webhook"]
    assert (waits.split()[:2], "http 410" in waits, CONTACT in waits) == (["waiting", "K-waits.webhook"], True, False)


@pytest.mark.parametrize("key", ["K-dead.webhook", "dead"])
def test_a_dead_post_is_tried_again(with_a_dead_one: Records, key: str) -> None:
    assert main(["retry", key], with_a_dead_one) == 0
    (post,) = outbox.take(with_a_dead_one, utc_now(), timedelta(seconds=60), 9)
    assert (post.key, post.attempts) == ("K-dead.webhook", 1)


def test_what_does_not_exist_cannot_be_tried_again(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retry", "K-9.webhook"], records) == 1
    assert "nothing" in capsys.readouterr().out
