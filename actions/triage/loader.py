"""Reads `clinical/` into a `Protocol`, and refuses what is not sound, place by place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from actions.triage import yaml_lines
from actions.triage.conditions import COMPARISONS, AllOf, AnyOf, Condition, Is, NoneOf, simplify
from actions.triage.errors import Mistake, ProtocolError
from actions.triage.model import (
    Clue,
    Finding,
    Level,
    LevelText,
    Option,
    Presentation,
    Protocol,
    Rule,
    Screen,
    Step,
)
from actions.triage.yaml_lines import LINE

CLINICAL = Path(__file__).resolve().parents[2] / "clinical"
KINDS = ("yes_no", "one_of", "any_of", "number")
GROUPS: dict[str, Any] = {"all_of": AllOf, "any_of": AnyOf, "none_of": NoneOf}
YES_NO = {True: "yes", False: "no"}


def load_protocol(folder: Path | None = None) -> Protocol:
    """Read and check the protocol.

    Args:
        folder: where the files are; `clinical/` of this project when None, or `$KNEEWISE_CLINICAL`.

    Returns:
        A protocol whose every rule, question and source fits together.

    Raises:
        ProtocolError: with one coded `Mistake` for each thing that is wrong.
    """
    folder = folder or Path(os.environ.get("KNEEWISE_CLINICAL", CLINICAL))
    reader = _Reader(folder)
    protocol = reader.protocol()
    if reader.mistakes:
        raise ProtocolError(reader.mistakes)
    return protocol


def read_condition(data: Any, findings: Mapping[str, Finding], file: str) -> Condition:
    """A condition written as data, for content outside the rules (load rules, skipping an exercise).

    Args:
        data: the mapping as read from YAML; empty holds always.
        findings: the protocol's findings.
        file: the file it stands in, for the error.

    Raises:
        ProtocolError: when the condition names what does not exist.
    """
    reader = _Reader(CLINICAL)
    reader.findings = dict(findings)
    condition = reader._condition(file, data or {})
    if reader.mistakes:
        raise ProtocolError(reader.mistakes)
    return condition


class _Reader:
    """Collects mistakes while it builds, so that a clinician sees all of them at once."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.mistakes: list[Mistake] = []
        self.findings: dict[str, Finding] = {}
        self.sources: dict[str, str] = {}
        self.unsure_holds = True

    def protocol(self) -> Protocol:
        self.sources = self._titles(self._entries("sources.yml"))
        content = self._mapping("findings.yml", "findings", "screens", "order")
        self.findings = self._unique(
            "findings.yml", [self._finding(e) for e in self._dicts("findings.yml", content["findings"])]
        )
        screens = self._unique(
            "findings.yml", [self._screen(e) for e in self._dicts("findings.yml", content["screens"])]
        )
        order = tuple(self._step(e, screens) for e in content["order"])
        levels = self._levels()
        presentations = [self._presentation(e) for e in self._entries("presentations.yml")]
        self._unique("presentations.yml", presentations)
        rules = [self._rule(e) for e in self._entries("red_flags.yml")]
        self._no_twins(rules)
        rules += [_as_rule(pattern) for pattern in presentations if pattern.level > Level.SELF_CARE]
        rules += self._otherwise(presentations)
        return Protocol(
            version=self._version(),
            findings=self.findings,
            screens=screens,
            order=order,
            rules=tuple(sorted(rules, key=lambda rule: -rule.level)),
            presentations=tuple(presentations),
            levels=levels,
            sources=self.sources,
        )

    # --- entries -------------------------------------------------------------------------------

    def _finding(self, entry: Mapping[str, Any]) -> Finding:
        file = "findings.yml"
        kind = entry.get("kind", "yes_no")
        if kind not in KINDS:
            self._wrong(file, entry, "K101", f"kind {kind!r} does not exist; kinds are {', '.join(KINDS)}.")
        watched = bool(entry.get("watched", False))
        needed = ["id", "title"] + ([] if watched else ["prompt", "plainer", "why"])
        if kind in ("one_of", "any_of"):
            needed.append("options")
        self._need(file, entry, needed)
        options = tuple(Option(_plain(value), str(title)) for value, title in _items(entry.get("options") or {}))
        if kind == "number":
            self._need(file, entry, ["range"])
        low, high = entry.get("range", [0, 0])
        return Finding(
            id=str(entry.get("id", "")),
            kind=kind,
            red_flag=bool(entry.get("red_flag", False)),
            watched=watched,
            title=str(entry.get("title", "")),
            said=str(entry.get("said", "")),
            denied=str(entry.get("denied", "")),
            prompt=_text(entry, "prompt"),
            plainer=_text(entry, "plainer"),
            why=_text(entry, "why"),
            options=options,
            unit=str(entry.get("unit", "")),
            low=low,
            high=high,
            sources=self._sources_of(file, entry) if not watched and entry.get("red_flag") else (),
            line=entry[LINE],
        )

    def _screen(self, entry: Mapping[str, Any]) -> Screen:
        self._need("findings.yml", entry, ["id", "prompt", "plainer", "why", "findings"])
        asked = tuple(entry.get("findings", ()))
        for id in asked:
            if id not in self.findings:
                self._wrong("findings.yml", entry, "K102", f"{id!r} is not a finding; add it or mend the name.")
            elif self.findings[id].kind != "yes_no":
                self._wrong(
                    "findings.yml", entry, "K103", f"{id!r} is no yes-or-no finding; a screen takes only those."
                )
        return Screen(
            id=str(entry.get("id", "")),
            prompt=_text(entry, "prompt"),
            plainer=_text(entry, "plainer"),
            why=_text(entry, "why"),
            findings=asked,
            line=entry[LINE],
        )

    def _step(self, entry: Any, screens: Mapping[str, Screen]) -> Step:
        if not isinstance(entry, dict):
            entry = {"ask": entry, LINE: 1}
        ask = str(entry.get("ask", ""))
        if ask not in screens and ask not in self.findings:
            self._wrong("findings.yml", entry, "K107", f"{ask!r} is neither a finding nor a screen.")
        when = entry.get("when")
        return Step(ask, self._condition("findings.yml", when) if when else None, entry[LINE])

    def _rule(self, entry: Mapping[str, Any]) -> Rule:
        file = "red_flags.yml"
        self._need(file, entry, ["id", "name", "when", "level", "say", "because", "sources", "reviewed"])
        rule = Rule(
            id=str(entry.get("id", "")),
            case=str(entry.get("case", "")),
            name=str(entry.get("name", "")),
            when=self._condition(file, entry.get("when") or {}, entry[LINE]),
            level=self._level(file, entry),
            say=_text(entry, "say"),
            because=_text(entry, "because"),
            do=tuple(entry.get("do", ())),
            sources=self._sources_of(file, entry),
            **self._review(file, entry),
            line=entry[LINE],
        )
        self._rises(file, entry, rule.when)
        return rule

    def _presentation(self, entry: Mapping[str, Any]) -> Presentation:
        file = "presentations.yml"
        self._need(file, entry, ["id", "name", "fits_when", "level", "say", "sources", "reviewed"])
        self.unsure_holds = entry.get("level") != Level.SELF_CARE.id
        pattern = Presentation(
            id=str(entry.get("id", "")),
            name=str(entry.get("name", "")),
            fits_when=self._condition(file, entry.get("fits_when") or {}, entry[LINE]),
            level=self._level(file, entry),
            say=_text(entry, "say"),
            speaks_for=self._clues(entry, "for"),
            speaks_against=self._clues(entry, "against"),
            sources=self._sources_of(file, entry),
            **self._review(file, entry),
            line=entry[LINE],
        )
        self.unsure_holds = True
        if pattern.level > Level.SELF_CARE:
            self._rises(file, entry, pattern.fits_when)
        else:
            self._only(file, entry, pattern.fits_when.ids() - _negative(pattern.fits_when))
        return pattern

    def _otherwise(self, presentations: list[Presentation]) -> list[Rule]:
        """The rule for people whose findings fit no pattern that may be looked after at home."""
        file = "levels.yml"
        entry = self._mapping(file, "levels", "no_pattern")["no_pattern"]
        self._need(file, entry, ["id", "name", "level", "say", "because", "sources", "reviewed"])
        home = tuple(pattern.fits_when for pattern in presentations if pattern.level == Level.SELF_CARE)
        return [
            Rule(
                id=str(entry.get("id", "")),
                case="",
                name=str(entry.get("name", "")),
                when=NoneOf(home),
                level=self._level(file, entry),
                say=_text(entry, "say"),
                because=_text(entry, "because"),
                do=(),
                sources=self._sources_of(file, entry),
                **self._review(file, entry),
                line=entry[LINE],
            )
        ]

    def _levels(self) -> dict[Level, LevelText]:
        file = "levels.yml"
        entries = self._mapping(file, "levels", "no_pattern")["levels"]
        texts: dict[Level, LevelText] = {}
        for entry in entries:
            self._need(file, entry, ["level", "headline", "actions", "safety_net"])
            texts[self._level(file, entry)] = LevelText(
                headline=_text(entry, "headline"),
                actions=tuple(entry.get("actions", ())),
                safety_net=tuple(entry.get("safety_net", ())),
            )
        for level in Level:
            if level not in texts:
                self.mistakes.append(Mistake(file, 1, "K101", f"Nothing is said at the level {level.id}."))
        return texts

    def _titles(self, entries: list[dict[str, Any]]) -> dict[str, str]:
        titles: dict[str, str] = {}
        for entry in entries:
            self._need("sources.yml", entry, ["id", "title"])
            if entry.get("id") in titles:
                self._wrong("sources.yml", entry, "K106", f"{entry.get('id')} stands twice.")
            titles[str(entry.get("id"))] = str(entry.get("title", ""))
        return titles

    # --- parts of entries ----------------------------------------------------------------------

    def _condition(self, file: str, data: Any, line: int = 1) -> Condition:
        if not isinstance(data, dict):
            self.mistakes.append(Mistake(file, line, "K103", f"{data!r} is no condition; write finding: value."))
            return AllOf(())
        line = int(data.get(LINE, line))
        parts: list[Condition] = []
        for key, value in _items(data):
            if key in GROUPS:
                if not isinstance(value, list) or not value:
                    self._wrong(file, data, "K103", f"{key} needs a list of conditions.")
                    continue
                self.unsure_holds ^= key == "none_of"
                inner = tuple(self._condition(file, part, line) for part in value)
                self.unsure_holds ^= key == "none_of"
                parts.extend(inner if key == "all_of" else [GROUPS[key](inner)])
            else:
                parts.append(self._atom(file, data, key, value))
        return simplify(tuple(parts)) if parts else AllOf(())

    def _atom(self, file: str, entry: Mapping[str, Any], id: str, value: Any) -> Condition:
        finding = self.findings.get(id)
        if finding is None:
            self._wrong(file, entry, "K102", f"{id!r} is not a finding; add it to findings.yml or mend the name.")
            return AllOf(())
        if finding.kind == "number":
            bounds = dict(_items(value)) if isinstance(value, dict) else {}
            numeric = all(isinstance(bound, (int, float)) for bound in bounds.values())
            if not bounds or not numeric or not set(bounds) <= set(COMPARISONS):
                self._wrong(file, entry, "K103", f"{id} is a number; write one of {', '.join(COMPARISONS)}.")
                return AllOf(())
            return Is(id, finding.kind, tuple(bounds.items()), unsure_holds=self.unsure_holds)
        wanted = tuple(_plain(one) for one in (value if isinstance(value, list) else [value]))
        if finding.kind == "yes_no" and len(wanted) != 1:
            self._wrong(file, entry, "K103", f"{id} is yes or no; write one of them.")
            return AllOf(())
        allowed = {"yes", "no"} if finding.kind == "yes_no" else {option.value for option in finding.options}
        for one in wanted:
            if one not in allowed:
                self._wrong(file, entry, "K103", f"{id} cannot be {one!r}; it can be {', '.join(sorted(allowed))}.")
        return Is(id, finding.kind, wanted, finding.watched, self.unsure_holds)

    def _rises(self, file: str, entry: Mapping[str, Any], condition: Condition) -> None:
        """Refuse a red flag in a negative place: its `yes` must never make a level less urgent."""
        self._only(file, entry, _negative(condition))

    def _only(self, file: str, entry: Mapping[str, Any], ids: Iterable[str]) -> None:
        for id in sorted(ids):
            if self.findings[id].red_flag:
                self._wrong(file, entry, "K108", f"{id} is a red flag; a rule may use only its presence.")

    def _clues(self, entry: Mapping[str, Any], key: str) -> tuple[Clue, ...]:
        return tuple(
            Clue(self._condition("presentations.yml", clue.get("when") or {}), str(clue.get("say", "")))
            for clue in entry.get(key, ())
        )

    def _level(self, file: str, entry: Mapping[str, Any]) -> Level:
        try:
            return Level.of(str(entry.get("level")))
        except ValueError as error:
            self._wrong(file, entry, "K104", f"{error}.")
            return Level.AMBULANCE

    def _sources_of(self, file: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
        sources = tuple(entry.get("sources") or ())
        if not sources:
            self._wrong(file, entry, "K105", f"{entry.get('id')} names no source; every rule needs at least one.")
        for source in sources:
            if source not in self.sources:
                self._wrong(file, entry, "K105", f"{source!r} is not in sources.yml; add it or mend the name.")
        return sources

    def _review(self, file: str, entry: Mapping[str, Any]) -> dict[str, str | None]:
        review = entry.get("reviewed") or {}
        if not isinstance(review, dict):
            self._wrong(file, entry, "K101", f"{entry.get('id')}: reviewed needs by and on.")
            return {"reviewed_by": None, "reviewed_on": None}
        by, on = review.get("by"), review.get("on")
        return {"reviewed_by": by and str(by), "reviewed_on": on and str(on)}

    def _version(self) -> str:
        content = self._mapping("levels.yml", "version")
        return str(content["version"])

    # --- shapes --------------------------------------------------------------------------------

    def _entries(self, file: str) -> list[dict[str, Any]]:
        content = yaml_lines.read(self.folder / file)
        if not isinstance(content, list) or (content and not any(isinstance(entry, dict) for entry in content)):
            raise ProtocolError([Mistake(file, 1, "K100", "The file must be a list of entries.")])
        return self._dicts(file, content)

    def _dicts(self, file: str, entries: Any) -> list[dict[str, Any]]:
        """Entries that are mappings; what is not one is a mistake."""
        kept: list[dict[str, Any]] = [entry for entry in entries or [] if isinstance(entry, dict)]
        for index, entry in enumerate(entries or []):
            if not isinstance(entry, dict):
                before = [one[LINE] for one in (entries or [])[:index] if isinstance(one, dict)]
                line = before[-1] if before else 1
                self.mistakes.append(Mistake(file, line, "K101", f"{entry!r} is no entry; it needs keys and values."))
        return kept

    def _mapping(self, file: str, *keys: str) -> dict[str, Any]:
        content: dict[str, Any] = yaml_lines.read(self.folder / file)
        missing = [key for key in keys if not isinstance(content, dict) or key not in content]
        if missing:
            raise ProtocolError([Mistake(file, 1, "K100", f"The file lacks {', '.join(missing)}.")])
        return content

    def _need(self, file: str, entry: Mapping[str, Any], keys: list[str]) -> None:
        for key in keys:
            value = entry.get(key)
            empty = value in ("", [], None) or (isinstance(value, dict) and not _items(value))
            if key not in entry or (empty and key != "reviewed"):
                self._wrong(file, entry, "K101", f"{entry.get('id', 'an entry')} lacks {key}.")

    def _unique(self, file: str, entries: list[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for entry in entries:
            if entry.id in found:
                self.mistakes.append(Mistake(file, entry.line, "K106", f"{entry.id} stands twice."))
            found[entry.id] = entry
        return found

    def _no_twins(self, rules: list[Rule]) -> None:
        seen: set[str] = set()
        for rule in rules:
            if rule.key in seen:
                self.mistakes.append(Mistake("red_flags.yml", rule.line, "K106", f"{rule.key} stands twice."))
            seen.add(rule.key)

    def _wrong(self, file: str, entry: Mapping[str, Any], code: str, what: str) -> None:
        self.mistakes.append(Mistake(file, int(entry.get(LINE, 1)), code, what))


def _as_rule(pattern: Presentation) -> Rule:
    return Rule(
        id=pattern.id,
        case="",
        name=pattern.name,
        when=pattern.fits_when,
        level=pattern.level,
        say=pattern.say,
        because=pattern.say,
        do=(),
        sources=pattern.sources,
        reviewed_by=pattern.reviewed_by,
        reviewed_on=pattern.reviewed_on,
        line=pattern.line,
    )


def _negative(condition: Condition) -> set[str]:
    """The ids whose `yes` could make the condition fail."""
    if isinstance(condition, Is):
        return {condition.id} if condition.wanted[0] == "no" else set()
    if isinstance(condition, NoneOf):
        return {atom.id for atom in condition.atoms() if atom.wanted[0] != "no"}
    if isinstance(condition, (AllOf, AnyOf)):
        return set().union(*(_negative(part) for part in condition.parts)) if condition.parts else set()
    return set()


def _items(data: Any) -> list[tuple[Any, Any]]:
    if isinstance(data, dict):
        return [(key, value) for key, value in data.items() if key != LINE]
    return []


def _plain(value: Any) -> str:
    return YES_NO[value] if isinstance(value, bool) else str(value)


def _text(entry: Mapping[str, Any], key: str) -> str:
    return " ".join(str(entry.get(key) or "").split())
