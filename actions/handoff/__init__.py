"""From a talk to a clinician: the summary, the same as FHIR, and its delivery. No Rasa."""
