"""The inbox in Chromium: by keyboard alone, found in order by axe, and fresh without losing focus, place or draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from actions.inbox import Line
from actions.inbox.guard import COOKIE
from actions.records.effects import Erased
from actions.records.store import Records
from tests.databases import SECRET
from tests.inbox.conftest import PASSWORD, Inbox
from tests.inbox.people import LEVELS, hand_off

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
OFTEN_S = 0.2


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    with sync_playwright() as started:
        made = started.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        yield made
        made.close()


@pytest.fixture
def live() -> Iterator[Inbox]:
    """An inbox whose pages look for news often."""
    made = Inbox(Records("sqlite://", SECRET), refresh_s=OFTEN_S)
    made.accounts.add("Dr Ng", PASSWORD)
    yield made
    made.close()
    made.records.engine.dispose()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live: Inbox) -> Iterator[Open]:
    """Opens a page, signed in unless told otherwise; at the end nothing may have been said on the console."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def heard(message: Any) -> None:
        if "Failed to load resource" not in message.text:  # what every answer of 4xx to a navigation says
            said.append(message.text)

    def open_(path: str, signed_in: bool = True, **settings: Any) -> Page:
        context = browser.new_context(viewport=settings.pop("viewport", WIDE), **settings)
        context.set_default_timeout(20_000)
        contexts.append(context)
        if signed_in:
            context.add_cookies([{"name": COOKIE, "value": live.cookie("Dr Ng"), "url": live.url}])
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(live.url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert said == []


def busy(live: Inbox) -> str:
    """A list with every level and state; the reference of a hand-off with everything on its page."""
    references = [hand_off(live.records, level, sender=f"web:{level}") for level in LEVELS]
    ng, sam = live.clinician("Dr Ng"), live.clinician("Sam Okafor")
    sam.do(references[1], "take_over")
    sam.do(references[5], "close")
    ng.do(references[2], "acknowledge")
    ng.do(references[2], "note", "Rang the lab.")
    ng.do(references[2], "reply", "Please come at three.")
    now = live.clock.now
    live.said[live.records.person("web:urgent")] = [
        Line(now, "person", "my calf is huge"), Line(now, "bot", "Since when?"), Line(now, "clinician", "Come at three."),
    ]  # fmt: skip
    return references[2]


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", PHONE)], ids=["light-wide", "dark-phone"])
def test_axe_finds_nothing_and_nothing_runs_off_the_page(
    live: Inbox, open_page: Open, scheme: str, viewport: Any
) -> None:
    reference = busy(live)
    number = int(reference[1:])
    page = open_page("/handoffs", viewport=viewport, color_scheme=scheme)
    paths = ["/handoffs", "/handoffs?show=mine", f"/handoffs/{reference}", f"/handoffs/K{number - 1:05}",
             f"/handoffs/K{number + 3:05}", "/handoffs/none", "/find?reference=none"]  # fmt: skip
    for path in paths:
        page.goto(live.url + path)
        assert problems(page) == [], path
    page = open_page("/sign-in", signed_in=False, viewport=viewport, color_scheme=scheme)
    assert problems(page) == []
    page.fill("#name", "Nobody")
    page.fill("#password", "not the right words")
    page.click("button.main")
    expect(page.get_by_role("alert")).to_be_visible()
    assert problems(page) == []


def problems(page: Page) -> list[str]:
    """What axe finds, and whether one has to scroll sideways."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found] + ["sideways"] * sideways


def test_from_the_sign_in_to_a_reply_by_keyboard_alone(live: Inbox, open_page: Open) -> None:
    hand_off(live.records, "soon")
    reference = hand_off(live.records, "urgent", sender="web:anna")
    page = open_page("/", signed_in=False)
    until(page, "Tab", "#name")
    page.keyboard.type("Dr Ng")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hand-offs")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    until(page, "Tab", f"tr[data-key={reference}] a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Hand-off {reference}")).to_be_visible()
    until(page, "Tab", "text=Take over the chat")
    page.keyboard.press("Space")
    expect(page.get_by_role("status").first).to_contain_text("You have taken over")
    until(page, "Tab", "#reply")
    page.keyboard.type("Please come at three.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sent, not delivered yet")).to_be_visible()
    assert [text for _, text in live.records.memory("web:anna").replies] == ["Please come at three."]


def until(page: Page, key: str, selector: str) -> None:
    """Press a key until the element has the focus, and see that each stop on the way can be seen."""
    for _ in range(60):
        page.keyboard.press(key)
        seen = page.evaluate(
            "() => { const style = getComputedStyle(document.activeElement);"
            " return document.activeElement === document.body || style.outlineStyle !== 'none'; }"
        )
        assert seen
        if page.locator(selector).evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} was never reached")


def test_news_come_without_losing_focus_or_place(live: Inbox, open_page: Open) -> None:
    references = [hand_off(live.records, "soon") for _ in range(30)]
    page = open_page("/handoffs")
    link = page.locator(f"tr[data-key={references[20]}] a")
    link.focus()
    link.evaluate("element => { element.mine = true; }")
    top = link.bounding_box()["y"]
    new = hand_off(live.records, "ambulance")
    expect(page.locator("tbody tr").first).to_have_attribute("data-key", new)
    expect(page.get_by_role("status")).to_have_text("1 new hand-off in this list.")
    expect(link).to_be_focused()
    assert link.evaluate("element => element.mine")
    assert abs(link.bounding_box()["y"] - top) < 2
    assert page.title().startswith("(31) All open")


def test_a_draft_stays_while_the_page_tells_of_another(live: Inbox, open_page: Open) -> None:
    reference = hand_off(live.records)
    page = open_page(f"/handoffs/{reference}")
    page.fill("#reply", "my careful words")
    live.clinician("Sam Okafor").do(reference, "acknowledge")
    expect(page.locator("#changed")).to_be_visible()
    expect(page.locator("[data-live=facts]")).to_contain_text("with Sam Okafor")
    expect(page.locator("[data-live=done]")).to_contain_text("acknowledged this")
    expect(page.locator("#reply")).to_have_value("my careful words")
    page.click("text=Send the reply")
    expect(page.get_by_role("alert")).to_contain_text("Sam Okafor acknowledged this")
    expect(page.locator("#reply")).to_have_value("my careful words")
    page.click("text=Send the reply")
    expect(page.locator("[data-live=done]")).to_contain_text("my careful words")


def test_a_delivery_shows_by_itself(live: Inbox, open_page: Open) -> None:
    reference = hand_off(live.records, sender="web:anna")
    live.clinician().do(reference, "reply", "Please come at three.")
    page = open_page(f"/handoffs/{reference}")
    expect(page.locator(".delivery")).to_have_text("Sent, not delivered yet")
    live.records.mark_delivered([id for id, _ in live.records.memory("web:anna").replies])
    expect(page.locator(".delivery")).to_contain_text("Delivered")


def test_a_session_that_ends_and_a_person_who_leaves_are_said(live: Inbox, open_page: Open) -> None:
    reference = hand_off(live.records, sender="web:anna")
    page, listed = open_page(f"/handoffs/{reference}"), open_page("/handoffs")
    live.records.apply("web", "web:anna", [Erased("receipt")])
    expect(page.locator("#news")).to_have_text("This hand-off is gone.")
    expect(listed.get_by_text("There is nothing here now.")).to_be_visible()
    live.accounts.change_password("Dr Ng", "another set of words")
    expect(listed.locator("#news")).to_have_text("You are signed out. Load the page again to sign in.")


def test_times_are_shown_in_the_zone_of_the_reader(live: Inbox, open_page: Open) -> None:
    reference = hand_off(live.records)
    page = open_page(f"/handoffs/{reference}", timezone_id="Asia/Tokyo", locale="en-GB")
    expect(page.locator("[data-live=facts] time").first).to_have_text("22 Nov, 21:00")


def test_without_scripts_everything_works(live: Inbox, open_page: Open) -> None:
    reference = hand_off(live.records)
    page = open_page("/handoffs", java_script_enabled=False)
    page.click(f"tr[data-key={reference}] a")
    page.click("text=Acknowledge")
    expect(page.locator("#news")).to_have_text("You have acknowledged this hand-off.")
    expect(page.locator("[data-live=facts]")).to_contain_text("22 Nov 2026, 12:00 UTC")
