"""Keeps the webhook from being pointed at what is not meant for it: other ports of this machine, the network behind it.

The address is checked where it is used: the resolver hands the connector only addresses that passed, so a name that
answers differently a moment later gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Union
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

METADATA = frozenset(ipaddress.ip_address(one) for one in ("100.100.100.200", "169.254.169.254", "fd00:ec2::254"))
"""Where clouds tell a machine its own keys."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(OSError):
    """The address is not one that hand-offs may be sent to."""


def check_address(url: str, allow_http: bool, allow_private: bool) -> None:
    """Check what can be seen of an address without resolving its name.

    Args:
        url: of the webhook.
        allow_http: plain http is allowed to this machine.
        allow_private: private networks are allowed.

    Raises:
        ValueError: it is not allowed; the text says what would be right and does not repeat the address.
    """
    try:
        parts = urlsplit(url)
        port_is_right = parts.port != 0
    except ValueError:
        raise ValueError("it is not an address") from None
    host = (parts.hostname or "").rstrip(".")
    if not host or not port_is_right:
        raise ValueError("it needs a host, as in https://clinic.example/hook")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it must hold no name or password; posts are signed")
    local = is_this_machine(host)
    if parts.scheme == "http" and not (local and allow_http):
        raise ValueError("it must begin with https; http only to this machine, with KNEEWISE_WEBHOOK_ALLOW_HTTP=1")
    if parts.scheme not in ("http", "https"):
        raise ValueError("it must begin with https")
    address = literal(host)
    if address is not None and not is_allowed(address, allow_private or (local and allow_http)):
        raise ValueError("it is a private address; KNEEWISE_WEBHOOK_PRIVATE=1 allows those of a private network")


def is_this_machine(host: str) -> bool:
    """The host is a name or address of the loopback interface."""
    address = literal(host)
    return host == "localhost" if address is None else address.is_loopback


def literal(host: str) -> Address | None:
    """The address that a host is, or None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_allowed(address: Address, private: bool) -> bool:
    """A hand-off may go there.

    Args:
        address: with an address inside it looked at as well (mapped, 6to4, NAT64, Teredo).
        private: private networks and this machine are allowed; metadata and link-local addresses never are.
    """
    if any(not is_allowed(one, private) for one in _inside(address)):
        return False
    if address in METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return address.is_global or (private and (address.is_loopback or address.is_private))


def _inside(address: Address) -> list[Address]:
    """IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address] = [one for one in (address.ipv4_mapped, address.sixtofour) if one is not None]
    if address.teredo is not None:
        found += address.teredo
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found


class GuardedResolver(AbstractResolver):
    """Resolves names in threads of its own, so that a slow name server holds up nobody else.

    Args:
        private: addresses of private networks and of this machine may be used.
    """

    def __init__(self, private: bool):
        self._private = private
        self._threads = ThreadPoolExecutor(2, "kneewise-names")

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_UNSPEC) -> list[dict[str, Any]]:
        """The addresses of a host that may be used.

        Raises:
            Refused: it has addresses, and none may be used.
            OSError: it has none.
        """
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        )
        usable = [
            {"hostname": host, "host": str(place[0]), "port": place[1], "family": kind, "proto": protocol,
             "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV}
            for kind, _, protocol, _, place in found
            if (address := literal(str(place[0]))) is not None and is_allowed(address, self._private)
        ]  # fmt: skip
        if not usable:
            raise Refused("no address of this host may be used")
        return usable

    async def close(self) -> None:
        """Let its threads go."""
        self._threads.shutdown(wait=False)
