"""What the server shows besides the talk: exercise pictures, the metronome, and the printable plan."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions import known
from actions.conversation import protocol
from actions.record import Record
from actions.selfcare import chart, figures
from actions.selfcare.page import plan_page
from actions.selfcare.plan import may_have_plan
from actions.selfcare.progress import Entry
from actions.triage.engine import next_step
from actions.triage.model import Assessment
from actions.turn import plan_of
from actions.wording import content

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(__file__).parent / "web" / "media"
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
PRIVATE = {**HEADERS, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
SECONDS_FOR_MY_DATA = 3600
LINK_OVER = "This link is over. Ask for your data again in the chat."
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

    @routes.get("/my-data/<link>")
    async def my_data(_: Request, link: str) -> HTTPResponse:
        found = await asyncio.get_running_loop().run_in_executor(None, _my_data, link)
        if found is None:
            return response.text(LINK_OVER, status=404, headers=PRIVATE)
        named = {**PRIVATE, "Content-Disposition": 'attachment; filename="kneewise.json"'}
        return response.text(found, headers=named, content_type="application/json")

    @routes.get("/progress/<name>")
    async def progress(_: Request, name: str) -> HTTPResponse:
        link, _dot, kind = name.rpartition(".")
        drawn = await asyncio.get_running_loop().run_in_executor(None, chart_of, link, kind)
        if drawn is None:
            return response.text("There is no such picture.", status=404, headers=PRIVATE)
        return response.raw(drawn, content_type=TYPES[f".{kind}"], headers=PRIVATE)

    return routes


def _my_data(link: str) -> str | None:
    """Everything stored of the person that a link belongs to, as JSON."""
    sender = known.sender_of(link, SECONDS_FOR_MY_DATA)
    if sender is None:
        return None
    return json.dumps(known.records().export(sender), indent=1, ensure_ascii=False, default=str)


def chart_of(link: str, kind: str) -> bytes | None:
    """The picture of somebody's check-ins; None when there is none behind this link.

    Args:
        link: made for the person, part of the picture's address.
        kind: `png` or `svg`.
    """
    if kind not in chart.KINDS:
        return None
    sender = known.sender_of(link)
    entries = [Entry(one.day, one.answers) for one in known.records().memory(sender).check_ins] if sender else []
    told = [(entry.day, entry.pain) for entry in entries if entry.pain is not None]
    return chart.draw(told, content("load.yml")["pain_zones"], kind) if told else None


async def _plan(request: Request, secret: str) -> str | None:
    """The page of a plan; None unless its person may still have one."""
    record = Record.from_json(await request.app.ctx.agent.tracker_store.record_of_plan(secret))
    if record.plan_id != secret or record.plan_made_on is None:
        return None
    step = next_step(record.findings, protocol(), frozenset(record.doubts))
    if not isinstance(step, Assessment) or not may_have_plan(step, record.findings):
        return None
    return plan_page(plan_of(record, protocol()), record.findings, date.fromisoformat(record.plan_made_on))
