"""A wire to the database that can be made slow or dead, without touching the database."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Proxy:
    """Passes on what comes, in both directions.

    Args:
        port: where to.

    Attributes:
        delay: seconds that everything said to the database waits.
        stalled: nothing passes, in either direction, until this is False again.
    """

    def __init__(self, port: int):
        self._to, self.delay, self.port = port, 0.0, 0
        self._flows = asyncio.Event()
        self._flows.set()
        self._wires: set[asyncio.Task[None]] = set()

    @property
    def stalled(self) -> bool:
        return not self._flows.is_set()

    @stalled.setter
    def stalled(self, value: bool) -> None:
        if value:
            self._flows.clear()
        else:
            self._flows.set()

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Cut every wire."""
        self._server.close()
        for wire in self._wires:
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = asyncio.ensure_future(self._wire(reader, writer))
        self._wires.add(wire)
        wire.add_done_callback(self._wires.discard)

    async def _wire(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        ways = [
            asyncio.ensure_future(self._pass(reader, back, True)),
            asyncio.ensure_future(self._pass(there, writer, False)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            writer.transport.abort()
            back.transport.abort()

    async def _pass(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, slow: bool) -> None:
        with suppress(OSError):
            while True:
                data = await source.read(65536)
                if not data:
                    return
                if slow and self.delay:
                    await asyncio.sleep(self.delay)
                await self._flows.wait()
                to.write(data)
                await to.drain()
