"""Slack fails, the database fails, the bot fails: the person still gets an answer, and nothing is thrown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from actions import cards
from bot.channels.push import pusher_of
from bot.channels.slack import api as api_module
from bot.channels.slack.api import LONGEST_WAIT, MOST_TRIES, NO_ANSWER, Api, Result
from bot.channels.slack.mrkdwn import escape
from bot.channels.slack.settings import Settings
from bot.channels.turns import card_message
from tests.channels.slack.house import House
from tests.fakes.slack import TEAM, TOKEN, FakeSlack

SAFETY = escape(cards.safety().text)


@pytest.fixture
def post_with(run: Any) -> Any:
    """Posts one message while Slack fails in a given way: what came of it, the pauses, and what stands in Slack."""

    def play(
        *failures: str, token: str = TOKEN, room: str = "D1", **content: Any
    ) -> tuple[Result, list[float], list[str]]:
        async def told() -> Any:
            slack = FakeSlack()
            slack.room("U1")
            await slack.start()
            pauses: list[float] = []

            async def pause(seconds: float) -> None:
                pauses.append(seconds)

            api = Api(Settings(token, "s", api=f"{slack.url}/api/"), sleep=pause)
            slack.failures["chat.postMessage"] += failures
            result = await api.call("chat.postMessage", channel=room, **(content or {"text": "hello"}))
            await api.close()
            await slack.stop()
            return result, pauses, slack.said_in("D1")

        return run(told())

    return play


def test_a_rate_limit_is_waited_for_as_long_as_slack_says(post_with: Any) -> None:
    result, pauses, said = post_with("429:7")
    assert (result.ok, pauses, said) == (True, [7.0], ["hello"])


def test_who_is_told_to_wait_for_very_long_gives_up(post_with: Any) -> None:
    result, pauses, said = post_with(f"429:{LONGEST_WAIT + 1:.0f}")
    assert (result.error, pauses, said) == ("ratelimited", [], [])


@pytest.mark.parametrize("failure", ["503", "html", "ratelimited", "internal_error", "service_unavailable"])
def test_what_passes_is_tried_again(post_with: Any, failure: str) -> None:
    result, pauses, said = post_with(failure, failure)
    assert (result.ok, len(pauses), said) == (True, 2, ["hello"])


def test_trying_again_ends(post_with: Any) -> None:
    result, pauses, said = post_with(*["503"] * 20)
    assert (result.error, len(pauses), said) == ("http_503", MOST_TRIES - 1, [])
    assert pauses == sorted(pauses)


@pytest.mark.parametrize(
    "error", ["channel_not_found", "account_inactive", "invalid_auth", "is_archived", "token_revoked"]
)
def test_what_does_not_pass_is_not_tried_again(post_with: Any, error: str) -> None:
    result, pauses, _ = post_with(error)
    assert (result.error, pauses) == (error, [])


def test_an_answer_that_is_no_json_is_a_failure_like_others(post_with: Any) -> None:
    result, _, said = post_with("broken", "broken")
    assert (result.ok, said) == (False, [])


def test_a_slow_answer_is_given_up(post_with: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "SECONDS_FOR_A_CALL", 0.2)
    result, pauses, _ = post_with("slow", "slow", "slow", "slow")
    assert (result.error, len(pauses)) == (NO_ANSWER, MOST_TRIES - 1)


def test_slack_is_not_there_at_all(run: Any) -> None:
    async def told() -> Result:
        async def no_pause(_: float) -> None:
            await asyncio.sleep(0)

        api = Api(Settings(TOKEN, "s", api="http://127.0.0.1:9/api/"), sleep=no_pause)
        result = await api.call("chat.postMessage", channel="D1", text="hello")
        await api.close()
        return result

    assert run(told()).error == NO_ANSWER


def test_blocks_that_slack_refuses_leave_the_whole_text(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        house.slack.failures["chat.postMessage"] += ["invalid_blocks"]
        await person.say("hello")
        await house.finished()
        assert escape(cards.opening_question().text) in house.slack.said_in(person.room)[0]

    within(story)


def test_a_room_that_is_gone_is_opened_again(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        await person.send_event(person.event("hello", channel="DGONE"))
        await house.finished()
        assert len(house.slack.said_in(person.room)) == 1

    within(story)


def test_an_inactive_account_stops_nobody_else(within: Any) -> None:
    async def story(house: House) -> None:
        house.slack.failures["chat.postMessage"] += ["account_inactive"]
        first, second = house.person("U1"), house.person("U2")
        assert await first.say("hello") == 200
        await house.finished()
        assert await second.say("hello") == 200
        await house.finished()
        assert (house.slack.said_in(first.room), len(house.slack.said_in(second.room))) == ([], 1)

    within(story)


def test_a_bot_that_fails_answers_with_the_safety_card(within: Any) -> None:
    async def story(house: House) -> None:
        house.agent.reply = lambda text: 1 / 0
        person = house.person()
        await person.say("my calf is huge")
        await house.finished()
        assert house.slack.said_in(person.room) == [SAFETY]

    within(story)


def test_a_bot_that_is_not_there_answers_with_the_safety_card(within: Any) -> None:
    async def story(house: House) -> None:
        del house.app.ctx.agent
        person = house.person()
        await person.say("my calf is huge")
        await house.finished()
        assert house.slack.said_in(person.room) == [SAFETY]

    within(story)


def test_a_card_that_cannot_be_drawn_is_followed_by_the_safety_card(within: Any) -> None:
    async def story(house: House) -> None:
        house.agent.reply = lambda text: [{"text": "?", "buttons": [{"no": "title"}]}]
        person = house.person()
        await person.say("my calf is huge")
        await house.finished()
        assert house.slack.said_in(person.room) == [SAFETY]

    within(story)


def test_an_answer_with_nothing_in_it_is_not_silence(within: Any) -> None:
    async def story(house: House) -> None:
        house.agent.reply = lambda text: [{"text": "  "}]
        person = house.person()
        await person.say("my calf is huge")
        await house.finished()
        assert house.slack.said_in(person.room) == [SAFETY]

    within(story)


def test_a_database_that_does_not_answer_silences_nobody(within: Any) -> None:
    async def story(house: House) -> None:
        with house.records.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE channel_waiting")
        person = house.person()
        event = person.event("my calf is huge")
        await person.send_event(event)
        await person.send_event(event)
        await house.finished()
        assert len(house.slack.said_in(person.room)) == 1

    within(story)


def test_an_update_that_fails_does_not_hold_the_answer_up(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        await person.say("hello")
        await house.finished()
        house.slack.failures["chat.update"] += ["edit_window_closed"]
        await person.tap(cards.payload("opening", "care_now"))
        await house.finished()
        assert len(house.slack.said_in(person.room)) == 2

    within(story)


def test_a_person_is_reached_outside_a_turn(within: Any) -> None:
    async def story(house: House) -> None:
        push = pusher_of("slack")
        assert push is not None
        assert await push(f"slack:{TEAM}:U1", [card_message(cards.plain("check_in"))])
        assert house.slack.said_in(house.slack.room("U1")) == [cards.plain("check_in").text]
        assert not await push(f"slack:{TEAM}:UNOBODY", [{"text": "hello"}])
        assert not await push("tg:1", [{"text": "hello"}])
        house.slack.failures["chat.postMessage"] += ["account_inactive"]
        assert not await push(f"slack:{TEAM}:U1", [{"text": "hello"}])

    within(story)


def test_a_refused_whisper_is_not_an_error(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person("UELSEWHERE")
        ts = house.slack.moment()
        event = {"type": "app_mention", "channel": "C1", "user": person.user, "text": "hi", "ts": ts}
        assert await person.send_event(person.wrapped(event)) == 200
        await house.finished()
        assert house.slack.refusals == [("chat.postEphemeral", "user_not_in_channel: ")]

    within(story)
