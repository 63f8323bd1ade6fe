"""Pictures of every card and state, for people to look at: `make screens` draws them into docs/screens/."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.web.browser import chromium_path
from tests.web.samples import samples
from tests.web.stub_bot import WEB, StubBot

OUT = Path(__file__).resolve().parents[2] / "docs" / "screens"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
DESKTOP, PHONE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}, {"width": 320, "height": 640}
LOADED = """Promise.all([...document.querySelector('knee-chat').shadowRoot.querySelectorAll('img')].map((image) => {
  image.loading = 'eager';
  return image.decode();
}))"""
THEMED = ("any_of", "knee_map", "ambulance", "self_care", "plan", "exercise")


class Studio:
    """Takes the pictures.

    Args:
        browser: where.
        bot: what is shown.
        wanted: names of the pictures to take; all when empty.
    """

    def __init__(self, browser: Browser, bot: StubBot, wanted: list[str]):
        self.browser, self.bot, self.wanted = browser, bot, wanted
        bot.page = (WEB / "page" / "index.html").read_text().replace("{emergency}", "999, 112 or 911").replace(
            "{address}", "https://knee.clinic.example").replace("{signs}", "<li>Signs of danger.</li>")  # fmt: skip

    def chat(self, size: dict[str, int], theme: str = "light", **settings: object) -> Page:
        """The page with the chat open."""
        page = self.browser.new_page(
            viewport=size, locale="en-GB", reduced_motion="reduce", device_scale_factor=1, **settings
        )  # type: ignore[arg-type]
        page.goto(self.bot.url)
        page.evaluate("theme => document.querySelector('knee-chat').setAttribute('theme', theme)", theme)
        page.get_by_role("button", name="Knee pain").click()
        page.get_by_text("I am Kneewise").wait_for()
        return page

    def say(self, page: Page, text: str) -> None:
        """Type and send, and wait for the answer."""
        before = page.locator("li.bot").count()
        page.get_by_role("textbox", name="Your message").fill(text)
        page.keyboard.press("Enter")
        page.locator("li.bot").nth(before).wait_for()

    def keep(self, page: Page, name: str, part: Locator | None = None) -> None:
        """Save one picture."""
        page.evaluate(LOADED)
        (part or page).screenshot(path=OUT / f"{name}.png", animations="disabled")
        print(name)

    def cards(self) -> Iterator[tuple[str, str, dict[str, int]]]:
        """Which card is drawn in which theme and at which size."""
        for name in samples():
            yield name, "light", DESKTOP
        for name in THEMED:
            yield name, "dark", DESKTOP
            yield name, "light", PHONE
        yield "ambulance", "contrast", DESKTOP
        yield "any_of", "contrast", DESKTOP

    def take_cards(self) -> None:
        """Every card, whole, in its window."""
        for name, theme, size in self.cards():
            phone = "phone-" if size is PHONE else ""
            label = f"card-{phone}{name}" + ("" if theme == "light" else f"-{theme}")
            if self.wanted and label not in self.wanted:
                continue
            self.bot.answer = lambda _, name=name: [samples()[name]]  # type: ignore[misc]
            page = self.chat({**size, "height": 3600}, theme)
            page.evaluate("document.querySelector('knee-chat').style.setProperty('--knee-height', '3560px')")
            self.say(page, "My knee hurts")
            page.evaluate(LOADED)
            top = page.locator("li.person").bounding_box()
            end = page.locator("li.bot").bounding_box()
            box = page.locator(".panel").bounding_box()
            assert top
            assert end
            assert box
            clip = {
                "x": box["x"],
                "y": top["y"] - 10,
                "width": box["width"],
                "height": end["y"] + end["height"] - top["y"] + 22,
            }
            page.screenshot(path=OUT / f"{label}.png", clip=clip, animations="disabled")  # type: ignore[arg-type]
            print(label)
            page.close()

    def state(self, name: str) -> bool:
        """Whether this one is wanted."""
        return not self.wanted or name in self.wanted

    def take_states(self) -> None:
        """The page, the closed and the open window, and what may go wrong."""
        for name, size, settings in (
            ("page", DESKTOP, {}),
            ("page-dark", DESKTOP, {"color_scheme": "dark"}),
            ("page-phone", PHONE, {}),
            ("page-nojs", DESKTOP, {"java_script_enabled": False}),
        ):
            if self.state(name):
                page = self.browser.new_page(viewport=size, locale="en-GB", **settings)  # type: ignore[arg-type]
                page.goto(self.bot.url)
                if name != "page-nojs":
                    page.get_by_role("button", name="Knee pain").wait_for()
                page.screenshot(path=OUT / f"{name}.png", full_page=name != "page")
                print(name)
                page.close()
        for name, size, theme in (
            ("start", DESKTOP, "light"),
            ("start-dark", DESKTOP, "dark"),
            ("start-phone", PHONE, "light"),
            ("start-narrow", NARROW, "light"),
        ):
            if self.state(name):
                page = self.chat(size, theme)
                self.keep(page, name)
                page.close()
        self.talk()
        self.troubles()

    def talk(self) -> None:
        """A talk of some turns, with help and menu."""
        for name, size, theme in (
            ("talk", DESKTOP, "light"),
            ("talk-dark", DESKTOP, "dark"),
            ("talk-phone", PHONE, "light"),
            ("talk-narrow", NARROW, "light"),
        ):
            if not self.state(name):
                continue
            page = self.chat(size, theme)
            turns = iter([["understood", "trend"], ["yes_no"], ["any_of"]])
            names = {"trend": "one_of"}
            self.bot.answer = lambda _: [samples()[names.get(one, one)] for one in next(turns)]  # noqa: B023
            self.say(page, "The front of my knee hurts since three weeks, and my calf is swollen")
            page.get_by_role("button", name="About the same").click()
            page.get_by_role("button", name="Not sure").click()
            page.get_by_text("Tick all").wait_for()
            self.keep(page, name)
            if name in ("talk", "talk-phone"):
                page.get_by_role("button", name="Emergency help").click()
                self.keep(page, f"{name}-help")
                page.get_by_role("button", name="Menu").click()
                self.keep(page, f"{name}-menu")
                page.get_by_role("button", name="Delete my data").click()
                self.keep(page, f"{name}-delete")
            page.close()

    def troubles(self) -> None:
        """Offline, slow, mute."""
        self.bot.answer = lambda text: [{"text": text}]
        if self.state("offline"):
            page = self.chat(DESKTOP)
            page.context.set_offline(True)
            page.get_by_role("textbox", name="Your message").fill("My knee hurts")
            page.keyboard.press("Enter")
            page.get_by_text("Waiting to be sent").wait_for()
            self.keep(page, "offline")
            page.close()
        if self.state("slow"):
            self.bot.hold.clear()
            page = self.chat(DESKTOP)
            page.get_by_role("textbox", name="Your message").fill("My knee hurts")
            page.keyboard.press("Enter")
            page.get_by_text("Still working").wait_for()
            self.keep(page, "slow")
            self.bot.hold.set()
            page.close()
        if self.state("no-answer"):
            self.bot.answer = lambda _: []
            page = self.chat(DESKTOP)
            page.get_by_role("textbox", name="Your message").fill("My knee hurts")
            page.keyboard.press("Enter")
            page.get_by_role("button", name="Try again").wait_for()
            self.keep(page, "no-answer")
            page.close()


def main(wanted: list[str]) -> int:
    """Take the wanted pictures, or all of them.

    Returns:
        The exit code.
    """
    OUT.mkdir(parents=True, exist_ok=True)
    bot = StubBot()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        studio = Studio(browser, bot, wanted)
        studio.take_states()
        studio.take_cards()
        browser.close()
    bot.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
