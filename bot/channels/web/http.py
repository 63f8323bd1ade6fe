"""The HTTP side, for networks where no socket lives: the same session, the same answers."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.conversation import where
from bot.channels.web.limits import LARGEST_BODY
from bot.channels.web.origins import Origins
from bot.channels.web.place import settings
from bot.channels.web.refusals import Refusal
from bot.channels.web.talks import WebTalks

logger = logging.getLogger(__name__)

PREFIX = "/web/"
BEARER = "Bearer "
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

Serve = Callable[[Request], Awaitable[dict[str, Any]]]
Route = Callable[[Request], Awaitable[HTTPResponse]]


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy as `SANIC_PROXIES_COUNT` or `SANIC_REAL_IP_HEADER` tell."""
    return str(request.remote_addr or request.ip)


def add_routes(routes: Blueprint, talks: WebTalks, origins: Origins) -> None:
    """The routes under /web/.

    Args:
        routes: the channel's blueprint.
        talks: what is done.
        origins: which websites may ask.
    """
    answered = _answering(origins)

    @routes.post(PREFIX + "begin", stream=True)
    @answered
    async def begin(request: Request) -> dict[str, Any]:
        data = await _body(request)
        _, told = await talks.begin(_token(request) or data.get("token"), address_of(request))
        return told

    @routes.post(PREFIX + "say", stream=True)
    @answered
    async def say(request: Request) -> dict[str, Any]:
        data = await _body(request)
        return await talks.say(await _session(request, talks), data)

    @routes.post(PREFIX + "delete", stream=True)
    @answered
    async def delete(request: Request) -> dict[str, Any]:
        await _body(request)
        return await talks.delete(await _session(request, talks))

    @routes.get(PREFIX + "wait")
    @answered
    async def wait(request: Request) -> dict[str, Any]:
        after = request.args.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) <= 16):
            raise Refusal("bad")
        entries = await talks.wait(await _session(request, talks), int(after))
        return {"ok": True, "entries": [entry.as_json() for entry in entries]}

    @routes.get(PREFIX + "settings")
    @answered
    async def place(_: Request) -> dict[str, Any]:
        return {"ok": True, **settings()}


def _answering(origins: Origins) -> Callable[[Serve], Route]:
    """Makes a route of what serves it: origin checked, errors told, never without an answer."""

    def route(serve: Serve) -> Route:
        @wraps(serve)
        async def answer(request: Request) -> HTTPResponse:
            origin = request.headers.get("origin")
            status, told = 200, {}
            try:
                if not origins.allow(origin):
                    raise Refusal("bad", status=403)
                told = await serve(request)
            except Refusal as refusal:
                status, told = refusal.status, refusal.as_json()
            except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
                logger.error("a request failed: %s", where(error))
                failed = Refusal("failed")
                status, told = failed.status, failed.as_json()
            return response.json(told, status=status, headers={**HEADERS, **origins.headers(origin)})

        return answer

    return route


def preflight_of(origins: Origins) -> Callable[[Request], Awaitable[HTTPResponse | None]]:
    """Answers a browser that asks whether it may ask; Rasa's own middleware would answer it for all its routes."""

    async def preflight(request: Request) -> HTTPResponse | None:
        if request.method != "OPTIONS" or not request.path.startswith((PREFIX, "/socket.io/")):
            return None
        origin = request.headers.get("origin")
        return response.empty(status=204 if origins.allow(origin) else 403, headers=origins.headers(origin, True))

    return preflight


async def _body(request: Request) -> dict[str, Any]:
    """The request's JSON object, `{}` where there is no body; read no further than a message may be long.

    Raises:
        Refusal: it is too large, or no JSON object.
    """
    body = b""
    while (part := await request.stream.read()) is not None:
        body += part
        if len(body) > LARGEST_BODY:
            raise Refusal("too_long", status=413)
    try:
        data = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise Refusal("bad") from None
    if not isinstance(data, dict):
        raise Refusal("bad")
    return data


def _token(request: Request) -> str | None:
    header = request.headers.get("authorization", "")
    return header[len(BEARER) :].strip() if header.startswith(BEARER) else None


async def _session(request: Request, talks: WebTalks) -> str:
    """The session that the request's token proves.

    Raises:
        Refusal: it proves none.
    """
    session = await talks.session_of(_token(request))
    if session is None:
        raise Refusal("session")
    return session
