"""What an operator sets for Slack; without it the channel does not exist."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """How to reach Slack, and how Slack reaches us."""

    token: str = field(repr=False)
    """Bot token, `xoxb-…`."""
    signing_secret: str | None = field(default=None, repr=False)
    """Proves that a request comes from Slack; needed for the three webhooks."""
    app_token: str | None = field(default=None, repr=False)
    """App-level token, `xapp-…`; turns Socket Mode on."""
    api: str | None = None
    """Another address of Slack's Web API, for tests."""

    @property
    def has_webhooks(self) -> bool:
        """Whether requests from Slack are taken."""
        return self.signing_secret is not None

    @property
    def has_socket(self) -> bool:
        """Whether a connection to Slack is kept open."""
        return self.app_token is not None


def read(environment: Mapping[str, str] = os.environ) -> Settings | None:
    """The settings; None unless there is a token and a way for Slack to reach us."""

    def value(name: str) -> str | None:
        return (environment.get(name) or "").strip() or None

    token, api = value("KNEEWISE_SLACK_TOKEN"), value("KNEEWISE_SLACK_API")
    secret, app_token = value("KNEEWISE_SLACK_SIGNING_SECRET"), value("KNEEWISE_SLACK_APP_TOKEN")
    if token is None or (secret is None and app_token is None):
        return None
    return Settings(token, secret, app_token, api.rstrip("/") + "/" if api else None)
