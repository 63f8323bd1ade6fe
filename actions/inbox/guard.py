"""What stands before every page: headers, plain error pages, who is signed in, and that a form is ours."""

from __future__ import annotations

import asyncio
import hmac
import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web

from actions.inbox.looks import draw
from actions.inbox.sessions import Session, Sessions

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Middleware = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

COOKIE = "kneewise_inbox"
PACKAGE = str(Path(__file__).parent)
REFRESH = "X-Refresh"
"""The header of what the page fetches by itself: it does not keep a session alive."""
LARGEST_BODY = 64 * 1024
FORM = "application/x-www-form-urlencoded"
SETTINGS: web.AppKey[dict[str, Any]] = web.AppKey("settings", dict)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
PASSED_ON = ("Location", "Allow")
ERRORS = {
    400: ("That request could not be read", "Go back, load the page again, and repeat what you did."),
    403: ("This form is out of date", "Nothing was changed. Go back, load the page again, and repeat what you did."),
    404: ("There is no such page", "A hand-off is gone when its person has deleted their data."),
    405: ("That cannot be done here", "Go back to the list."),
    413: ("That is too long", "Nothing was changed. Go back and write less."),
    415: ("That request could not be read", "Only forms of this page are taken."),
    503: ("Too many people are signing in", "Try again in a moment."),
}
FAILED = ("Something failed here", "Nothing more is known to this page. The server's log names the kind of error.")
logger = logging.getLogger("kneewise.inbox")


def is_https(request: web.Request) -> bool:
    """Whether the browser came by https, here or at the proxy in front."""
    return request.secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def is_refresh(request: web.Request) -> bool:
    """Whether the page asks by itself, and not the clinician."""
    return REFRESH in request.headers


def page(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
    """A page with what every page shows."""
    common = {"session": request.get("session"), "every": request.app[SETTINGS]["refresh_s"]}
    html = draw(template, {**common, **values})
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8")


def error_page(request: web.Request, status: int) -> web.Response:
    """A page that says what happened, and nothing about the inside."""
    title, text = ERRORS.get(status, FAILED if status >= 500 else ERRORS[400])
    return page(request, "error.html", status, title=title, text=text)


@web.middleware
async def headers_and_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer carries the headers; every failure is a plain page, and a log line without words of anybody."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = web.Response(status=error.status) if error.status < 400 else error_page(request, error.status)
        response.headers.update({name: error.headers[name] for name in PASSED_ON if name in error.headers})
    except Exception as error:  # noqa: BLE001  nobody may see a trace
        ours = [one for one in traceback.extract_tb(error.__traceback__) if PACKAGE in one.filename]
        place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
        logger.error("The inbox failed with %s at %s", type(error).__name__, place)
        response = error_page(request, 500)
    response.headers.update(HEADERS)
    return response


def signed_in(sessions: Sessions) -> Middleware:
    """Lets nobody beyond the sign-in who is not signed in, and no form that this inbox did not make.

    Args:
        sessions: where cookies are looked up.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        session = await _session(request, sessions)
        request["session"] = session
        if request.path == "/sign-in" or request.path.startswith("/static/"):
            return await handler(request)
        if session is None:
            return await _sign_in_first(request)
        if request.method == "POST":
            form = await read_form(request)
            if not same(form.get("csrf", ""), session.csrf):
                raise web.HTTPForbidden
        return await handler(request)

    return check


async def _session(request: web.Request, sessions: Sessions) -> Session | None:
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    return await asyncio.to_thread(sessions.find, cookie, not is_refresh(request))


async def _sign_in_first(request: web.Request) -> web.StreamResponse:
    """To the sign-in and back; what was typed into a form is shown, so that it is not lost."""
    if request.method == "POST":
        form = await read_form(request)
        return page(request, "signed_out.html", 401, text=form.get("text", ""))
    if is_refresh(request):
        return error_page(request, 401)
    target = "/sign-in" if request.path == "/" else f"/sign-in?next={quote(request.path_qs, safe='/')}"
    raise web.HTTPSeeOther(target)


async def read_form(request: web.Request) -> dict[str, str]:
    """The fields of a posted form, without characters that no keyboard makes; read once.

    Raises:
        HTTPForbidden: another site sent it.
        HTTPUnsupportedMediaType: it is not a form.
        HTTPBadRequest: it is not UTF-8.
        HTTPRequestEntityTooLarge: it is too large.
    """
    if "form" not in request:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise web.HTTPForbidden
        if request.content_type != FORM or (request.charset or "utf-8").lower() != "utf-8":
            raise web.HTTPUnsupportedMediaType
        try:
            fields = await request.post()
        except ValueError:
            raise web.HTTPBadRequest from None
        request["form"] = {name: _plain(value) for name, value in fields.items() if isinstance(value, str)}
    form: dict[str, str] = request["form"]
    return form


def _plain(text: str) -> str:
    """Without control characters and lone surrogates, which no database takes; line ends as \\n."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(one for one in lines if one in "\n\t" or (one >= " " and one != "\x7f"))
    return kept.encode("utf-8", "ignore").decode("utf-8")


def same(given: str, expected: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())
