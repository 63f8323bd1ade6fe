"""The talk as a page shows it, from stored events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from actions import cards
from actions.triage import Protocol
from actions.triage.model import Question
from bot.channels.turns import card_message
from bot.channels.web.entries import entries_of

AT = 1_795_368_432.123456


def said(text: str, at: float = AT, id: str | None = None) -> dict[str, Any]:
    return {"event": "user", "text": text, "timestamp": at, "message_id": id}


def shown(card: cards.Card, at: float = AT, **metadata: str) -> dict[str, Any]:
    message = card_message(card)
    data = {"buttons": message["buttons"], "custom": message["custom"]}
    return {"event": "bot", "text": message["text"], "data": data, "timestamp": at, "metadata": metadata}


def asked(protocol: Protocol, id: str) -> cards.Card:
    screen = protocol.screens.get(id)
    return cards.question(Question(id, tuple(screen.findings) if screen else (id,)), protocol)


def tap(question: str, value: object) -> str:
    return "/answer" + json.dumps({"question": question, "value": value})


def test_a_message_of_the_person() -> None:
    (entry,) = entries_of([said("my knee hurts", id="once:a-1")])
    assert entry.as_json() == {
        "n": 1795368432123456, "id": "a-1", "from": "person", "text": "my knee hurts", "buttons": [], "card": None,
        "at": "2026-11-22T17:27:12.123Z",
    }  # fmt: skip


def test_a_card_comes_whole_with_its_text_and_buttons(protocol: Protocol) -> None:
    card = asked(protocol, "hot_or_red_knee")
    (entry,) = entries_of([shown(card)])
    assert (entry.text, entry.card) == (card.text, card.data)
    assert [(button["title"], button["payload"]) for button in entry.buttons] == list(card.buttons)


def test_numbers_grow_also_where_the_clock_stands_or_steps_back() -> None:
    events = [said("one", AT), said("two", AT), said("three", AT - 5), said("four", AT + 1)]
    numbers = [entry.n for entry in entries_of(events)]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1795368432123456
    assert numbers[3] == 1795368433123456


def test_what_was_not_said_is_no_entry() -> None:
    events: list[dict[str, Any]] = [
        {"event": "action", "name": "action_listen", "timestamp": AT},
        {"event": "slot", "name": "record", "value": {}, "timestamp": AT},
        {"event": "session_started", "timestamp": AT},
        {"event": "bot", "text": None, "data": {}, "timestamp": AT},
    ]
    assert entries_of(events) == []


def test_a_clinicians_words_are_marked() -> None:
    (entry,) = entries_of([shown(cards.Card("I have read your summary."), **{"from": "clinician"})])
    assert entry.by == "clinician"


def test_an_id_that_the_server_made_is_not_the_clients() -> None:
    assert entries_of([said("hello", id="5f3a")])[0].id is None


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        ("hot_or_red_knee", "yes", "Yes"),
        ("hot_or_red_knee", "not_sure", "Not sure"),
        ("emergency_screen", [], "None of these"),
        ("age", 34, "34"),
        ("longest_recent_session", "5 km", "5 km"),
        ("never_asked", "no", "No"),
        ("never_asked", "some_finding_id", "Answered"),
        ("never_asked", ["some_finding_id"], "Answered"),
        ("never_asked", None, "Answered"),
        ("never_asked", True, "Answered"),
    ],
)
def test_a_tap_is_shown_in_words(protocol: Protocol, question: str, value: object, words: str) -> None:
    events = [] if question == "never_asked" else [shown(asked(protocol, question))]
    assert entries_of([*events, said(tap(question, value))])[-1].text == words


def test_a_tick_list_is_shown_by_its_titles(protocol: Protocol) -> None:
    card = asked(protocol, "emergency_screen")
    assert card.data is not None
    first, second = card.data["options"][:2]
    ticked = entries_of([shown(card), said(tap("emergency_screen", [first["value"], second["value"]]))])[-1]
    assert ticked.text == f"{first['title']}, {second['title']}"
    doubted = entries_of([shown(card), said(tap("emergency_screen", {first["value"]: "not_sure"}))])[-1]
    assert doubted.text == f"{first['title']}: not sure"


def test_a_tap_on_an_older_question_finds_its_words(protocol: Protocol) -> None:
    events = [shown(asked(protocol, "side")), shown(asked(protocol, "trend")), said(tap("side", "left"))]
    titles = {option["value"]: option["title"] for option in (asked(protocol, "side").data or {})["options"]}
    assert entries_of(events)[-1].text == titles["left"]


def test_a_button_with_words_of_its_own_is_shown_by_its_title() -> None:
    card = cards.Card("More?", None, (("Pain that is fine", "how much pain is fine"),))
    assert entries_of([shown(card), said("how much pain is fine")])[-1].text == "Pain that is fine"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/restart", "Start again"),
        ("/back", "Back"),
        ("/why", "Why do you ask?"),
        ("/some_wish", "Some wish"),
        ('/some_wish{"a": 1}', "Some wish"),
        ("/answer", "Answered"),
        ("/answer{", "Answered"),
        ('/answer{"question": 1}', "Answered"),
        ("/answer[]", "Answered"),
        ('/answer{"question":"age","value":' + "[" * 300 + "]" * 300 + "}", "Answered"),
        ("/ or so", "/ or so"),
        ("my 1/2 knee", "my 1/2 knee"),
    ],
)
def test_a_payload_is_never_shown(text: str, words: str) -> None:
    assert entries_of([said(text)])[0].text == words
