"""A hand-off as a FHIR R4 Bundle, for systems that read that. Pure: the same hand-off, the same bundle.

The bundle is a `collection`: it says what was found and asks nothing of the server that takes it. A `message` would
need an event and an endpoint agreed with each receiver; delivery and its key are the outbox's part.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from actions import wording
from actions.handoff.summary import one_line, text

Resource = dict[str, Any]

OURS = "urn:x-kneewise"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
UNKNOWN = {"system": f"{TERMINOLOGY}/data-absent-reason", "code": "asked-unknown", "display": "Asked But Unknown"}
UCUM_OF = {"years": "a", "weeks": "wk", "days": "d"}
"""Units of findings that UCUM knows."""
MOST_CONTACT = 200
"""Characters of the contact that are sent."""


def bundle(handoff: Mapping[str, Any]) -> Resource:
    """One hand-off as a Bundle that stands on its own.

    Args:
        handoff: `reference`, `created_at` (UTC: a datetime without zone, or ISO text), `content`
            (`summary.content`), and `contact` where it is to be sent.

    Returns:
        JSON of a Bundle: Patient without identity, Device, QuestionnaireResponse, Observations, RiskAssessment,
        ServiceRequest, Provenance.
    """
    made = _Made(str(handoff["reference"]), _instant(handoff["created_at"]), handoff["content"])
    observations = made.observations()
    resources = [
        made.patient(), made.device(), made.answers(), *observations, made.assessment(observations),
        made.request(observations, str(handoff.get("contact") or "")),
    ]  # fmt: skip
    resources.append(made.provenance(resources))
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "identifier": {"system": f"{OURS}:handoff", "value": made.reference},
        "timestamp": made.at,
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": _without_empty(one)} for one in resources],
    }


class _Made:
    """The resources of one hand-off; each knows the others by their ids.

    Args:
        reference: of the hand-off.
        at: when it was made, as a FHIR instant.
        content: what is handed over.
    """

    def __init__(self, reference: str, at: str, content: Mapping[str, Any]):
        self.reference, self.at, self.content = reference, at, content
        self.words = wording.content("handoff.yml")["fhir"]

    def id(self, name: str) -> str:
        """The id of a resource, the same each time."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"kneewise:{self.reference}:{name}"))

    def ref(self, name: str) -> dict[str, str]:
        """A reference to a resource of this bundle."""
        return {"reference": f"urn:uuid:{self.id(name)}"}

    def patient(self) -> Resource:
        """Whom it is about: a pseudonym and nothing else."""
        identifier = {"use": "temp", "system": f"{OURS}:handoff", "value": self.reference}
        return {"resourceType": "Patient", "id": self.id("patient"), "identifier": [identifier]}

    def device(self) -> Resource:
        """Who asked and assessed: this program, by the version of its protocol."""
        return {
            "resourceType": "Device",
            "id": self.id("device"),
            "deviceName": [{"name": "Kneewise", "type": "user-friendly-name"}],
            "version": [{"type": {"text": "protocol"}, "value": self.content["protocol_version"]}],
        }

    def answers(self) -> Resource:
        """Everything that was asked, with what was answered."""
        return {
            "resourceType": "QuestionnaireResponse",
            "id": self.id("answers"),
            "questionnaire": f"{OURS}:questions|{self.content['protocol_version']}",
            "status": "completed" if self.content["finished"] else "in-progress",
            "subject": self.ref("patient"),
            "authored": self.at,
            "author": self.ref("device"),
            "source": self.ref("patient"),
            "item": [
                {"linkId": one["id"], "text": one["question"], "answer": list(_answers(one))}
                for one in self.content["answers"]
            ],
        }

    def observations(self) -> list[Resource]:
        """What was told and is measured: pain and age."""
        told = {one["id"]: one for one in self.content["answers"]}
        kinds = self.words["observations"].items()
        return [self._observation(told[id], kind) for id, kind in kinds if id in told]

    def _observation(self, answer: Mapping[str, Any], kind: Mapping[str, Any]) -> Resource:
        coding = [{"system": LOINC, "code": kind["loinc"], "display": kind["display"]}] if "loinc" in kind else []
        value = answer["value"]
        known = isinstance(value, (int, float))
        quantity = {"value": value, "unit": answer["unit"], "system": UCUM, "code": kind["ucum"]}
        survey = {"system": f"{TERMINOLOGY}/observation-category", "code": "survey", "display": "Survey"}
        return {
            "resourceType": "Observation",
            "id": self.id(answer["id"]),
            "status": "final",
            "category": [{"coding": [survey]}],
            "code": {"coding": coding, "text": answer["title"]},
            "subject": self.ref("patient"),
            "effectiveDateTime": self.at,
            "performer": [self.ref("patient")],
            "derivedFrom": [self.ref("answers")],
            **({"valueQuantity": quantity} if known else {"dataAbsentReason": {"coding": [UNKNOWN]}}),
        }

    def assessment(self, observations: Iterable[Resource]) -> Resource:
        """How urgent it is, and why."""
        level = {
            "coding": [{"system": f"{OURS}:level", "code": self.content["level"]}],
            "text": self.content["headline"],
        }
        reasons = [
            {"outcome": {"coding": [{"system": f"{OURS}:rule", "code": reason["rule"]}], "text": reason["name"]},
             "qualitativeRisk": level, "rationale": reason["text"]}
            for reason in self.content["reasons"]
        ]  # fmt: skip
        return {
            "resourceType": "RiskAssessment",
            "id": self.id("assessment"),
            "status": "final" if self.content["finished"] else "preliminary",
            "method": {"text": f"Kneewise protocol {self.content['protocol_version']}"},
            "subject": self.ref("patient"),
            "occurrenceDateTime": self.at,
            "performer": self.ref("device"),
            "basis": [self.ref("answers"), *_refs(observations)],
            "prediction": reasons or [{"qualitativeRisk": level}],
            "mitigation": " ".join(self.content["advised"]),
        }

    def request(self, observations: Iterable[Resource], contact: str) -> Resource:
        """That a clinician should look at it, and how soon; with the summary that the person has seen."""
        contact = one_line(contact, MOST_CONTACT)
        reach = [{"text": self.words["contact"].replace("{contact}", contact)}] if contact else []
        return {
            "resourceType": "ServiceRequest",
            "id": self.id("request"),
            "identifier": [{"system": f"{OURS}:handoff", "value": self.reference}],
            "status": "active",
            "intent": "proposal",
            "priority": self.words["priority"][self.content["level"]],
            "code": {"text": self.words["request"]},
            "subject": self.ref("patient"),
            "authoredOn": self.at,
            "requester": self.ref("device"),
            "reasonCode": [{"text": reason["text"]} for reason in self.content["reasons"]],
            "supportingInfo": [self.ref("assessment"), self.ref("answers"), *_refs(observations)],
            "note": [{"text": text(self.content)}, *reach],
        }

    def provenance(self, resources: Iterable[Resource]) -> Resource:
        """What made all of this, and by which rules."""
        assembler = {
            "system": f"{TERMINOLOGY}/provenance-participant-type",
            "code": "assembler",
            "display": "Assembler",
        }
        return {
            "resourceType": "Provenance",
            "id": self.id("provenance"),
            "target": list(_refs(resources)),
            "recorded": self.at,
            "policy": [f"{OURS}:protocol:{self.content['protocol_version']}"],
            "agent": [{"type": {"coding": [assembler]}, "who": self.ref("device")}],
        }


def _answers(answer: Mapping[str, Any]) -> Iterable[Resource]:
    """The answers to one question, in the type that suits its kind."""
    value, kind = answer["value"], answer["kind"]
    if value == "not_sure":
        yield {"valueCoding": UNKNOWN}
    elif kind == "yes_no":
        yield {"valueBoolean": value == "yes"}
    elif kind == "number" and not isinstance(value, str):
        code = {"system": UCUM, "code": UCUM_OF[answer["unit"]]} if answer["unit"] in UCUM_OF else {}
        yield {"valueQuantity": {"value": value, "unit": answer["unit"], **code}}
    elif kind == "number":
        yield {"valueString": value}
    else:
        for one in value if isinstance(value, list) else [value]:
            title = answer["titles"].get(one, one)
            yield {"valueCoding": {"system": f"{OURS}:finding:{answer['id']}", "code": one, "display": title}}


def _refs(resources: Iterable[Resource]) -> Iterable[dict[str, str]]:
    return ({"reference": f"urn:uuid:{one['id']}"} for one in resources)


def _instant(at: datetime | str) -> str:
    """UTC as FHIR writes it."""
    return at if isinstance(at, str) else at.isoformat(timespec="milliseconds") + "Z"


def _without_empty(value: Any) -> Any:
    """FHIR has no empty text, list or object: what is empty is left out."""
    if isinstance(value, dict):
        kept = {key: _without_empty(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in ("", [], {}, None)}
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    return value
