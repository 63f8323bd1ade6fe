"""What Slack sent is written down before it is acknowledged, and read again when it is worked."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from actions.conversation import where
from bot.channels.queue import Delivery
from bot.channels.slack.incoming import HomeOpened, Incoming, Person, Said, Tapped, Turned
from bot.channels.worker import Worker

logger = logging.getLogger(__name__)

KINDS: dict[str, Any] = {"said": Said, "tapped": Tapped, "home": HomeOpened, "turned": Turned}
MICROSECONDS = 1_000_000
REMEMBERED = 1_000
"""Deliveries that are known while the database is away."""


def delivery_of(incoming: Incoming) -> Delivery:
    """What is written down of something that Slack sent. Nothing in it runs out, as Slack's triggers would."""
    kind = next(name for name, kind in KINDS.items() if isinstance(incoming, kind))
    body = json.dumps({"kind": kind, **asdict(incoming)})
    return Delivery(incoming.keys, incoming.person.sender, round(incoming.at * MICROSECONDS), body)


def incoming_of(body: str) -> Incoming:
    """What was written down."""
    data = json.loads(body)
    kind, person = KINDS[data.pop("kind")], Person(**data.pop("person"))
    made: Incoming = kind(person=person, keys=tuple(data.pop("keys")), **data)
    return made


class Intake:
    """Takes what Slack sends.

    Slack brings a message again for an hour, but a tap and a command never. So when the database is away they are
    worked at once, as long as this process lives: the person is told by the safety card that something is wrong.

    Args:
        worker: gives what answers; None while the server starts or stops.
        at_once: works something that could not be written down, and never raises.
    """

    def __init__(self, worker: Callable[[], Worker | None], at_once: Callable[[Incoming], Any]):
        self._worker, self._at_once = worker, at_once
        self._tasks: set[asyncio.Task[None]] = set()
        self._known: OrderedDict[str, None] = OrderedDict()

    async def take(self, incoming: Incoming) -> bool:
        """Take something.

        Returns:
            False when there is no room, or the server starts or stops: it must be delivered again. True also for what was
            taken before.
        """
        worker = self._worker()
        if worker is None or not self._known.keys().isdisjoint(incoming.keys):
            return worker is not None
        try:
            return await worker.take(delivery_of(incoming)) != "full"
        except (sa.exc.SQLAlchemyError, OSError) as error:
            logger.error("a Slack delivery cannot be written down: %s", where(error))
            return self._begin(incoming)

    def _begin(self, incoming: Incoming) -> bool:
        """Work something without having written it down."""
        if len(self._tasks) >= REMEMBERED:
            return False
        self._known.update(dict.fromkeys(incoming.keys))
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        task = asyncio.get_running_loop().create_task(self._at_once(incoming))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def idle(self) -> None:
        """Wait until nothing is worked any more that was not written down."""
        while self._tasks:
            await asyncio.wait(self._tasks)
