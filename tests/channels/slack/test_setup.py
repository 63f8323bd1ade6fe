"""What an operator sets: nothing, webhooks, or Socket Mode; and the manifest that goes with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from sanic import Sanic

from bot.channels import slack
from bot.channels.slack import settings
from bot.channels.slack.routes import ACTIONS, COMMANDS, EVENTS

ROOT = Path(__file__).resolve().parents[3]
MANIFEST = yaml.safe_load((ROOT / "docs" / "slack-manifest.yml").read_text(encoding="utf-8"))
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "channels" / "slack").glob("*.py"))
NEEDED = {
    "chat.postMessage": {"chat:write"}, "chat.postEphemeral": {"chat:write"}, "chat.update": {"chat:write"},
    "conversations.open": {"im:write"}, "views.publish": set(),
}  # fmt: skip
"""Scopes that each method of Slack needs."""
HEARD = {"message.im": {"im:history"}, "app_mention": {"app_mentions:read"}, "app_home_opened": set()}
"""Scopes that each event needs."""


@pytest.mark.parametrize(
    ("environment", "webhooks", "socket"),
    [
        ({}, None, None),
        ({"KNEEWISE_SLACK_TOKEN": "xoxb-1"}, None, None),
        ({"KNEEWISE_SLACK_SIGNING_SECRET": "s"}, None, None),
        ({"KNEEWISE_SLACK_TOKEN": " ", "KNEEWISE_SLACK_SIGNING_SECRET": "s"}, None, None),
        ({"KNEEWISE_SLACK_TOKEN": "xoxb-1", "KNEEWISE_SLACK_SIGNING_SECRET": "s"}, True, False),
        ({"KNEEWISE_SLACK_TOKEN": "xoxb-1", "KNEEWISE_SLACK_APP_TOKEN": "xapp-1"}, False, True),
    ],
)
def test_what_is_set_decides_what_is_on(environment: dict[str, str], webhooks: Any, socket: Any) -> None:
    read = settings.read(environment)
    assert (read and read.has_webhooks, read and read.has_socket) == (webhooks, socket)


def test_secrets_are_not_shown() -> None:
    assert "hush" not in repr(settings.Settings("hush", "hush", "hush"))


def test_without_settings_there_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KNEEWISE_SLACK_TOKEN", "KNEEWISE_SLACK_SIGNING_SECRET", "KNEEWISE_SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    app = Sanic("without_slack", configure_logging=False)
    assert not slack.attach(app)
    assert app.router.routes == ()


def test_the_manifest_names_the_addresses_that_exist() -> None:
    told = {
        MANIFEST["settings"]["event_subscriptions"]["request_url"],
        MANIFEST["settings"]["interactivity"]["request_url"],
        *(one["url"] for one in MANIFEST["features"]["slash_commands"]),
    }
    assert {"/" + address.split("/", 3)[3] for address in told} == {EVENTS, ACTIONS, COMMANDS}


def test_the_manifest_asks_for_the_scopes_that_are_used_and_no_more() -> None:
    called = set(re.findall(r'call\(\s*"([a-zA-Z.]+)"', SOURCES))
    assert called == set(NEEDED)
    heard = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert heard == set(HEARD)
    used = set().union(*(NEEDED[one] for one in called), *(HEARD[one] for one in heard), {"commands"})
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == used


def test_people_can_write_to_the_app_and_see_its_home() -> None:
    home = MANIFEST["features"]["app_home"]
    assert (home["home_tab_enabled"], home["messages_tab_enabled"], home["messages_tab_read_only_enabled"]) == (
        True,
        True,
        False,
    )
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]
    assert [one["command"] for one in MANIFEST["features"]["slash_commands"]] == ["/knee"]


def test_the_guide_names_every_setting() -> None:
    guide = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    assert [name for name in re.findall(r"KNEEWISE_SLACK_[A-Z_]+", SOURCES) if name not in guide] == []
