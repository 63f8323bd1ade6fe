"""Signing in and out."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from actions.inbox.accounts import LONGEST_PASSWORD, Accounts
from actions.inbox.guard import COOKIE, SETTINGS, is_https, page, read_form, same
from actions.inbox.sessions import LASTS, Sessions

DOOR = "kneewise_inbox_door"
"""The cookie that ties a sign-in form to the browser it was made for."""
AT_ONCE = 2
"""Passwords looked at together; each takes 19 MiB for a moment."""
MOST_WAITING = 20
ANSWER_S = 0.5
"""A refusal takes this long, whatever it was for: known and unknown names cannot be told apart."""
HOME = "/handoffs"
NEXT = re.compile(r"/handoffs(/[A-Za-z0-9_-]{1,32})?(\?[A-Za-z0-9_=&-]*)?")
REFUSED = (
    "That name and that password do not go together, or there were too many tries. "
    "After five tries a name is locked for 15 minutes or longer."
)


class SignIn:
    """The pages before the list.

    Args:
        accounts: who may come in.
        sessions: who is in.
    """

    def __init__(self, accounts: Accounts, sessions: Sessions):
        self._accounts = accounts
        self._sessions = sessions
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="inbox-password")
        self._waiting = 0

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        return [
            web.get("/sign-in", self.show),
            web.post("/sign-in", self.sign_in),
            web.post("/sign-out", self.sign_out),
        ]

    async def close(self) -> None:
        """Wait for passwords being looked at."""
        await asyncio.to_thread(self._threads.shutdown)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The form; on to the list for those who are in already."""
        target = _next(request.query.get("next", ""))
        if request["session"] is not None:
            raise web.HTTPSeeOther(target)
        return self._form(request, target)

    def _form(self, request: web.Request, target: str, refused: str = "", name: str = "") -> web.Response:
        door = secrets.token_urlsafe(32)
        status = 401 if refused else 200
        response = page(request, "sign_in.html", status, token=_token(door), target=target, refused=refused, name=name)
        _set_cookie(request, response, DOOR, door, 3600)
        return response

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """Check name and password; a session the browser had before ends in any case."""
        form = await read_form(request)
        door = request.cookies.get(DOOR, "")
        if not door or not same(form.get("csrf", ""), _token(door)):
            raise web.HTTPForbidden
        target, name = _next(form.get("next", "")), form.get("name", "")[:LONGEST_PASSWORD]
        until = asyncio.get_running_loop().time() + request.app[SETTINGS]["refusal_s"]
        known = await self._check(name, form.get("password", ""))
        if known is None:
            await asyncio.sleep(max(0.0, until - asyncio.get_running_loop().time()))
            return self._form(request, target, REFUSED, name)
        await self._end(request)
        cookie = await asyncio.to_thread(self._sessions.open, known)
        response = web.Response(status=303, headers={"Location": target})
        _set_cookie(request, response, COOKIE, cookie, None)
        response.del_cookie(DOOR, path="/")
        return response

    async def _check(self, name: str, password: str) -> str | None:
        if self._waiting >= MOST_WAITING:
            raise web.HTTPServiceUnavailable
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._accounts.check, name, password)
        finally:
            self._waiting -= 1

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """End the session here and in the database."""
        await self._end(request)
        response = web.Response(status=303, headers={"Location": "/sign-in"})
        response.del_cookie(COOKIE, path="/")
        return response

    async def _end(self, request: web.Request) -> None:
        cookie = request.cookies.get(COOKIE)
        if cookie:
            await asyncio.to_thread(self._sessions.end, cookie)


def _next(target: str) -> str:
    """Where to go after the sign-in: only to a page of this inbox."""
    return target if NEXT.fullmatch(target) else HOME


def _token(door: str) -> str:
    return hashlib.sha256(f"sign-in:{door}".encode("utf-8", "surrogateescape")).hexdigest()


def _set_cookie(request: web.Request, response: web.Response, name: str, value: str, seconds: int | None) -> None:
    secure = is_https(request) or request.app[SETTINGS]["secure"]
    lasts = int(LASTS.total_seconds()) if seconds is None else seconds
    response.set_cookie(name, value, httponly=True, samesite="Strict", secure=secure, path="/", max_age=lasts)
