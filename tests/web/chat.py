"""The chat as a person meets it, in a real browser, for tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.web.stub_bot import StubBot

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DESKTOP, PHONE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}, {"width": 320, "height": 640}
SETTLED = """async () => { for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const root = document.querySelector('knee-chat').shadowRoot;
  const ending = [...document.getAnimations(), ...root.getAnimations()].filter((one) => one.effect.getComputedTiming().endTime < Infinity);
  await Promise.allSettled(ending.map((one) => one.finished)); }"""
HOST = """<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Clinic</title><script type="module" src="/widget.js"></script></head>
<body><main><h1>Clinic</h1><p><a href="#here">A link of the page</a></p></main><knee-chat %s></knee-chat></body></html>"""


class Chat:
    """One tab with the chat.

    Args:
        page: the tab.
        bot: who answers.
    """

    def __init__(self, page: Page, bot: StubBot):
        self.page, self.bot = page, bot
        self.errors: list[str] = []
        self.host = page.locator("knee-chat").first
        self.log = page.get_by_role("log")
        self.box = page.get_by_role("textbox", name="Your message")
        self.launcher = page.get_by_role("button", name="Knee pain")
        self.panel = page.get_by_role("dialog")

    def open(self) -> Chat:
        """Open the window and wait until the talk has begun."""
        self.launcher.click()
        return self.ready()

    def ready(self) -> Chat:
        """Wait until the talk has begun."""
        self.wait(
            "root.querySelector('.log').ariaLive === 'polite' && (root.querySelector('.list').childElementCount || root.querySelector('.welcome').textContent.includes('I am Kneewise'))"
        )
        return self

    def say(self, text: str) -> None:
        """Type and send."""
        self.box.fill(text)
        self.box.press("Enter")

    def asks(self, *messages: dict[str, Any]) -> Chat:
        """Let the bot say these, after whatever is said now."""
        before = self.log.locator("li.bot").count()
        self.bot.answer = lambda _: list(messages)
        self.say("My knee hurts")
        expect(self.log.locator("li.bot")).to_have_count(before + len(messages))
        self.bot.answer = lambda text: [{"text": f"Noted {text}"}]
        return self

    def sent(self, count: int = 2) -> Any:
        """What the last turn was worked for, as a payload where it is one."""
        self.until(lambda: len(self.bot.said) >= count)
        text = self.bot.said[-1]
        return json.loads(text.removeprefix("/answer")) if text.startswith("/answer") else text

    def bubbles(self, kind: str = "person") -> list[str]:
        """What stands in the list, without the words for screen readers."""
        return self.log.locator(f"li.{kind} > .bubble").all_inner_texts()

    def button(self, name: str) -> Locator:
        """A button of the window."""
        return self.panel.get_by_role("button", name=name, exact=True)

    def wait(self, condition: str) -> None:
        """Until a condition on the shadow `root` holds."""
        self.page.wait_for_function(
            f"() => {{ const root = document.querySelector('knee-chat')?.shadowRoot; return root && ({condition}); }}",
            polling=20,
        )

    def until(self, done: Callable[[], bool]) -> None:
        """Until something holds on this side."""
        for _ in range(1000):
            if done():
                return
            self.page.wait_for_timeout(10)
        raise AssertionError("waited in vain")

    def focused(self) -> str:
        """Name or words of what has the keyboard."""
        return str(
            self.page.evaluate("""() => { let at = document.activeElement; while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
            return at.getAttribute('aria-label') || at.labels?.[0]?.innerText || at.innerText || at.tagName; }""")
        )

    def violations(self) -> list[str]:
        """What axe finds wrong, with where."""
        self.page.evaluate(SETTLED)
        found = Axe().run(self.page, options=RULES)
        return [
            f"{one['id']}: {node['html']} {node['any'][:1]}"
            for one in found.response["violations"]
            for node in one["nodes"]
        ]


def new_profile(browser: Browser, size: dict[str, int] = DESKTOP, **settings: Any) -> BrowserContext:
    """A fresh profile."""
    return browser.new_context(viewport=size, **{"locale": "en-GB", **settings})  # type: ignore[arg-type]


def new_tab(profile: BrowserContext, bot: StubBot, attributes: str = "") -> Chat:
    """A host page with the chat closed."""
    bot.page = HOST % attributes
    page = profile.new_page()
    page.set_default_timeout(10_000)
    chat = Chat(page, bot)
    page.on("pageerror", lambda error: chat.errors.append(str(error)))
    page.goto(bot.url)
    return chat
