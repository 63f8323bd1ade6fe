"""The load plan: which one thing to change first, this week in the person's own numbers, and when to do more or less.

Everything medical stands in `clinical/load.yml`; this module finds the entries that fit one person and fills in
their numbers. Pure: same findings, same lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union

from actions.selfcare.week import Amount, Week, ceiling, changed, cut, has_stopped, this_far
from actions.triage.conditions import NOT_SURE
from actions.triage.loader import read_condition
from actions.triage.model import Protocol
from actions.triage.yaml_lines import LINE

Number = Union[float, "tuple[float, float]"]
Entry = Mapping[str, Any]
PLACE = re.compile(r"{(\w+)}")
NOT_ABOUT_NUMBERS = ("when", "week", LINE)
WEEK = ("sessions", "each", "sessions_before", "each_before")
PAINS = ("pain_during", "pain_after", "pain_next_morning")
"""What a person may tell after a session, 0 to 10; with `pain_worst` and `pain_now` all pain that is ever told."""


@dataclass(frozen=True)
class LoadLine:
    """One piece of advice on training."""

    id: str
    """Of the entry in `load.yml` that it comes from."""
    text: str
    why: str
    sources: tuple[str, ...]
    numbers: Mapping[str, Number]
    """Every number in the text by its name, a range as a pair. For this week: `sessions` of at most `each`, instead
    of `sessions_before` of up to `each_before`, in the unit that the person told."""


@dataclass(frozen=True)
class NextStep:
    """What follows from one session."""

    step: Literal["up", "hold", "down"]
    reasons: tuple[LoadLine, ...]


@dataclass(frozen=True)
class _Place:
    """What fills a {place} in a text."""

    words: str
    number: Number | None = None


@dataclass(frozen=True)
class _Person:
    """What decides which entries fit."""

    told: Mapping[str, Any]
    """The findings without what the person is not sure of: advice rests on what is known."""
    activity: str
    zone: str
    protocol: Protocol

    def fits(self, entry: Entry) -> bool:
        """Whether an entry holds for this person."""
        zones, activities = entry.get("zones"), entry.get("activities")
        if (zones and self.zone not in zones) or (activities and self.activity not in activities):
            return False
        return bool(read_condition(entry.get("when"), self.protocol.findings, "load.yml").holds(self.told))


def load_plan(
    findings: Mapping[str, Any], protocol: Protocol, content: Mapping[str, Any], today: Mapping[str, Any] | None = None
) -> tuple[LoadLine, ...]:
    """What to change in training, the most important first.

    Args:
        findings: what is known about the person; `pain_worst` and `pain_now` say how much pain there is.
        protocol: for the meaning of the findings.
        content: the content of `clinical/load.yml`.
        today: `pain_during`, `pain_after` and `pain_next_morning` of the last session, where the person has told;
            they count instead of the findings' pain.

    Returns:
        The one lever to change first with this week's numbers; how to go about it; when to do more, when less; what
        fits what was told; further levers for later.
    """
    told = {id: value for id, value in findings.items() if value != NOT_SURE}
    now = this_far(told)
    person = _Person(told, _activity(told, content), _zone(told, today or {}, now, content), protocol)
    lever = _lever(person, content)
    this_week = content["this_week"].get(lever["week"])
    places = _places(person, now, changed(now, this_week or {}, content), content)
    lines = [_with_week(_line(lever, places), this_week, places)]
    left_out = {lever["id"], *lever["covers"]}
    for entry in _after_the_lever(person, content):
        if entry["id"] not in left_out:
            lines.append(_line(entry, places))
            left_out |= {entry["id"], *entry.get("covers", ())}
    return tuple(lines)


def next_step_of_load(
    today: Mapping[str, Any], content: Mapping[str, Any], *, usual: float | None = None, strength: bool = False
) -> NextStep:
    """Whether the plan goes up, stays or goes down after a session.

    Args:
        today: `pain_during`, `pain_after` (when it should have settled) and `pain_next_morning`, 0 to 10, as far as
            they were told; `swelling` and `limp`, `yes` or `no`.
        content: the content of `clinical/load.yml`.
        usual: the pain on an ordinary day; None when it is not known.
        strength: the session was strength work, which may hurt a little.

    Returns:
        The most careful step that anything calls for, with every reason for it.
    """
    true = _what_happened(today, content["pain_zones"], usual)
    entries = [
        entry
        for entry in content["after_a_session"]
        if entry["id"].removesuffix("_strength") in true and entry.get("strength", strength) == strength
    ]
    steps: tuple[Literal["down", "hold", "up"], ...] = ("down", "hold", "up")
    step = next(step for step in steps if any(entry["then"] == step for entry in entries))
    return NextStep(step, tuple(_line(entry, {}) for entry in entries if entry["then"] == step))


def pain_zone(pain: float, zones: Mapping[str, Any]) -> str:
    """`green`, `amber` or `red`; a number between two zones counts as the higher."""
    return "green" if pain <= zones["green"]["to"] else "amber" if pain <= zones["amber"]["to"] else "red"


# --- who ---------------------------------------------------------------------------------------------


def _activity(told: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """What the person does, or what hurts where no activity was named; the last one when neither is known."""
    activities = [str(activity) for activity in content["activities"] if activity != LINE]
    if told.get("main_activity") in activities:
        return str(told["main_activity"])
    brought_on = told.get("aggravated_by", ())
    named = (one for one in activities if content["activities"][one].get("brought_on_by") in brought_on)
    return next(named, activities[-1])


def _zone(told: Mapping[str, Any], today: Mapping[str, Any], now: Week, content: Mapping[str, Any]) -> str:
    """The zone of the worst pain: of today, where that was told; `paused` and `unknown` as `load.yml` has them."""
    pains = _numbers_of(today, PAINS) or _numbers_of(told, ("pain_worst", "pain_now"))
    zone = pain_zone(max(pains.values()), content["pain_zones"]) if pains else "unknown"
    return "paused" if zone != "red" and has_stopped(now) and not _numbers_of(today, PAINS) else zone


def _numbers_of(told: Mapping[str, Any], ids: tuple[str, ...]) -> dict[str, float]:
    return {id: told[id] for id in ids if isinstance(told.get(id), (int, float))}


def _what_happened(today: Mapping[str, Any], zones: Mapping[str, Any], usual: float | None) -> set[str]:
    """Ids of `after_a_session` that are true."""
    pains = _numbers_of(today, PAINS)
    during, after, morning = (pains.get(id) for id in PAINS)
    in_zones = {id: pain_zone(pain, zones) for id, pain in pains.items()}
    rise = None if morning is None or usual is None else morning - usual
    session = {in_zones.get("pain_during"), in_zones.get("pain_after")}
    true = {
        "over_red": "red" in in_zones.values(),
        "worse_next_morning": rise is not None and rise > zones["next_morning"]["rise_over"],
        "swelling_or_limp": "yes" in (today.get("swelling"), today.get("limp")),
        "amber": "amber" in session,
        "not_settled": after is not None and usual is not None and after > usual,
        "a_little_worse": rise > 0 if rise is not None else in_zones.get("pain_next_morning") == "amber",
        "not_told": during is None or after is None or morning is None,
    }
    return {id for id, holds in true.items() if holds} or {"all_green"}


# --- lines -------------------------------------------------------------------------------------------


def _after_the_lever(person: _Person, content: Mapping[str, Any]) -> Iterator[Entry]:
    """Every entry that fits, in the order in which it is told."""
    yield from filter(person.fits, content["how"])
    for steps in ("step_up", "step_down"):
        yield from list(filter(person.fits, content[steps]))[:1]
    rules = [rule for rule in content["first_rules"] if person.fits(rule)]
    yield from (rule for rule in rules if "when" in rule)
    yield from (rule for rule in rules if "when" not in rule)
    yield from (lever for lever in content["levers"] if "activities" in lever and person.fits(lever))


def _lever(person: _Person, content: Mapping[str, Any]) -> dict[str, Any]:
    """The one thing to change first, with the words of the first rule it tells and the week for this person's zone."""
    entry = next(entry for entry in content["one_lever"] if person.fits(entry))
    rules = {rule["id"]: rule for rule in content["first_rules"]}
    week = entry.get("week")
    return {
        **rules.get(entry.get("rule"), {}),
        **entry,
        "id": entry.get("id", entry.get("rule")),
        "covers": entry.get("covers", ()),
        "week": week[person.zone] if isinstance(week, Mapping) else week,
    }


def _with_week(line: LoadLine, this_week: Entry | None, places: Mapping[str, _Place]) -> LoadLine:
    """The lever's line, followed by what becomes of this week."""
    if this_week is None:
        return line
    week = _line({"id": line.id, "why": line.why, **this_week}, places)
    known = {name: place.number for name, place in places.items() if name in WEEK and place.number is not None}
    return LoadLine(
        id=line.id,
        text=f"{line.text} {week.text}",
        why=line.why,
        sources=tuple(dict.fromkeys([*line.sources, *week.sources])),
        numbers={**line.numbers, **week.numbers, **known},
    )


def _line(entry: Entry, places: Mapping[str, _Place]) -> LoadLine:
    """An entry with its {places} filled in, from the first of its texts for which all are known."""
    texts = [entry["text"]] if isinstance(entry["text"], str) else entry["text"]
    text = next(text for text in texts if set(PLACE.findall(text)) <= set(places))
    used = {name: places[name] for name in PLACE.findall(text)}
    filled = {name: place.number for name, place in used.items() if place.number is not None}
    return LoadLine(
        id=str(entry.get("id")),
        text=" ".join(PLACE.sub(lambda match: used[match[1]].words, text).split()),
        why=str(entry["why"]),
        sources=tuple(entry["sources"]),
        numbers={**dict(_numbers_in(entry)), **filled},
    )


def _numbers_in(entry: Entry, before: str = "") -> Iterator[tuple[str, Number]]:
    """The numbers that stand beside a text, by name; inside a mapping as `from.km`."""
    for name, value in entry.items():
        if name in NOT_ABOUT_NUMBERS:
            continue
        if isinstance(value, Mapping):
            yield from _numbers_in(value, f"{before}{name}.")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield before + name, value
        elif isinstance(value, list) and len(value) == 2 and all(isinstance(one, (int, float)) for one in value):
            yield before + name, (value[0], value[1])


# --- what fills the places ---------------------------------------------------------------------------


def _places(person: _Person, now: Week, week: Week, content: Mapping[str, Any]) -> dict[str, _Place]:
    """Words and numbers for this person and this week; what is not known is missing."""
    words = content["activities"][person.activity]
    split = changed(now, content["this_week"]["split"], content)
    hurts = {person.activity, *person.told.get("aggravated_by", ())}
    *others, last = (name for id, name in content["instead"].items() if id not in (*hurts, LINE))
    places = {name: _Place(words[name]) for name in ("one", "many") if name in words}
    places["instead"] = _Place(" or ".join(filter(None, [", ".join(others), last])))
    if now.sessions:
        places["sessions_before"] = _Place(str(now.sessions), now.sessions)
    return {
        **places,
        **_counts({"sessions": week.sessions, "sessions_now": now.sessions, "split_sessions": split.sessions}, words),
        **_lengths({"each": week.each, "each_before": now.each, "split_each": split.each}, content),
        **_lengths({"lower": week.each and cut(week.each, content)}, content),
        **_lengths({"ceiling": now.each and ceiling(now.each, content)}, content),
    }


def _counts(sessions: Mapping[str, int | None], words: Mapping[str, str]) -> dict[str, _Place]:
    """Numbers of sessions as `1 run` or `3 runs`; none where the activity has no sessions."""
    return {
        name: _Place(f"{count} {words['one'] if count == 1 else words['many']}", count)
        for name, count in sessions.items()
        if count is not None and "one" in words
    }


def _lengths(amounts: Mapping[str, Amount | None], content: Mapping[str, Any]) -> dict[str, _Place]:
    return {
        name: _Place(amount.in_words(content["units"]), float(amount.value))
        for name, amount in amounts.items()
        if amount is not None and amount.value
    }
