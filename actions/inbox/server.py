"""The inbox as a web application, on a port of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from actions.inbox.accounts import Accounts, Clock
from actions.inbox.guard import LARGEST_BODY, SETTINGS, Handler, headers_and_errors, signed_in
from actions.inbox.pages import Pages, Transcript
from actions.inbox.sessions import Sessions
from actions.inbox.signin import ANSWER_S, SignIn
from actions.records.store import Records, utc_now

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
REFRESH_S = 10
"""The page looks for news so often."""
PORT = "5006"
OFF = "off"


def make_inbox(
    records: Records,
    transcript: Transcript,
    notify: Callable[[], None],
    clock: Clock = utc_now,
    *,
    refresh_s: float = REFRESH_S,
    refusal_s: float = ANSWER_S,
) -> web.Application:
    """The application, for `start_inbox` and for tests.

    Args:
        records: where hand-offs and clinicians are.
        transcript: reads the talk of a person by their key.
        notify: called on the event loop after a reply was stored.
        clock: the time now, UTC without zone.
        refresh_s: seconds between two looks for news of an open page.
        refusal_s: seconds that a refused sign-in takes.
    """
    sessions = Sessions(records.engine, clock)
    door = SignIn(Accounts(records.engine, clock), sessions)
    app = web.Application(middlewares=[headers_and_errors, signed_in(sessions)], client_max_size=LARGEST_BODY)
    app[SETTINGS] = {
        "refresh_s": refresh_s,
        "refusal_s": refusal_s,
        "secure": os.environ.get("KNEEWISE_INBOX_SECURE") == "1",
    }
    app.add_routes([*door.routes(), *Pages(records, transcript, notify, clock).routes()])
    app.router.add_get("/static/{name:[a-z]+[.](css|js|svg)}", _static())

    async def close(_: web.Application) -> None:
        await door.close()

    app.on_cleanup.append(close)  # type: ignore[arg-type]  # aiosignal describes itself wrongly
    return app


def _static() -> Handler:
    known = {path.name: path.read_bytes() for path in STATIC.iterdir()}

    async def static(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in known:
            raise web.HTTPNotFound
        return web.Response(body=known[name], content_type=TYPES[Path(name).suffix], charset="utf-8")

    return static


async def start_inbox(
    records: Records, transcript: Transcript, notify: Callable[[], None], clock: Clock = utc_now
) -> web.AppRunner | None:
    """Serve the inbox in the running event loop, at `KNEEWISE_INBOX_HOST` and `KNEEWISE_INBOX_PORT`.

    Args:
        records: where hand-offs and clinicians are.
        transcript: reads the talk of a person by their key.
        notify: called on the event loop after a reply was stored.
        clock: the time now, UTC without zone.

    Returns:
        What to `cleanup()` at the end. None when the port is taken or cannot be used, which is said on the error
        output, or when the port is `off`.
    """
    host, port = os.environ.get("KNEEWISE_INBOX_HOST", "127.0.0.1"), os.environ.get("KNEEWISE_INBOX_PORT", PORT)
    if port == OFF:
        return None
    runner = web.AppRunner(make_inbox(records, transcript, notify, clock), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, int(port)).start()
    except (OSError, ValueError, OverflowError) as error:
        await runner.cleanup()
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        print(f"The inbox cannot listen on {host}:{port} ({why}). The assistant runs without it. "
              "Set KNEEWISE_INBOX_PORT to a free port.", file=sys.stderr, flush=True)  # fmt: skip
        return None
    print(f"The inbox is ready: http://{host}:{port}/", flush=True)
    return runner
