"""What a clinician is told of a talk, and what the person sees before it is sent: the same text. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from actions import cards, wording
from actions.triage.model import Assessment, Finding, Level, Protocol

MOST_QUOTES = 5
QUOTE_LENGTH = 200
MOST_ADVICE = 5
IN_THIS_CHAT = "here"
"""The contact of a person who wants the answer in the talk itself."""
GROUPS = ("who", "course", "function", "other")


def content(
    findings: Mapping[str, Any],
    result: Assessment,
    protocol: Protocol,
    words: Sequence[str],
    advised: Sequence[str],
    today: date,
    *,
    raised: Collection[int] = (),
    finished: bool = True,
) -> dict[str, Any]:
    """Everything that is handed over about one talk, as plain JSON.

    Args:
        findings: what the person told; an id that is missing was not asked.
        result: what the engine made of it.
        protocol: for the names of things.
        words: the person's messages, first told first; taps and commands among them are left out.
        advised: what the person was told to do, the most urgent first.
        today: the day it is made.
        raised: positions in `words` of the messages that raised the level; these are quoted before all others.
        finished: the questions came to their end; if not, the level is only the least it can be.

    Returns:
        What `text` and `fhir.bundle` are made from, and what is stored and sent.
    """
    told = {id: value for id, value in findings.items() if id in protocol.findings}
    flags = {id: finding for id, finding in protocol.findings.items() if finding.red_flag}
    rest = {id: value for id, value in told.items() if id not in flags}
    return {
        "level": result.level.id,
        "headline": cards.headline(result.level, protocol),
        "finished": finished,
        "reasons": _reasons(result),
        "fits": _fits(result),
        "red_flags_present": _having(flags, told, "yes"),
        "red_flags_unsure": _having(flags, told, cards.NOT_SURE),
        "red_flags_denied": _having(flags, told, "no"),
        "red_flags_not_asked": [id for id, flag in flags.items() if id not in told and not flag.watched],
        **_grouped({id: value for id, value in rest.items() if not _denies(protocol.findings[id], value)}, protocol),
        "also_denied": _having(protocol.findings, rest, "no"),
        "answers": [_answer(protocol.findings[id], value) for id, value in told.items()],
        "advised": [one_line(line) for line in advised if line.strip()][:MOST_ADVICE],
        "words": quotes(words, raised),
        "protocol_version": result.protocol,
        "made_on": today.isoformat(),
    }


def text(content: Mapping[str, Any]) -> str:
    """The summary to read, most urgent first; the person sees exactly this before it is sent.

    Args:
        content: from the function of that name.
    """
    level = Level.of(content["level"])
    lines = [f"{cards.level_sign(level)} {content['headline']}"]
    if not content["finished"]:
        lines.append(_say("unfinished"))
    lines += _line("who", content["who"])
    lines += _line("why", map(_reason, content["reasons"]), "; ")
    flags = _line("present", _texts(content["red_flags_present"]), "; ")
    flags += _line("unsure", _texts(content["red_flags_unsure"]), "; ")
    lines += flags or [_say("none_present")]
    for group in ("course", "function", "other"):
        lines += _line(group, content[group], "; ")
    lines += _line("fits", content["fits"])
    lines += _line("advised", content["advised"], " ")
    lines += _line("denied", _texts([*content["red_flags_denied"], *content["also_denied"]]), "; ")
    if content["red_flags_not_asked"]:
        lines.append(_say("not_asked", count=str(len(content["red_flags_not_asked"]))))
    if content["words"]:
        lines += [_say("quotes"), *(f"“{quote}”" for quote in content["words"])]
    lines.append(_say("foot", version=content["protocol_version"], date=content["made_on"]))
    return "\n".join(lines)


def contact_in_words(contact: str) -> str:
    """How the person wants to be reached, for somebody who was not in the talk."""
    return _say("in_chat") if contact == IN_THIS_CHAT else contact


def quotes(words: Sequence[str], raised: Collection[int] = ()) -> list[str]:
    """The lines worth quoting, in the order they were said.

    Args:
        words: the person's messages.
        raised: positions of those that raised the level; they are taken first, then the ones told first.

    Returns:
        At most `MOST_QUOTES` lines of at most `QUOTE_LENGTH` characters.
    """
    by_line: dict[str, int] = {}
    for place, message in enumerate(words):
        line = one_line(message, QUOTE_LENGTH)
        if line and not line.startswith("/") and (line not in by_line or place in raised):
            by_line[line] = place
    chosen = sorted(by_line.items(), key=lambda entry: (entry[1] not in raised, entry[1]))[:MOST_QUOTES]
    return [line for line, _ in sorted(chosen, key=lambda entry: entry[1])]


def _reasons(result: Assessment) -> list[dict[str, Any]]:
    names = {rule.id: rule.name for rule in result.because} or {one.id: one.name for one in result.fits}
    return [{**reason, "name": names[reason["rule"]]} for reason in cards.reasons_of(result)]


def _fits(result: Assessment) -> list[str]:
    """Patterns worth naming beside the reasons, by name; none where it is urgent."""
    reasons = {rule.id for rule in result.because}
    named = result.because and result.level < Level.URGENT
    return [pattern.name for pattern in result.fits if named and pattern.id not in reasons]


def _reason(reason: Mapping[str, Any]) -> str:
    """A reason by its name, with the id of the rule; a pattern's id is its name."""
    is_rule = str(reason["rule"])[:1].isupper()
    return f"{reason['name']} ({reason['rule']})" if is_rule else str(reason["name"])


def _having(findings: Mapping[str, Finding], told: Mapping[str, Any], value: str) -> list[dict[str, str]]:
    """The yes-or-no findings told with this value, each by its id and its words."""
    ids = [id for id, finding in findings.items() if finding.kind == "yes_no" and told.get(id) == value]
    if value == "no":
        short = wording.content("handoff.yml")["absent"]
        return [{"id": id, "text": str(short.get(id, _small(findings[id].title)))} for id in ids]
    return [{"id": id, "text": _small(findings[id].title)} for id in ids]


def _denies(finding: Finding, value: Any) -> bool:
    return finding.kind == "yes_no" and value == "no"


def _grouped(told: Mapping[str, Any], protocol: Protocol) -> dict[str, list[str]]:
    """What was told, in words, under the line it stands on; what no line names goes to the last."""
    groups = {name: list(wording.content("handoff.yml")["groups"][name]) for name in GROUPS}
    named = {id for ids in groups.values() for id in ids}
    groups[GROUPS[-1]] += [id for id in told if id not in named]
    return {
        name: [
            _small(cards.finding_in_words(protocol.findings[id], told[id]))
            for id in ids
            if id in told and (id, told[id]) != SELF
        ]
        for name, ids in groups.items()
    }


SELF = ("for_whom", "self")
"""Not worth a word: most people ask for themselves."""


def _small(said: str) -> str:
    """The words as they stand inside a line."""
    shortened = said[:2].isalpha() and said[:2].isupper()
    return said if shortened else said[:1].lower() + said[1:]


def _answer(finding: Finding, value: Any) -> dict[str, Any]:
    """One finding with all that another system needs to read it without the protocol."""
    titles = {option.value: option.title for option in finding.options}
    return {
        "id": finding.id,
        "kind": finding.kind,
        "question": finding.prompt or finding.title,
        "title": finding.title,
        "value": value,
        "text": cards.finding_in_words(finding, value),
        "titles": {one: titles[one] for one in (value if isinstance(value, list) else [value]) if one in titles},
        "unit": finding.unit,
    }


def one_line(message: str, most: int = QUOTE_LENGTH) -> str:
    """A message without line breaks and control characters, cut where it is too long."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in message).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _texts(entries: Iterable[Mapping[str, str]]) -> Iterable[str]:
    return (entry["text"] for entry in entries)


def _line(key: str, parts: Iterable[str], between: str = ", ") -> list[str]:
    """One line of the summary, or none where there is nothing to say."""
    shown = between.join(parts)
    return [_say(key, list=shown)] if shown else []


def _say(key: str, **values: str) -> str:
    """The words under `key` with each {name} filled in; what is filled in is not looked at again."""
    shown = str(wording.content("handoff.yml")["words"][key])
    return re.sub(r"\{(\w+)\}", lambda brace: values.get(brace[1], brace[0]), shown)
