"""What goes out: text, pictures, and everything that Telegram may answer to it."""

from __future__ import annotations

from typing import Any

import pytest

from actions import cards
from actions.selfcare.cards import exercise_card
from actions.selfcare.plan import all_exercises
from actions.wording import public_url, service
from bot.channels import push
from bot.channels.telegram import channel
from tests.channels.telegram.bench import Bench, Stub, shown
from tests.channels.telegram.conftest import OnBench
from tests.fakes.telegram import units

EXERCISE = exercise_card(all_exercises({})[0])
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000"
    "000049454e44ae426082"
)
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"


def drawn(path: str) -> bytes | None:
    return GIF if path.endswith(".gif") else PNG


def held_by(made: Bench) -> str:
    """Which workers hold what waits."""
    with made.records.reading() as connection:
        return str(connection.exec_driver_sql("SELECT worker FROM channel_waiting").scalars().all())


async def ask(made: Bench, text: str = "hello") -> Any:
    sam = made.telegram.person(1)
    await sam.says(text)
    return sam


@pytest.mark.parametrize(
    "text",
    ["a < b & c > d", "<b>bold</b>", "</i>", "&lt;&amp;", "1 <2", "\"quoted\" 'too'", "`code` *star* _line_ [x](y)"],
)
def test_text_arrives_as_it_is(on_bench: OnBench, text: str) -> None:
    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        assert (await sam.reads(1))[0].text == text
        assert len(made.telegram.made("sendMessage")) == 1, "refused at first"

    on_bench(Stub([[{"text": text}]]), scenario)


def test_long_text_is_split_at_sentence_ends(on_bench: OnBench) -> None:
    sentences = [f"Sentence {n} says that 🦵 & knees < hips are what they are." for n in range(300)]

    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        seen = await sam.reads(4)
        await made.telegram.until(lambda: " ".join(one.text for one in sam.seen) == " ".join(sentences))
        assert all(units(one.text) <= 4096 for one in seen)
        assert all(one.text.endswith(".") for one in seen)

    on_bench(Stub([[{"text": " ".join(sentences)}]]), scenario)


def test_a_word_without_end_is_cut(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        await made.telegram.until(lambda: "".join(one.text for one in sam.seen).replace(" ", "") == "🦵" * 5000)

    on_bench(Stub([[{"text": "🦵" * 5000}]]), scenario)


def test_the_buttons_of_a_long_card_stand_under_its_end(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        seen = await sam.reads(2)
        assert [bool(one.rows) for one in seen] == [False, True]

    buttons = [{"title": "Yes", "payload": "yes"}]
    on_bench(Stub([[{"text": "One sentence here. " * 400, "buttons": buttons}]]), scenario)


def test_an_empty_text_is_not_sent(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        assert [one.text for one in await sam.reads(1)] == ["words"]

    on_bench(Stub([[{"text": " \n "}, {"text": "words"}]]), scenario)


def test_an_exercise_moves_and_its_caption_begins_with_the_picture_in_words(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        seen = await sam.reads(1)
        assert seen[0].kind == "animation"
        assert seen[0].text.startswith(EXERCISE.data["alt"])  # type: ignore[index]
        await made.telegram.until(lambda: EXERCISE.text in "\n".join(one.text for one in sam.seen))

    on_bench(Stub([shown(EXERCISE)]), scenario, pictures=drawn)


@pytest.mark.parametrize("fault", ["cannot be drawn", "is refused"])
def test_an_exercise_whose_movement_fails_comes_as_a_still(on_bench: OnBench, fault: str) -> None:
    def pictures(path: str) -> bytes | None:
        if path.endswith(".gif"):
            if fault == "is refused":
                return b"no gif"
            raise OSError("no room for a cache")
        return PNG

    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        assert (await sam.reads(1))[0].kind == "photo"

    on_bench(Stub([shown(EXERCISE)]), scenario, pictures=pictures)


def test_an_exercise_without_any_picture_comes_in_words(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        await made.telegram.until(lambda: EXERCISE.text in "\n".join(one.text for one in sam.seen))
        assert {one.kind for one in sam.seen} == {"text"}

    on_bench(Stub([shown(EXERCISE)]), scenario, pictures=lambda path: None)


def test_a_picture_is_found_by_its_path_or_its_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(channel, "picture", asked.append)
    monkeypatch.setattr(channel, "chart_of", lambda link, kind: asked.append((link, kind)))
    channel.own_picture("/media/exercises/wall_sit.left.light.gif")
    channel.own_picture(f"{public_url()}/progress/se.al.ed.png")
    assert channel.own_picture("https://elsewhere.example/media/exercises/x.png") is None
    assert asked == ["wall_sit.left.light.gif", ("se.al.ed", "png")]


def test_what_is_refused_comes_as_bare_words(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        made.telegram.fail("sendMessage", "400")
        sam = await ask(made)
        assert (await sam.reads(1))[0].text == "You said: hello"
        assert "parse_mode" not in made.telegram.made("sendMessage")[-1].params

    on_bench(Stub(), scenario)


@pytest.mark.parametrize("fault", ["500", "502", "drop"])
def test_after_a_failure_it_is_tried_again(on_bench: OnBench, fault: str) -> None:
    async def scenario(made: Bench) -> None:
        made.telegram.fail("sendMessage", fault)
        sam = await ask(made)
        assert (await sam.reads(1))[-1].text == "You said: hello"
        await made.telegram.until(lambda: len(made.telegram.made("sendMessage")) == 2)
        assert len(made.pauses) == 1

    on_bench(Stub(), scenario)


def test_told_to_wait_it_waits_as_long_and_answers(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        made.telegram.fail("sendMessage", "429", 7)
        sam = await ask(made)
        await sam.reads(1)
        assert len(made.pauses) == 1
        assert 7 <= made.pauses[0] <= 9

    on_bench(Stub(), scenario)


def test_who_has_blocked_the_bot_is_left_alone(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam, kim = made.telegram.person(1), made.telegram.person(2)
        made.telegram.blocked.add(1)
        await sam.says("hello")
        await kim.says("hi")
        await kim.reads(1)
        await made.telegram.until(lambda: len(made.telegram.made("sendMessage")) == 2)
        assert made.pauses == []

    on_bench(Stub([[{"text": "one"}, {"text": "two"}, {"text": "three"}]]), scenario)


def test_an_answer_that_cannot_be_sent_now_goes_on_later_where_it_stopped(on_bench: OnBench) -> None:
    answer = [{"text": "one"}, {"text": "two"}]

    async def away(made: Bench) -> None:
        made.telegram.fail("sendMessage", "none")
        made.telegram.fail("sendMessage", "500", times=4)
        await ask(made)
        await made.telegram.until(lambda: len(made.telegram.made("sendMessage")) == 5)
        await made.telegram.until(lambda: "None" in held_by(made))
        with made.records.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE channel_waiting SET held_until = NULL")

    async def back(made: Bench) -> None:
        sam = made.telegram.person(1)
        assert [one.text for one in await sam.reads(1)] == ["two"]

    stub = Stub([answer])
    on_bench(stub, away)
    on_bench(stub, back)
    assert len(stub.asked) == 1


def test_a_bot_that_raises_gives_the_safety_card(on_bench: OnBench, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(made: Bench) -> None:
        sam = await ask(made, "my zanzibarish calf")
        assert service()["emergency"] in (await sam.reads(1))[0].text

    on_bench(Stub([ValueError("my zanzibarish calf")]), scenario)
    assert "ValueError at" in caplog.text
    assert "zanzibarish" not in caplog.text


def test_a_message_outside_a_turn_is_delivered(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(5)
        pusher = push.pusher_of("telegram")
        assert pusher is not None
        assert await pusher("tg:5", [{"text": "A clinician writes: come by."}])
        assert (await sam.reads(1))[0].text == "A clinician writes: come by."
        made.telegram.blocked.add(5)
        assert not await pusher("tg:5", [{"text": "again"}])
        made.telegram.fail("sendMessage", "500", times=4)
        made.telegram.blocked.clear()
        assert not await pusher("tg:5", [{"text": "again"}])
        assert not await pusher("web:5", [{"text": "again"}])

    on_bench(Stub(), scenario)


def test_the_token_is_in_no_log(on_bench: OnBench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    async def scenario(made: Bench) -> None:
        made.telegram.fail("sendMessage", "drop")
        made.telegram.fail("sendMessage", "400")
        made.telegram.fail("sendChatAction", "500", times=2)
        sam = await ask(made, "my zanzibarish calf")
        await sam.reads(1)

    on_bench(Stub([[{"text": "so"}]]), scenario)
    assert "telegram" in caplog.text
    assert "fake-token-of-nobody" not in caplog.text
    assert "zanzibarish" not in caplog.text


def test_the_plan_offers_each_exercise(on_bench: OnBench) -> None:
    from tests.test_cards import PLAN

    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        plan = (await sam.reads(1))[0]
        exercises = PLAN.data["exercises"]  # type: ignore[index]
        assert len(plan.titles) == len(exercises) > 1
        await sam.taps(plan, plan.titles[1])
        await sam.reads(2)

    stub = Stub([shown(PLAN)])
    on_bench(stub, scenario)
    assert stub.texts[1] == f"/exercise {PLAN.data['exercises'][1]['id']}"  # type: ignore[index]


def test_an_emergency_comes_before_all_else_and_in_bold(on_bench: OnBench) -> None:
    from tests.test_cards import PROTOCOL, RESULTS

    worst = next(result for result in RESULTS if result.level.id == "ambulance")
    card = cards.assessment(worst, PROTOCOL, {})

    async def scenario(made: Bench) -> None:
        sam = await ask(made)
        first = (await sam.reads(1))[0]
        assert first.text == card.text
        assert first.html.startswith(f"<b>{first.text.splitlines()[0]}</b>")

    on_bench(Stub([shown(card)]), scenario)
