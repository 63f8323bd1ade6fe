"""Sends what the bot says: bubble by bubble, with buttons and pictures, and goes on where it was interrupted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.conversation import where
from bot.channels.queue import Interrupted
from bot.channels.telegram.api import Api, Gone, Refused, Unreachable
from bot.channels.telegram.buttons import board, markup
from bot.channels.telegram.draw import Drawn, draw
from bot.channels.telegram.keyboards import Keyboard, Keyboards
from bot.channels.telegram.layout import LONGEST_CAPTION, LONGEST_TEXT, Line, as_html, as_plain, pages, units

logger = logging.getLogger(__name__)

Pictures = Callable[[str], "bytes | None"]
"""Path on this server → its content; None when there is no such picture."""


@dataclass(frozen=True)
class Bubble:
    """One message to Telegram.

    Args:
        lines: its words.
        card: the card whose buttons stand under it, on its last bubble.
        picture: paths of a picture to show, the best first; the words are its caption then.
    """

    lines: tuple[Line, ...]
    card: Drawn | None = None
    picture: tuple[str, ...] = ()


def bubbles(messages: Sequence[dict[str, Any]]) -> list[Bubble]:
    """What the bot says, as messages that Telegram takes.

    A picture's caption starts with the picture in words; the card's own words follow in it when they fit.
    """
    made: list[Bubble] = []
    for card in map(draw, messages):
        words = card.lines
        if card.picture and card.alt:
            caption = (Line(card.alt, "i"),)
            whole = (*caption, Line(""), *words)
            if units(as_plain(whole)) <= LONGEST_CAPTION:
                made.append(Bubble(whole, card, card.picture))
                continue
            made.append(Bubble(tuple(pages(caption, LONGEST_CAPTION)[0]), None, card.picture))
        parts = pages(words)
        made += [Bubble(tuple(part), card if n == len(parts) else None) for n, part in enumerate(parts, 1)]
    return made


class Post:
    """The way out to the people.

    Args:
        api: Telegram.
        keyboards: remembers what was shown.
        pictures: finds a picture by its path; may take seconds.
    """

    def __init__(self, api: Api, keyboards: Keyboards, pictures: Pictures):
        self._api = api
        self._keyboards = keyboards
        self._pictures = pictures

    async def send(self, chat: int, person: str, messages: Sequence[dict[str, Any]], sent: int = 0) -> bool:
        """Send an answer.

        Args:
            chat: to whom.
            person: keyed hash of the chat.
            messages: what the bot says.
            sent: bubbles of it that were sent before.

        Returns:
            Whether the person has it; False when nobody is there.

        Raises:
            Interrupted: not now.
        """
        shown: list[int] = []
        asked = False
        for number, bubble in enumerate(bubbles(messages)):
            if number < sent:
                continue
            try:
                message = await self._bubble(chat, person, bubble)
            except Gone:
                return False
            except Unreachable as error:
                raise Interrupted(number, error.seconds) from None
            if bubble.card and bubble.card.buttons and message is not None:
                shown.append(message)
                asked = asked or bubble.card.question is not None
        if asked:
            await self._take_away(chat, person, shown)
        return True

    async def lightly(self, method: str, **params: Any) -> None:
        """A request whose failure harms nobody."""
        try:
            await self._api.call(method, params, tries=2, longest=SHORT_PAUSE)
        except (Gone, Refused, Unreachable) as error:
            logger.info("telegram %s: %s", method, type(error).__name__)

    async def show_choice(self, place: Mapping[str, int], keyboard: Keyboard, choice: str) -> None:
        """Show what was chosen under the question, and take the buttons away.

        Args:
            place: chat and number of the message.
            keyboard: what was shown.
            choice: in words.
        """
        text = f"{keyboard.html}\n\n{as_html([Line(f'✓ {choice}', 'i')])}"
        if units(text) <= LONGEST_TEXT:
            edit = {**place, "text": text, "parse_mode": "HTML", **NO_PREVIEW}
            try:
                await self._api.call("editMessageText", edit, tries=2, longest=SHORT_PAUSE)
                return
            except (Gone, Refused, Unreachable) as error:
                logger.info("telegram editMessageText: %s", type(error).__name__)
        await self.lightly("editMessageReplyMarkup", **place)

    async def _bubble(self, chat: int, person: str, bubble: Bubble) -> int | None:
        """Send one message; its number, or None when Telegram refuses it in any form."""
        keep = self._keyboards.keep
        params: dict[str, Any] = {"chat_id": chat}
        keyboard = await asyncio.to_thread(board, bubble.card, as_html(bubble.lines), keep) if bubble.card else None
        if keyboard:
            params["reply_markup"] = await asyncio.to_thread(markup, keyboard, keep)
        for attempt in self._ways(bubble):
            try:
                result = await attempt(params)
            except Refused:
                continue
            if result is None:
                continue
            message = int(result["message_id"])
            if keyboard:
                await asyncio.to_thread(self._keyboards.save, person, message, keyboard)
            return message
        logger.error("telegram took no form of a message")
        return None

    def _ways(self, bubble: Bubble) -> list[Callable[[dict[str, Any]], Any]]:
        """How a bubble can be sent, the best first: with its picture, as HTML, as bare words without buttons."""
        html, plain = as_html(bubble.lines), as_plain(bubble.lines)

        def pictured(path: str) -> Callable[[dict[str, Any]], Any]:
            return lambda params: self._picture(path, {**params, "caption": html, "parse_mode": "HTML"})

        return [
            *(pictured(path) for path in bubble.picture),
            lambda params: self._api.call("sendMessage", {**params, "text": html, "parse_mode": "HTML", **NO_PREVIEW}),
            lambda params: self._api.call("sendMessage", {"chat_id": params["chat_id"], "text": plain, **NO_PREVIEW}),
        ]

    async def _picture(self, path: str, params: dict[str, Any]) -> Any:
        """Send a picture; None when it cannot be drawn."""
        try:
            data = await asyncio.to_thread(self._pictures, path)
        except Exception as error:  # noqa: BLE001  the words go out without the picture, whatever fails in drawing
            logger.error("picture failed: %s", where(error))
            return None
        if data is None:
            return None
        method, field = ("sendAnimation", "animation") if path.endswith(".gif") else ("sendPhoto", "photo")
        return await self._api.call(method, params, file=(field, f"picture.{path.rpartition('.')[2]}", data))

    async def _take_away(self, chat: int, person: str, but: list[int]) -> None:
        """No older question keeps its buttons: a tap on it would be a surprise."""
        for message in await asyncio.to_thread(self._keyboards.close, person, but):
            await self.lightly("editMessageReplyMarkup", chat_id=chat, message_id=message)


SHORT_PAUSE = 2.0
"""Seconds; what only looks better is not worth a longer wait."""
NO_PREVIEW = {"link_preview_options": {"is_disabled": True}}
