"""What two readers say together: when a red flag counts as said, is asked, or is silenced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.nlu.clauses import Span
from bot.nlu.merge import merge
from bot.nlu.reader import Read, Reader, View
from bot.nlu.second import STATUSES, Opinion

RED = {"fever_or_unwell", "calf_swollen_or_tender"}
FLAG, SOFT = "fever_or_unwell", "mild_swelling"


def view(finding: str, ruled: str | None, text: str = "hot all night") -> View:
    """A message in which the rules read `finding` with that status, or do not hear it."""
    reader = Reader({"for_whom=self": ["my own knee"]}, _words())
    seen = reader.look(text, date(2026, 1, 1))
    reads = [Read(finding, finding, True, ruled, 0, 3, text[:3])] if ruled else []
    return View(seen.text, seen.tokens, seen.elements, reads)


def _words() -> object:
    from bot.nlu.text import Words

    return Words({}, {}, frozenset(), ())


def opinion(finding: str, spoken: float, **chances: float) -> Opinion:
    """An opinion; the chances that are not named are nought."""
    return Opinion(finding, spoken, {status: chances.get(status, 0.0) for status in STATUSES}, Span(0, 3))


def status(ruled: str | None, said: Opinion) -> str | None:
    """The merged status of the opinion's finding."""
    merged = {read.id: read.status for read in merge(view(said.finding, ruled), [said], RED)}
    return merged.get(said.finding)


@pytest.mark.parametrize(
    ("ruled", "spoken", "chances", "expected"),
    [
        ("present", 0.9, {"present": 0.95, "absent": 0.05}, "present"),
        (None, 0.9, {"present": 0.95, "absent": 0.05}, "present"),
        (None, 0.15, {"present": 0.95, "absent": 0.05}, "uncertain"),
        (None, 0.04, {"present": 0.95, "absent": 0.05}, None),
        ("absent", 0.9, {"present": 0.6, "absent": 0.4}, "uncertain"),
        ("absent", 0.9, {"present": 0.9, "absent": 0.1}, "uncertain"),
        ("past", 0.9, {"present": 0.9, "past": 0.1}, "present"),
        ("absent", 0.9, {"absent": 0.9, "present": 0.1}, "absent"),
        ("present", 0.9, {"absent": 0.6, "present": 0.3, "past": 0.1}, "uncertain"),
        ("present", 0.9, {"absent": 0.99, "present": 0.01}, "uncertain"),
        (None, 0.9, {"absent": 0.99, "present": 0.01}, "absent"),
        (None, 0.9, {"absent": 0.6, "present": 0.3, "past": 0.1}, "uncertain"),
        (None, 0.9, {"past": 0.55, "present": 0.45}, "uncertain"),
        ("past", 0.9, {"past": 0.9, "present": 0.1}, "past"),
        ("present", 0.01, {"present": 0.99, "absent": 0.01}, "uncertain"),
    ],
)  # fmt: skip
def test_red_flag(ruled: str | None, spoken: float, chances: dict[str, float], expected: str | None) -> None:
    assert status(ruled, opinion(FLAG, spoken, **chances)) == expected


@pytest.mark.parametrize(
    ("ruled", "spoken", "chances", "expected"),
    [
        (None, 0.3, {"present": 0.95, "absent": 0.05}, None),
        (None, 0.9, {"present": 0.95, "absent": 0.05}, "present"),
        ("present", 0.01, {"present": 0.99, "absent": 0.01}, None),
        ("absent", 0.9, {"present": 0.6, "absent": 0.4}, "absent"),
    ],
)
def test_other_findings_are_never_doubted(
    ruled: str | None, spoken: float, chances: dict[str, float], expected: str | None
) -> None:
    assert status(ruled, opinion(SOFT, spoken, **chances)) == expected


def test_what_else_is_spoken_of_does_not_drown_a_red_flag() -> None:
    unheard = opinion(FLAG, 0.01, present=0.99)
    other = opinion("calf_swollen_or_tender", 0.9, present=0.99)
    assert {read.id: read.status for read in merge(view(FLAG, "present"), [unheard, other], RED)}[FLAG] == "present"
    faint = opinion("calf_swollen_or_tender", 0.3, present=0.99)
    assert {read.id: read.status for read in merge(view(FLAG, "present"), [unheard, faint], RED)}[FLAG] == "uncertain"


@pytest.mark.parametrize(("beside", "expected"), [("absent", "present"), ("past", "present"), ("present", "uncertain")])
def test_what_is_denied_beside_it_does_not_deny_a_red_flag(beside: str, expected: str) -> None:
    seen = view(FLAG, "present")
    seen.reads.append(Read("lump", "lump", True, beside, 4, 7, "all"))
    said = opinion(FLAG, 0.9, absent=0.9, present=0.1)
    assert {read.id: read.status for read in merge(seen, [said], RED)}[FLAG] == expected


def test_what_the_second_reader_has_no_opinion_on_stays() -> None:
    assert [read.status for read in merge(view(FLAG, "absent"), [], RED)] == ["absent"]


def test_quantities_stay() -> None:
    seen = view(FLAG, None)
    number = Read("age", 40, False, "present", 0, 3, "hot")
    merged = merge(View(seen.text, seen.tokens, seen.elements, [number]), [], RED)
    assert merged == [number]


def test_the_writers_own_denial_after_somebody_elses_finding() -> None:
    entries = {"@cue_own_no": ["mine doesnt"], "x": ["zzz"]}
    seen = Reader(entries, _words()).look("my dad burns up, mine doesnt", date(2026, 1, 1))
    said = opinion(FLAG, 0.9, other_person=0.95, present=0.05)
    assert [read.status for read in merge(seen, [said], RED)] == ["absent"]
    goes_on = Reader(entries, _words()).look("my dad burns up, mine doesnt hurt", date(2026, 1, 1))
    assert [read.status for read in merge(goes_on, [said], RED)] == ["other_person"]


def test_the_patient_may_be_somebody_else() -> None:
    said = opinion(FLAG, 0.9, other_person=0.9, present=0.1)
    seen = view(FLAG, "present")
    assert [read.status for read in merge(seen, [said], RED)] == ["other_person"]
    assert [read.status for read in merge(replace(seen, for_somebody_else=True), [said], RED)] == ["uncertain"]
    unheard = replace(view(FLAG, None), for_somebody_else=True)
    assert [read.status for read in merge(unheard, [said], RED)] == ["other_person"]
