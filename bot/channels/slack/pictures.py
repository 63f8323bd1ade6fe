"""Pictures on Slack: shown where Slack can fetch them, told in words where it cannot."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from actions.wording import say
from bot.channels.slack import blocks
from bot.channels.slack.blocks import Block
from bot.channels.slack.mrkdwn import escape, marked


def public_address() -> str | None:
    """Where people reach this server, when the operator has said so."""
    return (os.environ.get("KNEEWISE_PUBLIC_URL") or "").rstrip("/") or None


@dataclass(frozen=True)
class Pictures:
    """Makes addresses of pictures.

    Args:
        base: where people reach this server; None when nobody said.
    """

    base: str | None

    def address(self, path: Any) -> str | None:
        """The address from which Slack fetches a picture; None where it would not: only https, and no SVG."""
        whole = self._whole(path)
        return whole if whole is not None and whole.startswith("https://") and not whole.endswith(".svg") else None

    def blocks(self, card: dict[str, Any]) -> list[Block]:
        """The picture of a card, with a link to the moving one; its words alone where Slack cannot fetch it."""
        alt = str(card.get("alt") or card.get("title") or "").strip()
        still = card.get("picture") or card.get("image")
        if not still or not alt:
            return []
        address, link = self.address(still), self._whole(card.get("gif"))
        told = say("slack_picture", alt=alt)
        shown = [blocks.image(address, alt)] if address else blocks.context(told)
        if link is None:
            return shown
        moves = blocks.mrkdwn(f"<{escape(link)}|{marked(say('slack_moves'))}>")
        return [*shown, {"type": "context", "elements": [moves]}]

    def _whole(self, path: Any) -> str | None:
        if not isinstance(path, str):
            return None
        if path.startswith(("https://", "http://")):
            return path
        return self.base + path if self.base and path.startswith("/") else None
