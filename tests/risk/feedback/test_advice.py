"""Advice on planted outcomes: what is kept, what is dropped, what it costs, and when nothing is advised."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.catalogue.rule import load
from risk.feedback.advice import LEAST_CLEARED, LEAST_CONFIRMED, Advice, Looked, advise
from risk.feedback.deciding import Deciding, thresholds_written

RULES = load()
A03 = RULES["A03"]
"""Its threshold is min_days, its measure the days with cash."""
DAYS = int(str(A03.defaults["min_days"]))


def looked(measures: Sequence[float], *, wrong: bool | None, first: str = "S") -> list[Looked]:
    """Return a finding of A03 for each measure, each of a suspicion of its own."""
    values = A03.defaults
    return [
        Looked(f"{first}{wrong}{n}", wrong, float(measure), float(DAYS), values) for n, measure in enumerate(measures)
    ]


def advised(rows: Sequence[Looked], now: Sequence[Looked] = ()) -> Advice:
    (found,) = advise(A03, rows, now)
    return found


CONFIRMED = [DAYS + 6 + n for n in range(12)]
CLEARED = [DAYS + n for n in range(12)]


def test_the_threshold_that_keeps_all_confirmed_drops_what_lies_below_them() -> None:
    now = looked([DAYS, DAYS + 6], wrong=None)
    found = advised(looked(CONFIRMED, wrong=True) + looked(CLEARED, wrong=False), now)
    assert (found.rule, found.parameter, found.value) == ("A03", "min_days", DAYS)
    assert (found.confirmed, found.cleared, found.open) == (12, 12, 2)
    keeping = found.options[0]
    assert (keeping.value, keeping.loses_confirmed, keeping.drops_cleared, keeping.drops_open) == (DAYS + 6, 0, 6, 1)
    assert keeping.expected_loss == round(1 / 13, 4)
    assert 0.20 < keeping.loss_up_to < 0.23
    assert [(option.loses_confirmed, option.drops_cleared) for option in found.options] == [(0, 6), (1, 7), (2, 8)]


@pytest.mark.parametrize(("confirmed", "cleared"), [(LEAST_CONFIRMED - 1, 12), (12, LEAST_CLEARED - 1)])
def test_too_few_outcomes_give_no_advice(confirmed: int, cleared: int) -> None:
    found = advised(looked(CONFIRMED[:confirmed], wrong=True) + looked(CLEARED[:cleared], wrong=False))
    assert found.options == ()
    assert f"at least {LEAST_CONFIRMED} confirmed and {LEAST_CLEARED} cleared" in found.en


def test_alike_measures_give_no_advice() -> None:
    found = advised(looked(CLEARED, wrong=True) + looked(CLEARED, wrong=False))
    assert [option for option in found.options if option.loses_confirmed == 0] == []


def test_a_threshold_that_findings_lie_on_both_sides_of_does_not_decide_who_is_found() -> None:
    found = advised(looked([DAYS - 2, *CONFIRMED], wrong=True) + looked(CLEARED, wrong=False))
    assert found.options == ()
    assert "both sides" in found.en


def test_what_another_threshold_finds_anyway_is_never_counted_as_dropped() -> None:
    cleared = looked(CLEARED, wrong=False)
    anyway = [row._replace(threshold=99.5) for row in cleared]
    found = advised(looked(CONFIRMED, wrong=True) + cleared + anyway)
    assert found.options == ()


def test_a_fixed_threshold_gives_no_advice() -> None:
    rule = RULES["E06"]
    rows = [row._replace(values=rule.defaults, threshold=1.0) for row in looked(CONFIRMED, wrong=True)]
    (found,) = advise(rule, rows, [])
    assert (found.parameter, found.confirmed, found.options) == ("", 12, ())
    assert "no parameter" in found.en


@given(
    st.lists(st.integers(0, 40), min_size=LEAST_CONFIRMED, max_size=40),
    st.lists(st.integers(0, 40), min_size=LEAST_CLEARED, max_size=40),
)
def test_an_option_costs_exactly_what_it_says(confirmed: list[int], cleared: list[int]) -> None:
    found = advised(
        looked([DAYS + n for n in confirmed], wrong=True) + looked([DAYS + n for n in cleared], wrong=False)
    )
    for option in found.options:
        assert option.value > DAYS
        assert option.loses_confirmed == sum(DAYS + n < option.value for n in confirmed)
        assert option.drops_cleared == sum(DAYS + n < option.value for n in cleared) > 0
        assert option.keeps_confirmed + option.loses_confirmed == len(confirmed)
        assert option.loses_confirmed / len(confirmed) < option.loss_up_to


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("A03", {Deciding("min_days", 1.0)}),
        ("A05", {Deciding("dump_percent", 0.01)}),
        ("A11", {Deciding("season_persons", 1.0), Deciding("day_persons", 1.0)}),
        ("C03", {Deciding("per_day", 1.0), Deciding("per_window", 1.0), Deciding("min_persons", 1.0)}),
        ("A12", set()),
        ("F06", {Deciding("batch", 1.0)}),
        ("G01", set()),
        ("E06", set()),
    ],
)
def test_the_parameter_of_a_threshold_is_read_from_the_rules_own_sql(rule: str, expected: set[Deciding]) -> None:
    assert set(thresholds_written(RULES[rule])) == expected
