"""Too much, too fast, too slow, and not HTTP at all."""

from __future__ import annotations

import socket

import pytest
import requests

from bot.channels import rest
from bot.channels.rest import A_MINUTE, messages_a_minute
from bot.guard import LARGEST_BODY
from tests.security.house import TELEGRAM_SECRET, House

MEGABYTE = 1_000_000
PLACES = ["/webhooks/rest/webhook", "/web/begin", "/web/say", "/webhooks/slack/events", "/webhooks/telegram/webhook"]


def raw(url: str, request: bytes, seconds: float = 10) -> bytes:
    """What a server answers to bytes that need not be HTTP."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=seconds) as made:
        made.sendall(request)
        told = b""
        try:
            while b"\r\n\r\n" not in told and (part := made.recv(4096)):
                told += part
        except ConnectionError:
            pass  # noqa: S110  closed without a word is an answer too
    return told


def is_alive(house: House) -> bool:
    return requests.get(f"{house.url}/health", timeout=5).status_code == 200


@pytest.mark.parametrize("length", [b"-1", b"-5", b"+5", b"5_0", b" ", b"0x5", b"1e3", b"\xb2", b"5, 5"])
@pytest.mark.parametrize("line", [b"POST /webhooks/rest/webhook", b"POST /web/say", b"GET /health"])
def test_a_length_that_is_none_is_refused_and_freezes_nobody(house: House, length: bytes, line: bytes) -> None:
    told = raw(house.url, line + b" HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\nzz\r\n")
    assert told.startswith(b"HTTP/1.1 400") or told == b""
    assert is_alive(house)


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 4\r\nContent-Length: 5", b"Content-Length: 4\r\nTransfer-Encoding: chunked",
     b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked",
     b"Transfer-Encoding: xchunked\r\nContent-Length: 4"],
)  # fmt: skip
def test_a_body_that_a_proxy_could_read_otherwise_is_refused(house: House, head: bytes) -> None:
    told = raw(house.url, b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n0\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "bytes_", [b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 50, b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n",
               b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", b"GET /\xff\xfe HTTP/1.1\r\n\r\n"],
    ids=["tls", "version", "blank", "long address", "many headers", "not utf-8"],
)  # fmt: skip
def test_what_is_no_request_harms_nobody(house: House, bytes_: bytes) -> None:
    for url in (house.url, house.inbox):
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=10) as made:
            made.sendall(bytes_)
            made.shutdown(socket.SHUT_WR)
            try:
                told = made.recv(4096)
            except ConnectionError:
                told = b""
        assert b"Traceback" not in told
        assert not told.startswith(b"HTTP/1.1 5")
    assert is_alive(house)


@pytest.mark.parametrize("path", PLACES)
def test_a_body_of_many_megabytes_is_refused_clearly(house: House, path: str) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    try:
        answer = requests.post(house.url + path, data=b"x" * (3 * MEGABYTE), headers=headers, timeout=20)
    except requests.ConnectionError:
        assert is_alive(house)  # closed while the client was still sending
        return
    assert answer.status_code in (400, 413)
    assert len(answer.text) < 1000


def test_a_body_that_is_announced_is_refused_before_it_is_sent(house: House) -> None:
    told = raw(
        house.url, b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1)
    )
    assert told.startswith(b"HTTP/1.1 413")


def test_who_sends_slowly_holds_up_nobody(house: House) -> None:
    slow = [socket.create_connection(("127.0.0.1", house.server.port), timeout=10) for _ in range(100)]
    for one in slow:
        one.sendall(b"POST /webhooks/rest/webhook HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
    said = {"sender": "somebody", "message": "my knee hurts on the stairs"}
    answer = requests.post(house.server.webhook, json=said, timeout=10)
    for one in slow:
        one.close()
    assert '"question"' in answer.text


@pytest.mark.parametrize(
    ("settings", "most"),
    [({}, None), ({"HOST": "127.0.0.1"}, None), ({"HOST": "0.0.0.0"}, A_MINUTE), ({"SANIC_PROXIES_COUNT": "1"}, A_MINUTE),
     ({"SANIC_REAL_IP_HEADER": "x-real-ip"}, A_MINUTE), ({"HOST": "0.0.0.0", "KNEEWISE_REST_PER_MINUTE": "0"}, None),
     ({"KNEEWISE_REST_PER_MINUTE": "7"}, 7)],
)  # fmt: skip
def test_rest_is_limited_where_others_can_write(settings: dict[str, str], most: int | None) -> None:
    assert messages_a_minute(settings) == most


@pytest.mark.parametrize("given", ["-1", "many", "1.5", "²", "9" * 10])
def test_a_limit_that_is_none_is_told(given: str) -> None:
    with pytest.raises(ValueError, match=rest.LIMIT):
        messages_a_minute({"KNEEWISE_REST_PER_MINUTE": given})


def test_who_writes_too_fast_by_rest_is_told_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    house = House(tmp_path_factory.mktemp("limited"), KNEEWISE_REST_PER_MINUTE="3")
    try:
        asked = [
            requests.post(house.server.webhook, json={"sender": "kim", "message": "/why"}, timeout=20) for _ in range(4)
        ]
    finally:
        house.close()
    assert [one.status_code for one in asked] == [200, 200, 200, 429]
    assert asked[-1].json()[0]["text"] == rest.TOO_FAST
    assert asked[-1].headers["Retry-After"]
