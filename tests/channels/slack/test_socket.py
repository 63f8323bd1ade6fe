"""Socket Mode: the same talk without a public address."""

from __future__ import annotations

from typing import Any

from actions.wording import say
from tests.channels.slack.house import House
from tests.fakes.slack import TEAM


def connected(house: House) -> Any:
    return house.slack.until(lambda: house.slack.sockets)


def test_an_event_a_tap_and_a_command_are_acknowledged_and_worked(within: Any) -> None:
    async def story(house: House) -> None:
        await connected(house)
        person = house.person()
        assert "payload" not in await house.slack.envelope("events_api", person.event("my knee hurts"))
        await house.finished()
        element, block_id, message = person.elements()[0]
        await house.slack.envelope("interactive", person.action(element, block_id, message))
        await house.finished()
        form = {"command": "/knee", "text": "hurts", "user_id": "U1", "team_id": TEAM, "trigger_id": "1.2.c"}
        answer = await house.slack.envelope("slash_commands", form)
        assert answer["payload"] == {"response_type": "ephemeral", "text": say("slack_command")}
        await house.finished()
        assert [text for _, text in house.agent.turns] == ["my knee hurts", element["value"], "hurts"]
        assert len(house.slack.said_in(person.room)) == 3

    within(story, socket=True)


def test_an_envelope_that_comes_again_is_worked_once(within: Any) -> None:
    async def story(house: House) -> None:
        await connected(house)
        event = house.person().event("my knee hurts")
        for _ in range(3):
            await house.slack.envelope("events_api", event)
        await house.finished()
        assert len(house.agent.turns) == 1

    within(story, socket=True)


def test_what_cannot_be_read_is_acknowledged_and_breaks_nothing(within: Any) -> None:
    async def story(house: House) -> None:
        await connected(house)
        for payload in ({}, {"type": "event_callback"}, {"type": "event_callback", "event": [], "team_id": 3}):
            await house.slack.envelope("events_api", payload)
        await house.slack.envelope("interactive", {"type": "block_actions", "actions": [7]})
        await house.slack.envelope("events_api", house.person().event("my knee hurts"))
        await house.finished()
        assert len(house.agent.turns) == 1

    within(story, socket=True)


def test_the_addresses_of_webhooks_do_not_exist_beside_it(within: Any) -> None:
    async def story(house: House) -> None:
        async with house.session.post(f"{house.url}/webhooks/slack/events", data=b"{}") as answer:
            assert answer.status == 404

    within(story, socket=True)


def test_slack_asks_to_connect_anew(within: Any) -> None:
    async def story(house: House) -> None:
        await connected(house)
        await house.slack.sockets[0].send_json({"type": "disconnect", "reason": "refresh_requested"})
        await house.slack.until(lambda: len(house.slack.sockets) == 2)
        await house.slack.envelope("events_api", house.person().event("my knee hurts"))
        await house.finished()
        assert len(house.agent.turns) == 1

    within(story, socket=True)


def test_slack_that_cannot_be_reached_at_first_stops_nothing(within: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("bot.channels.slack.socket.FIRST_PAUSE", 0.01)

    async def story(house: House) -> None:
        await connected(house)
        assert [method for method, _ in house.slack.calls].count("apps.connections.open") == 1
        await house.slack.envelope("events_api", house.person().event("my knee hurts"))
        await house.finished()
        assert len(house.agent.turns) == 1

    within(story, socket=True, failures={"apps.connections.open": ["503", "internal_error"]})


def test_a_ticket_that_is_no_good_is_not_used_for_ever(within: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("bot.channels.slack.socket.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("bot.channels.slack.socket.SECONDS_TO_CONNECT", 0.3)

    async def story(house: House) -> None:
        await connected(house)
        await house.slack.envelope("events_api", house.person().event("my knee hurts"))
        await house.finished()
        assert [method for method, _ in house.slack.calls].count("apps.connections.open") == 2

    within(story, socket=True, failures={"socket": ["expired"]})
