"""Posts a hand-off to a webhook: what is sent, signed how, and what the answer means."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from actions.handoff import fhir
from actions.handoff.guard import GuardedResolver, Refused, check_address, is_this_machine
from actions.handoff.outcome import Outcome, of_status
from actions.handoff.settings import Settings
from actions.handoff.summary import text

TYPES = {"json": "application/json", "fhir": "application/fhir+json"}


def open_session(settings: Settings) -> aiohttp.ClientSession:
    """A session that connects only to addresses that hand-offs may go to, and keeps no cookies."""
    local = settings.allow_http and is_this_machine(urlsplit(settings.webhook_url).hostname or "")
    resolver = GuardedResolver(settings.allow_private or local)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver, ttl_dns_cache=10), cookie_jar=aiohttp.DummyCookieJar()
    )


def body(handoff: Mapping[str, Any], format: str) -> bytes:
    """What is posted; the same bytes at each attempt.

    Args:
        handoff: reference, level, created_at (UTC, without zone), contact and content.
        format: `json` or `fhir`.
    """
    if format == "fhir":
        return json.dumps(fhir.bundle(handoff)).encode()
    sent = {
        "type": "kneewise.handoff",
        "version": 1,
        "reference": handoff["reference"],
        "level": handoff["level"],
        "created_at": handoff["created_at"].isoformat(timespec="milliseconds") + "Z",
        "contact": handoff["contact"],
        "summary": text(handoff["content"]),
        "content": handoff["content"],
    }
    return json.dumps(sent).encode()


def signature(secret: str, body: bytes, now: datetime) -> str:
    """The header by which the receiver knows who sent this, and when.

    Args:
        secret: shared with the receiver.
        body: exactly what is sent.
        now: in UTC, without zone.
    """
    at = int(now.replace(tzinfo=timezone.utc).timestamp())
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


async def post(
    session: aiohttp.ClientSession, settings: Settings, key: str, handoff: Mapping[str, Any], now: datetime
) -> Outcome:
    """Try once to deliver.

    Args:
        session: from `open_session`.
        settings: address, secret, format.
        key: the same at each attempt, so that the receiver can tell a second one.
        handoff: see `body`.
        now: in UTC, without zone.
    """
    sent = body(handoff, settings.webhook_format)
    headers = {
        "Content-Type": TYPES[settings.webhook_format],
        "Idempotency-Key": key,
        "Kneewise-Signature": signature(settings.webhook_secret, sent, now),
        "User-Agent": "Kneewise",
    }
    timeout = aiohttp.ClientTimeout(total=settings.timeout)
    try:
        check_address(settings.webhook_url, settings.allow_http, settings.allow_private)
        async with session.post(
            settings.webhook_url, data=sent, headers=headers, allow_redirects=False, timeout=timeout
        ) as answer:
            return of_status(answer.status, answer.headers.get("Retry-After", ""), now)
    except asyncio.TimeoutError:
        return Outcome("again", "timeout")
    except aiohttp.ClientConnectorError as error:
        return Outcome("again", "address refused" if isinstance(error.os_error, Refused) else "no connection")
    except (aiohttp.ClientError, ValueError) as error:
        return Outcome("again", type(error).__name__)
