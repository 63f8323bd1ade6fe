"""Runs the actions inside the Rasa process: no HTTP, no second server."""

from __future__ import annotations

import importlib
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.exceptions import RasaException
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from actions.record import is_whole
from bot.history import RECORD

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


def _check_shape(_: RemoteAction, result: Any) -> bool:
    """What an answer of our own executor can be wrong in; instead of Rasa's JSON schema.

    Rasa checks its own schema against the meta-schema at every call, which takes two thirds of a turn (measured,
    `docs/performance.md`). That guards against a foreign server; here both sides are one process. What passes here is
    stored in the talk, so a record that could not be read again must not pass.
    """
    if not isinstance(result, dict) or not all(isinstance(result.get(key), list) for key in ("events", "responses")):
        raise RasaException("an action must answer with events and responses")
    if not result["responses"] or not all(_is_response(one) for one in result["responses"]):
        raise RasaException("an action must say something, in messages with a text")
    if not all(_is_event(one) for one in result["events"]):
        raise RasaException("an action may only set the record, whole, or begin the talk anew")
    return True


def _is_response(one: Any) -> bool:
    buttons = one.get("buttons") or [] if isinstance(one, dict) else None
    return (
        isinstance(buttons, list)
        and all(isinstance(button, dict) for button in buttons)
        and isinstance(one.get("text"), str)
        and isinstance(one.get("custom") or {}, dict)
    )


def _is_event(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("event") not in ("slot", "restart"):
        return False
    return one["event"] == "restart" or (
        one.get("name") == RECORD and (one.get("value") is None or is_whole(one["value"]))
    )


def use_in_process_check() -> None:
    """From now on, answers of actions are checked by shape only. For processes that run their own actions."""
    RemoteAction._validate_action_result = _check_shape
