"""The widget as a guest on somebody else's page: light, strict, unharmed, and in the host's own look and words."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from actions.wording import content
from tests.web.chat import DESKTOP, HOST, Chat, new_profile, new_tab
from tests.web.samples import samples
from tests.web.stub_bot import EMERGENCY, STRICT, WEB, StubBot

ROOT = Path(__file__).resolve().parents[2]
BUDGET = 30_000
HOSTILE = """<style>* { all: unset !important; color: lime !important; font: 40px/3 fantasy !important; display: inline !important; opacity: .1 !important;
  position: static !important; transform: rotate(3deg) !important; letter-spacing: 9px !important; visibility: hidden; }
  html { font-size: 5px; } body { zoom: 1; transform: translateZ(0); overflow: hidden; } button { border: 9px solid lime !important }</style>
  <style>#over { position: fixed !important; inset: 0; z-index: 2147483647 !important; display: block !important; background: red; pointer-events: none; }</style>"""
LOOK = """() => { const root = document.querySelector('knee-chat').shadowRoot; const of = (name) => { const found = getComputedStyle(root.querySelector(name));
  return [found.color, found.fontFamily, found.fontSize, found.letterSpacing, found.borderTopWidth, found.opacity, found.display, found.visibility]; };
  return ['.launcher', '.sos', '.panel h2', '.composer textarea', '.send', 'li.bot .bubble'].map(of); }"""


@pytest.fixture
def visitor(browser: Browser, bot: StubBot) -> Iterator[object]:
    """Makes a chat with attributes, for a visitor with settings."""
    made = []

    def make(attributes: str = "", **settings: object) -> Chat:
        made.append(new_profile(browser, DESKTOP, **settings))
        return new_tab(made[-1], bot, attributes)

    yield make
    for profile in made:
        profile.close()


def test_it_weighs_no_more_than_30_kilobytes() -> None:
    assert len(gzip.compress((WEB / "dist" / "widget.js").read_bytes(), 9)) <= BUDGET


def test_it_is_built_from_its_sources(tmp_path: Path) -> None:
    if shutil.which("node") is None or not (ROOT / "node_modules" / "esbuild").is_dir():
        pytest.skip("needs Node and `npm ci`")
    subprocess.run(["node", "bot/web/widget/build.mjs", str(tmp_path / "widget.js")], cwd=ROOT, check=True)
    assert (tmp_path / "widget.js").read_bytes() == (WEB / "dist" / "widget.js").read_bytes()


def test_no_source_writes_html_or_styles_as_text() -> None:
    sources = [path.read_text() for path in (WEB / "widget" / "src").rglob("*.js")]
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert not any(forbidden in source for source in sources), forbidden


def test_it_works_under_the_strictest_policy(chat: Chat) -> None:
    broken: list[str] = []
    chat.bot.policy = STRICT
    chat.page.on(
        "console", lambda message: broken.append(message.text) if "Content Security Policy" in message.text else None
    )
    chat.page.reload()
    chat.open().asks(samples()["plan"], samples()["exercise"], samples()["knee_map"])
    expect(chat.launcher).to_be_hidden()
    assert chat.panel.evaluate("one => getComputedStyle(one).borderRadius") != "0px"
    assert chat.log.get_by_role("img").first.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    chat.page.evaluate("() => { window.print = () => {}; }")
    chat.button("Menu").click()
    chat.button("Print summary").click()
    assert broken == []


def test_it_asks_nobody_but_its_server(chat: Chat) -> None:
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    chat.page.reload()
    chat.open().asks(samples()["plan"])
    assert asked
    assert {"/".join(url.split("/")[:3]) for url in asked} == {chat.bot.url}


def test_hostile_styles_change_nothing(chat: Chat) -> None:
    def look() -> object:
        chat.open().say("One")
        expect(chat.log.locator("li.bot")).to_have_count(1)
        found = chat.page.evaluate(LOOK)
        box = chat.panel.bounding_box()
        chat.button("Close the chat").click()
        return [found, box, chat.launcher.bounding_box()]

    calm = look()
    chat.page.evaluate("localStorage.clear()")
    chat.bot.policy = "default-src 'self'; style-src 'unsafe-inline'; connect-src 'self'"
    chat.bot.page = (HOST % "").replace("</head>", f"{HOSTILE}</head>").replace("<main>", "<div id=over></div><main>")
    chat.page.goto(chat.bot.url)
    assert look() == calm


def test_two_on_one_page_do_not_mix(chat: Chat) -> None:
    chat.bot.page = (HOST % "").replace(
        "</body>", '<knee-chat dir="rtl" strings=\'{"launcher": "Second"}\'></knee-chat></body>'
    )
    chat.page.reload()
    chat.open().say("One")
    expect(chat.log.locator("li.bot")).to_have_count(1)
    chat.page.get_by_role("button", name="Second").click()
    second = chat.page.locator("knee-chat").nth(1)
    expect(second.get_by_role("log").locator("li.bot")).to_have_count(1)
    ids = chat.page.evaluate(
        "[...document.querySelectorAll('knee-chat')].flatMap((one) => [...one.shadowRoot.querySelectorAll('[id]')].map((two) => two.id))"
    )
    assert len(ids) == len(set(ids))


def test_the_host_sets_colour_type_and_shape(chat: Chat) -> None:
    chat.page.evaluate("""() => { const own = document.querySelector('knee-chat').style; own.setProperty('--knee-accent', 'rgb(90, 0, 90)');
        own.setProperty('--knee-font', 'Georgia'); own.setProperty('--knee-radius', '0px'); own.setProperty('--knee-width', '500px'); }""")
    expect(chat.launcher).to_have_css("background-color", "rgb(90, 0, 90)")
    expect(chat.launcher).to_have_css("font-family", "Georgia")
    chat.open()
    box = chat.panel.bounding_box()
    assert box is not None
    assert box["width"] == 500
    assert chat.panel.evaluate("one => getComputedStyle(one).borderRadius") == "0px"


def test_the_host_sets_the_words(visitor) -> None:
    chat = visitor('strings=\'{"launcher": "Knieschmerzen?", "send": "Senden"}\' lang=de')
    chat.page.get_by_role("button", name="Knieschmerzen?").click()
    expect(chat.button("Senden")).to_be_visible()
    chat.page.evaluate("document.querySelector('knee-chat').strings = { title: 'Mein Knie' }")
    expect(chat.panel.get_by_role("heading", name="Mein Knie")).to_be_visible()
    expect(chat.button("Senden")).to_be_visible()


def test_it_can_be_open_from_the_start_and_takes_no_focus(visitor) -> None:
    chat = visitor("open")
    expect(chat.panel).to_be_visible()
    chat.ready()
    assert chat.focused().startswith("A link of the page") or chat.page.evaluate(
        "document.activeElement === document.body"
    )


def test_it_can_be_opened_and_closed_by_the_page(chat: Chat) -> None:
    chat.launcher.wait_for()
    chat.page.evaluate("""() => { window.heard = []; for (const name of ['knee-open', 'knee-close'])
        document.addEventListener(name, () => heard.push(name)); document.querySelector('knee-chat').open(); }""")
    expect(chat.panel).to_be_visible()
    chat.page.evaluate("document.querySelector('knee-chat').close()")
    expect(chat.panel).to_have_count(0)
    assert chat.page.evaluate("heard") == ["knee-open", "knee-close"]


def test_it_can_be_moved_and_removed(chat: Chat) -> None:
    chat.open().say("One")
    expect(chat.log.locator("li.bot")).to_have_count(1)
    chat.page.evaluate("document.querySelector('main').append(document.querySelector('knee-chat'))")
    expect(chat.log.locator("li.bot")).to_have_count(1)
    chat.page.evaluate("document.querySelector('knee-chat').remove()")
    expect(chat.panel).to_have_count(0)


# --- emergency help ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "attributes", "number"),
    [("en-GB", "", "999"), ("en-US", "", "911"), ("de-DE", "", "112"), ("en-GB", 'country="us"', "911"), ("en-GB", 'emergency="144"', "144")],
)  # fmt: skip
def test_emergency_help_names_the_number_of_the_country(visitor, locale: str, attributes: str, number: str) -> None:
    chat = visitor(attributes, locale=locale)
    closed = chat.page.get_by_role("link", name=f"Emergency help: {number}")
    expect(closed).to_have_attribute("href", f"tel:{number}")
    chat.open()
    chat.button("Emergency help").click()
    expect(chat.panel.get_by_role("link", name=f"Call {number}", exact=True)).to_be_visible()


def test_where_the_country_is_unknown_all_numbers_are_shown(visitor) -> None:
    chat = visitor(locale="xx")
    chat.page.get_by_role("button", name="Emergency help").click()
    for number in ("999", "112", "911"):
        expect(chat.panel.get_by_role("link", name=f"Call {number}", exact=True)).to_be_visible()
    assert chat.focused() == "Call 999"


def test_the_operator_may_set_the_one_number(chat: Chat) -> None:
    chat.bot.emergency = {**EMERGENCY, "number": "000", "numbers": []}
    chat.page.reload()
    expect(chat.page.get_by_role("link", name="Emergency help: 000")).to_be_visible()


def test_emergency_help_needs_no_server(chat: Chat) -> None:
    chat.launcher.wait_for()
    expect(chat.page.get_by_role("link", name="Emergency help: 999")).to_be_visible()
    chat.page.context.set_offline(True)
    chat.launcher.click()
    chat.button("Emergency help").click()
    expect(chat.panel.get_by_role("link", name="Call 999", exact=True)).to_be_visible()
    chat.page.context.set_offline(False)


def test_the_numbers_built_in_are_those_of_the_clinic() -> None:
    assert f"emergency_fallback: '{content('service.yml')['emergency']}'" in (WEB / "widget/src/strings.js").read_text()


# --- printing, words, speed --------------------------------------------------------------------------------


def test_the_summary_is_printed_from_the_page(chat: Chat) -> None:
    chat.open().asks(samples()["yes_no"])
    chat.bot.answer = lambda _: [samples()["soon"]]
    chat.button("Yes").click()
    expect(chat.log.locator(".care")).to_have_count(1)
    chat.page.evaluate(
        "() => { window.print = () => { window.printed = document.querySelector('[data-knee-print]').shadowRoot.textContent; }; }"
    )
    chat.button("Print summary").click()
    printed = chat.page.evaluate("window.printed")
    for line in (
        "See a clinician within two weeks.",
        samples()["yes_no"]["custom"]["card"]["prompt"],
        "Yes",
        "My knee hurts",
    ):
        assert line in printed
    chat.page.emulate_media(media="print")
    assert chat.page.evaluate("getComputedStyle(document.querySelector('main')).display") == "none"
    assert chat.page.evaluate("getComputedStyle(document.querySelector('[data-knee-print]')).display") == "block"
    chat.page.emulate_media(media="screen")
    chat.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(chat.page.locator("[data-knee-print]")).to_have_count(0)
    assert chat.page.evaluate("document.adoptedStyleSheets.length") == 0


def test_it_is_usable_within_a_second_on_a_slow_machine(chat: Chat) -> None:
    line = chat.page.context.new_cdp_session(chat.page)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    chat.page.reload()
    chat.launcher.wait_for()
    defined = chat.page.evaluate(
        "performance.getEntriesByType('mark').find((one) => one.name === 'knee-chat').startTime"
    )
    line.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    assert defined < 1000
