"""Locks between messages of one conversation."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore

WAIT_SECONDS = 0.01


class QuickLockStore(InMemoryLockStore):
    """Rasa's lock in memory, looked at every 10 ms; the stock wait is a whole second."""

    def __init__(self, host: Any = None) -> None:
        """Make the store.

        Args:
            host: the endpoint configuration, which holds nothing for us.
        """
        super().__init__()

    def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = WAIT_SECONDS
    ) -> AbstractAsyncContextManager[Any]:
        """Wait for the turn of this message, then hold the conversation."""
        return super().lock(conversation_id, lock_lifetime, wait_time_in_seconds)
