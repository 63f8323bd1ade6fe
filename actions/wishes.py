"""What a person may wish for besides being asked: topics, exercises, a way back, a person to talk to. No Rasa."""

from __future__ import annotations

from actions import cards
from actions.cards import CHECK_IN, OPENING, Card
from actions.errands import questions
from actions.record import Record
from actions.selfcare.cards import exercise_card, side_of
from actions.selfcare.plan import ADULT, exercise_called, may_have_plan
from actions.triage.engine import assess
from actions.triage.model import Assessment, Level, Question
from actions.turn import Turn
from actions.wording import content, say


class Wishes(Turn):
    """The wishes, one method each."""

    def _why(self) -> None:
        pending = self.record.pending
        if pending is None:
            result = assess(self.record.findings, self.protocol)
            if self.record.result is None:
                self.cards.append(cards.plain("why_none"))
                return
            self.cards.append(cards.why_card(result, self.protocol))
            return
        self.cards.append(Card(self._why_of(pending)))
        self._again()

    def _why_of(self, pending: str) -> str:
        if questions.is_own(pending) or pending == CHECK_IN:
            return questions.why(pending)
        return cards.why_of(pending, self.protocol)

    def _back(self) -> None:
        self.record.errand, self.record.told = None, {}
        undone = self.record.step_back()
        if undone is None:
            self.cards.append(cards.plain("back_none"))
        elif undone:
            self.cards.append(cards.plain("back_done", findings=cards.in_words(undone, self.protocol)))
        else:
            self.cards.append(cards.plain("back_step"))
        self._ask_or_open()

    def _restart(self) -> None:
        kept = self.record
        fresh = Record(opened=True, remembered=kept.remembered, seen_on=kept.seen_on)
        self.record.__dict__.update(fresh.__dict__)
        self.cards = [cards.plain("restarted")]
        self._open_question()

    def _summary(self) -> None:
        if not self.record.findings:
            self.cards.append(cards.plain("summary_empty"))
        else:
            self.cards.append(self._summary_card(say("summary_intro")))
            step = self._next()
            if self.record.result and isinstance(step, Assessment) and may_have_plan(step, self.record.findings):
                self.cards.append(self._plan())
        self._again()

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
