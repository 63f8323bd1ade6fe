"""Whatever comes in, each reader either reads it or says so in its own way; nothing else ever leaves it."""

from __future__ import annotations

import json
from contextlib import suppress
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions import answers
from actions.answers import BadAnswer, Message
from actions.errands import questions
from actions.triage import load_protocol
from bot.channels.slack import taps
from bot.channels.slack.incoming import Tapped, Unreadable, read_action, read_command, read_event
from bot.channels.slack.taps import NothingTicked
from bot.channels.telegram import presses, updates
from bot.channels.web.entries import Shown, in_words
from bot.channels.web.refusals import Refusal
from bot.channels.web.talks import read_message
from tests.security import hostile

PROTOCOL = load_protocol()
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30) | st.sampled_from(hostile.CARDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(hostile.CARDS) | st.text(max_size=9), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
TEXTS = st.text(st.characters(), max_size=80) | st.integers(0, 10**6).map(lambda seed: hostile.text(Random(seed)))
OWN = [questions.CONTACT, questions.CONSENT, questions.REMINDER, *questions.own_questions()]


@MANY
@given(text=TEXTS)
def test_a_payload_is_read_or_bad(text: str) -> None:
    for one in (text, f"/answer{text}"):
        with suppress(BadAnswer):
            answers.read_payload(one)


@MANY
@given(
    question=st.sampled_from(hostile.CARDS),
    value=VALUES,
    asks=st.lists(st.sampled_from(list(PROTOCOL.findings)), max_size=4),
)
def test_an_answer_is_taken_or_bad(question: str, value: Any, asks: list[str]) -> None:
    payload = answers.read_payload("/answer" + json.dumps({"question": question, "value": value}))
    assert payload is not None
    try:
        taken = answers.take_payload(payload, asks, PROTOCOL)
    except BadAnswer:
        return
    assert set(taken) <= {*asks, question}
    assert all(id in PROTOCOL.findings for id in taken)


@MANY
@given(id=st.sampled_from(OWN), value=VALUES, text=TEXTS)
def test_an_errands_answer_is_taken_or_bad(id: str, value: Any, text: str) -> None:
    with suppress(BadAnswer):
        questions.checked(id, value)
    with suppress(BadAnswer):
        questions.read(id, Message(text))


@MANY
@given(data=TEXTS, kept=st.none() | TEXTS)
def test_a_telegram_button_is_decoded_or_none(data: str, kept: str | None) -> None:
    press = presses.decode(data, lambda _: kept)
    assert press is None or isinstance(press, (presses.Send, presses.Tick, presses.Done, presses.Rest))


@MANY
@given(update=VALUES)
def test_an_update_of_telegram_is_read_or_bad(update: Any) -> None:
    for one in (update, {"message": update}, {"callback_query": update}, {"message": {"chat": update, "text": update}}):
        with suppress(updates.BadUpdate):
            updates.number_of(one)
        if isinstance(one, dict):
            updates.read(one)


@MANY
@given(body=VALUES, text=TEXTS)
def test_what_slack_sends_is_read_or_unreadable(body: Any, text: str) -> None:
    event = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": body}
    action = {
        "type": "block_actions",
        "actions": [body],
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "state": body,
        "message": body,
    }
    for reader, one in ((read_event, event), (read_action, action), (read_command, {"trigger_id": "1", "text": text})):
        with suppress(Unreadable):
            reader(one, 1.0) if reader is read_command else reader(one)  # type: ignore[operator]


@MANY
@given(
    value=VALUES,
    state=st.dictionaries(st.text(max_size=20), VALUES, max_size=3),
    kind=st.sampled_from(["send", "pick", "a"]),
)
def test_a_tap_of_slack_means_something_or_nothing(value: Any, state: dict[str, Any], kind: str) -> None:
    action = {"action_id": kind, "block_id": "question:age:1", "value": value, "text": value, "selected_option": value}
    with suppress(NothingTicked):
        taps.chosen(Tapped(None, action, {}, state, (), 0.0))  # type: ignore[arg-type]
    taps.answered({"text": value, "blocks": value}, "yes")


@MANY
@given(data=VALUES, text=TEXTS)
def test_a_message_of_the_web_is_read_or_refused(data: Any, text: str) -> None:
    for one in (data, {"id": data, "text": text}, {"id": "1", "text": text}, {"id": text, "text": data}):
        with suppress(Refusal):
            id, said = read_message(one)
            assert len(said) <= 1000
            assert id.isprintable()
            (id + said).encode()


@MANY
@given(text=TEXTS, value=VALUES)
def test_a_tap_is_shown_in_words_whatever_it_holds(text: str, value: Any) -> None:
    for one in (text, "/answer" + json.dumps({"question": "age", "value": value})):
        assert isinstance(in_words(one, Shown()), str)
