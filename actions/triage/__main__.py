"""The protocol alone: `python -m actions.triage < findings.json` prints the assessment, or the next question."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

from actions import cards
from actions.answers import BadAnswer, check_value
from actions.triage import Question, load_protocol, next_step
from actions.triage.model import Protocol


def read_findings(text: str, protocol: Protocol) -> dict[str, Any]:
    """Findings from JSON, each checked against its kind.

    Args:
        text: an object {finding id: value}.
        protocol: says which findings and values exist.

    Raises:
        ValueError: what is wrong, and what would be right.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise ValueError("findings must be an object: {finding id: value}")
    findings: dict[str, Any] = {}
    for id, value in data.items():
        finding = protocol.findings.get(id)
        if finding is None:
            raise ValueError(f"{id!r} is not a finding; the findings are: {', '.join(sorted(protocol.findings))}")
        if value is None:
            continue
        try:
            findings[id] = check_value(finding, value)
        except BadAnswer as error:
            raise ValueError(f"{id} cannot be {value!r}: {error}") from None
    return findings


def main(source: TextIO, out: TextIO, errors: TextIO) -> int:
    """Read findings from `source`, write one card as JSON to `out`.

    Returns:
        0, or 2 when the input cannot be used; then the reason is in `errors`.
    """
    protocol = load_protocol()
    try:
        findings = read_findings(source.read(), protocol)
    except ValueError as error:
        print(f"triage: {error}", file=errors)
        return 2
    step = next_step(findings, protocol)
    card = cards.question(step, protocol) if isinstance(step, Question) else cards.assessment(step, protocol, findings)
    json.dump(card.data, out, ensure_ascii=False, indent=2)
    out.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout, sys.stderr))
