"""What was shown under a message, so that a tap finds its question, its ticks and its words again after any restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from actions.records.store import Records
from actions.records.telegram_tables import telegram_keyboards, telegram_payloads

columns = telegram_keyboards.c
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Keyboard:
    """The buttons of one message.

    Args:
        html: the message's text, to show it again with the choice.
        buttons: title and data of each.
        question: what they answer; None for buttons that answer nothing.
        options: value and title of what can be ticked.
        screen: the options are findings of their own.
        ticked: values that are ticked now; where nothing is asked, the data of the buttons that were used.
        changed_by: number of the last update that ticked or answered.
        answer: the title of what was chosen; None while it is not answered.
    """

    html: str
    buttons: tuple[tuple[str, str], ...]
    question: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    screen: bool = False
    ticked: tuple[str, ...] = ()
    changed_by: int | None = None
    answer: str | None = None

    def title_of(self, data: str) -> str:
        """What stands on a button."""
        return next((title for title, one in self.buttons if one == data), "")


class Keyboards:
    """The keyboards of all chats, in the database. Its methods block: call them in a thread.

    Args:
        records: database and keyed hash.
    """

    def __init__(self, records: Records):
        self._records = records

    def save(self, person: str, message: int, keyboard: Keyboard) -> None:
        """Remember what was shown.

        Args:
            person: keyed hash.
            message: Telegram's number of the message.
            keyboard: what stands under it.
        """
        content = {"html": keyboard.html, "buttons": keyboard.buttons, "options": keyboard.options,
                   "screen": keyboard.screen}  # fmt: skip
        row = {"person": person, "message": message, "question": keyboard.question, "content": content, "ticked": [],
               "open": True, "at": self._records.now()}  # fmt: skip
        with self._records.engine.begin() as connection:
            connection.execute(sa.delete(telegram_keyboards).where(self._is(person, message)))
            connection.execute(sa.insert(telegram_keyboards), row)

    def find(self, person: str, message: int) -> Keyboard | None:
        """What was shown; None when it was forgotten."""
        with self._records.reading() as connection:
            row = connection.execute(sa.select(telegram_keyboards).where(self._is(person, message))).mappings().first()
        return _keyboard(row) if row else None

    def tick(self, person: str, message: int, by: int, ticked: Sequence[str]) -> None:
        """Remember what is ticked now, or used where nothing is asked, and by which update."""
        self._change(person, message, changed_by=by, ticked=list(ticked))

    def answer(self, person: str, message: int, by: int, title: str) -> None:
        """Remember that it is answered, by which update, and with what."""
        self._change(person, message, changed_by=by, answer=title[:200], open=False)

    def close(self, person: str, but: Sequence[int]) -> list[int]:
        """Close every question but these: the talk has gone on.

        Returns:
            The messages whose buttons are to be taken away.
        """
        older = sa.and_(
            columns.person == person, columns.open, columns.question.is_not(None), columns.message.not_in(but)
        )
        with self._records.engine.begin() as connection:
            messages = [row[0] for row in connection.execute(sa.select(columns.message).where(older))]
            connection.execute(sa.update(telegram_keyboards).where(older).values(open=False))
        return messages

    def keep(self, key: str, text: str) -> None:
        """Remember what a button stands for that is too long for it."""
        try:
            with self._records.engine.begin() as connection:
                connection.execute(sa.insert(telegram_payloads), {"key": key, "text": text})
        except IntegrityError:
            return  # the key is made from the text, so it is there already

    def kept(self, key: str) -> str | None:
        """What was kept under a key."""
        query = sa.select(telegram_payloads.c.text).where(telegram_payloads.c.key == key)
        with self._records.reading() as connection:
            return connection.execute(query).scalar()

    def forget(self) -> None:
        """Drop what has grown old."""
        before = self._records.now() - KEPT_FOR
        with self._records.engine.begin() as connection:
            connection.execute(sa.delete(telegram_keyboards).where(columns.at < before))

    def _change(self, person: str, message: int, **values: Any) -> None:
        with self._records.engine.begin() as connection:
            connection.execute(sa.update(telegram_keyboards).where(self._is(person, message)).values(**values))

    @staticmethod
    def _is(person: str, message: int) -> Any:
        return sa.and_(columns.person == person, columns.message == message)


def _keyboard(row: Any) -> Keyboard:
    content = row["content"]
    pairs = {name: tuple((str(a), str(b)) for a, b in content[name]) for name in ("buttons", "options")}
    return Keyboard(
        html=content["html"],
        question=row["question"],
        screen=content["screen"],
        ticked=tuple(row["ticked"]),
        changed_by=row["changed_by"],
        answer=row["answer"],
        **pairs,
    )
