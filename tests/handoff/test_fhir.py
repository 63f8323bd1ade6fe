"""The bundle is FHIR R4, complete, and says of whom it speaks to nobody.

`fhir.resources` 7.0.2 has no R4 (4.0.1) but R4B (4.3.0); the resources used here are the same in both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from actions.handoff.fhir import bundle
from actions.triage import Level, load_protocol
from actions.wording import content as file
from tests.handoff.test_summary import PLAYED, made, said
from tests.proofs.conftest import EXAMPLES
from tests.proofs.people import records, thoroughly
from tests.vignettes.patient import Outcome, Vignette

AT = datetime(2026, 3, 1, 12, 0)
PROTOCOL = load_protocol()
fewer = settings(thoroughly, max_examples=EXAMPLES // 5)
URGENCY = ("routine", "urgent", "asap", "stat")
"""FHIR's request priorities, the most urgent last."""


def bundled(findings: Any, words: Any = (), contact: str = "", **given: Any) -> dict[str, Any]:
    """The bundle of a hand-off, through JSON and back."""
    summary = made(findings, words, **given)
    handoff = {"reference": "K-1", "created_at": AT, "content": summary, "contact": contact}
    return dict(json.loads(json.dumps(bundle(handoff))))


def of(made: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The resources of a type."""
    return [entry["resource"] for entry in made["entry"] if entry["resource"]["resourceType"] == kind]


def models(one: Any) -> Iterator[BaseModel]:
    """A model and all in it."""
    if isinstance(one, BaseModel):
        yield one
        for name in one.__fields__:
            yield from models(getattr(one, name))
    elif isinstance(one, list):
        for part in one:
            yield from models(part)


def check(made: dict[str, Any]) -> None:
    """Valid by the models, with values of the required sets, and references that lead somewhere."""
    parsed = Bundle.parse_obj(made)
    for model in models(parsed):
        for name, field in model.__fields__.items():
            allowed, value = field.field_info.extra.get("enum_values"), getattr(model, name)
            assert value is None or not allowed or value in allowed, (type(model).__name__, name, value)
    assert json.loads(parsed.json()).keys() == made.keys()
    known = {entry["fullUrl"] for entry in made["entry"]}
    assert set(references(made)) <= known
    assert len(known) == len(made["entry"])


def references(part: Any) -> Iterator[str]:
    """Every reference, however deep."""
    if isinstance(part, dict):
        if isinstance(part.get("reference"), str):
            yield part["reference"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


@pytest.fixture(params=PLAYED, ids=lambda played: played[0].id)
def played(request: pytest.FixtureRequest) -> tuple[Vignette, Outcome]:
    """Each vignette, with what was asked and answered."""
    return request.param  # type: ignore[no-any-return]


def test_every_vignette_is_valid_and_complete(played: tuple[Vignette, Outcome]) -> None:
    vignette, outcome = played
    made = bundled(outcome.findings, [vignette.words])
    check(made)
    (answers,) = of(made, "QuestionnaireResponse")
    assert [item["linkId"] for item in answers["item"]] == list(outcome.findings)
    flags = {item["linkId"]: item["answer"][0] for item in answers["item"]}
    for id, value in outcome.findings.items():
        if value in ("yes", "no"):
            assert flags[id] == {"valueBoolean": value == "yes"}
    (request,) = of(made, "ServiceRequest")
    assert any(vignette.words.split()[0] in note["text"] for note in request["note"])


@fewer
@given(findings=records, words=said, contact=st.text(max_size=300), finished=st.booleans())
def test_any_findings_make_a_valid_bundle(
    findings: dict[str, Any], words: list[str], contact: str, finished: bool
) -> None:
    check(bundled(findings, words, contact, finished=finished))


def test_the_models_would_refuse_what_is_wrong() -> None:
    made = bundled({"pain_now": 5})
    (request,) = of(made, "ServiceRequest")
    request["priority"] = "at once"
    with pytest.raises(AssertionError, match="priority"):
        check(made)
    del request["subject"]
    with pytest.raises(ValueError, match="subject"):
        check(made)


def test_the_patient_has_a_pseudonym_and_nothing_else() -> None:
    (patient,) = of(bundled({"age": 46}, ["I am Sam"], "Sam, 020 7946 0000"), "Patient")
    assert set(patient) == {"resourceType", "id", "identifier"}
    assert [one["value"] for one in patient["identifier"]] == ["K-1"]


def test_the_contact_stands_in_the_request_only_when_it_is_given() -> None:
    given, silent = bundled({"age": 46}, contact="ask for Sam"), bundled({"age": 46})
    assert ("ask for Sam" in json.dumps(of(given, "ServiceRequest")), len(of(silent, "ServiceRequest")[0]["note"])) == (
        True,
        1,
    )


def test_pain_now_has_its_loinc_code_and_the_worst_pain_words_alone() -> None:
    now, worst = of(bundled({"pain_now": 5, "pain_worst": 7}), "Observation")
    assert [(code["system"], code["code"]) for code in now["code"]["coding"]] == [("http://loinc.org", "72514-3")]
    assert (now["valueQuantity"]["value"], worst["valueQuantity"]["value"]) == (5, 7)
    assert worst["code"] == {"text": PROTOCOL.findings["pain_worst"].title}


def test_pain_that_the_person_is_not_sure_of_is_no_number() -> None:
    (pain,) = of(bundled({"pain_now": "not_sure"}), "Observation")
    assert "valueQuantity" not in pain
    assert pain["dataAbsentReason"]["coding"][0]["code"] == "asked-unknown"


@pytest.mark.parametrize("level", Level, ids=lambda level: level.id)
def test_priority_never_falls_as_the_level_rises(level: Level) -> None:
    priority = file("handoff.yml")["fhir"]["priority"]
    lower = [priority[other.id] for other in Level if other < level]
    assert all(URGENCY.index(one) <= URGENCY.index(priority[level.id]) for one in lower)
    assert (priority[level.id] == "stat") == (level >= Level.EMERGENCY_DEPARTMENT)


def test_the_protocols_version_says_what_made_it() -> None:
    made = bundled({"age": 46})
    (provenance,), (device,) = of(made, "Provenance"), of(made, "Device")
    assert device["version"][0]["value"] == PROTOCOL.version
    assert provenance["policy"][0].endswith(PROTOCOL.version)
    everything_else = {entry["fullUrl"] for entry in made["entry"]} - {f"urn:uuid:{provenance['id']}"}
    assert {target["reference"] for target in provenance["target"]} == everything_else


def test_an_unfinished_talk_is_not_final() -> None:
    made = bundled({"age": 46}, finished=False)
    assert of(made, "QuestionnaireResponse")[0]["status"] == "in-progress"
    assert of(made, "RiskAssessment")[0]["status"] == "preliminary"


def test_the_same_hand_off_makes_the_same_bundle_and_another_reference_other_ids() -> None:
    assert bundled({"age": 46}) == bundled({"age": 46})
    other = bundle({"reference": "K-2", "created_at": AT, "content": made({"age": 46})})
    ours = {entry["fullUrl"] for entry in bundled({"age": 46})["entry"]}
    assert ours.isdisjoint(entry["fullUrl"] for entry in other["entry"])
