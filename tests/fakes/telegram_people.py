"""People in front of the fake Telegram: they write, tap and read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

DEADLINE = 20.0
"""Seconds."""


@dataclass
class Shown:
    """One message in a chat, as the person sees it."""

    id: int
    text: str
    rows: list[list[dict[str, str]]] = field(default_factory=list)
    html: str = ""
    kind: str = "text"
    file: bytes = b""

    @property
    def titles(self) -> list[str]:
        return [button["text"] for row in self.rows for button in row]

    def data_of(self, title: str) -> str:
        found = [button["callback_data"] for row in self.rows for button in row if button["text"] == title]
        assert found, f"no button {title!r} among {self.titles}"
        return found[0]


@dataclass
class Person:
    """Somebody on Telegram."""

    telegram: FakeTelegram
    id: int

    @property
    def seen(self) -> list[Shown]:
        """The bot's messages in the chat, as they look now."""
        return list(self.telegram.chats[self.id].values())

    @property
    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": "Sam"}

    def message(self, **content: Any) -> dict[str, Any]:
        """A message of this person, as Telegram describes it."""
        sender = {"id": self.id, "is_bot": False, "first_name": "Sam"}
        return {"message_id": 1_000_000, "from": sender, "chat": self.chat, "date": 1, **content}

    def words(self, text: str) -> dict[str, Any]:
        """The update of a text message."""
        return self.telegram.update(message=self.message(text=text))

    def tap(self, shown: Shown, title: str) -> dict[str, Any]:
        """The update of a tap on a button."""
        return self.tap_data(shown, shown.data_of(title))

    def tap_data(self, shown: Shown, data: str) -> dict[str, Any]:
        """The update of a tap on a button that carries `data`, even when it is gone by now."""
        query = {
            "id": self.telegram.callback(),
            "from": {"id": self.id, "is_bot": False, "first_name": "Sam"},
            "message": {"message_id": shown.id, "chat": self.chat, "date": 1, "text": shown.text},
            "chat_instance": "1",
            "data": data,
        }
        return self.telegram.update(callback_query=query)

    async def says(self, text: str) -> None:
        """Write a message."""
        await self.telegram.deliver(self.words(text))

    async def taps(self, shown: Shown, title: str) -> None:
        """Tap a button."""
        await self.telegram.deliver(self.tap(shown, title))

    async def reads(self, amount: int, seconds: float = DEADLINE) -> list[Shown]:
        """Wait until there are so many messages in the chat."""
        await self.telegram.until(lambda: len(self.seen) >= amount, seconds)
        return self.seen
