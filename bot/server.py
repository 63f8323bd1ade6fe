"""One process: Rasa, the actions, the channels. `python -m bot.server` is what `make run` starts."""

from __future__ import annotations

import os
import secrets
import sys
import warnings

from bot.quiet import quieten

quieten()

import logging  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

warnings.simplefilter("ignore")

from rasa.core.agent import Agent, load_agent  # noqa: E402
from rasa.core.channels.channel import UserMessage  # noqa: E402
from rasa.core.run import configure_app, create_http_input_channels  # noqa: E402
from rasa.core.utils import AvailableEndpoints  # noqa: E402
from sanic import Sanic  # noqa: E402

from actions import known  # noqa: E402
from bot import logs  # noqa: E402
from bot.actions_in_process import InProcessActions, use_in_process_check  # noqa: E402
from bot.background import Background  # noqa: E402
from bot.channels import slack  # noqa: E402
from bot.channels.telegram.channel import attach as attach_telegram  # noqa: E402
from bot.channels.turns import Collector  # noqa: E402
from bot.guard import LOOPBACK, api_token, protect  # noqa: E402
from bot.home import add_home  # noqa: E402
from bot.keepers import keepers_of_settings  # noqa: E402
from bot.locks import QuickLockStore  # noqa: E402
from bot.pages import pages  # noqa: E402
from bot.plain_runner import PlainRunner  # noqa: E402
from bot.trackers import TalkStore  # noqa: E402
from bot.watching import watching  # noqa: E402
from bot.workers import is_worker, shared_socket, when_alone  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
logger = logging.getLogger("kneewise")


def make_endpoints(database: str | None = None) -> AvailableEndpoints:
    """Where Rasa finds its actions, its store and its locks: all in this process.

    Args:
        database: URL of the conversation store; `DATABASE_URL` or a SQLite file when None.
    """
    use_in_process_check()
    store = TalkStore(url=database)
    known.use(store.records)
    locks = QuickLockStore(keepers=keepers_of_settings(store.records.url), key_of=store.records.person)
    return AvailableEndpoints(action=InProcessActions(), tracker_store=store, lock_store=locks)


async def make_agent(model: str, endpoints: AvailableEndpoints) -> Agent:
    """Load the model and make the bot ready to answer.

    Args:
        model: a model file, or the folder that holds it.
        endpoints: from `make_endpoints`.

    Raises:
        RuntimeError: there is no usable model.
    """
    agent = await load_agent(model_path=model, endpoints=endpoints)
    if agent is None or not agent.is_ready():
        raise RuntimeError(f"no usable model at {model}; run `make train`")
    # Rasa wraps the store so that a failed read starts a fresh talk and a failed save goes to memory: a person
    # in the middle of a triage would lose it silently. We let it fail, and the channel shows the safety card.
    agent.tracker_store = endpoints.tracker_store
    agent.processor.tracker_store = endpoints.tracker_store
    endpoints.tracker_store.domain = agent.domain
    agent.processor.graph_runner = PlainRunner(agent.processor.graph_runner)
    agent.processor._check_for_unseen_features = _nothing_is_unseen
    await _warm_up(agent, endpoints)
    return agent


def _nothing_is_unseen(_: dict[str, Any]) -> None:
    """Instead of Rasa's look for intents that the domain does not have: it builds an empty domain at every message, and only warns."""


async def _warm_up(agent: Agent, endpoints: AvailableEndpoints) -> None:
    """Answer once before anybody waits: the first turn loads what is loaded lazily."""
    sender = f"kneewise-warm-up-{secrets.token_hex(8)}"
    await agent.handle_message(UserMessage("my knee hurts on the stairs", Collector(), sender))
    await endpoints.tracker_store.delete(sender)


def api_is_open(host: str, token: str | None) -> bool:
    """Whether Rasa's own API (parse, trackers, model) is served: on loopback, or to those who know the token."""
    return bool(token) or host in LOOPBACK


def make_app(model: str, host: str, database: str | None = None) -> Sanic:
    """The web application.

    Args:
        model: model file or folder.
        host: the address it will listen on; Rasa's own API is open on loopback only.
        database: URL of the conversation store.

    Raises:
        ValueError: a setting is wrong; its text says which, never its value.
    """
    token = api_token(os.environ)
    endpoints = make_endpoints(database)
    app = configure_app(
        create_http_input_channels(None, str(ROOT / "credentials.yml")),
        cors=None,
        auth_token=token,
        enable_api=api_is_open(host, token),
        endpoints=endpoints,
        use_syslog=False,
    )
    protect(app, token)

    app.blueprint(pages())
    add_home(app)
    app.blueprint(watching())

    async def load(app: Sanic, _: Any) -> None:
        try:
            app.ctx.agent = await make_agent(model, endpoints)
        except RuntimeError as error:
            print(f"Kneewise cannot start: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        app.ctx.background = Background(app.ctx.agent, endpoints.tracker_store)
        await app.ctx.background.start()
        if is_worker():
            when_alone(app.stop)
        print(f"Kneewise is ready: http://{host}:{os.environ.get('PORT', '5005')}/", flush=True)

    async def stop(app: Sanic, _: Any) -> None:
        await app.ctx.background.stop()
        await endpoints.lock_store.close()

    app.register_listener(load, "before_server_start")
    app.register_listener(stop, "before_server_stop")
    _attach_chat_apps(app)
    return app


def _attach_chat_apps(app: Sanic) -> None:
    """Slack and Telegram, where they are set up; what is wrong with one of them stops nothing else."""
    attach_telegram(app)
    try:
        slack.attach(app)
    except ValueError as error:
        print(f"Slack is off: {error}", file=sys.stderr, flush=True)


def main() -> int:
    """Serve until stopped.

    Returns:
        The exit code.
    """
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "5005"))
    try:
        app = make_app(os.environ.get("KNEEWISE_MODEL", str(ROOT / "models")), host)
    except ValueError as error:
        print(f"Kneewise cannot start: {error}", file=sys.stderr, flush=True)
        return 1
    logging.getLogger("sanic.access").disabled = True
    if logs.wanted():
        logs.use_json()
    place = {"sock": shared_socket(host, port)} if is_worker() else {"host": host, "port": port}
    app.run(**place, workers=1, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
