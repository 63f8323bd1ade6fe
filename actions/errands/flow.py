"""Errands, turn by turn: what is asked next, what an answer leads to. No Rasa."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from actions import cards
from actions.cards import CHECK_IN, Card
from actions.errands import check_in, hand_off, questions
from actions.errands.questions import CONSENT, CONTACT, REMINDER
from actions.records.effects import Reminded
from actions.selfcare.plan import may_have_plan
from actions.triage.model import Assessment, Level, Question
from actions.turn import Turn
from actions.wording import content, say

MISSES_BEFORE_IT_IS_DROPPED = 2
PUT_OFF = ("deny", "go_back", "goodbye")
"""Intents that end an errand which is only an offer, when its question stands."""


class Errands(Turn):
    """What is done besides the triage; at most one at a time."""

    def _errand_on(self) -> bool:
        """Ask what is still open, or bring the errand to its end; False when there is none."""
        if self.record.errand is None:
            return False
        question = self._open()
        if question is not None:
            self._errand_ask(question)
            return True
        ends: dict[str, Callable[[], None]] = {
            "plan": self._plan_fitted, "check_in": self._checked_in, "handoff": self._handed_off, "reminder": self._reminded,
        }  # fmt: skip
        ends[self.record.errand]()
        return True

    def _errand_takes(self, in_context: Mapping[str, Any]) -> None:
        """Keep what this message told for the errand.

        Args:
            in_context: what it answered to the pending card.
        """
        if self.record.errand != "check_in":
            return
        told = {**self.heard_now, **in_context}
        asked = {entry["id"] for entry in content("check_in.yml")["questions"]}
        self.record.told.update({id: value for id, value in told.items() if id in asked})
        if self.record.pending == CHECK_IN:
            left = [id for id in self.record.asks if id not in told]
            self.record.told["left"] = left if in_context else self.record.asks

    def _check_in_is_told(self) -> bool:
        """Whether everything was told that a check-in asks."""
        return self.record.errand == "check_in" and self._open() is None

    def _errand_missed(self) -> bool:
        """The pending question of an errand was not answered: ask once more, then let it be; False when none waits."""
        pending = self.record.pending
        if self.record.errand is None or pending is None or self.answered or self.changed:
            return False
        self.record.misses += 1
        refused = self.message.intent in PUT_OFF and self.record.errand != "check_in"
        if refused or self.record.misses >= MISSES_BEFORE_IT_IS_DROPPED:
            self._errand_dropped()
        else:
            empty = not self.message.text.strip()
            self.cards.append(cards.plain("empty" if empty else "not_understood"))
            self._errand_ask(pending)
        return True

    def _errand_dropped(self) -> None:
        self.cards.append(cards.plain(f"{self.record.errand}_dropped"))
        self.record.end_errand()

    def _errand_ask(self, id: str) -> None:
        """Show a question of the errand; one that was just shown comes in its other wording."""
        record = self.record
        plainly = record.pending == id and not record.worded_plainly
        record.asks = self._left() if id == CHECK_IN else [id]
        record.pending, record.worded_plainly = id, plainly
        if id == CHECK_IN:
            record.shown[CHECK_IN] = list(record.asks)
        if id == CONSENT:
            self.cards.append(hand_off.draft_card(record))
        if record.errand == "plan":
            self.cards.append(cards.question(Question(id, (id,), plainer=plainly), self.protocol))
        else:
            self.cards.append(questions.card(id, self.protocol, record.asks, plainly))

    def _left(self) -> list[str]:
        """The findings of the check-in's screen that are still to be answered."""
        return list(self.record.told.get("left", content("check_in.yml")["screen"]["findings"]))

    def _open(self) -> str | None:
        """The errand's next question; None when everything is told."""
        told, rules = self.record.told, content("check_in.yml")
        if self.record.errand == "handoff":
            return next((id for id in (CONTACT, CONSENT) if id not in told), None)
        if self.record.errand == "reminder":
            return None if REMINDER in told else REMINDER
        if self.record.errand == "plan":
            return self._open_of_plan()
        skipped = rules["without_sessions"] if told.get("sessions_done") == 0 else ()
        asked = (entry["id"] for entry in rules["questions"])
        return next((id for id in asked if id not in told and id not in skipped), CHECK_IN if self._left() else None)

    def _open_of_plan(self) -> str | None:
        """What the plan still lacks."""
        known, rules = self.record.findings, content("check_in.yml")
        none = known.get("main_activity") in ("none", cards.NOT_SURE)
        skipped = rules["without_activity"] if none else ()
        return next((id for id in rules["fit_the_plan"] if id not in known and id not in skipped), None)

    # --- how they end --------------------------------------------------------------------------

    def _plan_fitted(self) -> None:
        self.record.end_errand()
        self.cards.append(cards.plain("plan_fitted"))
        self.cards.append(self._plan())

    def _checked_in(self) -> None:
        """Take the check-in in: it may change the plan, or the advice as a whole."""
        record = self.record
        taken = check_in.take(record, self.memory, self.today)
        record.end_errand()
        record.remembered = True
        self.changed.update(record.take(taken.findings))
        step = self._next()
        anew = isinstance(step, Question) or step.level.id != record.result
        self.effects.append(taken.effect("assess" if anew else taken.decision.step))
        record.last_session, record.steps_up = taken.last_session, taken.steps_up
        self.cards.append(taken.card())
        if isinstance(step, Question):
            self._ask(step)
        elif anew:
            self._result(step)
        elif may_have_plan(step, record.findings):
            self.cards.append(self._plan())
        else:
            self._headline_again(step)

    def _handed_off(self) -> None:
        record = self.record
        if record.told[CONSENT] == "yes":
            self.effects.append(hand_off.effect(record))
            record.remembered = True
            self.cards.append(hand_off.sent_card(record))
        else:
            self.cards.append(cards.plain("handoff_dropped"))
        record.end_errand()

    def _reminded(self) -> None:
        chosen = self.record.told[REMINDER]
        self.record.end_errand()
        self._remind_every(questions.every_days().get(chosen, 0))

    def _remind_every(self, days: int) -> None:
        """Ask after the knee every so many days; 0 stops it."""
        self.effects.append(Reminded(days))
        self.record.remembered = True
        self.cards.append(
            cards.plain("reminder_set" if days > 1 else "reminder_daily_set" if days else "reminder_off", days=days)
        )

    # --- how they begin ------------------------------------------------------------------------

    def _check_in(self) -> None:
        """Ask how it goes, where there is a result to compare with; else find out first how urgent it is."""
        step = self._next()
        if isinstance(step, Question) or self.record.result is None:
            self.cards.append(cards.plain("check_in"))
            self._again(start=True)
            return
        if step.level.id != self.record.result:
            self._result(step)
            return
        self.record.errand, self.record.told = "check_in", {}
        self._errand_takes({})
        self.cards.append(cards.plain("check_in"))
        self._errand_on()

    def _human(self) -> None:
        """Offer to hand the talk over, where somebody receives it; else a summary to take along."""
        step = self._next()
        emergency = isinstance(step, Assessment) and step.level >= Level.EMERGENCY_DEPARTMENT
        if isinstance(step, Assessment) and emergency:
            self._result(step)
        if not self.memory.receiving:
            self.cards.append(hand_off.summary_card(self, "human_care_now" if emergency else "human"))
            self._again(start=True)
        elif self.memory.open_handoff:
            self.cards.append(cards.plain("handoff_already", reference=self.memory.open_handoff))
            self._again(start=True)
        else:
            self.record.errand, self.record.told = "handoff", hand_off.draft(self)
            self.cards.append(cards.plain("handoff_begin"))
            self._errand_ask(CONTACT)

    def _offer_to_fit(self) -> None:
        """Offer to put the person's own numbers into the plan, where some are not known yet."""
        if self._open_of_plan():
            self.cards.append(Card(say("plan_fit_offer"), None, ((say("plan_fit_yes"), "/fit_plan"),)))

    def _fit_plan(self) -> None:
        """Ask for the numbers that the plan lacks, where there is a plan."""
        step = self._next()
        if isinstance(step, Question) or not may_have_plan(step, self.record.findings):
            self.cards.append(cards.plain("exercises_after" if isinstance(step, Question) else "exercises_not"))
            self._again(start=True)
            return
        self.record.errand, self.record.told = "plan", {}
        if self._open_of_plan():
            self.cards.append(cards.plain("plan_fit"))
        self._errand_on()

    def _remind(self) -> None:
        """Ask how often to remind, or stop it."""
        if not self.memory.can_remind:
            self.cards.append(cards.plain("reminder_not_here"))
            self._again()
        elif questions.read(REMINDER, self.message) == "stop":
            self._remind_every(0)
            self._again()
        else:
            self.record.errand, self.record.told = "reminder", {}
            self._errand_ask(REMINDER)

    def _progress(self) -> None:
        """How the pain went, in words and as a picture."""
        self.cards.append(check_in.progress_card(self.memory) or cards.plain("progress_none"))
        self._again()

    def _my_data(self) -> None:
        """Where everything that is stored can be fetched."""
        address = self.memory.data_address
        self.cards.append(cards.plain("my_data", url=address) if address else cards.plain("my_data_none"))
        self._again()

    def _with_clinician(self) -> None:
        """A clinician talks to the person: the program only says that the message was passed on."""
        self.cards.append(cards.plain("with_clinician", name=self.memory.taken_over_by or say("a_clinician")))
