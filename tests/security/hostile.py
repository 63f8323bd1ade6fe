"""What no honest client sends. Everything comes from one random generator, so a seed brings it back."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from actions.triage import load_protocol
from tests.security.house import MARK

PROTOCOL = load_protocol()
CARDS = (*PROTOCOL.findings, *PROTOCOL.screens, "opening", "check_in", "handoff_contact", "handoff_consent", "reminder",
         "delete_my_data", "adherence", "function", "__class__", "")  # fmt: skip
COMMANDS = ("start", "restart", "back", "why", "summary", "human", "checkin", "exercises", "my_data", "delete_my_data",
            "remind_me", "progress", "help", "answer", "session_start", "report", "action_listen", "_")  # fmt: skip
NUMBERS = (
    0,
    -1,
    1,
    2**31,
    2**53,
    2**63,
    -(2**64),
    10**400,
    1e308,
    -1e308,
    5e-324,
    0.1,
    float("nan"),
    float("inf"),
    True,
)
SCRIPTS = ("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "%s%n%x", "{0.__class__}",
           "'; DROP TABLE people; --", "../../../etc/passwd", "javascript:alert(1)", "\r\nSet-Cookie: a=b", "%00", "\x00",
           "\ud800", "\udfff\ud800", "\u202e\u2066", "\ufeff", "e\u0301" * 200, "👩‍👩‍👧" * 50, "ﷺ" * 100, "İ" * 50,
           "\u2028\u2029", "<!--", "]]>", "&lt;b&gt;", "{label}", "{name}", "%7B", "\x1b[31m")  # fmt: skip
WORDS = ("my knee hurts on the stairs", "no", "yes", "not sure", "1 and 3", "calf is swollen and i cannot breathe", "age 46",
         "100000000000000000000 weeks", "½ a mile", "for ٣ weeks", "3 weeks " * 90, "pain 8/10", "²", "⑦", "1e999")  # fmt: skip
SENDERS = ("kim", "sam", "pat", "jo")
SEGMENTS = ("plan", "media", "my-data", "progress", "exercises", "conversations", "model", "..", ".", "%2e%2e", "%00", "%ff",
            "a" * 300, "%F0%9F%92%A9", "<b>", "x.png", "x.svg", ".svg", "web", "webhooks", "rest", "static", "inbox", "//",
            "metronome.html", "calf_raises.left.light.png", "socket.io", ";", "%0d%0a", "\\", "handoffs", "widget.js")  # fmt: skip


def text(random: Random) -> str:
    """Words, commands, taps, and what is none of them."""
    kind = random.randrange(8)
    if kind == 0:
        return f"{MARK} {random.choice(SCRIPTS)}"
    if kind == 1:
        return f"/answer{dumped({'question': random.choice(CARDS), 'value': value(random)})}"
    if kind == 2:
        return "/" + random.choice(COMMANDS) + random.choice(("", " ", "{}", '{"a": 1}', "[", "@x", " " + MARK))
    if kind == 3:
        return "".join(chr(random.choice((random.randrange(128), random.randrange(0x110000)))) for _ in range(20))
    if kind == 4:
        return random.choice((MARK, " ", "/answer{", "[[", "\n", "😀")) * random.choice((1, 30, 3000))
    if kind == 5:
        return nested(random)
    return f"{random.choice(WORDS)} {random.choice(('', MARK, random.choice(SCRIPTS)))}"


def value(random: Random, depth: int = 3) -> Any:
    """Any value that JSON can hold, and some that it cannot."""
    kind = random.randrange(10 if depth else 7)
    if kind < 2:
        return random.choice(NUMBERS)
    if kind == 2:
        return random.choice((None, False, "", [], {}))
    if kind == 3:
        return random.choice(("yes", "no", "not_sure", "here", "daily", "5 km", "self", *CARDS))
    if kind < 7:
        return f"{MARK}{random.choice(SCRIPTS)}" if kind < 6 else random.choice(WORDS)
    inner = [value(random, depth - 1) for _ in range(random.randrange(5))]
    return inner if kind < 9 else {str(random.choice(CARDS)): one for one in inner}


def nested(random: Random) -> str:
    """Brackets, far deeper than a parser likes."""
    depth = random.choice((10, 500, 20_000))
    return random.choice(("[", '{"a":', "[[{")) * depth


def dumped(data: Any) -> str:
    """JSON with what only Python's own would write: NaN, and lone surrogates escaped."""
    return json.dumps(data)


def body(random: Random, data: Any) -> bytes:
    """The data as a body; now and then cut, changed, or something else altogether."""
    whole = dumped(data).encode()
    kind = random.randrange(12)
    if kind == 0:
        return whole[: random.randrange(len(whole) + 1)]
    if kind == 1:
        return random.randbytes(random.randrange(200))
    if kind == 2:
        return nested(random).encode()
    if kind == 3:
        at = random.randrange(len(whole) + 1)
        return whole[:at] + random.randbytes(3) + whole[at:]
    if kind == 4:
        return dumped(value(random)).encode()
    return whole


def shaped(random: Random, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, now and then one missing, of another kind, or one too many."""
    made = dict(fields)
    if made and random.random() < 0.3:
        made[random.choice(list(made))] = value(random)
    if made and random.random() < 0.1:
        made.pop(random.choice(list(made)))
    if random.random() < 0.1:
        made[random.choice(CARDS)] = value(random)
    return made


def path(random: Random) -> str:
    """An address, or what is none."""
    return "/" + "/".join(random.choice(SEGMENTS) for _ in range(random.randrange(1, 5)))
