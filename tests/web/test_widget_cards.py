"""Every card in the widget: how it is drawn, and what an answer sends."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.chat import Chat
from tests.web.samples import LEVELS, question, samples

SIGNS = {"ambulance": "Emergency", "emergency_department": "Emergency", "urgent": "Urgent, today", "soon": "Soon, within two weeks",
         "routine": "Routine, in the coming weeks", "self_care": "Self-care at home"}  # fmt: skip


def card(name: str) -> dict[str, Any]:
    """The data of a sample."""
    data: dict[str, Any] = samples()[name]["custom"]["card"]
    return data


WORDS = {"question": "prompt", "assessment": "headline", "advice": "title", "exercise": "title", "plan": "pain_rule", "understood": "",
         "progress": "", "handoff": "", "safety": "text"}  # fmt: skip
ASKING = ("opening", "any_of", "knee_map", "scale", "weeks")
REST = tuple(name for name in samples() if name not in ASKING)


@pytest.mark.parametrize("names", [REST, *[(name,) for name in ASKING]], ids=lambda names: names[0])
def test_each_card_is_drawn_and_passes_axe(chat: Chat, names: tuple[str, ...]) -> None:
    chat.open().asks(*[samples()[name] for name in names])
    drawn = chat.log.locator("li.bot")
    expect(drawn.locator("> .card")).to_have_count(len(names))
    for name, shown in zip(names, drawn.all_inner_texts()):
        assert card(name).get(WORDS[card(name)["kind"]], "").lower() in shown.lower()
    assert chat.violations() == []


def test_a_tapped_answer_is_sent_once_and_shown_in_words(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"])
    chat.button("Yes").dblclick()
    assert chat.sent() == {"question": "giving_way", "value": "yes"}
    expect(chat.log.locator("li.bot")).to_have_count(2)
    assert chat.bubbles() == ["My knee hurts", "Yes"]
    assert len(chat.bot.said) == 2
    expect(chat.button("Yes")).to_have_count(0)


def test_ticks_are_sent_as_a_list(chat: Chat) -> None:
    chat.open().asks(samples()["any_of"])
    options = card("any_of")["options"]
    for option in options[:2]:
        chat.panel.get_by_role("checkbox", name=option["title"]).check()
    chat.button("Continue").click()
    assert chat.sent() == {"question": "emergency_screen", "value": [one["value"] for one in options[:2]]}


def test_none_of_these_is_an_empty_list(chat: Chat) -> None:
    chat.open().asks(samples()["any_of"])
    chat.button("None of these").click()
    assert chat.sent() == {"question": "emergency_screen", "value": []}


def test_nothing_ticked_is_said_and_not_sent(chat: Chat) -> None:
    chat.open().asks(samples()["any_of"])
    chat.button("Continue").click()
    expect(chat.panel.get_by_text("Tick at least one")).to_be_visible()
    assert chat.focused() == card("any_of")["options"][0]["title"]
    assert len(chat.bot.said) == 1


def test_not_sure_about_the_rest_keeps_what_is_ticked(chat: Chat) -> None:
    chat.open().asks(samples()["any_of"])
    options = card("any_of")["options"]
    chat.panel.get_by_role("checkbox", name=options[1]["title"]).check()
    chat.button("Not sure about the rest").click()
    told = {one["value"]: "not_sure" for one in options} | {options[1]["value"]: "yes"}
    assert chat.sent() == {"question": "emergency_screen", "value": told}


def test_the_picture_of_the_knee_and_the_list_say_the_same(chat: Chat) -> None:
    chat.open().asks(samples()["knee_map"])
    chat.page.locator("[data-place=inner]").first.click()
    expect(chat.panel.get_by_role("checkbox", name="Inner side")).to_be_checked()
    expect(chat.page.locator(".spot.on")).to_have_count(2)
    chat.panel.get_by_role("checkbox", name="Back of the knee").check()
    chat.button("Continue").click()
    assert chat.sent() == {"question": "location", "value": ["inner", "back"]}


def test_pain_is_one_of_eleven_radios(chat: Chat) -> None:
    chat.open().asks(samples()["scale"])
    radios = chat.panel.get_by_role("radio")
    expect(radios).to_have_count(11)
    chat.button("Continue").click()
    expect(chat.panel.get_by_text("Please choose a number")).to_be_visible()
    radios.nth(0).focus()
    for _ in range(7):
        chat.page.keyboard.press("ArrowRight")
    chat.button("Continue").click()
    assert chat.sent() == {"question": "pain_now", "value": 7}


@pytest.mark.parametrize(
    ("name", "typed", "unit", "value"),
    [("number", "36", None, 36), ("weeks", "3", "weeks", 3), ("weeks", "14", "days", 2), ("weeks", "1,5", "weeks", 1.5),
     ("distance", "7", "km", "7 km"), ("distance", "40", "minutes", "40 minutes")],
)  # fmt: skip
def test_a_number_is_sent_in_the_unit_of_the_question(
    chat: Chat, name: str, typed: str, unit: str | None, value: Any
) -> None:
    chat.open().asks(samples()[name])
    chat.panel.get_by_role("textbox", name=card(name)["prompt"]).fill(typed)
    if unit:
        chat.panel.get_by_role("combobox", name="Unit").select_option(unit)
    chat.page.keyboard.press("Tab")
    chat.button("Continue").click()
    assert chat.sent() == {"question": card(name)["id"], "value": value}


@pytest.mark.parametrize("typed", ["", "old", "400", "-3"])
def test_a_number_that_cannot_be_is_said_and_not_sent(chat: Chat, typed: str) -> None:
    chat.open().asks(samples()["number"])
    box = chat.panel.get_by_role("textbox", name=card("number")["prompt"])
    box.fill(typed)
    box.press("Enter")
    expect(chat.panel.get_by_text("Please type a number")).to_be_visible()
    expect(box).to_be_focused()
    assert len(chat.bot.said) == 1


def test_why_is_answered_in_place(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"])
    why = chat.panel.get_by_text(card("yes_no")["why"])
    expect(why).to_be_hidden()
    chat.panel.get_by_text("Why do you ask?").click()
    expect(why).to_be_visible()
    assert len(chat.bot.said) == 1


def test_back_takes_a_turn(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"])
    chat.button("Back").click()
    assert chat.sent() == "/back"
    assert chat.bubbles()[-1] == "Back"


def test_an_answer_can_be_changed_later(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"])
    chat.button("Yes").click()
    expect(chat.log.locator("li.bot")).to_have_count(2)
    chat.panel.get_by_role("button", name="Change: ").click()
    assert chat.focused() == "Yes"
    chat.button("Keep my answer").click()
    expect(chat.button("No")).to_be_hidden()
    chat.panel.get_by_role("button", name="Change: ").click()
    chat.button("No").click()
    assert chat.sent(3) == {"question": "giving_way", "value": "no"}


def test_only_the_last_question_can_be_answered(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"]).asks(samples()["one_of"])
    expect(chat.button("Getting worse")).to_be_visible()
    expect(chat.button("Yes")).to_be_hidden()


def test_what_was_understood_can_be_corrected(chat: Chat) -> None:
    chat.open().asks(samples()["understood"])
    words = card("understood")["words"]
    chat.button(f"Change: {words['fever_or_unwell']}").click()
    chat.panel.get_by_role("group", name=f"Is this so: {words['fever_or_unwell']}?").get_by_role(
        "button", name="Yes"
    ).click()
    assert chat.sent() == {"question": "fever_or_unwell", "value": "yes"}


def test_a_place_or_number_is_corrected_in_words(chat: Chat) -> None:
    chat.open().asks(samples()["understood"])
    chat.button(f"Change: {card('understood')['words']['duration_weeks']}").click()
    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value("Actually, not for 3 weeks. ")


@pytest.mark.parametrize("level", list(LEVELS))
def test_a_level_is_told_in_words_and_shape(chat: Chat, level: str) -> None:
    chat.open().asks(samples()[level])
    assert card(level)["level"] == level
    band = chat.panel.get_by_role("region", name=card(level)["headline"])
    expect(band.locator(".level")).to_have_text(f"Advice: {SIGNS[level]}")
    expect(band.locator("svg.shape")).to_be_visible()
    for line in [*card(level)["actions"], *card(level)["safety_net"]]:
        expect(band.get_by_text(line)).to_be_visible()


def test_no_two_kinds_of_advice_have_the_same_shape(chat: Chat) -> None:
    chat.open()
    shapes = {}
    for level in ("ambulance", "urgent", "soon", "self_care"):
        chat.asks(samples()[level])
        shapes[level] = chat.log.locator("svg.shape .form").last.get_attribute("d")
    assert len(set(shapes.values())) == 4


def test_an_emergency_has_the_number_to_call(chat: Chat) -> None:
    chat.open().asks(samples()["ambulance"])
    call = chat.log.get_by_role("link", name="Call 999")
    expect(call).to_have_attribute("href", "tel:999")


def test_the_plan_leads_to_each_exercise(chat: Chat) -> None:
    chat.open().asks(samples()["plan"])
    exercises = card("plan")["exercises"]
    expect(chat.log.get_by_role("img")).to_have_count(len(exercises))
    name = exercises[0]["name"]
    expect(chat.log.get_by_role("img", name=exercises[0]["alt"])).to_be_visible()
    chat.panel.get_by_role("button", name=f"How to do it : {name}").click()
    assert chat.sent() == f"How do I do {name.lower()}?"


def test_the_page_to_print_is_on_this_server(chat: Chat) -> None:
    chat.open().asks(samples()["plan"])
    expect(chat.log.get_by_role("link", name="Open the page to print")).to_have_attribute(
        "href", f"{chat.bot.url}/plan/x"
    )


def test_an_exercise_moves_only_when_asked(chat: Chat) -> None:
    chat.open().asks(samples()["exercise"])
    image = chat.log.get_by_role("img", name=card("exercise")["alt"])
    expect(image).to_have_attribute("src", f"{chat.bot.url}{card('exercise')['image']}")
    chat.button("Play the movement").click()
    expect(image).to_have_attribute("src", f"{chat.bot.url}{card('exercise')['animation']}")
    chat.button("Pause the movement").click()
    expect(image).to_have_attribute("src", f"{chat.bot.url}{card('exercise')['image']}")


def test_sets_are_ticked_and_a_rest_is_counted(chat: Chat) -> None:
    chat.page.clock.install()
    chat.open().asks(samples()["exercise"])
    expect(chat.panel.get_by_role("group", name="Tick each set").get_by_role("checkbox")).to_have_count(
        card("exercise")["sets"]
    )
    rest = card("exercise")["rest_seconds"]
    chat.button(f"Rest {rest} seconds").click()
    chat.page.clock.run_for(10_000)
    expect(chat.panel.get_by_role("button", name=f"Rest: {rest - 10} seconds left")).to_be_visible()
    chat.page.clock.run_for((rest - 9) * 1000)
    expect(chat.panel.get_by_text("Rest is over.")).to_be_attached()
    expect(chat.button(f"Rest {rest} seconds")).to_be_visible()


def test_a_topic_leads_to_the_next(chat: Chat) -> None:
    chat.open().asks(samples()["advice"])
    chat.button(card("advice")["follow_up"]["title"]).click()
    assert chat.sent() == card("advice")["follow_up"]["ask"]


def test_progress_is_a_picture_and_a_table(chat: Chat) -> None:
    chat.open().asks(samples()["progress"])
    expect(chat.log.get_by_role("img", name="Pain went from 6 to 3")).to_be_visible()
    chat.panel.get_by_text("Show the numbers").click()
    expect(chat.log.get_by_role("row")).to_have_count(4)
    expect(chat.log.get_by_role("row", name="1 Nov 6")).to_be_visible()


def test_a_card_nobody_knows_is_shown_as_its_text(chat: Chat) -> None:
    odd = {"text": "Plain words.", "custom": {"card": {"kind": "hologram"}}}
    broken = {"text": "Still plain.", "custom": {"card": {"kind": "plan"}}}
    chat.open().asks(odd, broken)
    assert chat.bubbles("bot") == ["Plain words.", "Still plain."]


def test_no_markup_of_the_bot_is_ever_run(chat: Chat) -> None:
    evil = '<img src=x onerror="document.title=1"> [go](javascript:alert(1)) **bold** [good](https://example.org/a)'
    chat.open().asks({"text": evil})
    bubble = chat.log.locator("li.bot .bubble")
    assert bubble.locator("img").count() == 0
    assert '<img src=x onerror="document.title=1">' in bubble.inner_text()
    assert [link.get_attribute("href") for link in bubble.get_by_role("link").all()] == ["https://example.org/a"]
    expect(bubble.locator("strong")).to_have_text("bold")


def test_a_question_of_its_own_words_may_have_any_id(chat: Chat) -> None:
    odd = question("giving_way")
    odd["custom"]["card"]["id"] = 'x<y>"'
    chat.open().asks({**odd, "buttons": []})
    chat.button("No").click()
    assert chat.sent() == {"question": 'x<y>"', "value": "no"}
