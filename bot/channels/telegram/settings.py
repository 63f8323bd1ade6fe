"""The settings of the Telegram channel, from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

API = "https://api.telegram.org"
SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{10,}")


@dataclass(frozen=True)
class Settings:
    """How this bot is known to Telegram.

    Args:
        token: the bot's token, as given by BotFather.
        secret: what Telegram sends with every update, so that nobody else can.
        api: base address of the Bot API.
        polling: ask for updates from inside the server.
    """

    token: str = field(repr=False)
    secret: str = field(repr=False)
    api: str = API
    polling: bool = False

    @property
    def bot(self) -> str:
        """The bot's number; update ids are unique for it only."""
        return self.token.partition(":")[0]


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings | None:
    """The settings; None when Telegram is not set up.

    Raises:
        ValueError: it is set up halfway; says which variable is wrong, never its value.
    """
    token = environment.get("KNEEWISE_TELEGRAM_TOKEN", "")
    if not token:
        return None
    if not TOKEN.fullmatch(token):
        raise ValueError("KNEEWISE_TELEGRAM_TOKEN is no token of BotFather: digits, a colon, letters")
    secret = environment.get("KNEEWISE_TELEGRAM_SECRET", "")
    if not SECRET.fullmatch(secret):
        raise ValueError("KNEEWISE_TELEGRAM_SECRET must have 16 to 256 of the characters A-Z a-z 0-9 _ -")
    api = environment.get("KNEEWISE_TELEGRAM_API") or API
    return Settings(token, secret, api.rstrip("/"), environment.get("KNEEWISE_TELEGRAM_POLLING") == "1")
