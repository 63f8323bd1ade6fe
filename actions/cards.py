"""The cards a person is shown, and the plain text that says the same. No channel is known here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from actions.triage.model import Assessment, Finding, Level, Option, Protocol, Question
from actions.wording import content, fill, opening, say

OPENING = "opening"
DELETE = "delete_my_data"
CHECK_IN = "check_in_screen"
NOT_SURE = "not_sure"


@dataclass(frozen=True)
class Card:
    """One message to the person.

    Args:
        text: complete on its own, for channels that draw nothing.
        data: what a channel may draw, `kind` first; None for plain talk.
        buttons: choices as (title, payload).
    """

    text: str
    data: dict[str, Any] | None = None
    buttons: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> str:
        """The card's kind, or `say` for plain talk."""
        return self.data["kind"] if self.data else "say"


def payload(question: str, value: object) -> str:
    """What a button sends when it answers `question` with `value` (Contract 2)."""
    return "/answer" + json.dumps({"question": question, "value": value}, separators=(",", ":"))


def plain(key: str, **values: object) -> Card:
    """Plain talk from `clinical/wording.yml`."""
    return Card(say(key, **values))


def other_language(language: str) -> Card:
    """That only English is read, said in another language.

    Args:
        language: a key of `clinical/languages.yml`.
    """
    texts = content("languages.yml")["languages"]
    return Card(fill(texts.get(language, texts["other"])))


def question(asked: Question, protocol: Protocol) -> Card:
    """The card for the engine's next question."""
    screen = protocol.screens.get(asked.id)
    if screen is None:
        finding = protocol.findings[asked.id]
        card = question_card(
            asked.id, finding.plainer if asked.plainer else finding.prompt, finding.why, finding.kind, options(finding)
        )
        if finding.kind == "number" and card.data is not None:
            card.data.update(unit=finding.unit, range=[finding.low, finding.high])
        return card
    titles = tuple(Option(id, protocol.findings[id].title) for id in asked.asks)
    return question_card(screen.id, screen.plainer if asked.plainer else screen.prompt, screen.why, "any_of", titles)


def options(finding: Finding) -> tuple[Option, ...]:
    """What a person can choose for one finding; empty for a number."""
    if finding.kind == "yes_no":
        return (
            Option("yes", say("yes_word")),
            Option("no", say("no_word")),
            Option(NOT_SURE, say("not_sure")),
        )
    return finding.options


def opening_question() -> Card:
    """The first question: what the person is here for."""
    entry = opening()
    choices = tuple(Option(value, title) for value, title in entry["options"].items())
    return question_card(OPENING, entry["prompt"], entry["why"], "one_of", choices, unsure=False)


def delete_question() -> Card:
    """The confirmation before everything is deleted."""
    choices = (Option("yes", say("yes_word")), Option("no", say("no_word")))
    return question_card(DELETE, say("delete_confirm"), "", "yes_no", choices, unsure=False)


def question_card(id: str, prompt: str, why: str, kind: str, choices: tuple[Option, ...], unsure: bool = True) -> Card:
    """The card of any question.

    Args:
        id: what an answer names.
        prompt: the question.
        why: why it is asked.
        kind: `yes_no`, `one_of`, `any_of`, `number` or `text`.
        choices: the options.
        unsure: whether "not sure" may be tapped.
    """
    lines = [prompt]
    buttons: list[tuple[str, str]] = []
    if kind == "any_of":
        lines += [f"{number}. {choice.title}" for number, choice in enumerate(choices, 1)]
        lines.append(say("screen_hint"))
        buttons = [(say("none_of_these"), payload(id, []))]
    else:
        if kind == "one_of":
            lines += [f"{number}. {choice.title}" for number, choice in enumerate(choices, 1)]
        buttons = [(choice.title, payload(id, choice.value)) for choice in choices]
    if unsure and not any(choice.value == NOT_SURE for choice in choices):
        buttons.append((say("not_sure"), payload(id, NOT_SURE)))
    data = {
        "kind": "question",
        "id": id,
        "prompt": prompt,
        "why": why,
        "input": kind,
        "options": [{"value": choice.value, "title": choice.title} for choice in choices],
    }
    return Card("\n".join(lines), data, tuple(buttons))


def understood(new: dict[str, Any], protocol: Protocol, corrected: bool = False) -> Card:
    """What was just taken from free text, so that the person can correct it."""
    words = in_words(new, protocol)
    text = say("corrected" if corrected else "understood", findings=words)
    return Card(text, {"kind": "understood", "findings": new, "words": each_in_words(new, protocol)})


def in_words(findings: dict[str, Any], protocol: Protocol) -> str:
    """Findings as a short list that a person can check at a glance."""
    return "; ".join(each_in_words(findings, protocol).values())


def each_in_words(findings: dict[str, Any], protocol: Protocol) -> dict[str, str]:
    """Each finding that is worth saying, in a few words that can stand in the middle of a sentence."""
    told = {id: value for id, value in findings.items() if (id, value) != ("for_whom", "self")}
    parts = {id: finding_in_words(protocol.findings[id], value) for id, value in told.items()}
    return {id: part if part[:2].isupper() else part[:1].lower() + part[1:] for id, part in parts.items() if part}


def finding_in_words(finding: Finding, value: Any) -> str:
    """One finding with its value, in words."""
    if value == NOT_SURE:
        return f"not sure: {finding.title}"
    if finding.kind == "yes_no":
        return finding.title if value == "yes" else finding.denied or f"not: {finding.title}"
    words = _value_in_words(finding, value)
    return finding.said.replace("{value}", words) if finding.said else f"{finding.title}: {words}"


def _value_in_words(finding: Finding, value: Any) -> str:
    if finding.kind == "number":
        if finding.unit == "weeks" and isinstance(value, (int, float)) and 0 < value < 1:
            days = max(1, round(value * 7))
            return f"{days} day" + ("s" if days > 1 else "")
        return f"{_number(value)}" + ("" if isinstance(value, str) else f" {finding.unit}".rstrip())
    titles = {option.value: option.title for option in finding.options}
    chosen = value if isinstance(value, list) else [value]
    shown = [titles.get(one, str(one)) for one in chosen]
    lowered = [title[:1].lower() + title[1:] for title in shown]
    return ", ".join(lowered) or "none"


def _number(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def assessment(result: Assessment, protocol: Protocol, findings: dict[str, Any]) -> Card:
    """The result: what to do first, then why, then what would change it."""
    words = protocol.levels[result.level]
    special = [fill(line) for rule in result.because if rule.level == result.level for line in rule.do]
    actions = list(dict.fromkeys([fill(line) for line in words.actions] + special))
    reasons = reasons_of(result)
    fits = fits_in_words(result, findings) if result.level < Level.URGENT else []
    safety_net = [fill(line) for line in words.safety_net]
    foot = say("result_foot", version=result.protocol)
    why = fits if result.level == Level.SELF_CARE else [*(reason["text"] for reason in reasons), *fits]
    text = [f"{level_sign(result.level)} {headline(result.level, protocol)}", *actions, say("result_why")]
    text += [f"- {line}" for line in dict.fromkeys(why)]
    if result.level <= Level.SOON:
        text.append(say("result_nothing_urgent"))
    text += [say("result_safety_net"), *[f"- {line}" for line in safety_net], foot]
    data = {
        "kind": "assessment",
        "level": result.level.id,
        "headline": headline(result.level, protocol),
        "actions": actions,
        "reasons": reasons,
        "fits": fits,
        "safety_net": safety_net,
        "protocol_version": result.protocol,
        "note": foot,
    }
    return Card("\n".join(text), data)


def headline(level: Level, protocol: Protocol) -> str:
    """The one thing to do at a level."""
    return fill(protocol.levels[level].headline)


def why_of(question_id: str, protocol: Protocol) -> str:
    """Why a question is asked."""
    if question_id == OPENING:
        return str(opening()["why"])
    asked = protocol.screens.get(question_id) or protocol.findings[question_id]
    return asked.why


def why_card(result: Assessment, protocol: Protocol) -> Card:
    """Why the advice was given: each rule with its reason and its sources."""
    lines = [say("result_why")]
    for rule in result.because:
        titles = "; ".join(protocol.sources.get(source, source) for source in rule.sources)
        lines.append(f"- {rule.id}: {fill(rule.say)} {fill(rule.because)} ({titles})")
    if not result.because:
        for pattern in result.fits:
            titles = "; ".join(protocol.sources.get(source, source) for source in pattern.sources)
            lines.append(f"- {pattern.say} ({titles})")
    return Card("\n".join(lines))


def summary(heading: str, findings: dict[str, Any], result: Assessment | None, protocol: Protocol) -> Card:
    """Everything told so far, to keep or to show to a clinician."""
    told = [(protocol.findings[id], value) for id, value in findings.items()]
    present = [finding_in_words(f, v) for f, v in told if not (f.kind == "yes_no" and v == "no")]
    absent = [finding_in_words(f, v) for f, v in told if f.kind == "yes_no" and v == "no"]
    lines = [heading]
    if result:
        lines.append(f"Advice: {headline(result.level, protocol)}")
    lines += [f"- {line}" for line in present]
    if absent:
        lines.append("Asked, and not so: " + "; ".join(absent) + ".")
    lines.append(say("result_foot", version=protocol.version))
    text = "\n".join(lines)
    return Card(text, {"kind": "handoff", "reference": "", "status": "not_sent", "summary": text})


def advice(topic: dict[str, Any]) -> Card:
    """One topic, with its sources and the offer of a further one."""
    text = fill(" ".join(str(topic["text"]).split()))
    data = {"kind": "advice", "id": topic["id"], "title": topic["title"], "text": text, "sources": topic["sources"]}
    shown = f"{text}\n{say('sources', names=named(topic['sources']))}"
    further = next((one for one in content("advice.yml") if one["id"] == topic.get("follow_up")), None)
    if further is None:
        return Card(shown, data)
    asks = str(further["ask"][0])
    data["follow_up"] = {"id": further["id"], "title": further["title"], "ask": asks}
    return Card(f"{shown}\n{say('follow_up', ask=asks)}", data, ((further["title"], asks),))


def named(sources: Iterable[str]) -> str:
    """Sources by the name before the colon of their title, "Hinge Health, 21 December 2023"."""
    titles = {entry["id"]: str(entry["title"]).partition(":")[0] for entry in content("sources.yml")}
    return "; ".join(titles[id] for id in sources)


def level_sign(level: Level) -> str:
    """A shape for the level, beside its words, so that colour is never needed."""
    return {Level.AMBULANCE: "■■", Level.EMERGENCY_DEPARTMENT: "■", Level.URGENT: "▲"}.get(level, "●")


def reasons_of(result: Assessment) -> list[dict[str, Any]]:
    """Every reason with its rule and sources; for self-care, the pattern that fits."""
    reasons = [{"rule": rule.id, "text": fill(rule.say), "sources": list(rule.sources)} for rule in result.because]
    if not reasons:
        reasons = [
            {"rule": pattern.id, "text": pattern.say, "sources": list(pattern.sources)} for pattern in result.fits
        ]
    return reasons


def fits_in_words(result: Assessment, findings: dict[str, Any]) -> list[str]:
    """For the patterns that fit: what speaks for them, and what fits less well."""
    lines = []
    for pattern in result.fits:
        speaks_for = [clue.say for clue in pattern.speaks_for if clue.when.holds(findings)]
        against = [clue.say for clue in pattern.speaks_against if clue.when.holds(findings)]
        if speaks_for:
            lines.append(say("result_fits", say=pattern.say, clues=_listed(speaks_for)))
        else:
            lines.append(pattern.say)
        if against:
            lines.append(say("result_against", clues=_listed(against)))
    return lines


def _listed(parts: Iterable[str]) -> str:
    parts = list(parts)
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def safety() -> Card:
    """Something failed: what to do meanwhile. Never needs the protocol, the model or a database."""
    text = say("safety")
    return Card(text, {"kind": "safety", "text": text})
