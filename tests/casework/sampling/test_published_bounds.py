"""Bounds against printed tables and worked examples.

Sources: AICPA Audit Guide, Audit Sampling (2017), appendices A and C; Touw and Hoogduin, Statistiek voor audit en
controlling (2011); tables kept in the R package jfa 0.7.3 (koenderks/jfa, tests/testthat).
"""

from __future__ import annotations

from math import ceil

import pytest

from casework.sampling.bounds import (
    at_most,
    binomial_lower,
    binomial_rate,
    binomial_upper,
    finite_lower,
    finite_upper,
    poisson_rate,
    poisson_upper,
    stringer_upper,
)
from domain.errors import Malformed


def test_confidence_factors_are_those_of_the_audit_guide() -> None:
    """AICPA Audit Guide, appendix C, confidence factors at 5 and 10 % risk of incorrect acceptance, rounded up."""
    by_risk = {0.95: [3.00, 4.75, 6.30, 7.76, 9.16, 10.52, 11.85], 0.90: [2.31, 3.89, 5.33, 6.69]}
    for confidence, guide in by_risk.items():
        assert [ceil(poisson_upper(errors, confidence) * 100) / 100 for errors in range(len(guide))] == guide


AICPA_A3 = {
    20: (14.0, 21.7, 28.3, 34.4, 40.2, 45.6, 50.8, 55.9, 60.7, 65.4, 69.9),
    25: (11.3, 17.7, 23.2, 28.2, 33.0, 37.6, 42.0, 46.3, 50.4, 54.4, 58.4),
    50: (5.9, 9.2, 12.1, 14.8, 17.4, 19.9, 22.4, 24.7, 27.1, 29.4, 31.6),
    60: (4.9, 7.7, 10.2, 12.5, 14.7, 16.8, 18.8, 20.8, 22.8, 24.8, 26.7),
    100: (3.0, 4.7, 6.2, 7.6, 9.0, 10.3, 11.5, 12.8, 14.0, 15.2, 16.4),
    200: (1.5, 2.4, 3.2, 3.9, 4.6, 5.2, 5.9, 6.5, 7.2, 7.8, 8.4),
    500: (0.6, 1.0, 1.3, 1.6, 1.9, 2.1, 2.4, 2.7, 2.9, 3.2, 3.4),
}
"""Table A-3: upper limits at 5 % risk of overreliance, in per cent rounded up, for 0 to 10 deviations."""


@pytest.mark.parametrize("size", AICPA_A3)
def test_binomial_limits_are_those_of_table_a3(size: int) -> None:
    ours = [ceil(binomial_upper(errors, size, 0.95) * 1000) / 10 for errors in range(11)]
    assert ours == list(AICPA_A3[size])


def test_binomial_limits_are_those_of_the_textbook() -> None:
    """Touw and Hoogduin 2011, page 137: 145 items; the book's 276,050 of 13,500,000 and so on, jfa's digits."""
    told = [0.02044826, 0.03229696, 0.04278054, 0.05260260]
    assert [binomial_upper(errors, 145, 0.95) for errors in range(4)] == pytest.approx(told, abs=5e-8)


JFA_POISSON = {
    20: (15, 23.8, 31.5, 38.8, 45.8, 52.6),
    50: (6, 9.5, 12.6, 15.6, 18.4, 21.1),
    100: (3, 4.8, 6.3, 7.8, 9.2, 10.6),
    500: (0.6, 1, 1.3, 1.6, 1.9, 2.2),
}
"""jfa, test-statistical-tables.R, Poisson upper limits at 5 % risk, in per cent rounded up."""


@pytest.mark.parametrize("size", JFA_POISSON)
def test_poisson_limits_are_those_of_the_tables(size: int) -> None:
    rate = poisson_rate(size, 0.95)
    assert [ceil(rate(errors) * 1000 - 1e-9) / 10 for errors in range(6)] == list(JFA_POISSON[size])


JFA_HUNDRED = {
    20: (12, 19, 26, 32, 38, 43, 48, 53, 58, 63, 68),
    30: (8, 13, 17, 21, 25, 29, 33, 36, 40, 44, 47),
    50: (4, 7, 9, 12, 14, 17, 19, 21, 24, 26, 28),
    75: (2, 3, 5, 7, 8, 10, 11, 13, 14, 16, 17),
    90: (1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13),
    95: (0, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12),
}


@pytest.mark.parametrize("size", JFA_HUNDRED)
def test_finite_limits_are_those_of_the_tables(size: int) -> None:
    """jfa, test-statistical-tables.R, hypergeometric upper limits of 100 items at 5 % risk, in items."""
    assert [finite_upper(errors, size, 100, 0.95) for errors in range(11)] == list(JFA_HUNDRED[size])


def test_finite_limits_are_those_of_the_textbook() -> None:
    """Touw and Hoogduin 2011, page 125: 102 of 1,200 at 90 %: 0.0208, 0.0358, 0.0492, 0.0625 of the population."""
    told = [0.02083333, 0.03583333, 0.04916667, 0.0625]
    assert [finite_upper(errors, 102, 1200, 0.90) / 1200 for errors in range(4)] == pytest.approx(told, abs=5e-9)


def test_stringers_bound_is_that_of_the_textbook() -> None:
    """Touw and Hoogduin 2011, pages 138, 143 and 144, binomial factors, 145 points at 95 %; jfa's digits."""
    rate = binomial_rate(145, 0.95)
    told = {
        (1.0, 0.20000072, 0.03999931): 0.03478656,
        (1.0, 0.09887): 0.03333348,
        (0.5, 0.4, 0.19887): 0.03251936,
    }
    for taintings, bound in told.items():
        assert stringer_upper(taintings, 145, rate) == pytest.approx(bound, abs=5e-8)
        assert stringer_upper([*reversed(taintings), 0.0, 0.0], 145, rate) == pytest.approx(bound, abs=5e-8)


def test_stringers_bound_with_poisson_factors_is_basic_precision_and_increments() -> None:
    """Worked by hand with the guide's factors: 3.00 + 1.75 x 0.5 + 1.55 x 0.2 = 4.185 of 100 points."""
    assert stringer_upper([0.2, 0.5], 100, poisson_rate(100, 0.95)) == pytest.approx(0.04185, abs=0.0002)
    assert stringer_upper([], 100, poisson_rate(100, 0.95)) == pytest.approx(0.029957, abs=1e-6)
    assert stringer_upper([1.0] * 3, 3, poisson_rate(3, 0.95)) == 1.0


def test_the_hypergeometric_probability_is_exact() -> None:
    assert at_most(0, 2, 4, 2) == pytest.approx(1 / 6)
    assert at_most(1, 2, 4, 2) == pytest.approx(5 / 6)
    assert at_most(5, 2, 4, 4) == 1
    assert at_most(1, 2, 4, 4) == 0


def test_bounds_at_the_ends_are_what_is_known() -> None:
    assert (binomial_upper(7, 7, 0.95), binomial_lower(0, 7, 0.95)) == (1.0, 0.0)
    assert (finite_upper(0, 100, 100, 0.95), finite_lower(3, 100, 100, 0.95)) == (0, 3)
    assert (finite_upper(2, 2, 9, 0.95), finite_lower(0, 2, 9, 0.95)) == (9, 0)
    assert binomial_upper(0, 0, 0.95) == 1.0


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    with pytest.raises(Malformed, match="confidence"):
        poisson_upper(0, confidence)


@pytest.mark.parametrize(("errors", "size", "population"), [(3, 2, 10), (-1, 2, 10), (1, 11, 10)])
def test_numbers_that_cannot_be_are_refused(errors: int, size: int, population: int) -> None:
    with pytest.raises(Malformed, match="errors"):
        finite_upper(errors, size, population, 0.95)
