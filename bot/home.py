"""The page at `/`, the widget that any page may load, and the rules to read."""

from __future__ import annotations

import gzip
from html import escape
from pathlib import Path

from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.conversation import protocol
from actions.triage.model import Level
from actions.wording import fill, public_url
from bot.pages import HEADERS, KEPT, ROOT, TYPES

WEB = Path(__file__).parent / "web"
PAGE = WEB / "page"
WIDGET = {
    **KEPT,
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}
DRAWN = {**HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}


def add_home(app: Sanic) -> None:
    """Serve the page and its widget, in place of Rasa's own greeting at `/`.

    Args:
        app: the server, with Rasa's routes.
    """
    app.router.static_routes.pop(("",), None)
    routes = Blueprint("kneewise_home")
    files = {path.name: path.read_bytes() for path in PAGE.iterdir() if path.name != "index.html"}
    widget = (WEB / "dist" / "widget.js").read_bytes()
    small = gzip.compress(widget, mtime=0)
    rules = (ROOT / "docs" / "protocol.html").read_text()

    @routes.get("/")
    async def home(_: Request) -> HTTPResponse:
        return response.html(home_page(), headers={**HEADERS, "Cache-Control": "no-cache"})

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
    async def rules_page(_: Request) -> HTTPResponse:
        return response.html(rules, headers=DRAWN)

    app.blueprint(routes)


def home_page() -> str:
    """The page at `/`; the signs of danger on it, for those without JavaScript, come from the protocol."""
    signs = "".join(f"<li>{escape(fill(line))}</li>" for line in protocol().levels[Level.SELF_CARE].safety_net)
    return fill((PAGE / "index.html").read_text(), address=public_url(), signs=signs)
