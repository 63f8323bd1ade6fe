"""Runs the actions inside the Rasa process: no HTTP, no second server."""

from __future__ import annotations

import importlib
from typing import Any

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

MODULES = ("actions.conversation",)


class InProcessActions:
    """Stands where Rasa expects the address of an action server.

    Rasa calls `request` with what it would post; the SDK's executor answers in the same event loop.
    """

    url = "in-process"
    type = "in-process"
    kwargs: dict[str, Any] = {"enable_selective_domain": True}

    def __init__(self) -> None:
        self._executor = ActionExecutor()
        for module in MODULES:
            for member in vars(importlib.import_module(module)).values():
                if isinstance(member, type) and issubclass(member, Action) and bool(getattr(member, "action", None)):
                    self._executor.register_action(member)

    async def request(self, json: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Run one action.

        Args:
            json: the call as Rasa would post it.

        Returns:
            Events and responses.
        """
        result: dict[str, Any] = await self._executor.run(json)
        return result
