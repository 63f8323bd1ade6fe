"""Sets the bot up on Telegram, once: `python -m bot.channels.telegram set-webhook URL`. Nothing else here is needed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from actions.wording import say
from bot.channels.telegram.api import Api, Gone, Refused, Unreachable
from bot.channels.telegram.polling import PAUSE, fetch
from bot.channels.telegram.routes import HEADER, PATH
from bot.channels.telegram.settings import Settings, from_environment
from bot.channels.telegram.updates import TAKEN, number_of

COMMANDS = ("start", "restart", "back", "why", "summary", "human", "checkin", "help")
PORTS = (None, 443, 80, 88, 8443)
"""Ports that Telegram sends to."""


async def set_webhook(api: Api, settings: Settings, url: str) -> str:
    """Tell Telegram where this server is.

    Args:
        api: Telegram.
        settings: holds the secret that Telegram is to send.
        url: the server's public address, https; with or without the webhook's path.

    Raises:
        ValueError: Telegram would not send there.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.port not in PORTS:
        raise ValueError("the address must be https, on port 443, 80, 88 or 8443")
    address = url if parts.path == PATH else url.rstrip("/") + PATH
    await api.call(
        "setWebhook",
        {"url": address, "secret_token": settings.secret, "allowed_updates": list(TAKEN), "max_connections": 40},
    )
    return f"Telegram sends to {address}"


async def delete_webhook(api: Api) -> str:
    """Tell Telegram to send nowhere; it keeps updates for whoever asks, for a day."""
    await api.call("deleteWebhook", {})
    return "Telegram sends nowhere; use polling"


async def set_commands(api: Api) -> str:
    """Put the commands into Telegram's menu, and say what this bot is where people find it."""
    commands = [{"command": name, "description": say(f"telegram_command_{name}")} for name in COMMANDS]
    await api.call("setMyCommands", {"commands": commands})
    await api.call("setMyDescription", {"description": say("intro")})
    await api.call("setMyShortDescription", {"short_description": say("telegram_about")})
    return f"{len(commands)} commands are in the menu"


async def forward(api: Api, settings: Settings, session: aiohttp.ClientSession, server: str) -> None:
    """Fetch updates for ever and hand them to a running bot, as Telegram itself would.

    Args:
        api: Telegram.
        settings: holds the secret.
        session: makes the requests.
        server: address of the running bot.
    """
    after = 0
    while True:
        try:
            for update in await fetch(api, after):
                headers = {HEADER: settings.secret}
                async with session.post(f"{server.rstrip('/')}{PATH}", json=update, headers=headers) as reply:
                    if reply.status != 200:
                        raise Unreachable(PAUSE)
                after = number_of(update) + 1
        except (Unreachable, aiohttp.ClientError, asyncio.TimeoutError) as error:
            print(f"not now ({type(error).__name__}), trying again", file=sys.stderr, flush=True)
            await asyncio.sleep(PAUSE)


async def run(options: argparse.Namespace, settings: Settings) -> str:
    """Carry out one command.

    Returns:
        What was done, in words.
    """
    async with aiohttp.ClientSession() as session:
        api = Api(settings, session)
        if options.command == "poll":
            print(f"Asking Telegram, handing on to {options.server}; stop with Ctrl-C", flush=True)
            await forward(api, settings, session, options.server)
        simple: dict[str, Callable[[], Awaitable[Any]]] = {
            "set-webhook": lambda: set_webhook(api, settings, options.url),
            "delete-webhook": lambda: delete_webhook(api),
            "set-commands": lambda: set_commands(api),
        }
        return str(await simple[options.command]())


def main(arguments: list[str] | None = None) -> int:
    """Command line.

    Args:
        arguments: those of the process when None.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bot.channels.telegram", description="Sets up the Telegram channel."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("set-webhook", help="tell Telegram where this server is").add_argument("url", metavar="URL")
    commands.add_parser("delete-webhook", help="tell Telegram to send nowhere")
    commands.add_parser("set-commands", help="put the commands into Telegram's menu")
    poller = commands.add_parser("poll", help="fetch updates for a bot without a public address")
    poller.add_argument("--server", default="http://127.0.0.1:5005", help="address of the running bot")
    options = parser.parse_args(arguments)
    try:
        settings = from_environment()
        if settings is None:
            raise ValueError("set KNEEWISE_TELEGRAM_TOKEN and KNEEWISE_TELEGRAM_SECRET first")
        print(asyncio.run(run(options, settings)))
    except (ValueError, Gone, Refused, Unreachable) as error:
        print(f"That did not work: {_reason(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _reason(error: Exception) -> str:
    if isinstance(error, Refused):
        return f"Telegram says: {error}"
    return "Telegram cannot be reached" if isinstance(error, (Unreachable, Gone)) else str(error)


if __name__ == "__main__":
    sys.exit(main())
