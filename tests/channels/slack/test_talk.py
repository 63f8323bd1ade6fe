"""What a person sees: answers in direct messages, answered questions changed, everything else turned away."""

from __future__ import annotations

from typing import Any

import pytest

from actions import cards
from actions.wording import say
from bot.channels.slack.mrkdwn import escape
from tests.channels.slack.house import House
from tests.fakes.slack import BOT, BOT_USER, TEAM

YES_NO = {
    "text": "Is it hot?",
    "buttons": [{"title": "Yes", "payload": '/answer{"question":"hot_or_red_knee","value":"yes"}'},
                {"title": "No", "payload": '/answer{"question":"hot_or_red_knee","value":"no"}'}],
    "custom": {"card": {"kind": "question", "id": "hot_or_red_knee", "prompt": "Is it hot?", "why": "", "input": "yes_no",
                        "options": [{"value": "yes", "title": "Yes"}, {"value": "no", "title": "No"}]}},
}  # fmt: skip
YES, NO = (button["payload"] for button in YES_NO["buttons"])
TICKS = {
    "text": "Any of these?\n1. Cold foot\n2. Deep cut",
    "buttons": [{"title": "None of these", "payload": '/answer{"question":"emergency_screen","value":[]}'}],
    "custom": {"card": {"kind": "question", "id": "emergency_screen", "prompt": "Any of these?", "why": "", "input": "any_of",
                        "options": [{"value": "foot_cold_pale_or_numb", "title": "Cold foot"},
                                    {"value": "deep_wound", "title": "Deep cut"}]}},
}  # fmt: skip


def asks(house: House, message: dict[str, Any]) -> None:
    """From now on the stub asks this."""
    house.agent.reply = lambda text: [message]


def test_a_direct_message_is_answered_there(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        assert await person.say("my knee hurts & swells <2 days") == 200
        await house.finished()
        assert house.agent.turns == [(f"slack:{TEAM}:U1", "my knee hurts & swells <2 days")]
        assert escape(cards.opening_question().text) in house.slack.said_in(person.room)[0]
        assert house.slack.refusals == []

    within(story)


def test_a_tap_shows_the_choice_and_takes_the_elements_away(within: Any) -> None:
    async def story(house: House) -> None:
        asks(house, YES_NO)
        person = house.person()
        await person.say("hello")
        await house.finished()
        first = house.slack.messages[person.room][0]
        await person.tap(YES)
        await house.finished()
        assert house.agent.turns[-1][1] == YES
        assert [block for block in first["blocks"] if block["type"] == "actions"] == []
        assert say("slack_chosen", choice="Yes") in first["text"]
        assert house.slack.refusals == []

    within(story)


def test_words_take_the_elements_of_the_open_question_away(within: Any) -> None:
    async def story(house: House) -> None:
        asks(house, YES_NO)
        person = house.person()
        await person.say("hello")
        await person.say("no")
        await house.finished()
        first, second = house.slack.messages[person.room]
        assert [any(b["type"] == "actions" for b in one["blocks"]) for one in (first, second)] == [False, True]

    within(story)


def test_a_late_tap_still_counts(within: Any) -> None:
    """A red flag that is tapped late must not be lost."""

    async def story(house: House) -> None:
        asks(house, YES_NO)
        person = house.person()
        await person.say("hello")
        await house.finished()
        element, block_id, message = next(one for one in person.elements() if one[0]["value"] == YES)
        late = person.action(element, block_id, {**message, "blocks": list(message["blocks"])})
        await person.say("something else")
        await house.finished()
        assert await person.send_action(late) == 200
        await house.finished()
        assert [text for _, text in house.agent.turns] == ["hello", "something else", YES]

    within(story)


def test_a_double_click_is_one_turn_and_another_choice_another(within: Any) -> None:
    async def story(house: House) -> None:
        asks(house, YES_NO)
        person = house.person()
        await person.say("hello")
        await house.finished()
        found = {one[0]["value"]: one for one in person.elements()}
        for value in (NO, NO, YES):
            await person.send_action(person.action(*found[value]))
        await house.finished()
        assert [text for _, text in house.agent.turns] == ["hello", NO, YES]

    within(story)


def test_a_choice_that_was_taken_back_in_the_same_message_is_not_silently_dropped(within: Any) -> None:
    async def story(house: House) -> None:
        asks(house, YES_NO)
        person = house.person()
        await person.say("hello")
        await house.finished()
        found = {one[0]["value"]: one for one in person.elements()}
        for value in (NO, YES, NO):
            await person.send_action(person.action(*found[value]))
        await house.finished()
        assert house.slack.said_in(person.room)[-1] == say("slack_old")

    within(story)


def test_ticks_are_sent_together(within: Any) -> None:
    async def story(house: House) -> None:
        asks(house, TICKS)
        person = house.person()
        await person.say("hello")
        await house.finished()
        await person.tick("emergency_screen", ["deep_wound", "foot_cold_pale_or_numb"])
        await house.finished()
        both = cards.payload("emergency_screen", ["foot_cold_pale_or_numb", "deep_wound"])
        assert [text for _, text in house.agent.turns] == ["hello", both]
        assert "Cold foot, Deep cut" in house.slack.messages[person.room][0]["text"]

    within(story)


def test_an_empty_tick_list_is_not_none_of_these(within: Any) -> None:
    async def story(house: House) -> None:
        asks(house, TICKS)
        person = house.person()
        await person.say("hello")
        await house.finished()
        await person.tick("emergency_screen", [])
        await house.finished()
        assert [text for _, text in house.agent.turns] == ["hello"]
        assert house.slack.said_in(person.room)[-1] == say("slack_tick_first")
        await person.tick("emergency_screen", ["deep_wound"])
        await house.finished()
        assert house.agent.turns[-1][1] == cards.payload("emergency_screen", ["deep_wound"])

    within(story)


def test_a_choice_from_a_list(within: Any) -> None:
    async def story(house: House) -> None:
        options = [{"value": f"v{n}", "title": f"Title {n}"} for n in range(9)]
        card = {
            "kind": "question",
            "id": "main_activity",
            "prompt": "Which?",
            "why": "",
            "input": "one_of",
            "options": options,
        }
        buttons = [{"title": one["title"], "payload": cards.payload("main_activity", one["value"])} for one in options]
        asks(house, {"text": "Which?", "buttons": buttons, "custom": {"card": card}})
        person = house.person()
        await person.say("hello")
        await house.finished()
        assert [one["type"] for one, _, _ in person.elements()] == ["static_select"]
        await person.tap("v7")
        await house.finished()
        assert house.agent.turns[-1][1] == cards.payload("main_activity", "v7")
        assert say("slack_chosen", choice="Title 7") in house.slack.messages[person.room][0]["text"]

    within(story)


def test_an_offer_goes_once_it_is_taken_and_the_others_stay(within: Any) -> None:
    async def story(house: House) -> None:
        buttons = [{"title": "Rest", "payload": "should i rest"}, {"title": "Ice", "payload": "does ice help"}]
        asks(house, {"text": "Read on", "buttons": buttons})
        person = house.person()
        await person.say("hello")
        await house.finished()
        asks(house, {"text": "Yes."})
        await person.tap("does ice help")
        await house.finished()
        assert house.agent.turns[-1][1] == "does ice help"
        assert [one["value"] for one, _, _ in person.elements()] == ["should i rest"]

    within(story)


def test_a_thread_is_answered_in_the_thread(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        await person.send_event(person.event("hello", thread_ts="1700000000.000001"))
        await house.finished()
        assert house.slack.messages[person.room][0]["thread_ts"] == "1700000000.000001"

    within(story)


def mention(person: Any, text: str, kind: str) -> dict[str, Any]:
    ts = person.slack.moment()
    event = {"type": kind, "channel": "C1", "user": person.user, "text": text, "ts": ts}
    return person.wrapped(event if kind == "app_mention" else {**event, "channel_type": "channel"})


@pytest.mark.parametrize("kind", ["app_mention", "message"])
def test_in_a_channel_one_whisper_and_no_turn(within: Any, kind: str) -> None:
    async def story(house: House) -> None:
        person = house.person()
        for _ in range(2 if kind == "message" else 1):
            await person.send_event(mention(person, f"<@{BOT_USER}> my bladder is numb", kind))
        await house.finished()
        assert house.agent.turns == []
        assert [(one["user"], one["channel"]) for one in house.slack.whispers] == [("U1", "C1")]
        assert "bladder" not in house.slack.whispers[0]["text"]
        assert house.slack.messages["C1"] == []

    within(story)


@pytest.mark.parametrize(
    "changes",
    [{"bot_id": BOT}, {"user": BOT_USER}, {"user": "USLACKBOT"}, {"subtype": "bot_message"}, {"subtype": "channel_join"},
     {"subtype": "message_deleted"}, {"type": "reaction_added"}],
)  # fmt: skip
def test_bots_own_messages_and_deletions_are_ignored(within: Any, changes: dict[str, str]) -> None:
    async def story(house: House) -> None:
        person = house.person()
        assert await person.send_event(person.event("my knee hurts", **changes)) == 200
        await house.finished()
        assert (house.agent.turns, house.slack.calls) == ([], [])

    within(story)


def changed(person: Any, before: str, after: str, **message: Any) -> dict[str, Any]:
    now = {"type": "message", "user": person.user, "text": after, "ts": person.slack.moment(), **message}
    was = {"type": "message", "user": person.user, "text": before, "ts": now["ts"]}
    ts = person.slack.moment()
    return person.wrapped({"type": "message", "subtype": "message_changed", "channel": person.room, "channel_type": "im",
                           "ts": ts, "message": now, "previous_message": was})  # fmt: skip


def test_an_edited_message_is_no_turn_and_the_person_is_told(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        await person.send_event(changed(person, "hello", "my calf is huge"))
        await house.finished()
        assert (house.agent.turns, house.slack.said_in(person.room)) == ([], [say("slack_edited")])

    within(story)


def test_our_own_changes_and_previews_of_links_are_no_edits(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        await person.send_event(changed(person, "hello", "hello"))
        await person.send_event(changed(person, "Is it hot?", "Is it hot? You chose: Yes.", bot_id=BOT))
        await house.finished()
        assert house.slack.calls == []

    within(story)


def test_a_picture_without_words_gets_a_clear_answer(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        await person.send_event(person.event("", subtype="file_share", files=[{"id": "F1"}]))
        await house.finished()
        assert (house.agent.turns, house.slack.said_in(person.room)) == ([], [say("slack_file")])

    within(story)


def test_the_home_page_has_the_disclaimer_and_starts_a_talk(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        opened = {"type": "app_home_opened", "user": "U1", "channel": person.room, "tab": "home"}
        await person.send_event(person.wrapped(opened))
        await house.finished()
        shown = house.slack.homes["U1"]["blocks"]
        words = " ".join(str(block.get("text", {}).get("text", "")) for block in shown)
        assert "not a clinician" in words
        assert escape(say("slack_home")) in words
        row = next(block for block in shown if block["type"] == "actions")
        await person.send_action(person.action(row["elements"][0], row["block_id"], None))
        await house.finished()
        assert house.agent.turns == [(f"slack:{TEAM}:U1", "/start")]
        assert len(house.slack.said_in(person.room)) == 1
        assert house.slack.refusals == []

    within(story)


@pytest.mark.parametrize(("typed", "said"), [("my knee hurts", "my knee hurts"), ("", "/start")])
def test_the_slash_command_is_answered_in_direct_messages(within: Any, typed: str, said: str) -> None:
    async def story(house: House) -> None:
        person = house.person()
        status, answer = await person.command(typed, channel="C1")
        assert (status, answer) == (200, {"response_type": "ephemeral", "text": say("slack_command")})
        await house.finished()
        assert house.agent.turns == [(f"slack:{TEAM}:U1", said)]
        assert len(house.slack.said_in(person.room)) == 1
        assert house.slack.messages["C1"] == []

    within(story)
