"""The load plan: the one lever with this week's numbers, then how, when to do more and when less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.selfcare.load import LoadLine, load_plan, next_step_of_load, pain_zone
from actions.triage import Protocol
from actions.triage.conditions import NOT_SURE
from actions.triage.reading import reading_age, sentences, words
from actions.wording import content

from .people import PROTOCOL, options, pains, people, thoroughly

LOAD: dict[str, Any] = content("load.yml")
GREEN, AMBER, RED = {"pain_worst": 2}, {"pain_worst": 4}, {"pain_worst": 6}
GRADE_8 = 13
"""The age at which school grade 8 begins."""


def lines(**told: Any) -> dict[str, LoadLine]:
    """The lines for somebody who told this, by id."""
    return {line.id: line for line in load_plan(told, PROTOCOL, LOAD)}


def lever(**told: Any) -> LoadLine:
    """The one thing to change first."""
    return load_plan(told, PROTOCOL, LOAD)[0]


def does(activity: str, sessions: float | None = None, longest: str | None = None) -> dict[str, Any]:
    """What somebody does now; None where it was not told."""
    told = {"main_activity": activity, "sessions_per_week": sessions, "longest_recent_session": longest}
    return {id: value for id, value in told.items() if value is not None}


# --- this week -------------------------------------------------------------------------------------

WEEKS: list[tuple[dict[str, Any], str, float, float]] = [
    # Green and untold: the total stays, shorter and more often where that is a habit. TREK: 3 x 5 km becomes 5 x 3 km.
    ({**does("running", 3, "5 km"), **GREEN}, "running_shorter", 5, 3),
    ({**does("running", 3, "7 km"), **GREEN}, "running_shorter", 5, 4),  # 21 / 5 is 4.2
    ({**does("running", 3, "7 km")}, "running_shorter", 5, 4),
    ({**does("running", 4, "5 km"), **GREEN}, "running_shorter", 5, 4),  # 5 is the most that TREK's example has
    ({**does("running", 3, "3 miles"), **GREEN}, "running_shorter", 5, 1.8),
    ({**does("running", 2, "40 minutes"), **GREEN}, "running_shorter", 4, 20),
    ({**does("running", 6, "10 km"), **GREEN}, "running_slower", 6, 10),
    ({**does("walking", 3, "60 minutes"), **GREEN}, "walking", 5, 35),  # 180 / 5 is 36
    ({**does("walking", 7, "4 km"), **GREEN}, "walking", 7, 4),
    ({**does("hiking", 1, "15 km"), **GREEN}, "hiking", 1, 15),
    ({**does("cycling", 2, "90 minutes"), **GREEN}, "cycling", 2, 90),
    ({**does("gym", 3, "60 minutes"), **GREEN}, "gym", 3, 60),
    ({**does("team_sport", 3, "90 minutes"), **GREEN}, "team_sport", 2, 90),  # one of three is swapped
    ({**does("other", 3, "45 minutes"), **GREEN}, "less_of_what_hurts", 3, 45),
    # Amber: as often, each 20 to 30% shorter (clinical.md B3).
    ({**does("running", 3, "7 km"), **AMBER}, "shorter", 3, 5),  # 4.9 to 5.6
    ({**does("running", 4, "10 miles"), **AMBER}, "shorter", 4, 8),  # 7 to 8
    ({**does("running", 5, "40 minutes"), **AMBER}, "shorter", 5, 30),  # 28 to 32
    ({**does("running", 3, "3 km"), **AMBER}, "shorter", 3, 2.4),  # 2.1 to 2.4
    ({**does("walking", 4, "30 minutes"), **AMBER}, "shorter", 4, 24),  # 21 to 24
    ({**does("hiking", 1, "15 km"), **AMBER}, "hiking", 1, 12),  # 10.5 to 12
    ({**does("cycling", 2, "90 minutes"), **AMBER}, "cycling", 2, 70),  # 63 to 72
    ({**does("gym", 3, "60 minutes"), **AMBER}, "gym", 3, 60),  # 3 to 5 is all right for strength work
    ({**does("team_sport", 2, "90 minutes"), **AMBER}, "team_sport", 2, 70),
    ({**does("other", 3, "45 minutes"), **AMBER}, "shorter", 3, 35),  # 31.5 to 36
    # What changed is turned back first.
    ({**does("running", 4, "8 km"), **AMBER, "load_change": ["more_often"]}, "more_often", 3, 6),  # 5.6 to 6.4
    ({**does("running", 4, "8 km"), **GREEN, "load_change": ["more_often"]}, "more_often", 3, 8),
    ({**does("running", 3, "7 km"), **AMBER, "load_change": ["more_distance"]}, "more_distance", 3, 5),
    ({**does("running", 3, "7 km"), "load_change": ["more_distance"]}, "more_distance", 5, 4),
    ({**does("running", 6, "10 km"), "load_change": ["more_distance"]}, "more_distance", 6, 8),
    ({**does("cycling", 2, "60 km"), "load_change": ["more_distance"]}, "more_distance", 2, 48),  # 42 to 48
    ({**does("running", 3, "7 km"), **GREEN, "load_change": ["new_shoes"]}, "new_shoes", 3, 7),
    ({**does("running", 3, "7 km"), **AMBER, "load_change": ["new_surface"]}, "new_surface", 3, 5),
]


@pytest.mark.parametrize(("told", "id", "sessions", "each"), WEEKS, ids=str)
def test_this_week_is_in_the_persons_own_numbers(told: dict[str, Any], id: str, sessions: float, each: float) -> None:
    line = lever(**told)
    assert (line.id, line.numbers.get("sessions"), line.numbers.get("each")) == (id, sessions, each)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({**does("running", 3, "7 km")}, "5 runs of at most 4 km, instead of 3 of up to 7 km"),
        ({**does("running", 1, "1.2 miles"), **AMBER}, "1 run of at most 0.9 miles, instead of up to 1.2 miles"),
        ({**does("walking", 1, "3 miles"), **GREEN}, "3 walks of at most 1 mile, instead of 1 of up to 3 miles"),
        ({**does("gym", 3, "60 minutes")}, "3 gym sessions of at most 60 minutes"),
        ({**does("running", 3, "7 km"), **RED}, "Swap 3 runs for cycling, swimming or a cross-trainer"),
    ],
    ids=str,
)
def test_it_is_said_in_plain_words(told: dict[str, Any], says: str) -> None:
    assert says in lever(**told).text


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({**does("running"), **GREEN}, "in more and shorter runs"),
        ({**does("running", 3), **GREEN}, "5 runs instead of 3"),
        ({**does("running", longest="7 km"), **AMBER}, "no run over 5 km, instead of 7 km"),
        ({**does("running", 3), **AMBER}, "3 runs at most, each 20 to 30% shorter"),
        ({**does("running"), **AMBER}, "20 to 30% less"),
        ({**does("running", 3, "1 minutes"), **AMBER}, "3 runs at most, each 20 to 30% shorter"),  # nothing fits
        ({**does("running"), **RED}, "Go for cycling, swimming or a cross-trainer instead"),
        ({**does("hiking"), **GREEN}, "no more in all than you do now"),
        ({**does("running", 0.5), **AMBER}, "20 to 30% less"),  # once in two weeks is no number of a week
        ({**does("running", 1), **AMBER, "load_change": ["more_often"]}, "at least one time less"),
    ],
    ids=str,
)
def test_what_is_not_known_is_not_said(told: dict[str, Any], says: str) -> None:
    assert says in lever(**told).text


# --- which lever -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "id"),
    [
        ({}, "keep_moving"),
        ({"aggravated_by": ["sitting_long"]}, "desk"),
        ({"aggravated_by": ["running", "sitting_long"]}, "running_shorter"),
        ({"main_activity": "none", "aggravated_by": ["cycling"]}, "cycling"),
        ({"main_activity": "hiking", "aggravated_by": ["running"]}, "hiking"),
        ({"main_activity": "running", "load_change": ["none"]}, "running_shorter"),
        ({"main_activity": "running", "load_change": ["more_distance", "new_shoes"]}, "more_distance"),
        ({"main_activity": "running", "load_change": ["faster_or_hills"]}, "faster_or_hills"),
        ({"main_activity": "running", "load_change": ["new_routine"]}, "new_routine"),
        ({"main_activity": "running", "load_change": ["new_shoes"], **RED}, "leave_it_out"),
        ({"main_activity": "walking", **RED}, "leave_out_walks"),
        ({"main_activity": "gym", **RED}, "leave_out_gym"),
        (RED, "ease_off"),
        ({"pain_worst": 3, "pain_now": 7, "main_activity": "cycling"}, "leave_it_out"),
        (does("running", 0), "back_by_the_ladder"),
        (does("running", 3, "0 km"), "back_by_the_ladder"),
        (does("hiking", 0), "start_again"),
        ({**does("running", 0), **RED}, "leave_it_out"),
    ],
    ids=str,
)
def test_one_thing_comes_first(told: dict[str, Any], id: str) -> None:
    assert lever(**told).id == id


@pytest.mark.parametrize("id", ["main_activity", "aggravated_by", "load_change", "pain_worst", "poor_sleep_or_stress"])
def test_not_sure_is_as_if_not_told(id: str) -> None:
    told = {**does("running", 3, "7 km"), "aggravated_by": ["downhill"], **AMBER}
    told.pop(id, None)
    assert lines(**told, **{id: NOT_SURE}) == lines(**told)


def test_there_is_a_lever_for_everybody(protocol: Protocol) -> None:
    """Every zone, activity and change; whoever does it no more, too."""
    causes = [None, *options("load_change")]
    for zone, activity, cause, sessions in product([{}, GREEN, AMBER, RED], options("main_activity"), causes, [0, 3]):
        told = {
            **zone,
            "main_activity": activity,
            "load_change": [cause] if cause else [],
            "sessions_per_week": sessions,
        }
        assert load_plan(told, protocol, LOAD)[0].text, told


# --- after it --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "ids"),
    [
        (GREEN, ["longer", "shorter_next"]),
        (AMBER, ["running_easy", "more_often_first", "shorter_next"]),
        (RED, ["ladder", "up_the_ladder", "down_the_ladder"]),
        ({"sessions_per_week": 0}, ["ladder", "up_the_ladder", "down_the_ladder"]),
        ({}, ["running_easy", "longer", "shorter_next"]),
        ({**AMBER, "load_change": ["more_often"]}, ["running_easy", "back_to_usual", "shorter_next"]),
    ],
    ids=str,
)
def test_a_runner_is_told_how_and_when_to_change(told: dict[str, Any], ids: list[str]) -> None:
    assert list(lines(main_activity="running", **told))[1 : len(ids) + 1] == ids


@pytest.mark.parametrize(
    ("activity", "told", "ids"),
    [
        ("walking", AMBER, ["more_often_first", "shorter_next"]),
        ("hiking", AMBER, ["back_to_usual_length", "shorter_next"]),
        ("cycling", GREEN, ["longer", "shorter_next"]),
        ("gym", AMBER, ["more_at_the_gym", "lighter"]),
        ("cycling", RED, ["begin_again", "still_over"]),
        ("none", {"aggravated_by": ["sitting_long"]}, ["more_of_daily_life", "less_of_it"]),
    ],
)
def test_others_are_told_when_to_change(activity: str, told: dict[str, Any], ids: list[str]) -> None:
    assert list(lines(main_activity=activity, **told))[1:3] == ids


@pytest.mark.parametrize(
    ("longest", "ceiling"), [("7 km", 7.7), ("5 km", 5.5), ("10 miles", 11), ("40 minutes", 44), ("3.5 km", 3.8)]
)
def test_no_session_goes_10_percent_over_the_longest_of_30_days(longest: str, ceiling: float) -> None:
    line = lines(**does("running", 3, longest), **GREEN)["longer"]
    assert (line.numbers["ceiling"], f"{ceiling:g} {longest.split()[1]}" in line.text) == (ceiling, True)


def test_after_a_cut_more_often_comes_before_longer() -> None:
    numbers = lines(**does("running", 3, "7 km"), **AMBER)["more_often_first"].numbers
    assert (numbers["split_sessions"], numbers["split_each"]) == (5, 4)


@pytest.mark.parametrize(("told", "lower"), [(GREEN, 3), (AMBER, 4)], ids=str)
def test_a_step_down_is_one_cut_below_this_week(told: dict[str, Any], lower: float) -> None:
    """Green: 4 km become 2.8 to 3.2. Amber: 5 km become 3.5 to 4."""
    assert lines(**does("running", 3, "7 km"), **told)["shorter_next"].numbers["lower"] == lower


def test_the_ladder_begins_on_its_first_stage() -> None:
    """PhysioAdvisor: four blocks of 5 minutes, of which half a minute is jogged; a rest day between."""
    numbers = lines(main_activity="running", **RED)["ladder"].numbers
    wanted = {"blocks": 4, "first_walk_minutes": 4.5, "first_jog_minutes": 0.5, "rest_days_between": 1}
    assert {name: numbers[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("told", "id"),
    [
        ({"aggravated_by": ["downhill"]}, "hills"),
        ({"aggravated_by": ["stairs_down"]}, "stairs"),
        ({"aggravated_by": ["sitting_long"]}, "desk"),
        ({"aggravated_by": ["squatting"]}, "squatting"),
        ({"poor_sleep_or_stress": "yes"}, "sleep_and_stress"),
        ({"load_change": ["more_distance", "new_shoes"]}, "new_shoes"),
    ],
    ids=str,
)
def test_what_was_told_is_on_the_fifth_line(told: dict[str, Any], id: str) -> None:
    assert list(lines(main_activity="running", **AMBER, **told))[4] == id


@pytest.mark.parametrize(
    ("activity", "ids"),
    [
        ("running", {"cadence", "softer_landing", "surface_slope_shoes", "cross_train", "sitting", "sleep_and_stress"}),
        ("walking", {"surface_slope_shoes", "cross_train", "sitting", "sleep_and_stress"}),
        ("cycling", {"sitting", "sleep_and_stress"}),
        ("none", {"sitting", "sleep_and_stress"}),
    ],
)
def test_further_levers_wait(activity: str, ids: set[str]) -> None:
    assert ids <= set(list(lines(main_activity=activity, **GREEN))[3:])


def test_cadence_is_ones_own_and_the_articles_range_a_guide() -> None:
    line = lines(main_activity="running")["cadence"]
    assert (line.numbers["rise_percent"], line.numbers["rough_target"], "rough guide" in line.text) == (
        (5, 10),
        (165, 180),
        True,
    )


def test_other_training_leaves_out_what_hurts() -> None:
    told = lines(main_activity="running", aggravated_by=["cycling"], **RED)
    assert [line.text for line in told.values() if "cycling" in line.text] == []


@pytest.mark.parametrize(
    ("told", "twice"),
    [
        ({**AMBER}, {"running_slower", "running_pain", "running_hurts_walk_breaks"}),
        ({"aggravated_by": ["sitting_long"]}, {"sitting"}),
        ({"load_change": ["new_shoes"]}, {"surface_slope_shoes"}),
        ({**RED}, {"running_shorter", "running_slower", "running_pain", "running_hurts_walk_breaks", "running_easy"}),
    ],
    ids=str,
)
def test_nothing_is_said_twice_or_against_the_lever(told: dict[str, Any], twice: set[str]) -> None:
    assert set(lines(main_activity="running", **told)) & twice == set()


# --- holds for everybody ---------------------------------------------------------------------------


def share(line: LoadLine, name: str, of: str) -> float | None:
    """One number of a line as a share of another; None where one is missing."""
    part, whole = line.numbers.get(name), line.numbers.get(of)
    return part / whole if isinstance(part, (int, float)) and isinstance(whole, (int, float)) and whole else None


@given(people)
@thoroughly
def test_the_same_findings_give_the_same_lines(told: dict[str, Any]) -> None:
    assert load_plan(told, PROTOCOL, LOAD) == load_plan(dict(reversed(told.items())), PROTOCOL, LOAD)


@given(people, st.sampled_from(["pain_worst", "pain_now"]), st.sampled_from([5.5, 6, 8, 10]))
@thoroughly
def test_no_plan_raises_load_when_pain_is_above_5(told: dict[str, Any], id: str, pain: float) -> None:
    made = load_plan({**told, id: pain}, PROTOCOL, LOAD)
    assert made[0].id in ("leave_it_out", "leave_out_walks", "leave_out_gym", "ease_off")
    assert (share(made[0], "sessions", "sessions_before") or 0) <= 1
    assert (share(made[0], "each", "each_before") or 0) <= 1
    raising = {"split_sessions", "split_each", "ceiling", "longest_session_rise_percent"}
    assert [line.id for line in made if raising & set(line.numbers)] == []


@given(people)
@thoroughly
def test_no_week_asks_for_more_in_all_or_at_once(told: dict[str, Any]) -> None:
    first = lever(**told)
    sessions, each = share(first, "sessions", "sessions_before"), share(first, "each", "each_before")
    assert each is None or each <= 1
    assert sessions is None or each is None or sessions * each <= 1 + 1e-9


@given(people)
@thoroughly
def test_every_number_of_ones_own_is_inside_its_range(told: dict[str, Any]) -> None:
    """Shorter by 20 to 30%, at most 10% over the longest, at most 5 sessions where they are split."""
    made = lines(**told)
    first = next(iter(made.values()))
    if "cut_percent" in first.numbers:
        assert 0.7 <= (share(first, "each", "each_before") or 0.7) <= 0.8
    for line in made.values():
        if "ceiling" in line.numbers:
            longest = float(told["longest_recent_session"].split()[0])
            assert 1 <= line.numbers["ceiling"] / longest <= 1.1 + 1e-9  # type: ignore[operator]
        if "lower" in line.numbers and "each" in first.numbers:
            assert 0.7 - 1e-9 <= line.numbers["lower"] / first.numbers["each"] <= 0.8 + 1e-9  # type: ignore[operator]
        assert line.numbers.get("split_sessions", 0) <= 5  # type: ignore[operator]
    assert (share(first, "sessions", "sessions_before") or 0) <= 1 or first.numbers["sessions"] <= 5  # type: ignore[operator]


@given(people)
@thoroughly
def test_every_number_in_the_words_is_kept_beside_them(told: dict[str, Any]) -> None:
    for line in load_plan(told, PROTOCOL, LOAD):
        kept = {
            f"{one:g}"
            for number in line.numbers.values()
            for one in (number if isinstance(number, tuple) else [number])
        }
        said = line.text.replace("out of 10", "")
        assert set(re.findall(r"\d+(?:\.\d+)?", said)) <= kept, line


@given(people)
@thoroughly
def test_every_line_can_be_read_and_knows_why(told: dict[str, Any]) -> None:
    made = load_plan(told, PROTOCOL, LOAD)
    assert len({line.id for line in made}) == len(made)
    for line in made:
        assert line.why
        assert set(line.sources) <= set(PROTOCOL.sources)
        assert line.sources
        assert "{" not in line.text
        assert max(len(words(sentence)) for sentence in sentences(line.text)) <= 20
    assert reading_age(line.text for line in made) <= GRADE_8


# --- the ranges of the sources ---------------------------------------------------------------------

OF_THE_SOURCES: dict[str, Any] = {
    "cut_percent": [20, 30], "cut_next_session_percent": [20, 30],  # clinical.md B3
    "pain_at_most": 2, "stairs_pain_at_most": 2, "pain_from": 3, "pain_to": 5, "pain_over": [2, 5],  # B3, B7
    "rise_over": 1, "settle_minutes": 60, "reds_in_a_week": 2,  # B3
    "slower_percent": [10, 20], "run_minutes": [2, 3, 4, 4],  # B4: TREK
    "longest_session_rise_percent": 10, "window_days": 30,  # B4: Frandsen 2025
    "rough_target": [165, 180], "best_if_at_most": 170, "every_minutes": [20, 30], "sleep_hours_over": 7,  # B4
    "weeks_at_most": 6, "brisk_walk_minutes": 30, "single_leg_hops": 10, "rest_days_between": 1, "blocks": 4,  # B4, B7
}  # fmt: skip
"""Numbers as `clinical.md` gives them; where a name stands for several things, all its values."""


def values(data: Any, name: str) -> Iterator[Any]:
    """Everything that stands under a name, wherever in the file."""
    parts = list(data.values()) if isinstance(data, Mapping) else data if isinstance(data, list) else []
    if isinstance(data, Mapping) and name in data:
        yield data[name]
    for part in parts:
        yield from values(part, name)


@pytest.mark.parametrize(("name", "wanted"), OF_THE_SOURCES.items())
def test_a_fact_has_one_number_wherever_it_stands(name: str, wanted: Any) -> None:
    found = [
        value for value in values({**LOAD, "ladders": {"entry": LOAD["ladders"]["entry"]}}, name) if value != [2, 3]
    ]
    assert found
    assert [value for value in found if value != wanted and not (isinstance(wanted, list) and value in wanted)] == []


def test_the_numbers_of_the_ladder_line_are_those_of_the_ladder() -> None:
    line = next(entry for entry in LOAD["how"] if entry["id"] == "ladder")
    ladder = LOAD["ladders"]["twenty_minutes"]
    first = ladder["stages"][0]
    assert (line["blocks"], line["rest_days_between"]) == (ladder["blocks"], ladder["rest_days_between"])
    assert (line["first_walk_minutes"], line["first_jog_minutes"]) == (first["walk_minutes"], first["jog_minutes"])


# --- zones, and what follows from a session --------------------------------------------------------


@pytest.mark.parametrize(
    ("pain", "zone"),
    [(0, "green"), (2, "green"), (2.5, "amber"), (3, "amber"), (5, "amber"), (5.5, "red"), (6, "red"), (10, "red")],
)
def test_a_pain_is_in_a_zone(pain: float, zone: str) -> None:
    assert pain_zone(pain, LOAD["pain_zones"]) == zone


@pytest.mark.parametrize(
    ("told", "id"),
    [({"pain_during": 1}, "running_shorter"), ({"pain_after": 4}, "shorter"), ({}, "leave_it_out")],
    ids=str,
)
def test_what_is_told_today_counts_instead(told: dict[str, Any], id: str) -> None:
    findings = {**does("running", 3, "7 km"), **RED}
    assert load_plan(findings, PROTOCOL, LOAD, told)[0].id == id


def after(during: float | None, after: float | None, morning: float | None, **more: Any) -> dict[str, Any]:
    """What somebody tells after a session; None where it was not told."""
    told = {"pain_during": during, "pain_after": after, "pain_next_morning": morning, **more}
    return {id: value for id, value in told.items() if value is not None}


@pytest.mark.parametrize(
    ("told", "usual", "step", "reasons"),
    [
        (after(1, 1, 1), 1, "up", ["all_green"]),
        (after(2, 2, 0), None, "up", ["all_green"]),
        (after(4, 1, 1), 1, "down", ["amber"]),
        (after(1, 4, 1), 1, "down", ["amber"]),
        (after(6, 1, 1), 1, "down", ["over_red"]),
        (after(1, 1, 7), None, "down", ["over_red"]),
        (after(1, 1, 3), 1, "down", ["worse_next_morning"]),
        (after(6, 1, 3), 1, "down", ["over_red", "worse_next_morning"]),
        (after(1, 1, 1, swelling="yes"), 1, "down", ["swelling_or_limp"]),
        (after(1, 1, 1, limp="yes"), 1, "down", ["swelling_or_limp"]),
        (after(1, 1, 2), 1, "hold", ["a_little_worse"]),
        (after(1, 1, 3), None, "hold", ["a_little_worse"]),
        (after(2, 2, 1), 1, "hold", ["not_settled"]),
        (after(1, 1, None), 1, "hold", ["not_told"]),
        (after(1, None, 1), 1, "hold", ["not_told"]),
        (after(None, 1, 1), 1, "hold", ["not_told"]),
        ({}, None, "hold", ["not_told"]),
    ],
    ids=str,
)
def test_a_session_moves_the_plan(told: dict[str, Any], usual: float | None, step: str, reasons: list[str]) -> None:
    result = next_step_of_load(told, LOAD, usual=usual)
    assert (result.step, [reason.id for reason in result.reasons]) == (step, reasons)


def test_strength_work_may_hurt_a_little() -> None:
    result = next_step_of_load(after(4, 1, 1), LOAD, usual=1, strength=True)
    assert (result.step, [reason.id for reason in result.reasons]) == ("hold", ["amber_strength"])


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(after(0, 0, 0), pains)), st.one_of(st.none(), pains), st.booleans()
)
@thoroughly
def test_up_needs_a_session_that_was_green_all_over(told: dict[str, Any], usual: float | None, strength: bool) -> None:
    result = next_step_of_load(told, LOAD, usual=usual, strength=strength)
    assert result.reasons
    if result.step == "up":
        assert len(told) == 3
        assert max(told["pain_during"], told["pain_after"]) <= 2
        assert usual is None or told["pain_next_morning"] <= usual
    if max(told.values(), default=0) > 5:
        assert result.step == "down"
