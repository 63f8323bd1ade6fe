"""Random people for the plan: everything it looks at, told, not sure, or not asked."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from actions.triage import load_protocol
from actions.triage.conditions import NOT_SURE

PROTOCOL = load_protocol()
"""Read here as well as in the fixture, because the people are made from it."""

thoroughly = settings(
    max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def options(id: str) -> list[str]:
    """The values of a finding."""
    return [str(option.value) for option in PROTOCOL.findings[id].options]


def some_of(id: str) -> st.SearchStrategy[Any]:
    """A few values of a finding with several, in the order in which the record keeps them."""
    chosen = st.sets(st.sampled_from(options(id)), max_size=4)
    return chosen.map(lambda values: [value for value in options(id) if value in values])


pains = st.one_of(st.integers(0, 10), st.sampled_from([2.5, 5.5]))
lengths = st.builds(
    lambda number, unit: f"{number:g} {unit}",
    st.one_of(st.integers(0, 100), st.integers(1, 400).map(lambda tenths: tenths / 10), st.just(1000)),
    st.sampled_from(["km", "miles", "minutes"]),
)
people: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        id: st.one_of(values, st.just(NOT_SURE))
        for id, values in {
            "main_activity": st.sampled_from(options("main_activity")),
            "aggravated_by": some_of("aggravated_by"),
            "load_change": some_of("load_change"),
            "sessions_per_week": st.one_of(st.integers(0, 30), st.sampled_from([0.5, 2.5])),
            "longest_recent_session": lengths,
            "pain_worst": pains,
            "pain_now": pains,
            "poor_sleep_or_stress": st.sampled_from(["yes", "no"]),
        }.items()
    },
)
"""Any findings that a plan looks at; what is missing has not been asked."""
