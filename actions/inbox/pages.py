"""The list, one hand-off, what can be done about it, and its FHIR bundle."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from aiohttp import web

from actions.handoff import fhir, summary
from actions.inbox import looks
from actions.inbox.accounts import Clock
from actions.inbox.cases import SHOWN, Case, Cases
from actions.inbox.guard import page, read_form
from actions.inbox.steps import LONGEST_TEXT, WITH_TEXT, Done, Gone, NotFit, Outcome, Step, Steps, TooLate
from actions.records.identity import BadSecret
from actions.records.store import Records

REFERENCE = "{reference:[A-Za-z0-9_-]{1,32}}"
KIND = "{kind:acknowledge|take_over|hand_back|close|reopen|reply|note}"
SECONDS_FOR_A_TRANSCRIPT = 5.0
FHIR = "application/fhir+json"
logger = logging.getLogger("kneewise.inbox")


@dataclass(frozen=True)
class Line:
    """One thing said in the chat."""

    at: datetime
    """UTC, without zone."""
    who: Literal["person", "bot", "clinician"]
    text: str


Transcript = Callable[[str], Awaitable[Sequence[Line]]]
"""The talk of a person (their key), oldest first."""


class Pages:
    """The pages behind the sign-in.

    Args:
        records: where hand-offs are.
        transcript: reads the talk of a person.
        notify: called after a reply was stored, so that it goes out now.
        clock: the time now, UTC.
    """

    def __init__(self, records: Records, transcript: Transcript, notify: Callable[[], None], clock: Clock):
        self._records = records
        self._cases = Cases(records.engine)
        self._steps = Steps(records.engine, clock)
        self._transcript = transcript
        self._notify = notify
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application."""
        one = f"/handoffs/{REFERENCE}"
        return [
            web.get("/", self.home),
            web.get("/handoffs", self.worklist),
            web.get("/find", self.find),
            web.get(one, self.handoff),
            web.get(f"{one}/fhir", self.bundle),
            web.post(f"{one}/{KIND}", self.step),
        ]

    async def home(self, request: web.Request) -> web.StreamResponse:
        """The list is the home page."""
        raise web.HTTPSeeOther("/handoffs")

    async def worklist(self, request: web.Request) -> web.StreamResponse:
        """Hand-offs, the most urgent first."""
        shown = request.query.get("show", SHOWN[0])
        if shown not in SHOWN:
            raise web.HTTPNotFound
        number = request.query.get("page", "1")
        wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1
        found = await asyncio.to_thread(self._cases.worklist, shown, wanted, request["session"].name)
        return page(request, "list.html", list=found, now=self._clock())

    async def find(self, request: web.Request) -> web.StreamResponse:
        """Straight to a hand-off whose reference somebody reads out."""
        wanted = request.query.get("reference", "").strip()
        fits = 0 < len(wanted) <= 32 and all(one.isascii() and (one.isalnum() or one in "-_") for one in wanted)
        for reference in dict.fromkeys((wanted, wanted.upper())) if fits else ():
            if await asyncio.to_thread(self._cases.case, reference) is not None:
                raise web.HTTPSeeOther(f"/handoffs/{reference}")
        return page(request, "not_found.html", 404, wanted=wanted[:64])

    async def handoff(self, request: web.Request) -> web.StreamResponse:
        """One hand-off with everything about it."""
        done = looks.DONE.get(request.query.get("done", ""), "")
        return await self._show(request, await self._case(request), done=done)

    async def bundle(self, request: web.Request) -> web.StreamResponse:
        """The hand-off for other systems."""
        case = await self._case(request)
        made = fhir.bundle({**case.row, "contact": self._contact(case)})
        name = f"{case.row['reference']}.fhir.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        text = json.dumps(made, ensure_ascii=False, indent=1)
        return web.Response(text=text, content_type=FHIR, charset="utf-8", headers=headers)

    async def step(self, request: web.Request) -> web.StreamResponse:
        """Do what a button says, and show the hand-off as it is then."""
        form = await read_form(request)
        step = _step(request, form)
        problem = _unfit(step)
        if problem:
            return await self._show(request, await self._case(request), 422, refused=problem, draft=step)
        outcome = await asyncio.to_thread(self._steps.take, step)
        if isinstance(outcome, Gone):
            raise web.HTTPNotFound
        if not isinstance(outcome, Done):
            refused = refusal(outcome, step.by, self._clock())
            return await self._show(request, await self._case(request), 409, refused=refused, draft=step)
        if step.kind == "reply":
            self._notify()
        raise web.HTTPSeeOther(f"/handoffs/{step.reference}?done={step.kind}")

    async def _case(self, request: web.Request) -> Case:
        case = await asyncio.to_thread(self._cases.case, request.match_info["reference"])
        if case is None:
            raise web.HTTPNotFound
        return case

    async def _show(
        self,
        request: web.Request,
        case: Case,
        status: int = 200,
        done: str = "",
        refused: str = "",
        draft: Step | None = None,
    ) -> web.Response:
        drafts = {kind: draft.text if draft and draft.kind == kind else "" for kind in WITH_TEXT}
        values: dict[str, Any] = {
            "case": case, "row": case.row, "content": case.row["content"], "summary": _summary(case), "done": done,
            "refused": refused, "drafts": drafts, "contact": self._contact(case), "longest": LONGEST_TEXT,
            "lines": await self._lines(case.row["person"]), "now": self._clock(), "once": secrets.token_urlsafe(16),
        }  # fmt: skip
        return page(request, "handoff.html", status, **values)

    def _contact(self, case: Case) -> str:
        """How the person wants to be reached; empty where this server cannot read it."""
        try:
            return self._records.unseal(case.row["contact"])
        except BadSecret:
            return ""

    async def _lines(self, person: str) -> Sequence[Line] | None:
        """The talk, or None when it cannot be read now: the hand-off is shown all the same."""
        try:
            return await asyncio.wait_for(self._transcript(person), SECONDS_FOR_A_TRANSCRIPT)
        except Exception as error:  # noqa: BLE001  whatever the store fails with, the clinician sees the hand-off
            logger.error("The transcript of a hand-off failed with %s", type(error).__name__)
            return None


def refusal(outcome: Outcome, me: str, now: datetime) -> str:
    """Why a step was not taken, in words.

    Args:
        outcome: what came instead of `Done`.
        me: the clinician who is told.
        now: UTC.
    """
    if isinstance(outcome, TooLate):
        who = "You" if outcome.by == me else outcome.by
        ago = looks.age(outcome.at, now)
        when = ago if ago == "just now" else f"{ago} ago"
        return f"{who} {looks.PAST[outcome.kind]} {when}. Nothing of yours was changed or sent. Look again first."
    if isinstance(outcome, NotFit) and outcome.status == "taken_over":
        return f"{outcome.by} talks with this person now. Take over first. Nothing of yours was sent."
    return "That does not fit the state of this hand-off any more. Nothing of yours was changed or sent."


def _summary(case: Case) -> str:
    """The summary exactly as the person saw it; empty for content that another version made."""
    try:
        return summary.text(case.row["content"])
    except (KeyError, TypeError, ValueError):
        return ""


def _step(request: web.Request, form: dict[str, str]) -> Step:
    try:
        seen = datetime.fromisoformat(form.get("seen", ""))
    except ValueError:
        raise web.HTTPBadRequest from None
    return Step(
        kind=request.match_info["kind"],
        reference=request.match_info["reference"],
        by=request["session"].name,
        seen=seen,
        once=form.get("once", "")[:64],
        text=form.get("text", "").strip() if request.match_info["kind"] in WITH_TEXT else "",
    )


def _unfit(step: Step) -> str:
    if step.kind in WITH_TEXT and not step.text:
        return "There was no text. Nothing was saved or sent."
    if len(step.text) > LONGEST_TEXT:
        return f"That is longer than {LONGEST_TEXT} characters. Nothing was saved or sent."
    return ""
