"""Every card drawn: nothing left out, within Slack's limits, and as its golden file says."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
import slackblocks
from hypothesis import given, settings
from hypothesis import strategies as st

from actions import cards
from bot.channels.slack import blocks
from bot.channels.slack.draw import LONGEST_TEXT, draw, home
from bot.channels.slack.mrkdwn import escape, marked, pieces
from bot.channels.turns import card_message
from tests.channels.golden_files import as_text
from tests.channels.slack.golden import FOLDER, PUBLIC, drawings, messages
from tests.fakes.slack import LONGEST_CHANGED
from tests.fakes.slack_blocks import Invalid, check_blocks

MESSAGES = dict(messages())
DRAWN = drawings()
WORD = re.compile(r"[^\W_]+")


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text))


def shown(drawn: list[dict[str, Any]]) -> str:
    """Everything that can be read in the blocks."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") in ("mrkdwn", "plain_text"):
                found.append(node["text"])
            for one in node.values():
                walk(one)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    walk(drawn)
    return " ".join(found)


def test_every_golden_file_is_a_card_and_every_card_has_one() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_is_drawn_as_its_golden_file_says(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == as_text(DRAWN[name])


@pytest.mark.parametrize("name", MESSAGES)
def test_the_whole_text_stands_in_the_text(name: str) -> None:
    whole = "\n".join(one.text for one in draw(MESSAGES[name], PUBLIC))
    lines = [line for line in marked(MESSAGES[name]["text"]).split("\n") if line]
    assert [line for line in lines if line not in whole] == []
    assert [
        one["title"] for one in MESSAGES[name].get("buttons", []) if one["title"].lower() not in whole.lower()
    ] == []


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("address", [PUBLIC, None])
def test_nothing_of_the_text_is_missing_in_the_blocks(name: str, address: str | None) -> None:
    drawn = [{"blocks": one.blocks} for one in draw(MESSAGES[name], address)]
    missing = words(escape(MESSAGES[name]["text"])) - words(shown(drawn))
    assert [word for word in missing if not word.isdecimal()] == []


@pytest.mark.parametrize("name", MESSAGES)
def test_slack_takes_it_and_can_change_it(name: str) -> None:
    for one in draw(MESSAGES[name], PUBLIC):
        check_blocks(one.blocks)
        assert 0 < len(one.text) <= LONGEST_CHANGED


@pytest.mark.parametrize("name", [name for name in MESSAGES if name.startswith("question")])
def test_every_answer_of_a_question_can_be_tapped(name: str) -> None:
    card = MESSAGES[name]["custom"]["card"]
    (drawn,) = draw(MESSAGES[name])
    elements = [one for block in drawn.blocks if block["type"] == "actions" for one in block["elements"]]
    values = {one["value"] for one in elements if one["type"] == "button"}
    options = {option["value"] for one in elements for option in one.get("options", [])}
    asked = {option["value"] for option in card["options"]}
    assert {button["payload"] for button in MESSAGES[name]["buttons"]} <= values | {
        cards.payload(card["id"], value) for value in options
    }
    assert options == asked or not options
    assert drawn.is_question


@pytest.mark.parametrize(
    ("id", "numbers"), [("pain_now", 11), ("pain_next_morning", 11), ("sessions_done", 0), ("age", 0)]
)
def test_a_scale_is_eleven_buttons(id: str, numbers: int) -> None:
    (drawn,) = draw(MESSAGES[f"question_{id}"])
    titles = [one["text"]["text"] for one in drawn.blocks[-1]["elements"]]
    assert [title for title in titles if title.isdecimal()] == [str(number) for number in range(numbers)]


def test_pictures_are_fetched_by_https_only_and_have_words() -> None:
    with_picture = json.dumps(draw(MESSAGES["exercise"], PUBLIC)[0].blocks)
    assert f"{PUBLIC}/media/exercises/" in with_picture
    for address in (None, "http://127.0.0.1:5005"):
        drawn = draw(MESSAGES["exercise"], address)[0].blocks
        assert "image" not in {block["type"] for block in drawn}
        assert MESSAGES["exercise"]["custom"]["card"]["alt"] in shown(drawn)


def test_nobody_is_called_and_no_link_is_forged() -> None:
    (drawn,) = draw({"text": "<!channel> <@U1> <https://evil.example|your doctor> & co"})
    for text in (drawn.text, drawn.blocks[0]["text"]["text"]):
        assert re.findall(r"<[^>]*>", text) == ["<https://evil.example>"]
        assert text.startswith("&lt;!channel&gt; &lt;@U1&gt; &lt;<https://evil.example>|your doctor&gt; &amp; co")


def test_a_very_long_text_comes_in_several_messages_with_the_buttons_under_the_last() -> None:
    text = "\n".join(f"Line {number} says & that the knee is <fine>." for number in range(400))
    drawn = draw({"text": text, "buttons": [{"title": "Next", "payload": "next"}]})
    assert len(drawn) > 2
    assert ["actions" in {block["type"] for block in one.blocks} for one in drawn] == [False] * (len(drawn) - 1) + [
        True
    ]
    assert words(escape(text)) - words(" ".join(one.text for one in drawn)) == Counter()
    for one in drawn:
        check_blocks(one.blocks)
        assert len(one.text) <= LONGEST_TEXT


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab &<>.!?\n"), max_size=400), st.integers(10, 60))
def test_pieces_lose_nothing_and_fit(text: str, longest: int) -> None:
    cut = pieces(text, longest)
    assert "".join("".join(cut).split()) == "".join(text.split())
    assert all(0 < len(marked(piece)) <= longest for piece in cut)


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=5000),
    st.lists(st.tuples(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=1500)), max_size=60),
    st.sampled_from(["say", "advice", "assessment", "plan", "exercise", "handoff", "safety", "unheard_of"]),
)
def test_whatever_a_card_says_slack_takes_it(text: str, buttons: list[tuple[str, str]], kind: str) -> None:
    made = [{"title": title, "payload": payload} for title, payload in buttons if title.strip()]
    for one in draw({"text": text, "buttons": made, "custom": {"card": {"kind": kind, "title": text[:200]}}}, PUBLIC):
        check_blocks(one.blocks)
        assert 0 < len(one.text) <= LONGEST_TEXT


# --- the same blocks through another reading of Slack's limits ----------------------------------------------------


def text_object(one: dict[str, Any]) -> slackblocks.Text:
    kind = slackblocks.TextType.MARKDOWN if one["type"] == "mrkdwn" else slackblocks.TextType.PLAINTEXT
    return slackblocks.Text(one["text"], kind)


def element(one: dict[str, Any]) -> Any:
    if one["type"] == "image":
        return slackblocks.Image(one["alt_text"], one["image_url"])
    if one["type"] == "button":
        label = one.get("accessibility_label")
        return slackblocks.Button(
            text_object(one["text"]), one["action_id"], value=one["value"], accessibility_label=label
        )
    options = [
        slackblocks.Option(
            text_object(option["text"]),
            option["value"],
            text_object(option["description"]) if "description" in option else None,
        )
        for option in one["options"]
    ]
    if one["type"] == "checkboxes":
        return slackblocks.CheckboxGroup(one["action_id"], options)
    return slackblocks.StaticSelectMenu(one["action_id"], options, placeholder=text_object(one["placeholder"]))


def block(one: dict[str, Any]) -> Any:
    if one["type"] == "section":
        beside = element(one["accessory"]) if "accessory" in one else None
        return slackblocks.SectionBlock(text_object(one["text"]), accessory=beside)
    if one["type"] == "header":
        return slackblocks.HeaderBlock(text_object(one["text"]))
    if one["type"] == "context":
        return slackblocks.ContextBlock([text_object(part) for part in one["elements"]])
    if one["type"] == "image":
        return slackblocks.ImageBlock(one["image_url"], one["alt_text"])
    return slackblocks.ActionsBlock([element(part) for part in one["elements"]], one["block_id"])


@pytest.mark.parametrize("name", MESSAGES)
def test_slackblocks_accepts_it(name: str) -> None:
    for one in draw(MESSAGES[name], PUBLIC):
        assert slackblocks.Message("D1", one.text, [block(part) for part in one.blocks]).to_dict()["blocks"]


def test_slackblocks_accepts_the_home_page() -> None:
    check_blocks(home()["blocks"], "home")
    assert slackblocks.HomeTabView([block(one) for one in home()["blocks"]])


# --- the fake itself refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        [{"type": "section", "text": blocks.mrkdwn("")}],
        [{"type": "section", "text": blocks.mrkdwn("x" * 3001)}],
        [{"type": "section", "text": blocks.mrkdwn("a & b")}],
        [{"type": "header", "text": blocks.mrkdwn("x")}],
        [{"type": "header", "text": blocks.plain_text("x" * 151)}],
        [{"type": "divider"}] * 51,
        [{"type": "divider", "block_id": "a"}] * 2,
        [blocks.actions("a", [])],
        [blocks.actions("a", [blocks.button("x", "Yes", "1")] * 2)],
        [blocks.actions("a", [blocks.button(f"x{n}", "Yes", "1") for n in range(26)])],
        [blocks.actions("a", [{**blocks.button("x", "Yes", "1"), "value": "1" * 2001}])],
        [blocks.actions("a", [blocks.checkboxes("t", [blocks.option("a", str(n)) for n in range(11)])])],
        [blocks.actions("a", [blocks.checkboxes("t", [blocks.option("a", "same")] * 2)])],
        [blocks.actions("a", [blocks.select("t", "Pick", [blocks.option("a", "v" * 151)])])],
        [blocks.image("http://knee.example/x.png", "A knee")],
        [{"type": "image", "image_url": "https://knee.example/x.png", "alt_text": ""}],
        [{"type": "marquee"}],
        {"type": "section"},
    ],
    ids=lambda wrong: as_text(wrong).replace("\n", "")[:60],
)
def test_the_fake_refuses_what_slack_refuses(wrong: Any) -> None:
    with pytest.raises(Invalid):
        check_blocks(wrong)


def test_a_card_without_words_or_buttons_sends_nothing() -> None:
    assert draw({}) == []
    assert draw(card_message(cards.Card("  "))) == []
