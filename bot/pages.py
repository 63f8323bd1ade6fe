"""What the server shows besides the talk: the page and its widget, exercise pictures, the metronome, the printable plan."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache
from html import escape
from pathlib import Path

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.conversation import protocol
from actions.record import Record
from actions.selfcare import figures
from actions.selfcare.page import plan_page
from actions.selfcare.plan import make_plan, may_have_plan
from actions.triage.engine import next_step
from actions.triage.model import Assessment, Level
from actions.wording import fill, public_url

ROOT = Path(__file__).resolve().parents[1]
WEB = Path(__file__).parent / "web"
MEDIA = WEB / "media"
PAGE = WEB / "page"
CACHE = ROOT / "build" / "media"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
         ".css": "text/css; charset=utf-8", ".png": "image/png", ".gif": "image/gif"}  # fmt: skip
PICTURE = re.compile(r"(?P<id>[a-z_]+)\.(?P<side>left|right)\.(?P<theme>light|dark)\.(?P<kind>svg|anim\.svg|png|gif)")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
KEPT = {**HEADERS, "Cache-Control": "public, max-age=3600"}
WIDGET = {**KEPT, "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Accept-Encoding"}
DRAWN = {**HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
PRIVATE = {**HEADERS, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
MAKERS: dict[str, Callable[[str, figures.Side, figures.Theme], str | bytes]] = {
    "svg": figures.still_svg, "anim.svg": figures.animated_svg, "png": figures.still_png, "gif": figures.gif,
}  # fmt: skip


def picture(name: str) -> bytes | None:
    """One exercise picture, from the cache when it was drawn before; takes up to two seconds.

    Args:
        name: `<exercise>.<side>.<theme>.<kind>`.

    Returns:
        None when there is no such picture.
    """
    match = PICTURE.fullmatch(name)
    if not match or match["id"] not in figures.exercise_ids():
        return None
    kept = CACHE / f"{_drawn_by()}.{name}"
    if kept.exists():
        return kept.read_bytes()
    made = MAKERS[match["kind"]](match["id"], match["side"], match["theme"])  # type: ignore[arg-type]
    data = made.encode() if isinstance(made, str) else made
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=CACHE, delete=False) as new:
        new.write(data)
    os.replace(new.name, kept)
    return data


@cache
def _drawn_by() -> str:
    """Changes when the drawing changes, so that no old picture is shown."""
    folder = Path(figures.__file__).parent
    sources = [path.read_bytes() for path in sorted([*folder.glob("*.py"), *folder.glob("*.yml")])]
    content = (ROOT / "clinical" / "exercises.yml").read_bytes()
    return hashlib.sha256(b"".join([*sources, content])).hexdigest()[:12]


def pages() -> Blueprint:
    """The routes; `request.app.ctx.agent` holds the talks."""
    routes = Blueprint("kneewise_pages")
    known = {path.name: path.read_bytes() for path in MEDIA.iterdir()}
    _add_home(routes)

    @routes.get("/media/exercises/<name>")
    async def exercise(_: Request, name: str) -> HTTPResponse:
        data = await asyncio.get_running_loop().run_in_executor(None, picture, name)
        if data is None:
            return response.text("There is no such picture.", status=404, headers=HEADERS)
        return response.raw(data, content_type=TYPES[Path(name).suffix], headers=KEPT)

    @routes.get("/media/<name>")
    async def media(_: Request, name: str) -> HTTPResponse:
        if name not in known:
            return response.text("There is no such page.", status=404, headers=HEADERS)
        return response.raw(known[name], content_type=TYPES[Path(name).suffix], headers=KEPT)

    @routes.get("/plan/<secret>")
    async def plan(request: Request, secret: str) -> HTTPResponse:
        page = await _plan(request, secret)
        if page is None:
            gone = "There is no such plan. It may have been deleted, or your answers may have changed."
            return response.text(gone, status=404, headers=PRIVATE)
        return response.html(page, headers=PRIVATE)

    return routes


def _add_home(routes: Blueprint) -> None:
    """The page at `/`, its files, the widget, and the rules as a drawing."""
    widget = (WEB / "dist" / "widget.js").read_bytes()
    small = gzip.compress(widget, mtime=0)
    home = (PAGE / "index.html").read_text()
    files = {path.name: path.read_bytes() for path in PAGE.iterdir() if path.name != "index.html"}
    rules = (ROOT / "docs" / "protocol.html").read_text()

    @routes.get("/")
    async def index(_: Request) -> HTTPResponse:
        signs = "".join(f"<li>{escape(fill(line))}</li>" for line in protocol().levels[Level.SELF_CARE].safety_net)
        return response.html(fill(home, address=public_url(), signs=signs), headers={**HEADERS, "Cache-Control": "no-cache"})

    @routes.get("/<name:page[a-z-]*[.](?:css|js|svg)>")
    async def page_file(_: Request, name: str) -> HTTPResponse:
        if name not in files:
            return response.text("There is no such page.", status=404, headers=HEADERS)
        return response.raw(files[name], content_type=TYPES[Path(name).suffix], headers=KEPT)

    @routes.get("/widget.js")
    async def script(request: Request) -> HTTPResponse:
        packed = "gzip" in request.headers.get("accept-encoding", "")
        headers = {**WIDGET, "Content-Encoding": "gzip"} if packed else WIDGET
        return response.raw(small if packed else widget, content_type=TYPES[".js"], headers=headers)

    @routes.get("/protocol")
    async def protocol_page(_: Request) -> HTTPResponse:
        return response.html(rules, headers=DRAWN)


async def _plan(request: Request, secret: str) -> str | None:
    """The page of a plan; None unless its person may still have one."""
    record = Record.from_json(await request.app.ctx.agent.tracker_store.record_of_plan(secret))
    if record.plan_id != secret or record.plan_made_on is None:
        return None
    step = next_step(record.findings, protocol(), frozenset(record.doubts))
    if not isinstance(step, Assessment) or not may_have_plan(step, record.findings):
        return None
    made_on = date.fromisoformat(record.plan_made_on)
    return plan_page(make_plan(record.findings, protocol(), made_on), record.findings, made_on)
