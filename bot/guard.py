"""Stands before every request: who may reach Rasa's own API, headers of every answer, and errors without insides."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sanic import Sanic, response
from sanic.compat import Header
from sanic.exceptions import InvalidUsage, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.conversation import where
from actions.wording import say

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_TOKEN = 16
"""Characters of `KNEEWISE_API_TOKEN`."""
LARGEST_BODY = 2_000_000
"""Bytes of any request; each channel takes less."""
SECONDS_TO_SEND = 20
"""For the head of a request."""
SECONDS_TO_ANSWER = 120
"""From the head to the end of the answer: a body that comes in drops, and training over Rasa's API."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Of every answer whose route has set no others."""
PASSED_ON = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via")
"""What proxies add: a request that carries one did not begin on this machine."""
RASA = "rasa.server"
WORDS = {
    400: "That request could not be read.",
    404: "There is no such page.",
    405: "That cannot be done here.",
    408: "That took too long to arrive.",
    413: f"That is larger than {LARGEST_BODY} bytes.",
}
logger = logging.getLogger(__name__)


class CheckedRequest(Request):  # type: ignore[misc]
    """A request whose body has one clear length.

    Sanic 21.12 takes `Content-Length: -1` and then reads for ever without letting anybody else in: one such request freezes
    the server. Two lengths, or a length beside chunks, are read otherwise by the proxy in front.
    """

    def __init__(self, url_bytes: bytes, headers: Header, *rest: Any, **named: Any):
        lengths, encodings = headers.getall("content-length", []), headers.getall("transfer-encoding", [])
        clear = all(one.isascii() and one.isdigit() for one in lengths) and set(encodings) <= {"chunked"}
        if not clear or len(lengths) + len(encodings) > 1:
            raise InvalidUsage("The length of the body is not clear.")
        super().__init__(url_bytes, headers, *rest, **named)


class BadToken(ValueError):
    """The token of the API can be guessed; its text is safe to show."""


def api_token(environment: Mapping[str, str]) -> str | None:
    """The token that opens Rasa's own API; None where none is set.

    Raises:
        BadToken: it is too short.
    """
    token = environment.get("KNEEWISE_API_TOKEN") or None
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise BadToken(f"KNEEWISE_API_TOKEN must have at least {SHORTEST_TOKEN} characters")
    return token


def protect(app: Sanic, token: str | None) -> None:
    """Guard an application.

    Args:
        app: with or without Rasa's own API.
        token: opens that API; None leaves it to programs on this machine.
    """
    app.request_class = CheckedRequest
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    app.config.REQUEST_TIMEOUT, app.config.RESPONSE_TIMEOUT = SECONDS_TO_SEND, SECONDS_TO_ANSWER

    async def check(request: Request) -> HTTPResponse | None:
        if not _is_rasas(request):
            return None
        if token is None and not begins_here(request.headers):
            return response.text("This address is for programs on the server's own machine.", status=403)
        if token is not None and not hmac.compare_digest(str(request.args.get("token", "")).encode(), token.encode()):
            return response.text("The token is missing or wrong.", status=401)
        return None

    async def add_headers(_: Request, answer: HTTPResponse) -> None:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)

    app.register_middleware(check, "request")
    app.register_middleware(add_headers, "response")
    app.error_handler.add(Exception, failed)
    for name in ("sanic.error", "sanic.root", "asyncio", "aiohttp.server"):
        logging.getLogger(name).addFilter(without_words)


def begins_here(headers: Mapping[str, str]) -> bool:
    """Whether a program on this machine asks: no website in a browser here, and nobody through a proxy.

    A page can make a browser send requests to loopback, and by a name that leads there read the answers, so the host that
    was asked for must be loopback by name.

    Args:
        headers: of the request.
    """
    if any(name in headers for name in PASSED_ON):
        return False
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    origin = headers.get("origin")
    return _is_loopback(f"//{headers.get('host', '')}") and (origin is None or _is_loopback(origin))


def failed(_: Request, error: Exception) -> HTTPResponse:
    """What a request that failed is answered: plain words, nothing of the inside, and a log line without words."""
    if isinstance(error, SanicException) and error.status_code < 500:
        headers = {name: value for name, value in (getattr(error, "headers", None) or {}).items() if name == "Allow"}
        return response.text(WORDS.get(error.status_code, WORDS[400]), status=error.status_code, headers=headers)
    if not isinstance(error, SanicException):
        logger.error("a request failed: %s", where(error))
    return response.text(say("safety"), status=503)


def without_words(record: logging.LogRecord) -> bool:
    """Leaves of a warning of the web server the kind of error and the place; the rest can hold addresses and words."""
    if record.levelno >= logging.WARNING:
        error = record.exc_info[1] if record.exc_info else None
        why = "" if error is None else str(error) if isinstance(error, OSError) else where(error)
        record.msg = f"the web server warns at {Path(record.pathname).name}:{record.lineno} {why}".rstrip()
        record.args, record.exc_info, record.exc_text = (), None, None
    return True


def _is_rasas(request: Request) -> bool:
    """The route is one of Rasa's own API, whatever it is called."""
    route = request.route
    return route is not None and route.handler.__module__ == RASA


def _is_loopback(address: str) -> bool:
    try:
        return urlsplit(address).hostname in LOOPBACK
    except ValueError:
        return False
