"""Usable by everyone: axe, keyboard, screen reader, zoom, contrast, motion, right to left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.chat import DESKTOP, NARROW, PHONE, Chat, new_profile, new_tab
from tests.web.samples import samples
from tests.web.stub_bot import StubBot

ALL = (
    "understood",
    "advice",
    "plan",
    "exercise",
    "progress",
    "handoff",
    "self_care",
    "soon",
    "urgent",
    "ambulance",
    "safety",
    "any_of",
)
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
SPOKEN = """() => { window.spoken = [];
  const root = document.querySelector('knee-chat').shadowRoot;
  const live = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest('[aria-live], [role=alert], [role=status]');
  new MutationObserver((changes) => { for (const change of changes) for (const node of change.addedNodes) {
    const speaks = live(node);
    if (!speaks || speaks.ariaLive === 'off') continue;
    const parts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let part = parts.currentNode; part; part = parts.nextNode())
      if (part.nodeType === 3 && live(part) === speaks) window.spoken.push([speaks.getAttribute('role'), part.textContent]);
  } }).observe(root, { childList: true, subtree: true }); }"""
SMALL_TARGETS = """() => { const root = document.querySelector('knee-chat').shadowRoot;
  const target = (one) => one.closest('label') ?? one;
  return [...root.querySelectorAll('a, button, input, select, textarea, summary')].filter((one) => one.checkVisibility())
    .map((one) => [target(one).innerText || one.ariaLabel, target(one).getBoundingClientRect()])
    .filter(([, box]) => box.height < 44 || box.width < 24).map(([name, box]) => `${name} ${box.width}x${box.height}`); }"""
WIDE = """() => [...document.querySelector('knee-chat').shadowRoot.querySelectorAll('*')]
  .filter((one) => one.checkVisibility() && !one.closest('.unseen, svg') && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.className || one.tagName)"""


@pytest.fixture
def anywhere(browser: Browser, bot: StubBot) -> Iterator[object]:
    """Makes a chat in a profile of its own."""
    made = []

    def make(attributes: str = "", size: dict[str, int] = DESKTOP, **settings: object) -> Chat:
        made.append(new_profile(browser, size, **settings))
        return new_tab(made[-1], bot, attributes)

    yield make
    for profile in made:
        profile.close()


# --- axe ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_axe_finds_nothing_closed_open_and_with_every_card(anywhere, theme: str) -> None:
    chat = anywhere(f'theme="{theme}"')
    chat.launcher.wait_for()
    assert chat.violations() == []
    chat.open()
    assert chat.violations() == []
    chat.asks(*[samples()[name] for name in ALL])
    assert chat.violations() == []
    chat.button("Emergency help").click()
    assert chat.violations() == []
    chat.button("Menu").click()
    assert chat.violations() == []
    chat.button("Delete my data").click()
    assert chat.violations() == []


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["phone", "narrow"])
def test_axe_finds_nothing_on_a_phone(anywhere, size: dict[str, int]) -> None:
    chat = anywhere(size=size, has_touch=True)
    chat.launcher.wait_for()
    assert chat.violations() == []
    chat.open().asks(*[samples()[name] for name in ALL])
    assert chat.violations() == []


def test_axe_finds_nothing_offline_and_unanswered(anywhere) -> None:
    chat = anywhere()
    chat.open()
    chat.bot.answer = lambda _: []
    chat.say("One")
    chat.button("Try again").wait_for()
    chat.page.context.set_offline(True)
    expect(chat.panel.get_by_text("You are offline")).to_be_visible()
    assert chat.violations() == []


# --- keyboard and focus ------------------------------------------------------------------------------------


def test_the_keyboard_opens_writes_and_closes(chat: Chat) -> None:
    chat.launcher.focus()
    chat.page.keyboard.press("Enter")
    chat.ready()
    assert chat.focused() == "Your message"
    chat.page.keyboard.type("One")
    chat.page.keyboard.press("Enter")
    expect(chat.log.locator("li.bot")).to_have_count(1)
    assert chat.focused() == "Your message"
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_have_count(0)
    assert chat.focused().startswith("Knee pain")


def test_the_keyboard_is_never_taken_by_an_answer(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"])
    chat.bot.answer = lambda _: [samples()["one_of"]]
    chat.button("No").focus()
    chat.page.keyboard.press("Shift+Tab")
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Enter")
    expect(chat.log.locator("li.bot")).to_have_count(2)
    assert chat.focused() == "No"
    assert chat.page.evaluate("document.querySelector('knee-chat').shadowRoot.activeElement.ariaDisabled") == "true"
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.press("Tab")
    assert len(chat.bot.said) == 2
    for _ in range(4):
        if chat.focused() == "Getting better":
            break
        chat.page.keyboard.press("Tab")
    assert chat.focused() == "Getting better"
    expect(chat.button("No")).to_be_hidden()


def test_escape_closes_the_drawer_first(chat: Chat) -> None:
    chat.open()
    chat.button("Emergency help").click()
    chat.panel.get_by_role("link", name="Call 999").focus()
    chat.page.keyboard.press("Escape")
    assert chat.focused() == "Emergency help"
    expect(chat.panel).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_have_count(0)


def test_on_a_desktop_the_page_stays_usable(chat: Chat) -> None:
    chat.open()
    chat.page.get_by_role("link", name="A link of the page").focus()
    assert chat.focused() == "A link of the page"
    expect(chat.panel).to_be_visible()


def test_on_a_phone_the_keyboard_stays_in_the_chat(anywhere) -> None:
    chat = anywhere(size=PHONE, has_touch=True, is_mobile=True)
    chat.open()
    box = chat.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, PHONE["width"], PHONE["height"])
    seen = set()
    for _ in range(14):
        chat.page.keyboard.press("Tab")
        seen.add(chat.focused())
    assert "A link of the page" not in seen
    assert {"Emergency help", "Menu", "Close the chat", "Your message", "Send"} <= seen
    chat.page.keyboard.press("Escape")
    assert chat.focused().startswith("Knee pain")


def test_what_the_keyboard_reaches_on_the_page_is_not_covered(chat: Chat) -> None:
    chat.page.evaluate("""() => { const link = document.createElement('a'); link.href = '#'; link.textContent = 'Under the chat';
        link.style.position = 'fixed'; link.style.bottom = '200px'; link.style.right = '120px'; document.body.append(link); }""")
    chat.open()
    chat.page.get_by_role("link", name="Under the chat").focus()
    expect(chat.panel).to_have_count(0)
    assert chat.focused() == "Under the chat"


# --- screen readers ----------------------------------------------------------------------------------------


def test_each_answer_is_spoken_once(chat: Chat) -> None:
    chat.open()
    chat.page.evaluate(SPOKEN)
    chat.asks(samples()["yes_no"])
    spoken = chat.page.evaluate("window.spoken")
    prompt = samples()["yes_no"]["custom"]["card"]["prompt"]
    assert [role for role, text in spoken if text == prompt] == ["log"]
    assert [text for _, text in spoken if text in ("Yes", "No", "Not sure", "Back")] == []
    assert "Assistant said: " in [text for _, text in spoken]


def test_an_emergency_is_an_alert_once(chat: Chat) -> None:
    chat.open()
    chat.page.evaluate(SPOKEN)
    chat.asks(samples()["ambulance"])
    headline = samples()["ambulance"]["custom"]["card"]["headline"]
    assert [role for role, text in chat.page.evaluate("window.spoken") if text == headline] == ["alert"]
    chat.page.reload()
    chat.open()
    assert chat.page.get_by_role("alert").filter(has_text=headline).count() == 0


def test_who_said_what_is_in_the_list(chat: Chat) -> None:
    chat.open().say("One")
    expect(chat.log.locator("li.bot")).to_have_count(1)
    assert chat.log.get_by_role("listitem").all_text_contents() == ["You said: One", "Assistant said: You said One"]


def test_the_parts_have_names(chat: Chat) -> None:
    chat.open()
    expect(chat.page.get_by_role("dialog", name="Kneewise")).to_be_visible()
    expect(chat.page.get_by_role("log", name="Conversation")).to_be_attached()
    for name in ("Emergency help", "Menu", "Close the chat", "Send"):
        expect(chat.button(name)).to_be_visible()


# --- sizes, motion, colours, direction ---------------------------------------------------------------------


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_targets_are_large_enough(anywhere, size: dict[str, int]) -> None:
    chat = anywhere(size=size)
    assert chat.page.evaluate(SMALL_TARGETS) == []
    chat.open().asks(*[samples()[name] for name in (*ALL, "knee_map")])
    assert chat.page.evaluate(SMALL_TARGETS) == []


def test_nothing_is_wider_than_320_pixels(anywhere) -> None:
    chat = anywhere(size=NARROW)
    assert chat.page.evaluate(WIDE) == []
    chat.open().asks(*[samples()[name] for name in (*ALL, "scale")])
    assert chat.page.evaluate(WIDE) == []
    chat.button("Emergency help").click()
    assert chat.page.evaluate(WIDE) == []


def test_text_twice_as_large_still_fits(anywhere) -> None:
    chat = anywhere(size=NARROW)
    chat.open()
    chat.page.evaluate("""() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('.root { font-size: 32px !important; }');
        const root = document.querySelector('knee-chat').shadowRoot; root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]; }""")
    chat.asks(samples()["any_of"])
    assert chat.page.evaluate(WIDE) == []
    chat.button("Close the chat").click()


def test_wider_spacing_loses_nothing(anywhere) -> None:
    chat = anywhere(size=NARROW)
    chat.open().asks(samples()["any_of"], samples()["scale"])
    chat.page.evaluate(
        """(text) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text);
        const root = document.querySelector('knee-chat').shadowRoot; root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]; }""",
        SPACING,
    )
    assert chat.page.evaluate(WIDE) == []
    cut = """() => [...document.querySelector('knee-chat').shadowRoot.querySelectorAll('button, .tick')]
        .filter((one) => one.checkVisibility() && one.scrollHeight > one.clientHeight + 2).map((one) => one.innerText)"""
    assert chat.page.evaluate(cut) == []


def test_with_reduced_motion_nothing_moves(anywhere) -> None:
    chat = anywhere(reduced_motion="reduce")
    chat.open()
    chat.bot.hold.clear()
    chat.say("One")
    chat.page.locator(".dots").wait_for()
    chat.bot.hold.set()
    expect(chat.log.locator("li.bot")).to_have_count(1)
    assert (
        chat.page.evaluate(
            "document.getAnimations().length + document.querySelector('knee-chat').shadowRoot.getAnimations().length"
        )
        == 0
    )
    assert (
        chat.page.evaluate(
            "getComputedStyle(document.querySelector('knee-chat').shadowRoot.querySelector('li.bot > .bubble')).opacity"
        )
        == "1"
    )


def test_with_forced_colours_every_border_is_there(anywhere) -> None:
    chat = anywhere(forced_colors="active")
    chat.open().asks(samples()["understood"], samples()["ambulance"], samples()["scale"])
    chat.panel.get_by_role("radio").nth(4).check()
    widths = """() => [...document.querySelector('knee-chat').shadowRoot.querySelectorAll('.chip, .care, .choice, .dot')]
        .filter((one) => one.checkVisibility()).map((one) => parseFloat(getComputedStyle(one).borderTopWidth))"""
    assert min(chat.page.evaluate(widths)) >= 1
    backs = "(at) => getComputedStyle(document.querySelector('knee-chat').shadowRoot.querySelectorAll('.dot')[at]).backgroundColor"
    assert chat.page.evaluate(backs, 4) != chat.page.evaluate(backs, 5)


def test_the_level_is_no_colour_alone_with_forced_colours(anywhere) -> None:
    chat = anywhere(forced_colors="active")
    chat.open().asks(samples()["ambulance"])
    colours = """() => { const find = (name) => getComputedStyle(document.querySelector('knee-chat').shadowRoot.querySelector(name));
        return [find('.shape .form').fill, find('.shape .sign').stroke]; }"""
    form, sign = chat.page.evaluate(colours)
    assert form != sign


def test_right_to_left_is_mirrored(anywhere) -> None:
    chat = anywhere('dir="rtl"')
    launcher = chat.launcher.bounding_box()
    assert launcher is not None
    assert launcher["x"] < 40
    chat.open().say("One")
    expect(chat.log.locator("li.bot")).to_have_count(1)
    own = chat.log.locator("li.person .bubble").bounding_box()
    panel = chat.panel.bounding_box()
    assert own is not None
    assert panel is not None
    assert own["x"] - panel["x"] < 30


@pytest.mark.parametrize(
    ("setting", "theme"),
    [({"color_scheme": "dark"}, "dark"), ({"color_scheme": "light"}, "light"), ({"contrast": "more"}, "contrast")],
)
def test_the_theme_follows_the_device(anywhere, setting: dict[str, str], theme: str) -> None:
    chat = anywhere(**setting)
    chat.launcher.wait_for()
    assert (
        chat.page.evaluate("document.querySelector('knee-chat').shadowRoot.querySelector('.root').dataset.theme")
        == theme
    )
