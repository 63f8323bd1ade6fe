"""How soon messages are acknowledged while 20 people talk at once: `python -m tests.channels.speed [telegram] [slack] [--short]`.

The real server in a process of its own, with a real database and real turns; a strict fake on loopback counts from the
first byte of a request to the last of its answer. All begin at the same moment, and each writes again as soon as the
answer is there. What the reading of a message costs is in the figures, for all of it runs in one process.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import aiohttp

from bot.channels.telegram.routes import PATH
from tests.channels.telegram.bench import SECRET
from tests.fakes import slack
from tests.fakes.telegram import FakeTelegram
from tests.servers import Server

PEOPLE = 20
SECONDS_TO_ANSWER = 120
SAID = (
    "my knee hurts going downstairs since i ran more",
    "about three weeks now, at the front, the right one",
    "none of these",
    "no it did not start with an injury",
    "i am 34",
    "can i still swim with it",
    "no it is not hot and i have no fever",
    "why do you ask that",
    "it gets worse when i sit for long, and on the stairs",
    "not sure",
)


async def on_telegram(folder: Path, messages: int) -> list[float]:
    """Seconds until each update was acknowledged."""

    async def talks(id: int) -> None:
        person = fake.person(id)
        for number in range(messages):
            before = len(person.seen)
            await person.says(SAID[(id + number) % len(SAID)])
            await person.reads(before + 1, SECONDS_TO_ANSWER)

    async with FakeTelegram() as fake:
        server = await started(folder, {"KNEEWISE_TELEGRAM_TOKEN": fake.token, "KNEEWISE_TELEGRAM_SECRET": SECRET,
                                        "KNEEWISE_TELEGRAM_API": fake.url})  # fmt: skip
        try:
            fake.send_to(server.url + PATH, SECRET)
            await asyncio.gather(*(talks(id) for id in range(1, PEOPLE + 1)))
        finally:
            server.stop()
        return fake.acknowledged


async def on_slack(folder: Path, messages: int) -> list[float]:
    """Seconds until each event was acknowledged."""
    fake, seconds = slack.FakeSlack(), []
    await fake.start()

    async def talks(number: int) -> None:
        person = slack.Person(fake, f"U{number}", server.url, session)
        for message in range(messages):
            more = len(fake.said_in(person.room)) + 1
            event = person.event(SAID[(number + message) % len(SAID)])
            begun = asyncio.get_running_loop().time()
            assert await person.send_event(event) == 200
            seconds.append(asyncio.get_running_loop().time() - begun)
            await fake.until(lambda more=more: len(fake.said_in(person.room)) >= more, SECONDS_TO_ANSWER)

    server = await started(folder, {"KNEEWISE_SLACK_TOKEN": slack.TOKEN, "KNEEWISE_SLACK_API": f"{fake.url}/api/",
                                    "KNEEWISE_SLACK_SIGNING_SECRET": slack.SECRET})  # fmt: skip
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(talks(number) for number in range(100, 100 + PEOPLE)))
    finally:
        server.stop()
        await fake.stop()
    return seconds


async def started(folder: Path, settings: dict[str, str]) -> Server:
    """The real server, ready."""
    server = Server(folder, **settings)
    await asyncio.get_running_loop().run_in_executor(None, server.wait)
    return server


CHANNELS = {"telegram": on_telegram, "slack": on_slack}


def main() -> int:
    """Measure, and print the figures.

    Returns:
        1 when a channel needs 50 ms or more for one message in twenty.
    """
    parser = argparse.ArgumentParser(description="Measure how soon messages are acknowledged.")
    parser.add_argument("channels", nargs="*", help=f"{' or '.join(CHANNELS)}; both when none is named")
    parser.add_argument("--short", action="store_true", help="four messages of each person instead of twenty")
    options = parser.parse_args()
    late = 0
    for name in options.channels or CHANNELS:
        with tempfile.TemporaryDirectory() as folder:
            seconds = asyncio.run(CHANNELS[name](Path(folder), 4 if options.short else 20))
        p50, p95 = (sorted(seconds)[int(len(seconds) * part)] * 1000 for part in (0.5, 0.95))
        print(f"{name}: {len(seconds)} messages of {PEOPLE} people, acknowledged p50 {p50:.1f} ms, p95 {p95:.1f} ms")
        late += p95 >= 50
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
