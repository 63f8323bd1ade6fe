"""Works one update: what was said becomes a turn, what was tapped a tick or an answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from actions import cards
from actions.cards import NOT_SURE, payload
from actions.wording import say
from bot.channels.queue import Work
from bot.channels.telegram.buttons import markup
from bot.channels.telegram.draw import ticks
from bot.channels.telegram.keyboards import Keyboard, Keyboards
from bot.channels.telegram.post import Post
from bot.channels.telegram.presses import Done, Rest, Send, Tick, decode
from bot.channels.telegram.updates import Refused, Said, Tapped, unwritten
from bot.channels.turns import card_message

Turn = Callable[[str, str, str], Awaitable["list[dict[str, Any]]"]]
"""Sender, text and message id → the answer; never raises."""
LONGEST_ALERT = 200


class Desk:
    """Where updates become answers.

    Args:
        turn: lets the bot answer.
        post: the way out.
        keyboards: what was shown.
    """

    def __init__(self, turn: Turn, post: Post, keyboards: Keyboards):
        self._turn = turn
        self._post = post
        self._keyboards = keyboards

    async def work(self, work: Work) -> None:
        """Answer one update.

        Raises:
            Interrupted: Telegram cannot be reached; try again later.
        """
        event = unwritten(work.body)
        if isinstance(event, Said):
            await self._said(work, event)
        elif isinstance(event, Tapped):
            await self._tapped(work, event)
        else:
            await self._refuse(work, event)

    async def excuse(self, work: Work) -> None:
        """Say the safety card, because something failed.

        Raises:
            Interrupted: Telegram cannot be reached; try again later.
        """
        await self._post.send(unwritten(work.body).chat, work.person, [card_message(cards.safety())])

    async def _said(self, work: Work, event: Said) -> None:
        answer: list[dict[str, Any]] = [{"text": say("telegram_words_only")}] if event.wordless else []
        if event.text or not event.wordless:
            answer += await self._answer(work, event.chat, event.text)
        await self._post.send(event.chat, work.person, answer, work.sent)

    async def _answer(self, work: Work, chat: int, text: str) -> list[dict[str, Any]]:
        """One turn, with "typing" above it meanwhile."""
        typing = asyncio.ensure_future(self._post.lightly("sendChatAction", chat_id=chat, action="typing"))
        try:
            return await self._turn(f"tg:{chat}", text, f"tg:{work.number}")
        finally:
            typing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await typing

    async def _refuse(self, work: Work, event: Refused) -> None:
        if event.callback:
            await self._toast(event.callback, say(event.why), alert=True)
            return
        await self._post.send(event.chat, work.person, [{"text": say(event.why)}], work.sent)

    # --- taps ----------------------------------------------------------------------------------

    async def _tapped(self, work: Work, tap: Tapped) -> None:
        board = await asyncio.to_thread(self._keyboards.find, work.person, tap.message)
        press = await asyncio.to_thread(decode, tap.data, self._keyboards.kept)
        if board and board.answer is not None and board.changed_by != work.number:
            await self._too_late(tap, say("telegram_answered", title=board.answer or ""))
        elif isinstance(press, Send):
            await self._sends(work, tap, board, press)
        elif press is None or board is None or board.question != press.question:
            await self._too_late(tap, say("telegram_out_of_date"))
        elif isinstance(press, Tick):
            await self._ticks(work, tap, board, press)
        else:
            await self._finishes(work, tap, board, press)

    async def _too_late(self, tap: Tapped, words: str) -> None:
        await self._toast(tap.callback, words, alert=True)
        await self._post.lightly("editMessageReplyMarkup", chat_id=tap.chat, message_id=tap.message)

    async def _ticks(self, work: Work, tap: Tapped, board: Keyboard, press: Tick) -> None:
        """Tick or untick, and show it; nothing is answered yet. The same update ticks once."""
        values = [value for value, _ in board.options]
        if press.value not in values:
            await self._too_late(tap, say("telegram_out_of_date"))
            return
        chosen = set(board.ticked) ^ ({press.value} if board.changed_by != work.number else set())
        ticked = tuple(value for value in values if value in chosen)
        await asyncio.to_thread(self._keyboards.tick, work.person, tap.message, work.number, ticked)
        keys = await asyncio.to_thread(markup, replace(board, ticked=ticked), self._keyboards.keep)
        shown = {one: title for title, one in ticks(press.question, board.options, ticked)}
        await self._toast(tap.callback, shown[press])
        await self._post.lightly(
            "editMessageReplyMarkup",
            chat_id=tap.chat,
            message_id=tap.message,
            reply_markup=keys,
        )

    async def _finishes(self, work: Work, tap: Tapped, board: Keyboard, press: Done | Rest) -> None:
        if not board.ticked:
            await self._toast(tap.callback, say("telegram_tick_first"), alert=True)
            return
        titles = "; ".join(title for value, title in board.options if value in board.ticked)
        if isinstance(press, Rest):
            said: Any = {value: "yes" if value in board.ticked else NOT_SURE for value, _ in board.options}
            titles = f"{titles}; {say('telegram_rest')}"
        else:
            said = list(board.ticked)
        await self._take(work, tap, board, payload(press.question, said), titles)

    async def _sends(self, work: Work, tap: Tapped, board: Keyboard | None, press: Send) -> None:
        """A button with an answer of its own. "None of these" beside a tick is a slip, not an answer."""
        if board and not board.question:
            await self._follows(work, tap, board, press)
        elif board and board.ticked:
            await self._toast(tap.callback, say("telegram_ticked"), alert=True)
        else:
            title = board.title_of(tap.data) if board else ""
            await self._take(work, tap, board, press.payload, title)

    async def _follows(self, work: Work, tap: Tapped, board: Keyboard, press: Send) -> None:
        """Something to ask next: its button goes, the others stay."""
        if tap.data in board.ticked and board.changed_by != work.number:
            await self._toast(tap.callback, say("telegram_answered", title=board.title_of(tap.data)), alert=True)
            return
        used = tuple({*board.ticked, tap.data})
        await asyncio.to_thread(self._keyboards.tick, work.person, tap.message, work.number, used)
        keys = await asyncio.to_thread(markup, replace(board, ticked=used), self._keyboards.keep)
        place = {"chat_id": tap.chat, "message_id": tap.message}
        told = asyncio.gather(
            self._toast(tap.callback, board.title_of(tap.data)),
            self._post.lightly("editMessageReplyMarkup", **place, reply_markup=keys),
        )
        answer = await self._answer(work, tap.chat, press.payload)
        await self._post.send(tap.chat, work.person, answer, work.sent)
        await told

    async def _take(self, work: Work, tap: Tapped, board: Keyboard | None, text: str, title: str) -> None:
        """Hand an answer on; the message shows what was chosen, and has no buttons any more."""
        if board:
            await asyncio.to_thread(self._keyboards.answer, work.person, tap.message, work.number, title)
        told = asyncio.gather(self._toast(tap.callback), self._show_choice(tap, board, title))
        answer = await self._answer(work, tap.chat, text)
        await self._post.send(tap.chat, work.person, answer, work.sent)
        await told

    async def _show_choice(self, tap: Tapped, board: Keyboard | None, title: str) -> None:
        place = {"chat_id": tap.chat, "message_id": tap.message}
        if board is None or not title:
            await self._post.lightly("editMessageReplyMarkup", **place)
            return
        await self._post.show_choice(place, board, say("telegram_chosen", title=title))

    async def _toast(self, callback: str, words: str = "", *, alert: bool = False) -> None:
        """Stop the button's spinner; with words, show them above the talk."""
        more = {"text": words[:LONGEST_ALERT], "show_alert": alert} if words else {}
        await self._post.lightly("answerCallbackQuery", callback_query_id=callback, **more)
