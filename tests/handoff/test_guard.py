"""The webhook reaches only what it is meant to reach."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from actions.handoff import webhook
from actions.handoff.guard import GuardedResolver, Refused, check_address, is_allowed
from actions.handoff.settings import BadSetting, Settings
from tests.fakes.clinic import SECRET, Clinic
from tests.handoff.made import settings, summary

NOW = datetime(2026, 3, 1, 12, 0)
HANDOFF: Mapping[str, Any] = {
    "reference": "K-1", "level": "urgent", "created_at": NOW, "contact": "Sam", "content": summary(),
}  # fmt: skip

NEVER = ["169.254.169.254", "169.254.1.1", "fe80::1", "fd00:ec2::254", "100.100.100.200", "0.0.0.0", "::", "224.0.0.1",
         "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "ff02::1"]  # fmt: skip
PRIVATE = ["127.0.0.1", "127.8.8.8", "::1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "fd12::1", "::ffff:10.0.0.1",
           "64:ff9b::7f00:1", "2002:c0a8:101::1"]  # fmt: skip
PUBLIC = ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"]


@pytest.mark.parametrize("address", NEVER)
def test_metadata_and_link_local_addresses_are_never_reached(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address), private=True)


@pytest.mark.parametrize("address", PRIVATE[:7])
def test_private_addresses_are_reached_only_when_allowed(address: str) -> None:
    one = ipaddress.ip_address(address)
    assert (is_allowed(one, private=False), is_allowed(one, private=True)) == (False, True)


@pytest.mark.parametrize("address", PRIVATE[7:])
def test_a_private_address_inside_another_does_not_hide(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address), private=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached(address: str) -> None:
    assert is_allowed(ipaddress.ip_address(address), private=False)


@pytest.mark.parametrize("url", [
    "", "https://", "clinic.example/hook", "ftp://clinic.example/", "file:///etc/passwd", "http://clinic.example/",
    "http://127.0.0.1/", "http://localhost/", "https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/",
    "https://user:word@clinic.example/", "https://169.254.169.254/latest", "https://clinic.example:99999/",
    "https://[fe80::1%25eth0]/", "https://clinic.example:0/", "https://[",
])  # fmt: skip
def test_such_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="it "):
        check_address(url, allow_http=False, allow_private=False)


@pytest.mark.parametrize(("url", "http", "private"), [
    ("https://clinic.example/hook", False, False), ("https://93.184.215.14:8443/", False, False),
    ("http://127.0.0.1:8000/", True, False), ("http://localhost:8000/", True, False), ("https://10.1.2.3/", False, True),
])  # fmt: skip
def test_such_addresses_are_taken(url: str, http: bool, private: bool) -> None:
    check_address(url, http, private)


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://clinic.example/"])
def test_plain_http_goes_to_this_machine_only_whatever_is_set(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        check_address(url, allow_http=True, allow_private=True)


def resolved(monkeypatch: pytest.MonkeyPatch, private: bool, *addresses: str) -> list[str]:
    """What is left of the addresses that a name server gives."""

    def answer(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    async def resolve() -> list[str]:
        resolver = GuardedResolver(private)
        try:
            return [one["host"] for one in await resolver.resolve("clinic.example", 443)]
        finally:
            await resolver.close()

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asyncio.run(resolve())


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused):
        resolved(monkeypatch, False, "10.0.0.1", "127.0.0.1", "169.254.169.254")


def test_of_the_addresses_of_a_name_only_the_allowed_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolved(monkeypatch, False, "10.0.0.1", "93.184.215.14") == ["93.184.215.14"]


def try_once(set_up: Settings, clinic: Clinic) -> webhook.Outcome:
    """One post with given settings, while a clinic listens; {port} in the address is the clinic's."""

    async def run() -> webhook.Outcome:
        async with clinic:
            there = Settings(**{**vars(set_up), "webhook_url": set_up.webhook_url.format(port=clinic.port)})
            async with webhook.open_session(there) as session:
                return await webhook.post(session, there, "K-1.webhook", HANDOFF, NOW)

    return asyncio.run(run())


def test_a_name_that_turns_out_to_be_this_machine_gets_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **more: look_up("127.0.0.1", port, **more))
    clinic = Clinic()
    outcome = try_once(settings("https://clinic.example:{port}/hook"), clinic)
    assert (outcome.kind, outcome.error, clinic.requests) == ("again", "address refused", 0)


def test_by_its_name_this_machine_is_reached_when_http_is_allowed() -> None:
    assert try_once(settings("http://localhost:{port}/hook"), Clinic()).kind == "sent"


def test_redirects_are_not_followed() -> None:
    clinic = Clinic(lambda number: 307, headers={"Location": "/elsewhere"})
    outcome = try_once(settings("http://127.0.0.1:{port}/hook"), clinic)
    assert (outcome.kind, clinic.requests, clinic.taken) == ("again", 1, {})


# --- settings --------------------------------------------------------------------------------------

RIGHT = {"KNEEWISE_WEBHOOK_URL": "https://clinic.example/hook", "KNEEWISE_WEBHOOK_SECRET": SECRET}


def test_settings_come_from_the_environment() -> None:
    made = Settings.from_environ({**RIGHT, "KNEEWISE_WEBHOOK_FORMAT": "fhir", "KNEEWISE_OUTBOX_ATTEMPTS": "9"})
    assert (made.webhook_url, made.webhook_format, made.most_attempts) == ("https://clinic.example/hook", "fhir", 9)


def test_nothing_set_is_fine_and_goes_nowhere() -> None:
    assert (Settings.from_environ({}).webhook_url, Settings.from_environ({}).slack_channel) == ("", "")


@pytest.mark.parametrize(("wrong", "named"), [
    ({"KNEEWISE_WEBHOOK_SECRET": "short"}, "KNEEWISE_WEBHOOK_SECRET"),
    ({"KNEEWISE_WEBHOOK_URL": "http://clinic.example/"}, "KNEEWISE_WEBHOOK_URL"),
    ({"KNEEWISE_WEBHOOK_FORMAT": "xml"}, "KNEEWISE_WEBHOOK_FORMAT"),
    ({"KNEEWISE_OUTBOX_ATTEMPTS": "many"}, "KNEEWISE_OUTBOX_ATTEMPTS"),
    ({"KNEEWISE_OUTBOX_ATTEMPTS": "0"}, "KNEEWISE_OUTBOX_ATTEMPTS"),
    ({"KNEEWISE_CLINICIANS_SLACK": "C1"}, "KNEEWISE_SLACK_TOKEN"),
])  # fmt: skip
def test_a_wrong_setting_is_named_and_no_secret_told(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting, match=named) as told:
        Settings.from_environ({**RIGHT, **wrong})
    assert [secret for secret in ("short", SECRET) if secret in str(told.value)] == []


def test_settings_do_not_show_their_secrets() -> None:
    made = Settings.from_environ({**RIGHT, "KNEEWISE_CLINICIANS_SLACK": "C1", "KNEEWISE_SLACK_TOKEN": "xoxb-1"})
    assert (SECRET in repr(made), "xoxb-1" in repr(made)) == (False, False)
