"""The Rasa actions: one for each wish, nothing but glue. What they say is decided in `dialogue`."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import Restarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import cards, known
from actions.answers import Heard, Message
from actions.dialogue import Talk
from actions.record import Record
from actions.triage import Protocol, load_protocol

logger = logging.getLogger(__name__)

NAMED = ("topic", "exercise", "language")
"""Entities that name what a wish is about; all others are findings."""


@lru_cache(maxsize=1)
def protocol() -> Protocol:
    """The protocol of this process, read and checked once."""
    return load_protocol()


def message_of(tracker: Tracker) -> Message:
    """What the person just said, as the pipeline understood it."""
    return message_from(tracker.latest_message)


def message_from(latest: Mapping[str, Any]) -> Message:
    """A message from Rasa's parse result.

    Args:
        latest: text, intent and entities.
    """
    entities = latest.get("entities") or []
    heard = tuple(
        Heard(
            id=str(one["value"] if one["entity"] == "finding" else one["entity"]),
            value=one.get("value"),
            status=str(one.get("status", "present")),
        )
        for one in entities
        if one["entity"] not in NAMED
    )
    named = {one["entity"]: str(one["value"]) for one in entities if one["entity"] in NAMED}
    text = str(latest.get("text") or "")
    intent = str((latest.get("intent") or {}).get("name") or "nlu_fallback")
    return Message(
        text="/" + text.lstrip("/") if intent == "answer" else text,
        intent=intent,
        heard=heard,
        topic=named.get("topic"),
        exercise=named.get("exercise"),
        language=named.get("language"),
    )


class SafeAction(Action):  # type: ignore[misc]
    """The one place where an exception becomes the safety card."""

    wish = ""
    """The intent that this action serves; empty takes the message's own."""

    def name(self) -> str:
        """The action's name in the domain."""
        return f"action_{self.action}"

    action = ""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer the latest message; whatever fails, the person gets the safety card."""
        try:
            message = message_of(tracker)
            record = Record.from_json(tracker.get_slot("record"))
            wish = self.wish or message.intent
            person = known.Person(tracker.sender_id, tracker.get_latest_input_channel() or "rest")
            talk = Talk(
                record, message, protocol(), known.today(), await person.memory(record.remembered, wish, record.pending)
            )
            shown = [*person.replies(), *talk.reply(wish)]
            await person.write(talk.effects)
            events = [SlotSet("record", record.to_json())]
            if talk.erase:
                events = [Restarted(), SlotSet("record", None)]
        except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
            logger.error("action failed: %s", where(error))
            shown, events = [cards.safety()], []
        for card in shown:
            utter(dispatcher, card)
        return events


def where(error: BaseException) -> str:
    """The kind of an error and the places it came through, without its text, which may hold a person's words."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"


def utter(dispatcher: CollectingDispatcher, card: cards.Card) -> None:
    """Send one card: plain text, buttons, and what a channel may draw."""
    dispatcher.utter_message(
        text=card.text,
        buttons=[{"title": title, "payload": payload} for title, payload in card.buttons],
        json_message={"card": card.data} if card.data else {},
    )


class Triage(SafeAction):
    """Take in what was just said, and ask or tell what follows."""

    action = "triage"


class Fallback(Triage):
    """Rasa's own fallback would rewind the turn and lose what was just said."""

    action = "default_fallback"


class Topic(SafeAction):
    """Answer a question about knee pain, then go on."""

    action, wish = "topic", "ask_topic"


class Exercises(SafeAction):
    """Show the plan or one exercise, where exercises may be shown."""

    action, wish = "exercises", "ask_exercises"


class Why(SafeAction):
    """Say why the question is asked, or why the advice was given."""

    action, wish = "why", "ask_why"


class GoBack(SafeAction):
    """Take back the last answer."""

    action, wish = "go_back", "go_back"


class StartOver(SafeAction):
    """Forget what was told in this talk and begin again."""

    action, wish = "start_over", "start_over"


class Summary(SafeAction):
    """Show everything told so far."""

    action, wish = "summary", "ask_summary"


class Human(SafeAction):
    """Tell how to reach a person."""

    action, wish = "human", "ask_human"


class CheckIn(SafeAction):
    """Take in how it goes today."""

    action, wish = "check_in", "check_in"


class Greet(SafeAction):
    """Say who this is, and ask what brings the person here."""

    action, wish = "greet", "greet"


class Thank(SafeAction):
    """Answer thanks."""

    action, wish = "thank", "thank"


class Goodbye(SafeAction):
    """Answer a goodbye."""

    action, wish = "goodbye", "goodbye"


class AboutBot(SafeAction):
    """Say that this is a program."""

    action, wish = "about_bot", "bot_challenge"


class Medicine(SafeAction):
    """Refer questions about medicines to a pharmacist."""

    action, wish = "medicine", "medicine_dose"


class OutOfScope(SafeAction):
    """Say what this can help with."""

    action, wish = "out_of_scope", "out_of_scope"


class OtherLanguage(SafeAction):
    """Say, in the person's language, that only English is read, and go on with buttons."""

    action, wish = "other_language", "other_language"


class Progress(SafeAction):
    """Show how the pain went."""

    action, wish = "progress", "ask_progress"


class FitPlan(SafeAction):
    """Put the person's own numbers into the plan."""

    action, wish = "fit_plan", "fit_plan"


class MyData(SafeAction):
    """Give the person everything that is stored about them."""

    action, wish = "my_data", "my_data"


class Remind(SafeAction):
    """Ask after the knee from time to time, or stop it."""

    action, wish = "remind", "remind_me"


class DeleteData(SafeAction):
    """Ask once, then delete what is stored."""

    action, wish = "delete_data", "delete_my_data"
