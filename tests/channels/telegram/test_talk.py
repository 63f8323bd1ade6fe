"""A talk on Telegram, through the fake's HTTP: what is said, tapped and shown."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from actions import cards
from actions.triage import Question, load_protocol
from actions.wording import say
from tests.channels.telegram.bench import Bench, Stub, shown
from tests.channels.telegram.conftest import OnBench

PROTOCOL = load_protocol()
IDS = PROTOCOL.screens["emergency_screen"].findings
TITLES = [PROTOCOL.findings[id].title for id in IDS]
SCREEN = cards.question(Question("emergency_screen", IDS, False), PROTOCOL)
PLACES = cards.question(Question("location", ("location",), False), PROTOCOL)
YES_NO = cards.question(Question("recent_injury", ("recent_injury",), False), PROTOCOL)
NEXT = cards.question(Question("age", ("age",), False), PROTOCOL)


def box(number: int, ticked: bool = False) -> str:
    """The title of a tick box of the emergency screen."""
    return f"{'☑' if ticked else '☐'} {number}. {TITLES[number - 1]}"


def said(text: str) -> Any:
    """The answer in a payload."""
    assert text.startswith("/answer")
    return json.loads(text.removeprefix("/answer"))


def alerts(made: Bench) -> list[str]:
    """What was shown above the talk."""
    calls = made.telegram.made("answerCallbackQuery")
    return [call.params["text"] for call in calls if call.params.get("show_alert")]


@pytest.mark.parametrize(
    ("typed", "handed_on"),
    [
        ("my knee hurts", "my knee hurts"),
        ("/start", "/start"),
        ("/start campaign_7", "/start"),
        ("/back@KneewiseBot", "/back"),
        ("see /botany clinic", "see /botany clinic"),
        ('/answer{"question":"age","value":40}', '/answer{"question":"age","value":40}'),
    ],
)
def test_what_is_typed_is_handed_on(on_bench: OnBench, typed: str, handed_on: str) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(77)
        await sam.says(typed)
        assert (await sam.reads(1))[0].text == f"You said: {handed_on}"

    stub = Stub()
    on_bench(stub, scenario)
    assert stub.asked == [("tg:77", handed_on, "tg:1001")]


def test_a_tap_answers_shows_the_choice_and_takes_the_buttons_away(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        asked = (await sam.reads(1))[0]
        assert [len(row) for row in asked.rows] == [1, 1, 1]
        assert asked.titles == [say("yes_word"), say("no_word"), say("not_sure")]
        await sam.taps(asked, say("no_word"))
        await sam.reads(2)
        await made.telegram.until(lambda: not asked.rows)
        assert asked.text.endswith(f"✓ {say('telegram_chosen', title=say('no_word'))}")
        assert made.telegram.made("answerCallbackQuery")

    stub = Stub([shown(YES_NO)])
    on_bench(stub, scenario)
    assert said(stub.texts[1]) == {"question": "recent_injury", "value": "no"}


def test_a_second_tap_on_an_answered_card_works_no_turn(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        asked = (await sam.reads(1))[0]
        yes, no = asked.data_of(say("yes_word")), asked.data_of(say("no_word"))
        await asyncio.gather(*(made.telegram.deliver(sam.tap_data(asked, data)) for data in (yes, no, yes)))
        await made.telegram.until(lambda: len(alerts(made)) == 2)
        # Three requests at once: whichever came first is the answer, and both others are told so.
        chosen = [{say("telegram_answered", title=say(word))} for word in ("yes_word", "no_word")]
        assert set(alerts(made)) in chosen

    stub = Stub([shown(YES_NO)])
    on_bench(stub, scenario)
    assert len(stub.asked) == 2


def test_ticks_are_shown_and_sent_when_done(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        asked = (await sam.reads(1))[0]
        assert asked.titles == [*(box(n) for n in range(1, 7)), say("none_of_these"), say("not_sure")]
        await sam.taps(asked, box(2))
        await made.telegram.until(lambda: box(2, True) in asked.titles)
        assert say("none_of_these") not in asked.titles
        await sam.taps(asked, box(4))
        await made.telegram.until(lambda: box(4, True) in asked.titles)
        await sam.taps(asked, box(2, True))
        await made.telegram.until(lambda: box(2) in asked.titles)
        await sam.taps(asked, say("telegram_done"))
        await sam.reads(2)
        await made.telegram.until(lambda: not asked.rows)
        assert asked.text.endswith(say("telegram_chosen", title=TITLES[3]))

    stub = Stub([shown(SCREEN)])
    on_bench(stub, scenario)
    assert said(stub.texts[1]) == {"question": "emergency_screen", "value": [IDS[3]]}


@pytest.mark.parametrize(
    ("card", "button", "value"),
    [
        (SCREEN, say("none_of_these"), []),
        (SCREEN, say("not_sure"), "not_sure"),
        (PLACES, say("not_sure"), "not_sure"),
    ],
)
def test_a_list_is_answered_by_one_tap(on_bench: OnBench, card: cards.Card, button: str, value: Any) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        await sam.taps((await sam.reads(1))[0], button)
        await sam.reads(2)

    stub = Stub([shown(card)])
    on_bench(stub, scenario)
    assert said(stub.texts[1])["value"] == value


def test_of_the_rest_one_can_be_unsure(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        asked = (await sam.reads(1))[0]
        await sam.taps(asked, box(1))
        await made.telegram.until(lambda: say("telegram_rest") in asked.titles)
        await sam.taps(asked, say("telegram_rest"))
        await sam.reads(2)

    stub = Stub([shown(SCREEN)])
    on_bench(stub, scenario)
    assert said(stub.texts[1])["value"] == {IDS[0]: "yes", **dict.fromkeys(IDS[1:], "not_sure")}


def test_quick_taps_lose_no_tick(on_bench: OnBench) -> None:
    """All taps come from the keyboard as it was before the first; a red flag must not get lost on the way."""

    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        asked = (await sam.reads(1))[0]
        none = asked.data_of(say("none_of_these"))
        taps = [sam.tap(asked, box(n)) for n in (1, 3, 5)]
        stale = sam.tap_data(asked, none)
        await asyncio.gather(*(made.telegram.deliver(tap) for tap in taps))
        all_three = [box(n, True) for n in (1, 3, 5)]
        await made.telegram.until(lambda: [title for title in asked.titles if title.startswith("☑")] == all_three)
        await made.telegram.deliver(stale)
        await made.telegram.until(lambda: alerts(made))
        assert alerts(made) == [say("telegram_ticked")]
        await sam.taps(asked, say("telegram_done"))
        await sam.reads(2)

    stub = Stub([shown(SCREEN)])
    on_bench(stub, scenario)
    assert said(stub.texts[1])["value"] == [IDS[0], IDS[2], IDS[4]]


def test_done_without_a_tick_is_no_answer(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        asked = (await sam.reads(1))[0]
        await made.telegram.deliver(sam.tap_data(asked, "d:emergency_screen"))
        await made.telegram.until(lambda: alerts(made))
        assert alerts(made) == [say("telegram_tick_first")]

    stub = Stub([shown(SCREEN)])
    on_bench(stub, scenario)
    assert len(stub.asked) == 1


def test_the_next_question_takes_the_buttons_of_the_one_before(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        first = (await sam.reads(1))[0]
        await sam.says("no injury")
        await sam.reads(2)
        await made.telegram.until(lambda: not first.rows)
        assert sam.seen[1].rows

    on_bench(Stub([shown(YES_NO), shown(NEXT)]), scenario)


def test_a_tap_on_an_older_question_still_answers_that_question(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        first = (await sam.reads(1))[0]
        yes = first.data_of(say("yes_word"))
        await sam.says("no injury")
        await sam.reads(2)
        await made.telegram.deliver(sam.tap_data(first, yes))
        await sam.reads(3)

    stub = Stub([shown(YES_NO), shown(NEXT)])
    on_bench(stub, scenario)
    assert said(stub.texts[2]) == {"question": "recent_injury", "value": "yes"}


def test_buttons_and_ticks_live_through_a_restart(on_bench: OnBench) -> None:
    long = "what may I do " + "and what not " * 9
    more = cards.Card("There is more.", None, (("More", long),))
    kept: list[Any] = []

    async def before(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        kept[:] = await sam.reads(2)
        await sam.taps(kept[1], box(2))
        await made.telegram.until(lambda: box(2, True) in kept[1].titles)

    async def after(made: Bench) -> None:
        sam = made.telegram.person(1)
        made.telegram._number = 2000
        made.telegram.chats[1] = {one.id: one for one in kept}
        made.telegram._message = len(kept)
        await sam.taps(kept[0], "More")
        await sam.taps(kept[1], say("telegram_done"))
        await sam.reads(4)

    on_bench(Stub([shown(more, SCREEN)]), before)
    stub = Stub()
    on_bench(stub, after)
    assert stub.texts[0] == long
    assert said(stub.texts[1])["value"] == [IDS[1]]


def test_a_list_that_is_forgotten_is_out_of_date_but_a_plain_answer_counts(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        await sam.says("and")
        asked = (await sam.reads(3))[1]
        with made.records.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM telegram_keyboards")
        await sam.taps(asked, box(1))
        await made.telegram.until(lambda: alerts(made))
        assert alerts(made) == [say("telegram_out_of_date")]
        await made.telegram.until(lambda: not asked.rows)
        await made.telegram.deliver(sam.tap(sam.seen[0], say("yes_word")))
        await sam.reads(4)

    stub = Stub([shown(YES_NO, SCREEN)])
    on_bench(stub, scenario)
    assert [said(text)["value"] for text in stub.texts[2:]] == ["yes"]


def test_what_can_be_asked_next_is_asked_once_and_the_others_stay(on_bench: OnBench) -> None:
    offers = cards.Card("Ask me.", None, (("One", "what is one"), ("Two", "what is two")))

    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        offer = (await sam.reads(1))[0]
        one = offer.data_of("One")
        await made.telegram.deliver(sam.tap_data(offer, one))
        await sam.reads(2)
        await made.telegram.deliver(sam.tap_data(offer, one))
        await made.telegram.until(lambda: alerts(made))
        assert offer.titles == ["Two"]

    stub = Stub([shown(offers)])
    on_bench(stub, scenario)
    assert stub.texts == ["hello", "what is one"]


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "location", "video_note"])
def test_what_has_no_words_gets_a_polite_line(on_bench: OnBench, kind: str) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await made.telegram.deliver(made.telegram.update(message=sam.message(**{kind: {"file_id": "x"}})))
        assert (await sam.reads(1))[0].text == say("telegram_words_only")

    stub = Stub()
    on_bench(stub, scenario)
    assert stub.asked == []


def test_the_words_under_a_picture_are_read(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        update = sam.message(photo=[{"file_id": "x"}], caption="my calf is huge and I cannot breathe")
        await made.telegram.deliver(made.telegram.update(message=update))
        assert (await sam.reads(2))[0].text == say("telegram_words_only")

    stub = Stub()
    on_bench(stub, scenario)
    assert stub.texts == ["my calf is huge and I cannot breathe"]


def test_an_edited_message_is_not_worked_again(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await made.telegram.deliver(made.telegram.update(edited_message=sam.message(text="it is hot")))
        assert (await sam.reads(1))[0].text == say("telegram_edited")

    stub = Stub()
    on_bench(stub, scenario)
    assert stub.asked == []


def test_a_group_is_asked_to_write_in_private_and_its_talk_is_left_alone(on_bench: OnBench) -> None:
    group = {"id": -500, "type": "supergroup"}

    async def scenario(made: Bench) -> None:
        sam, all_of_them = made.telegram.person(1), made.telegram.person(-500)
        talk = {**sam.message(text="my knee hurts"), "chat": group}
        command = {**sam.message(text="/start@KneewiseBot"), "chat": group}
        await made.telegram.deliver(made.telegram.update(message=talk))
        await made.telegram.deliver(made.telegram.update(message=command))
        assert [one.text for one in await all_of_them.reads(1)] == [say("telegram_group")]

    stub = Stub()
    on_bench(stub, scenario)
    assert stub.asked == []


@pytest.mark.parametrize("kind", ["channel_post", "my_chat_member", "chat_member", "poll", "message_reaction"])
def test_what_is_none_of_our_business_is_taken_and_left(on_bench: OnBench, kind: str) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        tries = await made.telegram.deliver(made.telegram.update(**{kind: sam.message(text="hello")}))
        assert tries == 1
        await sam.says("and now me")
        await sam.reads(1)

    stub = Stub()
    on_bench(stub, scenario)
    assert stub.texts == ["and now me"]


def test_another_bot_is_not_answered(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        robot = {**sam.message(text="hello"), "from": {"id": 9, "is_bot": True}}
        await made.telegram.deliver(made.telegram.update(message=robot))
        await sam.says("and now me")
        await sam.reads(1)

    stub = Stub()
    on_bench(stub, scenario)
    assert stub.texts == ["and now me"]


def test_two_people_have_two_talks(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam, kim = made.telegram.person(1), made.telegram.person(2)
        await asyncio.gather(sam.says("left"), kim.says("right"))
        assert (await sam.reads(1))[0].text == "You said: left"
        assert (await kim.reads(1))[0].text == "You said: right"

    on_bench(Stub(), scenario)


def test_typing_is_shown_while_the_bot_thinks(on_bench: OnBench) -> None:
    released = asyncio.Event()

    async def thinks(sender: str, text: str, id: str) -> list[dict[str, Any]]:
        await released.wait()
        return [{"text": "done"}]

    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        await made.telegram.until(lambda: made.telegram.made("sendChatAction"))
        released.set()
        await sam.reads(1)

    on_bench(thinks, scenario)


NOT_SURE_FIRST = cards.question(Question("knee_locked", ("knee_locked",), False), PROTOCOL)
NOT_SURE_AGAIN = cards.question(Question("knee_locked", ("knee_locked",), True), PROTOCOL)


@pytest.mark.parametrize("card", [NOT_SURE_FIRST, SCREEN], ids=["yes or no", "list"])
def test_two_taps_on_not_sure_answer_one_question_once(on_bench: OnBench, card: cards.Card) -> None:
    """Who is not sure is asked again, in plainer words: the second tap of a double tap must not answer that."""
    again = (
        NOT_SURE_AGAIN if card is NOT_SURE_FIRST else cards.question(Question(SCREEN.data["id"], IDS, True), PROTOCOL)
    )

    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        asked = (await sam.reads(1))[0]
        data = asked.data_of(say("not_sure"))
        await asyncio.gather(*(made.telegram.deliver(sam.tap_data(asked, data)) for _ in range(3)))
        await made.telegram.until(lambda: len(alerts(made)) == 2)
        assert set(alerts(made)) == {say("telegram_answered", title=say("not_sure"))}
        plainer = (await sam.reads(2))[1]
        assert say("not_sure") in plainer.titles, "the next question still waits for its own answer"
        await sam.taps(plainer, say("not_sure"))
        await sam.reads(3)

    stub = Stub([shown(card), shown(again)])
    on_bench(stub, scenario)
    assert [said(text)["value"] for text in stub.texts[1:]] == ["not_sure", "not_sure"]
    assert len({id for _, _, id in stub.asked}) == 3


def test_a_late_tap_on_an_answered_keyboard_changes_nothing_and_loses_nothing(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        await sam.says("hello")
        first = (await sam.reads(1))[0]
        yes = first.data_of(say("yes_word"))
        await sam.taps(first, say("no_word"))
        second = (await sam.reads(2))[1]
        await sam.taps(second, box(2))
        await made.telegram.until(lambda: box(2, True) in second.titles)
        await made.telegram.deliver(sam.tap_data(first, yes))
        await made.telegram.until(lambda: alerts(made))
        assert alerts(made) == [say("telegram_answered", title=say("no_word"))]
        assert box(2, True) in second.titles, "the tick of the open question is still there"
        await sam.taps(second, say("telegram_done"))
        await sam.reads(3)

    stub = Stub([shown(YES_NO), shown(SCREEN)])
    on_bench(stub, scenario)
    assert [said(text)["value"] for text in stub.texts[1:]] == ["no", [IDS[1]]]
