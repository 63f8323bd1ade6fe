"""The channel as Rasa takes it: one blueprint with the socket and the HTTP routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic

from bot.channels import push
from bot.channels.web.http import add_routes, address_of, preflight_of
from bot.channels.web.origins import Origins
from bot.channels.web.sessions import CHANNEL, Sessions
from bot.channels.web.sockets import Sockets
from bot.channels.web.talks import WebTalks

SOCKET_PATH = "socket.io"


class WebInput(InputChannel):  # type: ignore[misc]
    """The web channel.

    Attributes:
        talks: what it does, whichever way a request comes.
    """

    def __init__(self) -> None:
        self._app: Sanic | None = None
        self._origins = Origins.of_settings()
        self.talks = WebTalks(self._agent, Sessions(lambda: self._agent().tracker_store.records))
        self._sockets = Sockets(self.talks, self._origins, _address)

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return CHANNEL

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's routes.

        Args:
            on_new_message: not used; a turn goes through `bot.channels.turns`.
        """
        routes = WebRoutes("kneewise_web")
        routes.ctx.attach = self._attach
        add_routes(routes, self.talks, self._origins)
        push.register(CHANNEL, self.talks.push)
        return routes

    def _attach(self, app: Sanic) -> None:
        self._app = app
        self._sockets.server.attach(app, SOCKET_PATH)
        app.request_middleware.appendleft(preflight_of(self._origins))

        async def stop(*_: Any) -> None:
            self.talks.watch.stop()

        app.register_listener(stop, "before_server_stop")

    def _agent(self) -> Any:
        if self._app is None:
            raise RuntimeError("the web channel is in no application yet")
        return self._app.ctx.agent


class WebRoutes(Blueprint):
    """Routes that keep their addresses wherever Rasa mounts its channels, with the socket beside them."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Attach everything to the application.

        Args:
            app: has the bot in `ctx.agent` once it has started.
            options: Rasa's, with the address of its channels.
        """
        self.ctx.attach(app)
        super().register(app, {**options, "url_prefix": None})


def _address(environ: Mapping[str, Any]) -> str:
    request = environ.get("sanic.request")
    return address_of(request) if request is not None else ""
