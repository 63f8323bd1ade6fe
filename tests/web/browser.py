"""Real Chromium for tests, driven through its DevTools protocol with aiohttp alone.

    chromium = Chromium(loop, tmp_path)
    page = chromium.page()
    page.open("http://127.0.0.1:8000/")
    page.press("Enter")
    page.wait("document.title === 'Done'")

Everything runs on one event loop that turns only while a call waits, so a server on the same loop answers too.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

T = TypeVar("T")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 30  # for one command or condition
CONTROL = 2  # DevTools' bit for the Ctrl key
KEYS = {" ": ("Space", 32, " "), "Enter": ("Enter", 13, "\r"), "Tab": ("Tab", 9, ""), "PageUp": ("PageUp", 33, ""),
        "PageDown": ("PageDown", 34, ""), "ArrowUp": ("ArrowUp", 38, ""), "ArrowDown": ("ArrowDown", 40, "")}  # fmt: skip
POLL = """new Promise((done, fail) => {
  const last = performance.now() + %d;
  const look = () => {
    if (%s) done(true);
    else if (performance.now() > last) fail(new Error('waited in vain'));
    else setTimeout(look, 15);
  };
  look();
})"""
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--disable-dev-shm-usage", "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


def chromium_path() -> str | None:
    """The installed Chromium: `CHROMIUM` says which, else the first known name on the path."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *NAMES))), None)


class PageError(Exception):
    """A script failed in the page, or a condition did not come true."""


class Chromium:
    """One headless browser with a fresh profile.

    Args:
        loop: the event loop that carries the talk with the browser.
        folder: where its profile goes.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, folder: Path):
        path = chromium_path()
        if path is None:
            raise FileNotFoundError(f"none of {', '.join(NAMES)} is installed")
        self.loop = loop
        self._pages: dict[str, Page] = {}
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._process = subprocess.Popen(
            [path, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.run(self._connect(folder / "DevToolsActivePort"))

    def run(self, work: Awaitable[T]) -> T:
        """Wait for some work, but not forever."""
        return self.loop.run_until_complete(asyncio.wait_for(work, SECONDS + 5))

    async def _connect(self, file: Path) -> None:
        while not file.exists() or len(file.read_text().split()) < 2:
            if self._process.poll() is not None:
                raise RuntimeError(f"Chromium ended at once, with code {self._process.returncode}")
            await asyncio.sleep(0.02)
        port, path = file.read_text().split()
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(f"http://127.0.0.1:{port}{path}", max_msg_size=0)
        self._listener = self.loop.create_task(self._listen())

    async def _listen(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                answer = self._waiting.pop(said["id"])
                if not answer.done():
                    answer.set_result(said)
            elif said.get("sessionId") in self._pages:
                self._pages[said["sessionId"]].heard(said["method"], said["params"])

    async def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """One DevTools command.

        Raises:
            PageError: the browser refused it.
        """
        number = next(self._numbers)
        answer = self._waiting[number] = self.loop.create_future()
        to = {"sessionId": session} if session else {}
        await self._socket.send_json({"id": number, "method": method, "params": params, **to})
        said = await asyncio.wait_for(answer, SECONDS)
        if "error" in said:
            raise PageError(f"{method}: {said['error']['message']}")
        return said["result"]

    def page(self) -> Page:
        """A page in a profile of its own: nothing is kept from the pages before it."""
        return self.run(self._page())

    async def _page(self) -> Page:
        context = (await self.send("Target.createBrowserContext"))["browserContextId"]
        target = await self.send("Target.createTarget", url="about:blank", browserContextId=context)
        attached = await self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = self._pages[attached["sessionId"]] = Page(self, attached["sessionId"], context)
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self.send(f"{domain}.enable", page.session)
        return page

    def close(self) -> None:
        """End the browser, kindly."""
        self.run(self.send("Browser.close"))
        self.run(self._listener)
        self.run(self._session.close())
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()


class Page:
    """One page, and what went wrong in it.

    Attributes:
        errors: what the console tells a developer: exceptions, errors, warnings, breaches of the CSP.
        requests: the address of everything it asked for.
    """

    def __init__(self, chromium: Chromium, session: str, context: str):
        self.session = session
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._chromium = chromium
        self._context = context

    def heard(self, method: str, params: dict[str, Any]) -> None:
        """Keep what an event of the browser tells."""
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            self.errors.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning", "assert"}:
            self.errors.append(" ".join(str(one.get("value", "")) for one in params["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One DevTools command to this page."""
        return self._chromium.run(self._chromium.send(method, self.session, **params))

    def before(self, script: str) -> None:
        """Run a script in every document before its own ones, as to replace a part of the browser."""
        self.send("Page.addScriptToEvaluateOnNewDocument", source=script)

    def open(self, url: str) -> None:
        """Go to an address, and wait until all of it is loaded.

        Raises:
            PageError: nothing answers there.
        """
        said = self.send("Page.navigate", url=url)
        if "errorText" in said:
            raise PageError(f"{url}: {said['errorText']}")
        self.wait("document.readyState === 'complete'")

    def evaluate(self, script: str) -> Any:
        """The value of an expression, or what its promise gives; as if the person had just done something."""
        said = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in said:
            details = said["exceptionDetails"]
            raise PageError(f"{details.get('exception', {}).get('description', details['text'])}\n{script}")
        return said["result"].get("value")

    def wait(self, condition: str, seconds: float = 10) -> None:
        """Look until a condition holds in the page.

        Raises:
            PageError: it did not in that time.
        """
        self.evaluate(POLL % (seconds * 1000, condition))

    def text(self, selector: str) -> str:
        """The text that an element shows, in one line."""
        return " ".join(self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText").split())

    def press(self, key: str, *, times: int = 1, control: bool = False) -> None:
        """Press and let go a key, named as in `KeyboardEvent.key`."""
        code, number, text = KEYS.get(key, (f"Key{key.upper()}", ord(key.upper()[0]), key))
        same = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": CONTROL if control else 0}
        for _ in range(times):
            down = {"type": "keyDown", "text": text} if text and not control else {"type": "rawKeyDown"}
            self.send("Input.dispatchKeyEvent", **same, **down)
            self.send("Input.dispatchKeyEvent", **same, type="keyUp")

    def click(self, selector: str, *, hold: float = 0) -> None:
        """Press the mouse in the middle of an element, and let go after some seconds on the page's clock."""
        where = json.dumps(selector)
        box = self.evaluate(
            f"(e => (e.scrollIntoView({{block: 'center'}}), e.getBoundingClientRect().toJSON()))(document.querySelector({where}))"
        )
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "button": "left", "clickCount": 1}
        self.send("Input.dispatchMouseEvent", type="mousePressed", **at)
        if hold:
            self.wait(f"performance.now() > {self.evaluate('performance.now()') + hold * 1000}")
        self.send("Input.dispatchMouseEvent", type="mouseReleased", **at)

    def prefer(self, **features: str) -> None:
        """Set media features, such as `color_scheme="dark"`."""
        wanted = [{"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in features.items()]
        self.send("Emulation.setEmulatedMedia", features=wanted)

    def resize(self, width: int, height: int = 800) -> None:
        """The size of the window in CSS pixels."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def screenshot(self, path: Path) -> None:
        """The whole page as a PNG."""
        said = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(said["data"]))

    def close(self) -> None:
        """Forget the page and its profile."""
        run = self._chromium
        run.run(run.send("Target.disposeBrowserContext", browserContextId=self._context))
