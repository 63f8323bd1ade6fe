"""Slack: signed requests or Socket Mode in, Block Kit out. Nothing contacts Slack before somebody writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sanic import Sanic

from actions.records.store import Records
from bot.channels.slack import settings
from bot.channels.slack.channel import Channel
from bot.channels.slack.routes import routes


def attach(app: Sanic, records: Callable[[], Records] | None = None, chosen: settings.Settings | None = None) -> bool:
    """Add Slack to the server when it is configured.

    Args:
        app: `app.ctx.agent` holds the bot once it has started.
        records: gives the database, when the server starts; the bot's when None.
        chosen: the settings; read from the environment when None.

    Returns:
        Whether Slack is configured.
    """
    chosen = chosen or settings.read()
    if chosen is None:
        return False
    channel = Channel(app, chosen, records or (lambda: app.ctx.agent.tracker_store.records))
    if chosen.signing_secret:
        app.blueprint(routes(chosen.signing_secret, channel.intake))

    async def begin(_: Sanic, __: Any) -> None:
        await channel.start()

    async def end(_: Sanic, __: Any) -> None:
        await channel.stop()

    app.ctx.slack = channel
    app.register_listener(begin, "after_server_start")
    app.register_listener(end, "before_server_stop")
    return True
