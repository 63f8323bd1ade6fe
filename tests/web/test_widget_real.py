"""The page and the widget with the real bot: a whole triage by the keyboard alone, and what holds it together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, expect

from actions.conversation import protocol
from actions.triage.model import Level
from actions.wording import fill
from tests.servers import Server
from tests.web.chat import DESKTOP, Chat, new_profile

AT_HOME = "front of my right knee, worse going downstairs, about 3 weeks, getting better, no injury, i'm 36, i run"
TICKS = {"location": "Front, around", "aggravated_by": "Going down stairs", "load_change": "More distance"}
CHOICES = {
    "for_whom": "My own knee",
    "trend": "Getting better",
    "side": "Right",
    "main_activity": "Running",
    "onset": "Slowly",
}
NUMBERS = {
    "age": "36",
    "duration_weeks": "3",
    "self_care_weeks": "0",
    "sessions_per_week": "3",
    "longest_recent_session": "7",
}
WAITS = """() => { const found = [...document.querySelector('knee-chat').shadowRoot.querySelectorAll('.question')].at(-1);
  const controls = found?.querySelector('.controls');
  const has = (what) => controls.querySelector(what) !== null;
  return controls && !controls.hidden && !controls.classList.contains('done') ? { prompt: found.querySelector('.prompt').innerText,
    kind: has('[type=radio]') ? 'scale' : has('[type=checkbox]') ? 'ticks' : has('[type=text]') ? 'number' : 'choice' } : null; }"""


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Chat]:
    profile = new_profile(browser, DESKTOP)
    page = profile.new_page()
    chat = Chat(page, None)  # type: ignore[arg-type]
    page.on("pageerror", lambda error: chat.errors.append(str(error)))
    page.on("console", lambda said: chat.errors.append(said.text) if said.type == "error" else None)
    page.goto(server.url)
    yield chat
    profile.close()
    assert chat.errors == []


def reach(chat: Chat, wanted: Callable[[str], bool], key: str = "Tab") -> None:
    """Press Tab until the keyboard is where it should be."""
    for _ in range(60):
        if wanted(chat.focused()):
            return
        chat.page.keyboard.press(key)
    raise AssertionError("the keyboard does not get there")


def question_of(prompt: str) -> str:
    """The id of the question with these words."""
    asked = [*protocol().findings.values(), *protocol().screens.values()]
    return next((one.id for one in asked if prompt in (one.prompt, one.plainer)), "")


def by_keyboard(chat: Chat, waits: dict[str, str]) -> None:
    """Answer the card that waits like somebody with runner's knee."""
    id, keys = question_of(waits["prompt"]), chat.page.keyboard
    if chat.page.evaluate(
        "() => document.querySelector('knee-chat').shadowRoot.activeElement?.ariaDisabled === 'true'"
    ):
        keys.press("Tab")  # off the button of the answer before
    if waits["kind"] == "scale":
        reach(chat, lambda name: name == "0 of 10")
        keys.press("ArrowRight")
        keys.press("ArrowRight")
        reach(chat, lambda name: name == "Continue")
    elif waits["kind"] == "ticks" and id in TICKS:
        reach(chat, lambda name: name.startswith(TICKS[id]))
        keys.press("Space")
        reach(chat, lambda name: name == "Continue")
    elif waits["kind"] == "ticks":
        reach(chat, lambda name: name == "None of these")
    elif waits["kind"] == "number":
        reach(chat, lambda name: name == "INPUT")
        keys.type(NUMBERS.get(id, "0"))
    else:
        reach(chat, lambda name: name == CHOICES.get(id, "No"))
    keys.press("Enter")


def test_a_whole_triage_by_keyboard_alone(visitor: Chat) -> None:
    page = visitor.page
    reach(visitor, lambda name: name == "Start the chat")
    page.keyboard.press("Enter")
    visitor.ready()
    assert visitor.focused() == "Your message"
    page.keyboard.type(AT_HOME)
    page.keyboard.press("Enter")
    visitor.page.keyboard.press("Shift+Tab")
    answered: set[str] = set()
    for _ in range(30):
        page.wait_for_function(
            f"() => document.querySelector('knee-chat').shadowRoot.querySelector('.care') || ({WAITS})()", polling=30
        )
        if visitor.log.locator(".care").count():
            break
        waits: dict[str, Any] = page.evaluate(WAITS)
        assert waits["prompt"] not in answered, "asked twice"
        answered.add(waits["prompt"])
        back = page.evaluate(
            "() => !document.querySelector('knee-chat').shadowRoot.activeElement?.closest('.question')"
        )
        if back:
            reach(visitor, lambda name: name == "Emergency help", "Shift+Tab")
        by_keyboard(visitor, waits)
        page.wait_for_function(f"prompt => document.querySelector('knee-chat').shadowRoot.querySelector('.care') || (({WAITS})() ?? {{ prompt }}).prompt !== prompt",
                               arg=waits["prompt"], polling=30)  # fmt: skip
    expect(visitor.log.get_by_role("region", name="You can look after this yourself for now.")).to_be_visible()
    expect(visitor.log.get_by_role("heading", name="Your plan")).to_be_visible()
    assert len(answered) >= 5
    before = visitor.log.get_by_role("listitem").count()
    page.reload()
    visitor.launcher.click()
    expect(visitor.log.locator(".care")).to_be_visible()
    assert visitor.log.get_by_role("listitem").count() == before
    assert "/answer" not in visitor.log.inner_text()


def test_an_emergency_in_words_is_told_at_once(visitor: Chat) -> None:
    visitor.open()
    visitor.say("my calf is huge since the flight and now i can't breathe")
    expect(visitor.log.get_by_role("link", name=re.compile("Call 999"))).to_be_visible()
    expect(visitor.log.locator(".care.red")).to_be_visible()


def test_everything_is_deleted_from_the_menu(visitor: Chat) -> None:
    visitor.open()
    visitor.say("my knee hurts")
    expect(visitor.log.locator("li.bot").first).to_be_visible()
    visitor.button("Menu").click()
    visitor.button("Delete my data").click()
    visitor.button("Yes, delete it all").click()
    expect(visitor.panel.get_by_text("Everything was deleted")).to_be_visible()
    visitor.page.reload()
    visitor.open()
    assert visitor.bubbles() == []


def test_the_page_passes_axe(visitor: Chat) -> None:
    visitor.launcher.wait_for()
    assert visitor.violations() == []
    visitor.page.emulate_media(color_scheme="dark")
    assert visitor.violations() == []
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    assert visitor.violations() == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_page_changes_the_theme(visitor: Chat) -> None:
    visitor.page.get_by_role("button", name="High contrast").click()
    expect(visitor.host).to_have_attribute("theme", "contrast")
    expect(visitor.page.get_by_role("button", name="High contrast")).to_have_attribute("aria-pressed", "true")


def test_without_javascript_there_is_help(browser: Browser, server: Server) -> None:
    profile = new_profile(browser, DESKTOP, java_script_enabled=False)
    page = profile.new_page()
    page.goto(server.url)
    expect(page.get_by_role("heading", name="The chat needs JavaScript")).to_be_visible()
    expect(page.locator("noscript p").first).to_contain_text("In an emergency call 999, 112 or 911 now.")
    signs = protocol().levels[Level.SELF_CARE].safety_net
    assert page.locator("noscript li").all_inner_texts() == [fill(line) for line in signs]
    expect(page.get_by_role("button", name="Start the chat")).to_be_hidden()
    profile.close()


@pytest.mark.parametrize(
    "path", ["/", "/widget.js", "/page.css", "/page.js", "/page.svg", "/page-knee.svg", "/protocol"]
)
def test_what_the_page_needs_is_served(server: Server, path: str) -> None:
    got = requests.get(server.url + path, timeout=30)
    assert got.status_code == 200
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in got.headers
    assert "{emergency}" not in got.text
    assert "{address}" not in got.text


def test_another_site_may_load_the_widget_packed(server: Server) -> None:
    got = requests.get(f"{server.url}/widget.js", headers={"Origin": "https://clinic.example"}, timeout=30)
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert got.headers["Content-Encoding"] == "gzip"
    plain = requests.get(f"{server.url}/widget.js", headers={"Accept-Encoding": "identity"}, timeout=30)
    assert "Content-Encoding" not in plain.headers
    assert plain.content == got.content


def test_the_page_holds_no_style_or_script_of_its_own(server: Server) -> None:
    page = requests.get(server.url, timeout=30).text
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", page)


@pytest.mark.parametrize("path", ["/page-nothing.css", "/page.html", "/page..js", "/pagex.css"])
def test_other_files_are_not_served(server: Server, path: str) -> None:
    assert requests.get(server.url + path, timeout=30).status_code == 404
