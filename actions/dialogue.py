"""One turn of the talk: what was said and wished for goes in, cards and the new record come out. No Rasa."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from actions import answers, cards
from actions.answers import LONGEST_MESSAGE, BadAnswer, Message
from actions.cards import DELETE, OPENING, Card
from actions.record import Record
from actions.selfcare.cards import exercise_card, plan_card, side_of
from actions.selfcare.plan import ADULT, exercise_called, make_plan, may_have_plan
from actions.triage.engine import assess, next_step
from actions.triage.model import Assessment, Level, Protocol, Question
from actions.wording import content, plan_address, say

SHORT_REPORT = 3
SHORT_SORRY = 6
"""Words in a message that may be a report, or an excuse, as a whole."""
WHY_TOPIC = "why_questions"
"""Asked while a card waits, it is answered for that card."""
OPENING_TOPICS = {"physio": "physiotherapy", "about": "about_program"}


class Talk:
    """One turn with one person.

    Args:
        record: what is remembered; it is changed in place.
        message: what was just said.
        protocol: the checked protocol.
        today: for the review date of a plan.
    """

    def __init__(self, record: Record, message: Message, protocol: Protocol, today: date):
        self.record = record
        self.message = message
        self.protocol = protocol
        self.today = today
        self.cards: list[Card] = []
        self.changed: dict[str, Any] = {}
        self.answered = False
        self._chose = False
        """The person chose one of the opening options."""
        self._quiet = False
        """The person has the turn: no question follows."""
        self.erase = False
        """Everything stored of this person is to be deleted."""

    def reply(self, wish: str) -> list[Card]:
        """Answer one message.

        Args:
            wish: what the person wants, the name of an intent.

        Returns:
            The cards to show, never empty.
        """
        first = not self.record.opened
        self.record.opened = True
        pending_before = self.record.pending
        try:
            self._listen()
        except BadAnswer as error:
            self.cards = [self._bad_answer(error)]
            self._again()
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
        if len(self.message.text) >= LONGEST_MESSAGE:
            self.cards.append(cards.plain("too_long", limit=LONGEST_MESSAGE))
        wishes: dict[str, Callable[[], None]] = {
            "ask_why": self._why, "go_back": self._back, "start_over": self._restart, "ask_summary": self._summary,
            "ask_human": self._human, "ask_topic": self._topic, "ask_exercises": self._exercises,
            "medicine_dose": self._medicine, "check_in": self._check_in, "greet": self._greet, "thank": self._thank,
            "goodbye": self._goodbye, "bot_challenge": self._bot, "out_of_scope": self._out_of_scope,
            "delete_my_data": self._ask_delete, "other_language": self._other_language,
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

    def _meant(self, wish: str, pending: str | None) -> str:
        """The wish in the light of where the talk stands.

        A word or two that name the trouble ("knee pain") are told, not asked. While a card waits, idle words are
        no answer, rather than a subject of their own. "Oops, wrong button" takes the last answer back.
        """
        words = self.message.words.split()
        asks = "?" in self.message.text or bool(words) and words[0] in answers.ASKING
        waits = pending not in (None, OPENING)
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
        record, pending = self.record, self.record.pending
        correcting = self.message.corrects
        told = answers.volunteered(self.message.heard, record.findings, correcting, self.protocol)
        in_context: dict[str, Any] = {}
        if record.deleting:
            in_context = answers.in_context(self.message, DELETE, [], self.protocol) or {}
        elif pending is not None:
            in_context = answers.in_context(self.message, pending, record.asks, self.protocol) or {}
        if pending == OPENING and OPENING in in_context:
            self._open(in_context.pop(OPENING))
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
        self.changed = record.take({**told, **in_context})
        if in_context:
            record.misses = 0
        shown = {id: value for id, value in self.changed.items() if id not in in_context or len(record.asks) > 1}
        if told and (shown or correcting) and cards.in_words(self.changed, self.protocol):
            self.cards.append(cards.understood(self.changed, self.protocol, corrected=correcting))

    def _take_payload(self, answer: answers.Payload) -> None:
        if answer.question == OPENING:
            if not isinstance(answer.value, str):
                raise BadAnswer("it must be one of the options")
            self._open(answer.value)
            return
        if answer.question == DELETE and self.record.deleting:
            self.changed = {DELETE: "yes" if answer.value == "yes" else "no"}
            return
        screen = self.protocol.screens.get(answer.question)
        asks = self.record.shown.get(answer.question, screen.findings if screen else [])
        self.changed = self.record.take(answers.take_payload(answer, asks, self.protocol))
        self.answered = True
        self.record.misses = 0

    def _open(self, value: str) -> None:
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

    # --- going on ------------------------------------------------------------------------------

    def _next(self) -> Question | Assessment:
        return next_step(self.record.findings, self.protocol, frozenset(self.record.doubts))

    def _first(self, step: Question | Assessment) -> None:
        if isinstance(step, Question):
            self.cards.insert(0, cards.plain("intro_short"))

    def _go_on(self, step: Question | Assessment) -> None:
        """Ask the next question or give the result; ask again when the message did not answer."""
        if self._quiet:
            return
        if isinstance(step, Assessment):
            if self.changed or self.record.result is None:
                self._result(step)
            else:
                self._nothing_new(step)
            return
        missed = self.record.pending is not None and not self.answered and not self.changed
        if missed and self.record.pending == step.id:
            self._missed(step)
            return
        if any(id in self.record.doubts for id in step.asks) and any(id in self.changed for id in step.asks):
            self.cards.append(cards.plain("noted_doubt"))
        self._ask(step)

    def _ask(self, asked: Question) -> None:
        """Show a question; one that was just shown comes in its other wording, never twice the same."""
        again = self.record.pending == asked.id
        plainly = (not self.record.worded_plainly) if again else asked.plainer
        asked = Question(asked.id, asked.asks, plainer=plainly)
        self.record.worded_plainly = plainly
        self.record.pending = asked.id
        self.record.asks = list(asked.asks)
        if asked.id in self.protocol.screens:
            self.record.shown[asked.id] = list(asked.asks)
        self.cards.append(cards.question(asked, self.protocol))

    def _missed(self, step: Question) -> None:
        self.record.misses += 1
        keys = {1: "not_understood", 2: "not_understood_again"}
        empty = not self.message.text.strip()
        self.cards.append(cards.plain("empty" if empty else keys.get(self.record.misses, "stuck")))
        self._ask(step)

    def _question_again(self) -> list[Card]:
        """The pending question once more, after something else was answered."""
        before, self.cards = self.cards, []
        step = self._next()
        if isinstance(step, Question) and (self.record.pending is not None or self.record.findings):
            self._ask(step)
        elif isinstance(step, Assessment) and (self.changed or self.record.result is None):
            self._result(step)
        again, self.cards = self.cards, before
        return again

    def _result(self, step: Assessment) -> None:
        self.record.pending, self.record.asks, self.record.misses = None, [], 0
        same = self.record.result == step.level.id
        self.record.result = step.level.id
        self.cards.append(cards.assessment(step, self.protocol, self.record.findings))
        if may_have_plan(step, self.record.findings) and not same:
            self.cards.append(self._plan())

    def _plan(self) -> Card:
        """The plan, with the address of its printable page; the first day stays when the plan is shown again."""
        record = self.record
        if record.plan_id is None or record.plan_made_on is None:
            record.plan_id, record.plan_made_on = secrets.token_urlsafe(16), self.today.isoformat()
        made_on = date.fromisoformat(record.plan_made_on)
        made = make_plan(record.findings, self.protocol, made_on)
        return plan_card(made, plan_address(record.plan_id), side_of(record.findings))

    def _nothing_new(self, step: Assessment) -> None:
        if not self.message.text.strip():
            self.cards.append(cards.plain("empty"))
        if step.level >= Level.EMERGENCY_DEPARTMENT:
            self._result(step)
            return
        headline = cards.headline(step.level, self.protocol)
        self.cards.append(cards.plain("still", headline=headline))
        self.cards.append(cards.plain("go_on"))

    # --- wishes --------------------------------------------------------------------------------

    def _why(self) -> None:
        pending = self.record.pending
        if pending is None:
            result = assess(self.record.findings, self.protocol)
            if self.record.result is None:
                self.cards.append(cards.plain("why_none"))
                return
            self.cards.append(cards.why_card(result, self.protocol))
            return
        self.cards.append(Card(cards.why_of(pending, self.protocol)))
        self._again()

    def _back(self) -> None:
        undone = self.record.step_back()
        if undone is None:
            self.cards.append(cards.plain("back_none"))
        elif undone:
            self.cards.append(cards.plain("back_done", findings=cards.in_words(undone, self.protocol)))
        else:
            self.cards.append(cards.plain("back_step"))
        self._ask_or_open()

    def _restart(self) -> None:
        fresh = Record(opened=True)
        self.record.__dict__.update(fresh.__dict__)
        self.cards = [cards.plain("restarted")]
        self._open_question()

    def _summary(self) -> None:
        if not self.record.findings:
            self.cards.append(cards.plain("summary_empty"))
        else:
            self.cards.append(self._summary_card(say("summary_intro")))
        self._again()

    def _human(self) -> None:
        self.cards.append(self._summary_card(say("human")) if self.record.findings else cards.plain("human"))
        self._again(start=True)

    def _summary_card(self, heading: str) -> Card:
        result = assess(self.record.findings, self.protocol)
        return cards.summary(heading, self.record.findings, result if self.record.result else None, self.protocol)

    def _topic(self) -> None:
        step = self._next()
        if isinstance(step, Assessment) and step.level >= Level.EMERGENCY_DEPARTMENT:
            self._result(step)
            return
        topic = self._topic_cards(self.message.topic)
        self.cards += topic or [cards.plain("topic_unknown")]
        self._again()

    def _topic_cards(self, id: str | None) -> list[Card]:
        entry = next((topic for topic in content("advice.yml") if topic["id"] == id), None)
        if entry and entry.get("exercise") and not self._exercise_may_be_told():
            return [cards.plain("exercises_not")]
        return [cards.advice(entry)] if entry else []

    def _exercise_may_be_told(self) -> bool:
        """Nothing told so far asks for a clinician first."""
        result = assess(self.record.findings, self.protocol)
        age = self.record.findings.get("age", ADULT)
        raised = any(rule.level >= Level.SOON for rule in result.because)
        return not raised and (age == "not_sure" or age >= ADULT)

    def _exercises(self) -> None:
        step = self._next()
        findings = self.record.findings
        if isinstance(step, Question):
            self.cards.append(cards.plain("exercises_after"))
            self._go_on(step) if self.changed else self._ask(step)
            return
        if not may_have_plan(step, findings):
            self.cards.append(cards.plain("exercises_not"))
            self._result(step)
            return
        exercise = exercise_called(self.message.exercise or "", findings)
        if exercise is not None:
            self.cards.append(exercise_card(exercise, side_of(findings)))
        else:
            self.cards.append(self._plan())

    def _medicine(self) -> None:
        self.cards.append(cards.plain("medicine"))
        self._again()

    def _check_in(self) -> None:
        self.cards.append(cards.plain("check_in"))
        self.cards.append(cards.plain("check_in_note"))
        self._again(start=True)

    def _greet(self) -> None:
        if self.record.pending or self.record.result:
            self.cards.append(cards.plain("greet_again"))
            self._again()
            return
        self.cards.append(cards.plain("intro"))
        self._ask_or_open()

    def _thank(self) -> None:
        self.cards.append(cards.plain("thank"))
        self._again()

    def _goodbye(self) -> None:
        self.cards.append(cards.plain("goodbye"))
        step = self._next()
        if isinstance(step, Assessment) and step.level >= Level.URGENT:
            self.cards.append(cards.plain("still", headline=cards.headline(step.level, self.protocol)))

    def _bot(self) -> None:
        self.cards.append(cards.plain("bot"))
        self._again()

    def _out_of_scope(self) -> None:
        self.cards.append(cards.plain("out_of_scope"))
        step = self._next()
        if self.record.pending not in (None, OPENING) and isinstance(step, Question) and not self.changed:
            self.record.misses += 1
            self._ask(step)
            return
        self._again(start=True)

    def _other_language(self) -> None:
        """Tell it in the person's own language, then go on with a question that can be tapped."""
        self.cards = [cards.other_language(self.message.language or "other")]
        step = self._next()
        if isinstance(step, Question):
            self._ask(step)

    def _ask_delete(self) -> None:
        self.record.deleting = True
        self.cards.append(cards.delete_question())

    def _delete(self) -> None:
        """Carry out, or drop, the deletion that was asked for before."""
        self.record.deleting = False
        if self.changed.get(DELETE) == "yes":
            self.record.__dict__.update(Record().__dict__)
            self.erase = True
            self.cards = [cards.plain("delete_done")]
            return
        self.changed.pop(DELETE, None)
        self.cards.append(cards.plain("delete_kept"))
        self._again()

    # --- parts ---------------------------------------------------------------------------------

    def _again(self, start: bool = False) -> None:
        """After an aside: back to the pending question, or a result that the aside has brought.

        Args:
            start: begin the triage when nothing is pending yet.
        """
        untold = self.record.pending is None and not self.record.findings and not self.record.result
        if self.record.pending == OPENING or (start and untold):
            self._open_question()
        else:
            self.cards += self._question_again()

    def _ask_or_open(self) -> None:
        step = self._next()
        if not self.record.findings and self.record.pending in (None, OPENING):
            self._open_question()
        elif isinstance(step, Question):
            self._ask(step)
        else:
            self._result(step)

    def _open_question(self) -> None:
        self.record.pending, self.record.asks = OPENING, []
        self.cards.append(cards.opening_question())

    def _bad_answer(self, error: BadAnswer) -> Card:
        known = "no such question" not in str(error) and "needs a question" not in str(error)
        return cards.plain("bad_value", why=str(error)) if known else cards.plain("bad_answer")
