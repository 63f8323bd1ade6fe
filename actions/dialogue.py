"""One turn of the talk: what was said and wished for goes in, cards and the new record come out. No Rasa."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from actions import answers, cards
from actions.answers import LONGEST_MESSAGE, BadAnswer, Message
from actions.cards import DELETE, OPENING, Card
from actions.errands import questions
from actions.errands.flow import Errands
from actions.record import Record
from actions.records.effects import Erased
from actions.triage.model import Assessment, Level, Question
from actions.wishes import Wishes
from actions.wording import content

SHORT_REPORT = 3
SHORT_SORRY = 6
"""Words in a message that may be a report, or an excuse, as a whole."""
WHY_TOPIC = "why_questions"
"""Asked while a card waits, it is answered for that card."""
ALSO_WITH_A_CLINICIAN = ("delete_my_data", "my_data")
"""Wishes that are the program's business also while a clinician talks to the person."""
ALWAYS_WISHES = ("go_back", "start_over", "delete_my_data", "my_data")
"""Wishes that are heard even where any text is an answer."""
OPENING_TOPICS = {"physio": "physiotherapy", "about": "about_program"}


class Talk(Errands, Wishes):
    """One turn: `reply` is the way in."""

    def reply(self, wish: str) -> list[Card]:
        """Answer one message.

        Args:
            wish: what the person wants, the name of an intent.

        Returns:
            The cards to show, never empty.
        """
        first = not self.record.opened
        self.record.opened = True
        self._look_at_the_calendar(wish)
        pending_before = self.record.pending
        try:
            self._listen()
        except BadAnswer as error:
            self.cards = [self._bad_answer(error)]
            self._again()
            return self.cards
        if self._check_in_is_told():
            self._errand_on()
            return self.cards
        wish = self._meant(wish, pending_before)
        step = self._next()
        told = any(value != "no" for id, value in self.changed.items() if id != DELETE)
        if DELETE in self.changed and not told:
            self._delete()
            return self.cards
        self.changed.pop(DELETE, None)
        self.record.deleting = False
        if isinstance(step, Assessment) and step.level >= Level.EMERGENCY_DEPARTMENT and told:
            self._result(step)
            return self.cards
        if self.memory.taken_over_by and wish not in ALSO_WITH_A_CLINICIAN and not self._speaks_up():
            self._with_clinician()
            return self.cards
        if len(self.message.text) >= LONGEST_MESSAGE:
            self.cards.append(cards.plain("too_long", limit=LONGEST_MESSAGE))
        wishes: dict[str, Callable[[], None]] = {
            "ask_why": self._why, "go_back": self._back, "start_over": self._restart, "ask_summary": self._summary,
            "ask_human": self._human, "ask_topic": self._topic, "ask_exercises": self._exercises,
            "medicine_dose": self._medicine, "check_in": self._check_in, "greet": self._greet, "thank": self._thank,
            "goodbye": self._goodbye, "bot_challenge": self._bot, "out_of_scope": self._out_of_scope,
            "delete_my_data": self._ask_delete, "other_language": self._other_language,
            "ask_progress": self._progress, "my_data": self._my_data, "remind_me": self._remind, "fit_plan": self._fit_plan,
        }  # fmt: skip
        answered = self.answered and pending_before is not None
        if wish in wishes and not answered:
            if first and wish not in ("greet", "start_over"):
                self.cards.append(cards.plain("intro_short"))
            wishes[wish]()
            self._keep_saying()
            return self.cards
        if first:
            self._first(step)
        self._go_on(step)
        return self.cards

    def _speaks_up(self) -> bool:
        """Whether the program speaks while a clinician talks to the person: a red flag was told, or its card tapped."""
        return (
            bool(self._flags({**self.heard_now, **self.changed})) or answers.read_payload(self.message.text) is not None
        )

    def _flags(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The red flags in what was told, as far as they are not denied."""
        known = self.protocol.findings
        return {id: value for id, value in told.items() if id in known and known[id].red_flag and value != "no"}

    def _look_at_the_calendar(self, wish: str) -> None:
        """Ask again what may have changed, when the person was away for long."""
        record, rule = self.record, content("check_in.yml")["stale"]
        before, record.seen_on = record.seen_on, self.today.isoformat()
        away = (self.today - date.fromisoformat(before)).days if before else 0
        if away < rule["after_days"] or not record.findings or wish in ("delete_my_data", "my_data", "ask_progress"):
            return
        last = record.result
        record.forget_what_is_old(frozenset(rule["lasting"]))
        record.seen_on = self.today.isoformat()
        self.cards.append(Card(" ".join(rule["text"].replace("{days}", str(away)).split())))
        if last is not None:
            headline = cards.headline(Level.of(last), self.protocol)
            self.cards.append(cards.plain("last_time", headline=headline))

    def _meant(self, wish: str, pending: str | None) -> str:
        """The wish in the light of where the talk stands.

        A word or two that name the trouble ("knee pain") are told, not asked. While a card waits, idle words are
        no answer, rather than a subject of their own. "Oops, wrong button" takes the last answer back.
        """
        words = self.message.words.split()
        asks = "?" in self.message.text or bool(words) and words[0] in answers.ASKING
        waits = pending not in (None, OPENING)
        if waits and pending == questions.CONTACT and self.answered:
            return "report"
        if self._chose:
            return "report"
        if self.message.corrects and not self.message.heard and not self.changed and len(words) <= SHORT_SORRY:
            return "go_back"
        if wish == "ask_topic" and not asks and len(words) <= SHORT_REPORT:
            return "report"
        if wish == "ask_topic" and waits and self.message.topic == WHY_TOPIC:
            return "ask_why"
        return "report" if wish in ("out_of_scope", "bot_challenge") and waits and not asks else wish

    # --- listening -----------------------------------------------------------------------------

    def _listen(self) -> None:
        """Write down what the message says, in the light of the pending card."""
        answer = answers.read_payload(self.message.text)
        if answer is not None:
            self._take_payload(answer)
            return
        record = self.record
        # What is said to a clinician is no answer to the program's card.
        pending = None if self.memory.taken_over_by else record.pending
        if questions.is_own(pending) and self._take_own(str(pending)):
            return
        correcting = self.message.corrects
        told = answers.volunteered(self.message.heard, record.findings, correcting, self.protocol)
        in_context: dict[str, Any] = {}
        if record.deleting:
            in_context = answers.in_context(self.message, DELETE, [], self.protocol) or {}
        elif pending is not None:
            in_context = answers.in_context(self.message, pending, record.asks, self.protocol) or {}
        if pending == OPENING and OPENING in in_context:
            self._start_with(in_context.pop(OPENING))
            return
        if DELETE in in_context:
            self.changed = {**record.take(told), **in_context}
            return
        if pending == "self_care_weeks" and pending in in_context:
            told.pop("duration_weeks", None)
        if in_context and pending is not None:
            told = {id: value for id, value in told.items() if not (id in record.asks and value == "no")}
        self.record.told_in_words({id for id, value in told.items() if value == "yes"})
        self.answered = bool(in_context)
        self.heard_now = told
        self._errand_takes(in_context)
        self.changed = record.take({**told, **in_context})
        if self.changed:
            record.quote(self.message.text, alarming=bool(self._flags(self.changed)))
        if in_context:
            record.misses = 0
        shown = {id: value for id, value in self.changed.items() if id not in in_context or len(record.asks) > 1}
        if told and (shown or correcting) and cards.in_words(self.changed, self.protocol):
            self.cards.append(cards.understood(self.changed, self.protocol, corrected=correcting))

    def _take_payload(self, answer: answers.Payload) -> None:
        if answer.question == OPENING:
            if not isinstance(answer.value, str):
                raise BadAnswer("it must be one of the options")
            self._start_with(answer.value)
            return
        if answer.question == DELETE and self.record.deleting:
            self.changed = {DELETE: "yes" if answer.value == "yes" else "no"}
            return
        if questions.is_own(answer.question):
            if self.record.errand is None or answer.question != self.record.pending:
                raise BadAnswer("that question is not open any more")
            self.record.told[answer.question] = questions.checked(answer.question, answer.value)
            self.answered = True
            self.record.misses = 0
            return
        screen = self.protocol.screens.get(answer.question)
        asks = self.record.shown.get(answer.question, screen.findings if screen else [])
        taken = answers.take_payload(answer, asks, self.protocol)
        self._errand_takes(taken)
        self.changed = self.record.take(taken)
        self.answered = True
        self.record.misses = 0

    def _take_own(self, pending: str) -> bool:
        """Take an answer to an errand's own question; False when the message is none.

        A red flag in it counts whatever was asked; other findings do not: a phone number is no pain score.
        """
        if pending == questions.CONTACT and self.message.intent == "deny":
            self._errand_dropped()
            return False
        value = questions.read(pending, self.message)
        if value is None or self.message.intent in ALWAYS_WISHES:
            return False
        self.record.told[pending] = value
        self.answered = True
        self.record.misses = 0
        told = answers.volunteered(self.message.heard, self.record.findings, False, self.protocol)
        flags = self._flags(told)
        self.heard_now = flags
        self.changed = self.record.take(flags)
        if flags:
            self.record.quote(self.message.text, alarming=True)
            self.cards.append(cards.understood(flags, self.protocol))
        return True

    def _start_with(self, value: str) -> None:
        """The person chose what to be helped with; `other` and the rest go straight on."""
        if value not in content("wording.yml")["opening"]["options"] or value.startswith("__"):
            raise BadAnswer("it must be one of the options")
        self.record.pending = None
        self._chose = True
        self.message = Message(text="", intent="report")
        if value in OPENING_TOPICS:
            self.cards += self._topic_cards(OPENING_TOPICS[value])
        elif value in ("research", "care_now"):
            self.cards.append(cards.plain(value))
        else:
            self.cards.append(cards.plain("tell_me"))
        if value != "care_now":
            self._quiet = True

    def _keep_saying(self) -> None:
        """As long as an emergency stands, no answer to anything else goes without it."""
        now = self._next()
        stands = isinstance(now, Assessment) and now.level >= Level.EMERGENCY_DEPARTMENT and self.record.result
        if stands and isinstance(now, Assessment) and not any(card.kind == "assessment" for card in self.cards):
            self._result(now)

    # --- wishes --------------------------------------------------------------------------------

    def _first(self, step: Question | Assessment) -> None:
        if isinstance(step, Question):
            self.cards.insert(0, cards.plain("intro_short"))

    def _delete(self) -> None:
        """Carry out, or drop, the deletion that was asked for before."""
        self.record.deleting = False
        if self.changed.get(DELETE) == "yes":
            self.record.__dict__.update(Record().__dict__)
            self.erase = True
            receipt = secrets.token_hex(8)
            self.effects = [Erased(receipt)]
            self.cards = [cards.plain("delete_done", receipt=receipt)]
            return
        self.changed.pop(DELETE, None)
        self.cards.append(cards.plain("delete_kept"))
        self._again()

    # --- parts ---------------------------------------------------------------------------------

    def _bad_answer(self, error: BadAnswer) -> Card:
        known = "no such question" not in str(error) and "needs a question" not in str(error)
        return cards.plain("bad_value", why=str(error)) if known else cards.plain("bad_answer")
