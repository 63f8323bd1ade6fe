"""Slack: signed requests or Socket Mode in, Block Kit out. Nothing contacts Slack before somebody writes."""

from __future__ import annotations

from typing import Any

from sanic import Sanic

from actions.records.database import database_url
from bot.channels import push
from bot.channels.slack import settings
from bot.channels.slack.api import Api
from bot.channels.slack.desk import CHANNEL, Desk
from bot.channels.slack.lines import Lines
from bot.channels.slack.once import Once
from bot.channels.slack.post import Post
from bot.channels.slack.routes import routes
from bot.channels.slack.socket import Socket

SECONDS_TO_FINISH = 20.0
"""What was acknowledged is worked before the server stops, within this time."""


def attach(app: Sanic, database: str | None = None, chosen: settings.Settings | None = None) -> bool:
    """Add Slack to the server when it is configured.

    Args:
        app: `app.ctx.agent` holds the bot once it has started.
        database: where deliveries are remembered; `DATABASE_URL` or a SQLite file when None.
        chosen: the settings; read from the environment when None.

    Returns:
        Whether Slack is configured.
    """
    chosen = chosen or settings.read()
    if chosen is None:
        return False
    api = Api(chosen)
    post = Post(api)
    once = Once(database or database_url())
    lines = Lines(Desk(lambda: app.ctx.agent, post, once).work)
    socket = Socket(chosen.app_token, api, lines) if chosen.app_token else None
    if chosen.signing_secret:
        app.blueprint(routes(chosen.signing_secret, lines))
    push.register(CHANNEL, post.push)

    async def begin(_: Sanic, __: Any) -> None:
        if socket is not None:
            socket.open()

    async def end(_: Sanic, __: Any) -> None:
        if socket is not None:
            await socket.close()
        await lines.close(SECONDS_TO_FINISH)
        await api.close()

    app.ctx.slack_lines = lines
    app.register_listener(begin, "after_server_start")
    app.register_listener(end, "before_server_stop")
    return True
