"""The running metronome: exact beats, one's own cadence, keyboard, contrast, offline. In real Chromium."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import yaml

from tests.web.browser import Chromium, Page, PageError
from tests.web.conftest import MEDIA
from tests.web.static_site import CSP, StaticSite

FILES = ("metronome.html", "metronome.js", "metronome.css", "metronome.svg", "metronome-sw.js")
PLAYING = "document.getElementById('play').textContent === 'Stop'"
STOPPED = "document.getElementById('play').textContent === 'Start'"
SAVED = "document.getElementById('offline').textContent"
# Collects the time at which each beat is to sound, on the audio clock.
BEATS = """window.beats = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (time) {
    beats.push({ time, at: this.context.currentTime, sound: this.buffer.getChannelData(0)[9] });
    return start.call(this, time);
  };"""
# A clock that stands until the test moves it.
FAKE = """import('./metronome.js').then(({ Metronome }) => {
  const log = [];
  const node = () => ({ connect() {}, disconnect() { log.splice(log.indexOf(this.when), 1); },
                        start(when) { this.when = when; log.push(when); }, gain: {} });
  const context = { currentTime: 0, sampleRate: 8000, destination: {}, resume() {}, suspend() {}, createGain: node,
    createBufferSource: node, createBuffer: (_, length) => ({ getChannelData: () => new Float32Array(length) }) };
  const metronome = new Metronome(context);
  const at = (time) => { context.currentTime = time; metronome.fill(); };
  %s
  metronome.stop();
  return result;
})"""
HIDE = "Object.defineProperty(document, 'hidden', { get: () => %s, configurable: true })"


@pytest.fixture
def metronome(page: Page, media: StaticSite) -> Iterator[Page]:
    """The open page; at the end nothing may have gone wrong in it, and nobody else been asked."""
    page.before(BEATS)
    page.open(f"{media.url}metronome.html")
    page.wait(SAVED)
    yield page
    assert page.errors == []
    assert {urlsplit(url).netloc for url in page.requests} == {urlsplit(media.url).netloc}


def tap(page: Page, *times: float) -> None:
    page.evaluate(f"import('./metronome.js').then(({{ tap }}) => {json.dumps(times)}.forEach(tap))")


def steady(spm: float, count: int = 8, begin: float = 1000) -> list[float]:
    return [begin + i * 60000 / spm for i in range(count)]


def call(page: Page, expression: str) -> Any:
    return page.evaluate(f"import('./metronome.js').then((m) => {expression})")


def fake(page: Page, script: str) -> Any:
    return page.evaluate(FAKE % script)


def gaps(times: list[float]) -> list[float]:
    return [later - sooner for sooner, later in zip(times, times[1:])]


# --- The files ---------------------------------------------------------------------------------------------


def test_is_small() -> None:
    assert sum((MEDIA / name).stat().st_size for name in FILES) < 15_000


def test_its_numbers_are_those_of_the_protocol() -> None:
    content = yaml.safe_load((MEDIA.parents[2] / "clinical/load.yml").read_text())
    cadence = next(one for one in content["levers"] if one["id"] == "cadence")
    pain = next(one for one in content["first_rules"] if one["id"] == "running_pain")["pain_at_most"]
    page = (MEDIA / "metronome.html").read_text()
    advice = page[page.index('id="raise"') : page.index("<details>")]
    assert [int(one) for one in re.findall(r'data-percent="(\d+)"', advice)] == cadence["rise_percent"]
    assert [int(one) for one in re.findall(r"\+(\d+)%", advice)] == cadence["rise_percent"]
    assert f"helps most if your own rate is {cadence['best_if_at_most']} or less" in advice
    low, high = cadence["rough_target"]
    assert f"{low} to {high} steps a minute. That is only a rough guide" in advice
    assert f"Keep pain at {pain} out of 10 or less while you run" in advice
    said = [int(one) for one in re.findall(r"\d+", re.sub("<[^>]*>", "", advice))]
    assert said == [*cadence["rise_percent"], cadence["best_if_at_most"], low, high, pain, 10]


def test_words_are_short() -> None:
    text = re.sub(r"<[^>]*>", "\n", (MEDIA / "metronome.html").read_text())
    assert [one for one in re.split(r"[.?:\n]\s", text) if len(one.split()) > 20] == []


# --- The page ----------------------------------------------------------------------------------------------


def test_opens_under_the_strict_policy(metronome: Page, media: StaticSite) -> None:
    assert metronome.text("h1") == "Running metronome"
    assert metronome.text("#spm") == "170"
    assert metronome.text("#note") == ""
    assert set(media.asked) == {f"/media/{name}" for name in FILES}


def test_a_breach_of_the_policy_would_be_seen(page: Page, media: StaticSite) -> None:
    media.instead["/media/metronome.html"] = b"<!doctype html><body style='color: red'><script>1</script>"
    page.open(f"{media.url}metronome.html")
    assert len([one for one in page.errors if "Content Security Policy" in one]) == 2
    assert "unsafe" not in CSP


@pytest.mark.parametrize("spm", ["100", "175", "220"])
def test_takes_the_rate_from_the_link(page: Page, media: StaticSite, spm: str) -> None:
    page.open(f"{media.url}metronome.html?spm={spm}")
    assert page.text("#spm") == spm
    assert page.text("#note") == ""


@pytest.mark.parametrize("spm", ["99", "221", "", "abc", "1e2", "170.5", "-170", "0x99", "<b>170</b>", "９９９"])
def test_a_bad_rate_gets_the_usual_one_and_a_note(page: Page, media: StaticSite, spm: str) -> None:
    page.open(f"{media.url}metronome.html?spm={quote(spm)}")
    assert page.text("#spm") == "170"
    assert page.text("#note") == "That link needs a whole number from 100 to 220. The beat is set to 170."
    assert page.errors == []


def test_works_from_the_keyboard_alone(metronome: Page) -> None:
    metronome.press("Enter")
    metronome.wait(PLAYING)
    metronome.wait("beats.length > 3")
    metronome.press(" ")
    metronome.wait(STOPPED)
    metronome.press("ArrowUp", times=3)
    metronome.press("PageUp", times=2)
    metronome.press("ArrowDown")
    metronome.press("PageDown")
    assert metronome.text("#spm") == "177"
    metronome.wait("document.getElementById('say').textContent === '177 steps a minute'")
    metronome.press("PageUp", times=12)
    assert metronome.text("#spm") == "220"
    metronome.press("PageDown", times=30)
    assert metronome.text("#spm") == "100"
    metronome.press("t")
    assert metronome.text("#result") == "1 of 8 taps"


def test_the_keys_do_not_scroll_the_page(metronome: Page) -> None:
    metronome.evaluate(
        "window.kept = []; addEventListener('keydown', (event) => { kept.push(event.defaultPrevented); })"
    )
    for key in ("PageDown", "PageUp", "ArrowDown", "ArrowUp", " "):
        metronome.press(key)
    assert metronome.evaluate("kept") == [True] * 5


def test_the_browsers_own_shortcuts_are_left_alone(metronome: Page) -> None:
    metronome.press("t", control=True)
    metronome.press("ArrowUp", control=True)
    assert (metronome.text("#spm"), metronome.text("#result")) == ("170", "No taps yet.")


def test_a_focused_control_keeps_its_own_keys(metronome: Page) -> None:
    metronome.evaluate("document.querySelector('[data-step=\"5\"]').focus()")
    metronome.press(" ")
    metronome.press("Enter")
    assert metronome.text("#spm") == "180"
    metronome.evaluate("document.getElementById('volume').focus()")
    metronome.press("ArrowDown")
    assert metronome.evaluate("document.getElementById('volume').value") == "69"
    assert metronome.text("#spm") == "180"
    metronome.evaluate("document.getElementById('play').focus()")
    metronome.press("Enter")
    metronome.wait(PLAYING)
    metronome.press(" ")
    metronome.wait(STOPPED)


def test_tab_reaches_every_control_and_shows_where_it_is(metronome: Page) -> None:
    metronome.evaluate("document.querySelector('details').open = true")
    tap(metronome, *steady(160))
    wanted = metronome.evaluate("document.querySelectorAll('button, input, summary, a').length")
    seen = set()
    for _ in range(wanted):
        metronome.press("Tab")
        seen.add(metronome.evaluate("document.activeElement.outerHTML"))
        outline = metronome.evaluate("getComputedStyle(document.activeElement).outline")
        assert "solid 3px" in outline
    assert len(seen) == wanted


def test_the_keys_can_be_turned_off(metronome: Page) -> None:
    metronome.evaluate("document.querySelector('details').open = true")
    metronome.click("#keys")
    metronome.evaluate("document.activeElement.blur()")
    metronome.press("ArrowUp")
    metronome.press("t")
    metronome.press("Enter")
    assert (metronome.text("#spm"), metronome.text("#result")) == ("170", "No taps yet.")
    assert metronome.evaluate(STOPPED)


def test_the_buttons_change_the_beat(metronome: Page) -> None:
    for step, expected in [("-5", "165"), ("-1", "164"), ("1", "165"), ("5", "170")]:
        metronome.click(f'[data-step="{step}"]')
        assert metronome.text("#spm") == expected


# --- One's own cadence -------------------------------------------------------------------------------------


def test_eight_taps_give_ones_own_cadence_and_two_higher_beats(metronome: Page) -> None:
    times = steady(161.8)
    tap(metronome, *times[:7])
    assert metronome.text("#result") == "7 of 8 taps"
    assert metronome.evaluate("document.querySelectorAll('[data-percent]:disabled').length") == 2
    tap(metronome, times[7])
    assert metronome.text("#result") == "Your own cadence is 162 steps a minute."
    metronome.wait("document.getElementById('say').textContent.startsWith('Your own cadence is 162')")
    assert metronome.text('[data-percent="5"]') == "+5%: 170"
    assert metronome.text('[data-percent="10"]') == "+10%: 178"
    metronome.click('[data-percent="10"]')
    assert metronome.text("#spm") == "178"
    assert metronome.evaluate("document.activeElement.id") == "play"
    metronome.press("Enter")
    metronome.wait(PLAYING)


def test_a_missed_and_a_double_tap_do_not_count(metronome: Page) -> None:
    times = steady(150, 12)
    tap(metronome, *times[:4], *times[5:8], times[7] + 40, times[8], times[8] + 190, *times[9:])
    assert metronome.text("#result") == "Your own cadence is 150 steps a minute."


def test_a_pause_begins_a_new_count(metronome: Page) -> None:
    tap(metronome, *steady(180))
    tap(metronome, *steady(150, begin=1000 + 7 * 60000 / 180 + 3001))
    assert metronome.text("#result") == "Your own cadence is 150 steps a minute."
    tap(metronome, 60_000)
    assert metronome.text("#result") == "1 of 8 taps"
    assert metronome.evaluate("document.querySelectorAll('[data-percent]:disabled').length") == 2


@pytest.mark.parametrize(
    "times",
    [steady(82), steady(240), steady(500), [0, 300, 900, 1400, 1700, 2900, 3200, 4100]],
    ids=["one foot only", "too fast", "120 ms apart", "uneven"],
)
def test_taps_that_cannot_be_steps_give_no_cadence(metronome: Page, times: list[float]) -> None:
    tap(metronome, *times)
    assert "Tap once for each step, left and right." in metronome.text("#result")
    assert metronome.evaluate("document.querySelectorAll('[data-percent]:disabled').length") == 2


def test_no_beat_above_the_range_is_offered(metronome: Page) -> None:
    tap(metronome, *steady(205))
    assert metronome.text('[data-percent="5"]') == "+5%: 215"
    assert metronome.evaluate("document.querySelector('[data-percent=\"10\"]').disabled")


def test_tapping_stops_the_beat(metronome: Page) -> None:
    metronome.click("#play")
    metronome.wait(PLAYING)
    metronome.click("#tap")
    assert metronome.evaluate(STOPPED)
    assert metronome.text("#result") == "1 of 8 taps"


def test_the_tap_button_counts_each_press_once(metronome: Page) -> None:
    metronome.click("#tap", hold=0.15)
    assert metronome.text("#result") == "1 of 8 taps"
    metronome.evaluate("document.getElementById('tap').click()")  # as a screen reader does
    assert metronome.text("#result") == "2 of 8 taps"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("m.clamp(99)", 100), ("m.clamp(170)", 170), ("m.clamp(500)", 220),
        ("m.plusPercent(160, 5)", 168), ("m.plusPercent(160, 10)", 176), ("m.plusPercent(150, 5)", 158),
        ("m.plusPercent(163, 10)", 179), ("m.median([3, 1, 2])", 2), ("m.median([4, 1, 2, 3])", 2.5),
        ("m.asked('')", 170), ("m.asked('?spm=182&a=b')", 182), ("m.asked('?spm=')", None), ("m.asked('?spm=99')", None),
        ("m.addTap([], 5)", [5]), ("m.addTap([5], 400)", [5, 400]), ("m.addTap([5], 80)", [5]),
        ("m.addTap([5, 400], 3400)", [5, 400, 3400]), ("m.addTap([5, 400], 3401)", [3401]),
        ("m.medianCadence([0, 400, 800, 1200, 1600, 2000, 2400])", None),
        ("m.medianCadence([0, 400, 800, 1200, 1600, 2000, 2400, 2800])", 150),
        ("m.medianCadence([0, 380, 800, 1190, 1600, 2010, 2400, 2790])", 154),
    ],
)  # fmt: skip
def test_arithmetic(page: Page, media: StaticSite, expression: str, value: Any) -> None:
    page.open(f"{media.url}metronome.html")
    assert call(page, expression) == value


# --- The beat ----------------------------------------------------------------------------------------------


def test_twenty_beats_are_equally_spaced(metronome: Page) -> None:
    """Slow, 5 seconds: the real audio clock has to pass."""
    metronome.press("PageUp", times=10)
    metronome.press("Enter")
    metronome.wait("beats.length >= 20")
    beats = metronome.evaluate("beats")
    assert gaps([one["time"] for one in beats]) == pytest.approx([60 / 220] * (len(beats) - 1), abs=0.001)
    assert all(one["time"] > one["at"] for one in beats), "each is handed over before it is due"
    assert all(one["sound"] == beats[i % 2]["sound"] for i, one in enumerate(beats))
    assert beats[0]["sound"] != beats[1]["sound"]


def test_the_accent_can_be_turned_off(metronome: Page) -> None:
    metronome.click("#accent")
    metronome.click("#play")
    metronome.wait("beats.length > 3")
    assert len({one["sound"] for one in metronome.evaluate("beats")}) == 1


def test_an_hour_of_beats_does_not_drift(metronome: Page) -> None:
    times = fake(
        metronome, "metronome.start(190); for (let t = 0; t < 3600; t += 0.25) at(t); const result = [...log];"
    )
    assert len(times) == pytest.approx(190 * 60, abs=2)
    assert times[-1] - times[0] == pytest.approx((len(times) - 1) * 60 / 190, abs=1e-6)


def test_a_new_rate_goes_on_from_the_last_beat(metronome: Page) -> None:
    script = "metronome.start(120); at(0.2); at(0.55); at(0.65); metronome.retime(150); at(0.9); at(1.3); const result = [...log];"
    assert fake(metronome, script) == pytest.approx([0.1, 0.6, 1.0, 1.4])


def test_a_much_faster_rate_leaves_no_beat_in_the_past(metronome: Page) -> None:
    script = "metronome.start(100); at(0.2); at(0.65); metronome.retime(220); const result = [...log];"
    assert fake(metronome, script) == pytest.approx([0.1, 0.67, 0.67 + 60 / 220])


def test_a_page_that_slept_goes_on_in_time(metronome: Page) -> None:
    script = "metronome.start(120); at(10.3); const result = [...log];"
    assert fake(metronome, script) == pytest.approx([0.1, 10.6])


def test_a_hidden_page_plays_on_for_more_than_a_minute(metronome: Page) -> None:
    metronome.press("Enter")
    metronome.wait(PLAYING)
    metronome.evaluate(f"{HIDE % 'true'}; document.dispatchEvent(new Event('visibilitychange'))")
    ahead = metronome.evaluate("beats.at(-1).time - beats.at(-1).at")
    assert ahead > 60
    count = metronome.evaluate(f"{HIDE % 'false'}; beats.length")
    metronome.press("ArrowUp")
    times = [one["time"] for one in metronome.evaluate("beats")]
    assert max(times[count:]) < max(times[:count]), "the beats of the old rate are taken back"


def test_the_screen_stays_on_while_it_plays(page: Page, media: StaticSite) -> None:
    page.before("""window.locks = 0; Object.defineProperty(navigator, 'wakeLock', { value: {
      request: async () => { locks += 1; return { release: async () => { locks -= 1; } }; } } })""")
    page.open(f"{media.url}metronome.html")
    page.press("Enter")
    page.wait("locks === 1")
    page.press("Enter")
    page.wait("locks === 0")
    assert page.errors == []


def test_the_feet_move_with_the_beat(metronome: Page) -> None:
    metronome.press("Enter")
    metronome.wait("document.querySelector('#left.now')")
    metronome.wait("document.querySelector('#right.now')")
    metronome.press("Enter")
    metronome.wait("!document.querySelector('.now')")


def test_nothing_moves_for_those_who_asked_for_it(metronome: Page) -> None:
    metronome.prefer(reduced_motion="reduce")
    metronome.evaluate(
        "window.moved = 0; new MutationObserver((all) => { moved += all.length; })"
        ".observe(document.querySelector('svg'), { subtree: true, attributes: true })"
    )
    metronome.press("Enter")
    metronome.wait("beats.length > 4")
    assert metronome.evaluate("moved") == 0


# --- Offline -----------------------------------------------------------------------------------------------


def test_works_offline_after_the_first_visit(page: Page, media: StaticSite) -> None:
    page.open(f"{media.url}metronome.html")
    page.wait(SAVED)
    media.stop()
    page.open(f"{media.url}metronome.html?spm=180")
    assert page.text("#spm") == "180"
    page.press("Enter")
    page.wait(PLAYING)
    assert page.evaluate("getComputedStyle(document.getElementById('play')).minHeight") != "auto"
    with pytest.raises(PageError):
        page.open(f"{media.url}other.html")


def test_a_new_version_is_shown_and_kept(page: Page, media: StaticSite) -> None:
    page.open(f"{media.url}metronome.html")
    page.wait(SAVED)
    newer = (MEDIA / "metronome.html").read_bytes().replace(b"<h1>Running metronome", b"<h1>Newer metronome")
    media.instead["/media/metronome.html"] = newer
    page.open(f"{media.url}metronome.html?a")
    assert page.text("h1") == "Newer metronome"
    media.stop()
    page.open(f"{media.url}metronome.html?b")
    assert page.text("h1") == "Newer metronome"


def test_a_weak_signal_shows_the_kept_copy(page: Page, media: StaticSite) -> None:
    """Slow, 4 seconds: the worker waits 2 for the page and 2 for its files."""
    page.open(f"{media.url}metronome.html")
    page.wait(SAVED)
    media.silent = True
    page.open(f"{media.url}metronome.html?spm=180")
    page.wait("document.getElementById('spm').textContent === '180'")


def test_other_files_beside_it_are_left_alone(metronome: Page, media: StaticSite) -> None:
    metronome.evaluate("navigator.serviceWorker.ready.then(() => fetch('metronome.css'))")
    for _ in range(2):
        metronome.open(f"{media.url}metronome.html")
        assert metronome.evaluate("fetch('picture.svg').then((answer) => answer.status)") == 404
    assert media.asked["/media/picture.svg"] == 2
    assert metronome.evaluate("caches.open('kneewise-metronome').then((s) => s.keys()).then((k) => k.length)") == 4
    metronome.errors = [one for one in metronome.errors if "404" not in one]


@pytest.mark.parametrize(
    "script",
    [
        "delete Navigator.prototype.serviceWorker",
        "Object.defineProperty(navigator, 'serviceWorker', { get() { throw new DOMException('no', 'SecurityError'); } })",
        "navigator.serviceWorker.register = async () => { throw new TypeError('refused'); }",
    ],
    ids=["absent", "forbidden", "refused"],
)
def test_works_without_a_service_worker(page: Page, media: StaticSite, script: str) -> None:
    page.before(script)
    page.open(f"{media.url}metronome.html?spm=150")
    page.press("ArrowUp")
    page.press("Enter")
    page.wait(PLAYING)
    assert page.text("#spm") == "151"
    assert page.errors == []


# --- For everybody -----------------------------------------------------------------------------------------

# Text whose contrast with what lies behind it is under 4.5 to 1.
FAINT = """(() => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => rgb(colour).slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => { const b = getComputedStyle(e).backgroundColor; return rgb(b)[3] === 0 ? behind(e.parentElement) : b; };
  const faint = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let looked = 0;
  while (words.nextNode()) {
    const e = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || e.closest('noscript')) continue;
    const [low, high] = [light(getComputedStyle(e).color), light(behind(e))].sort((a, b) => a - b);
    looked += 1;
    if ((high + 0.05) / (low + 0.05) < 4.5) faint.push(words.currentNode.data);
  }
  return [looked, faint];
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(page: Page, media: StaticSite, scheme: str) -> None:
    page.prefer(color_scheme=scheme)
    page.open(f"{media.url}metronome.html?spm=0")
    page.evaluate("document.querySelector('details').open = true")
    looked, faint = page.evaluate(FAINT)
    assert looked > 30
    assert faint == []


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_fits_the_screen_with_large_targets(metronome: Page, width: int) -> None:
    metronome.resize(width)
    metronome.evaluate("document.querySelector('details').open = true")
    tap(metronome, *steady(160))
    assert metronome.evaluate("document.documentElement.scrollWidth") <= width
    small = metronome.evaluate(
        "[...document.querySelectorAll('button, label, summary, a')].map((e) => [e.innerText, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.height < 44 || box.width < 44).map(([text]) => text)"
    )
    assert small == []


def test_every_control_has_a_name_and_results_are_announced(metronome: Page) -> None:
    said = metronome.send("Accessibility.getFullAXTree")["nodes"]
    controls = [one for one in said if one.get("role", {}).get("value") in {"button", "slider", "checkbox", "link"}]
    assert len(controls) == 11
    assert all(one["name"]["value"].strip() for one in controls)
    assert metronome.evaluate("document.getElementById('say').getAttribute('role')") == "status"


def test_runs_in_a_profile_of_its_own(chromium: Chromium, loop: asyncio.AbstractEventLoop) -> None:
    """What one test keeps offline, the next does not find."""
    site = StaticSite(loop, MEDIA, "/media/")
    first, second = chromium.page(), chromium.page()
    first.open(f"{site.url}metronome.html")
    first.wait(SAVED)
    site.stop()
    with pytest.raises(PageError):
        second.open(f"{site.url}metronome.html")
    first.close()
    second.close()
