"""A protocol that is not sound is refused, with a code, a file and a line for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.triage import Level, Protocol, load_protocol
from actions.triage.conditions import NoneOf
from actions.triage.errors import CODES, Mistake, ProtocolError
from actions.triage.loader import read_condition

SOUND = {
    "sources.yml": """\
- {id: leaflet, title: A leaflet}
""",
    "findings.yml": """\
findings:
- id: age
  kind: number
  range: [0, 120]
  title: Age
  prompt: How old are you?
  plainer: Type your age.
  why: Children need other checks.
- id: trend
  kind: one_of
  title: Course
  prompt: Is it better or worse?
  plainer: Compare it with last week.
  why: Worse is seen sooner.
  options: {better: Better, worse: Worse}
- id: fever
  red_flag: yes
  title: Fever
  prompt: Do you have a fever?
  plainer: Do you feel hot?
  why: It can be an infection.
  sources: [leaflet]
- title: Puffy
  id: puffy
  prompt: Is it puffy?
  plainer: Is it thicker than the other?
  why: It matters in some people.
screens:
- id: first_screen
  prompt: Any of these?
  plainer: Tick what is true.
  why: These come first.
  findings: [fever, puffy]
order:
- {ask: first_screen}
- {ask: age, when: {puffy: yes}}
- {ask: trend}
""",
    "levels.yml": """\
version: "7"
levels:
- {level: ambulance, headline: Call now., actions: [Call.], safety_net: [Call.]}
- {level: emergency_department, headline: Go now., actions: [Go.], safety_net: [Call.]}
- {level: urgent, headline: Go today., actions: [Go.], safety_net: [Call.]}
- {level: soon, headline: Go soon., actions: [Go.], safety_net: [Call.]}
- {level: routine, headline: Go some day., actions: [Go.], safety_net: [Call.]}
- {level: self_care, headline: Stay home., actions: [Rest.], safety_net: [Call.]}
no_pattern:
  id: OTHER
  name: Nothing known
  level: routine
  say: It fits nothing.
  because: Better safe.
  sources: [leaflet]
  reviewed: {by: null, on: null}
""",
    "presentations.yml": """\
- name: sore knee
  id: sore
  fits_when: {trend: better}
  level: self_care
  say: It fits a sore knee.
  sources: [leaflet]
  reviewed: {by: null, on: null}
- name: worn knee
  id: worn
  fits_when: {age: {over: 60}}
  level: soon
  say: It fits a worn knee.
  sources: [leaflet]
  reviewed: {by: null, on: null}
""",
    "red_flags.yml": """\
- name: Ill
  id: R1
  case: ill
  when:
    any_of:
    - {fever: yes, puffy: yes}
    - {fever: yes, age: {below: 18}}
  level: urgent
  say: You have a fever.
  because: It can be an infection.
  sources: [leaflet]
  reviewed: {by: null, on: null}
- name: Worse
  id: R1
  case: worse
  when: {trend: worse}
  level: emergency_department
  say: It gets worse.
  because: It should be seen.
  sources: [leaflet]
  reviewed: {by: Dr Roe, on: 2026-02-01}
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small sound protocol, written out."""
    for file, text in SOUND.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    return tmp_path


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the first `old` in a file, which must have it."""
    text = SOUND[file]
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path: Path, fragment: str) -> int:
    """The number of the first line that has `fragment` in it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if fragment in line)


def mistakes_in(folder: Path) -> list[Mistake]:
    """What the loader says against the protocol in `folder`."""
    with pytest.raises(ProtocolError) as refused:
        load_protocol(folder)
    return refused.value.mistakes


def test_a_sound_protocol_is_read(folder: Path) -> None:
    protocol = load_protocol(folder)
    assert (protocol.version, set(protocol.findings), set(protocol.screens)) == (
        "7",
        {"age", "trend", "fever", "puffy"},
        {"first_screen"},
    )


def test_rules_stand_in_order_of_urgency_with_a_pattern_for_each_level_above_self_care(folder: Path) -> None:
    rules = [(rule.key, rule.level) for rule in load_protocol(folder).rules]
    assert rules == [
        ("R1/worse", Level.EMERGENCY_DEPARTMENT),
        ("R1/ill", Level.URGENT),
        ("worn", Level.SOON),
        ("OTHER", Level.ROUTINE),
    ]


def test_who_fits_no_pattern_for_home_gets_the_level_for_that(folder: Path) -> None:
    otherwise = load_protocol(folder).rules[-1].when
    assert (otherwise.holds({"trend": "worse"}), otherwise.holds({"trend": "better"})) == (True, False)


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "place"),
    [
        # K101: an entry lacks something
        ("red_flags.yml", "  because: It can be an infection.\n", "", "K101", "- name: Ill"),
        ("red_flags.yml", "say: You have a fever.", "say:", "K101", "- name: Ill"),
        ("red_flags.yml", "  when: {trend: worse}\n", "", "K101", "- name: Worse"),
        ("red_flags.yml", "  reviewed: {by: null, on: null}\n", "", "K101", "- name: Ill"),
        ("findings.yml", "kind: number", "kind: count", "K101", "- id: age"),
        ("findings.yml", "  why: It can be an infection.\n", "", "K101", "- id: fever"),
        ("findings.yml", "  plainer: Tick what is true.\n", "", "K101", "- id: first_screen"),
        ("findings.yml", "{better: Better, worse: Worse}", "", "K101", "- id: trend"),
        ("presentations.yml", "  say: It fits a sore knee.\n", "", "K101", "- name: sore knee"),
        ("levels.yml", "actions: [Rest.], ", "", "K101", "level: self_care"),
        # K102: a finding that does not exist
        ("red_flags.yml", "{fever: yes, puffy: yes}", "{feverr: yes}", "K102", "{feverr: yes}"),
        ("findings.yml", "findings: [fever, puffy]", "findings: [fever, puff]", "K102", "- id: first_screen"),
        ("findings.yml", "when: {puffy: yes}", "when: {puff: yes}", "K102", "{puff: yes}"),
        ("presentations.yml", "{trend: better}", "{trends: better}", "K102", "{trends: better}"),
        # K103: a value that the kind does not allow
        ("red_flags.yml", "{fever: yes, puffy: yes}", "{fever: maybe}", "K103", "{fever: maybe}"),
        ("red_flags.yml", "{below: 18}", "18", "K103", "{fever: yes, age: 18}"),
        ("red_flags.yml", "{below: 18}", "{under: 18}", "K103", "{under: 18}"),
        ("presentations.yml", "{trend: better}", "{trend: [better, good]}", "K103", "{trend: [better, good]}"),
        ("findings.yml", "findings: [fever, puffy]", "findings: [fever, trend]", "K103", "- id: first_screen"),
        # K104: a level that does not exist
        ("red_flags.yml", "level: urgent", "level: pressing", "K104", "- name: Ill"),
        ("presentations.yml", "level: soon", "level: sooner", "K104", "- name: worn knee"),
        ("levels.yml", "{level: soon,", "{level: sooner,", "K104", "{level: sooner,"),
        # K105: a source that is missing or unknown
        ("red_flags.yml", "sources: [leaflet]", "sources: [leaflets]", "K105", "- name: Ill"),
        ("red_flags.yml", "  sources: [leaflet]\n", "", "K105", "- name: Ill"),
        ("presentations.yml", "sources: [leaflet]", "sources: [leaflets]", "K105", "- name: sore knee"),
        ("levels.yml", "sources: [leaflet]", "sources: [leaflets]", "K105", "id: OTHER"),
        ("findings.yml", "  sources: [leaflet]\n", "", "K105", "- id: fever"),
        # K106: an id that stands twice
        ("findings.yml", "id: puffy", "id: age", "K106", "- title: Puffy"),
        ("presentations.yml", "id: worn", "id: sore", "K106", "- name: worn knee"),
        ("red_flags.yml", "case: worse", "case: ill", "K106", "- name: Worse"),
        # K107: the order names what nobody can ask
        ("findings.yml", "{ask: trend}", "{ask: trends}", "K107", "{ask: trends}"),
        # K108: a red flag whose presence would lower the level
        ("red_flags.yml", "{fever: yes, puffy: yes}", "{fever: no, puffy: yes}", "K108", "- name: Ill"),
        ("red_flags.yml", "{trend: worse}", "{trend: worse, none_of: [{fever: yes}]}", "K108", "- name: Worse"),
        ("presentations.yml", "{age: {over: 60}}", "{age: {over: 60}, fever: no}", "K108", "- name: worn knee"),
    ],
)
def test_a_mistake_is_named_with_its_place(folder: Path, file: str, old: str, new: str, code: str, place: str) -> None:
    change(folder, file, old, new)
    expected = (file, line_of(folder / file, place), code)
    assert expected in [(mistake.file, mistake.line, mistake.code) for mistake in mistakes_in(folder)]


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "place"),
    [
        ("findings.yml", "- title: Puffy\n", "- Puffy\n- title: Puffy\n", "K101", "- id: fever"),
        ("red_flags.yml", "reviewed: {by: null, on: null}", "reviewed: Dr Roe", "K101", "- name: Ill"),
        ("findings.yml", "  range: [0, 120]\n", "", "K101", "- id: age"),
        ("red_flags.yml", "when: {trend: worse}", "when: {}", "K101", "- name: Worse"),
        ("red_flags.yml", "{trend: worse}", "{any_of: }", "K103", "{any_of: }"),
        ("red_flags.yml", "{trend: worse}", "worse", "K103", "- name: Worse"),
        ("red_flags.yml", "{fever: yes, puffy: yes}", "{fever: [yes, no]}", "K103", "{fever: [yes, no]}"),
        ("red_flags.yml", "{below: 18}", "{below: old}", "K103", "{below: old}"),
        ("sources.yml", "- {id", "- {id: leaflet, title: Another}\n- {id", "K106", "A leaflet"),
        ("presentations.yml", "{trend: better}", "{fever: yes}", "K108", "- name: sore knee"),
    ],
)
def test_a_mistake_of_shape_is_named_with_its_place(
    folder: Path, file: str, old: str, new: str, code: str, place: str
) -> None:
    change(folder, file, old, new)
    expected = (file, line_of(folder / file, place), code)
    assert expected in [(mistake.file, mistake.line, mistake.code) for mistake in mistakes_in(folder)]


def test_a_file_that_is_not_utf8_is_k100(folder: Path) -> None:
    (folder / "sources.yml").write_bytes("- {id: leaflet, title: Café}\n".encode("latin-1"))
    assert [mistake.code for mistake in mistakes_in(folder)] == ["K100"]


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("red_flags.yml", None, 1),
        ("sources.yml", "- {id: leaflet, title: A leaflet}\n- {id: [", 3),
        ("presentations.yml", "- id: sore\n  name: one\n  name: two\n", 3),
        ("red_flags.yml", "id: R1\n", 1),
        ("sources.yml", "- leaflet\n", 1),
        ("findings.yml", "findings: []\nscreens: []\n", 1),
        ("levels.yml", "levels: []\n", 1),
    ],
    ids=["missing", "not YAML", "key twice", "no list", "no entries", "no order", "no version"],
)
def test_a_file_of_the_wrong_shape_is_k100(folder: Path, file: str, text: str | None, line: int) -> None:
    if text is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(text, encoding="utf-8")
    assert [(mistake.file, mistake.line, mistake.code) for mistake in mistakes_in(folder)] == [(file, line, "K100")]


@pytest.mark.parametrize("level", Level)
def test_every_level_needs_its_words(folder: Path, level: Level) -> None:
    line = next(line for line in SOUND["levels.yml"].splitlines(keepends=True) if f"level: {level.id}," in line)
    change(folder, "levels.yml", line, "")
    assert [(mistake.code, level.id in mistake.what) for mistake in mistakes_in(folder)] == [("K101", True)]


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    change(folder, "red_flags.yml", "level: urgent", "level: pressing")
    change(folder, "presentations.yml", "sources: [leaflet]", "sources: []")
    change(folder, "findings.yml", "{ask: trend}", "{ask: trends}")
    assert {mistake.code for mistake in mistakes_in(folder)} >= {"K104", "K105", "K107"}


def test_a_mistake_reads_as_file_line_code_and_what_would_be_right() -> None:
    mistake = Mistake("red_flags.yml", 12, "K104", "There is no such level.")
    assert str(ProtocolError([mistake])) == "red_flags.yml:12: K104 There is no such level."


def test_every_code_is_in_the_catalogue() -> None:
    assert {f"K{number}" for number in range(100, 109)} <= set(CODES)


@pytest.mark.parametrize("when", ["{puffy: no}", "{none_of: [{puffy: yes}]}", "{none_of: [{age: {over: 60}}]}"])
def test_what_is_no_red_flag_may_be_denied_in_a_rule(folder: Path, when: str) -> None:
    change(folder, "red_flags.yml", "{trend: worse}", when)
    assert load_protocol(folder).rules


def test_a_pattern_for_home_may_deny_a_red_flag(folder: Path) -> None:
    change(folder, "presentations.yml", "{trend: better}", "{trend: better, fever: no}")
    assert load_protocol(folder).presentations[0].fits_when.holds({"trend": "better", "fever": "yes"}) is False


def test_the_clinician_who_signed_is_kept(folder: Path) -> None:
    assert load_protocol(folder).rules[0].reviewed_by == "Dr Roe"


def test_the_day_of_the_signature_is_kept(folder: Path) -> None:
    assert load_protocol(folder).rules[0].reviewed_on == "2026-02-01"


def test_the_folder_can_be_named_by_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEEWISE_CLINICAL", str(folder))
    assert load_protocol().version == "7"


def test_a_condition_outside_the_rules_holds_always_when_empty(folder: Path) -> None:
    assert read_condition(None, load_protocol(folder).findings, "load.yml").holds({}) is True


def test_a_condition_outside_the_rules_names_its_file(folder: Path) -> None:
    findings = load_protocol(folder).findings
    with pytest.raises(ProtocolError, match=r"^load\.yml:1: K102"):
        read_condition({"limping": "yes"}, findings, "load.yml")


def test_the_projects_own_protocol_is_sound(protocol: Protocol) -> None:
    assert {rule.level for rule in protocol.rules} == set(Level) - {Level.SELF_CARE}


def test_every_rule_gives_its_reason_and_its_sources(protocol: Protocol) -> None:
    assert [rule.key for rule in protocol.rules if not (rule.say and rule.because and rule.sources)] == []


def test_what_fits_no_pattern_is_settled_by_the_patterns_for_home(protocol: Protocol) -> None:
    home = tuple(pattern.fits_when for pattern in protocol.presentations if pattern.level == Level.SELF_CARE)
    assert [rule.when for rule in protocol.rules if rule.id == "NO_PATTERN"] == [NoneOf(home)]
