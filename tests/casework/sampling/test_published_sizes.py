"""Sample sizes against printed tables.

Sources: AICPA Audit Guide, Audit Sampling (2017), tables A-1, A-2 and C-1; Touw and Hoogduin, Statistiek voor audit en
controlling (2011); AuditSampler's attributes tables; as kept in R's jfa 0.7.3 (koenderks/jfa, tests/testthat).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casework.sampling.planning import binomial_size, finite_size, monetary_size, poisson_size
from domain.errors import Malformed, Refused

AICPA_A1 = {
    0.02: (149, 236, 313, 386, 590, 1030),
    0.03: (99, 157, 157, 208, 257, 303, 392, 562, 846, 1466),
    0.05: (59, 93, 93, 93, 93, 124, 124, 153, 181, 208, 234, 286, 361, 458, 624, 877, 1348),
    0.07: (42, 66, 66, 66, 66, 66, 66, 88, 88, 88, 109, 109, 129, 148, 167, 185, 221),
    0.10: (29, 46, 46, 46, 46, 46, 46, 46, 46, 61, 61, 61, 61, 61, 76, 76, 89),
    0.20: (14, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22),
}
"""Table A-1, 5 % risk: by tolerable rate the sizes for expected rates of 0, 0.25, 0.5 ... per cent."""

AICPA_A2 = {
    0.02: (114, 194, 194, 265, 398, 708, 1463),
    0.05: (45, 77, 77, 77, 77, 77, 105, 105, 132, 132, 158, 209, 258, 306, 400, 583, 873),
    0.10: (22, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 52, 52, 52, 52, 52, 65),
}
"""Table A-2, 10 % risk. At 5 % tolerable and 3.5 % expected the guide's 400 holds, since 3.5 % of 400 is 14."""


@pytest.mark.parametrize("tolerable", AICPA_A1)
def test_binomial_sizes_are_those_of_table_a1(tolerable: float) -> None:
    told = AICPA_A1[tolerable]
    assert [binomial_size(tolerable, step / 400, 0.95) for step in range(len(told))] == list(told)


@pytest.mark.parametrize("tolerable", AICPA_A2)
def test_binomial_sizes_are_those_of_table_a2(tolerable: float) -> None:
    told = AICPA_A2[tolerable]
    assert [binomial_size(tolerable, step / 400, 0.90) for step in range(len(told))] == list(told)


@pytest.mark.parametrize(
    ("tolerable", "confidence", "told"),
    [
        (0.01, 0.95, (299, 473, 628, 773)),
        (0.05, 0.95, (59, 93, 124, 153)),
        (0.15, 0.95, (19, 30, 40, 50)),
        (0.01, 0.90, (230, 388, 531, 667)),
        (0.20, 0.90, (11, 18, 25, 32)),
    ],
)
def test_binomial_sizes_by_errors_are_those_of_the_textbook(
    tolerable: float, confidence: float, told: tuple[int, ...]
) -> None:
    """Touw and Hoogduin 2011, page 126."""
    assert tuple(binomial_size(tolerable, errors, confidence) for errors in range(4)) == told


def test_poisson_sizes_are_those_of_the_textbook() -> None:
    """Touw and Hoogduin 2011, pages 17 and 23; jfa's for those that the book rounds."""
    assert [poisson_size(0.01, 0, sure) for sure in (0.95, 0.90, 0.75, 0.60, 0.50)] == [300, 231, 139, 92, 70]
    assert [poisson_size(0.02, 0, sure) for sure in (0.95, 0.875)] == [150, 104]


def test_finite_sizes_are_those_of_the_textbook() -> None:
    """Touw and Hoogduin 2011, page 123: 60 of 1,200 at 90 %."""
    assert (finite_size(1200, 60, 0, 0.90), finite_size(1200, 60, 2, 0.90)) == (45, 102)


@pytest.mark.parametrize(
    ("population", "expected", "tolerable", "confidence", "told"),
    [
        (500, 0.01, 0.08, 0.90, 46), (500, 0.01, 0.06, 0.90, 61), (500, 0.01, 0.04, 0.90, 90),
        (500, 0.02, 0.05, 0.90, 99), (500, 0.01, 0.08, 0.95, 55), (500, 0.01, 0.06, 0.95, 73),
        (500, 0.01, 0.04, 0.95, 140), (500, 0.02, 0.05, 0.95, 139), (500, 0.03, 0.06, 0.95, 158),
        (500, 0.05, 0.08, 0.95, 178), (500, 0.06, 0.09, 0.95, 196), (5000, 0.01, 0.08, 0.95, 58),
        (5000, 0.01, 0.06, 0.95, 77), (5000, 0.01, 0.04, 0.95, 154), (15000, 0.01, 0.06, 0.95, 78),
        (36000, 0.01, 0.04, 0.95, 156),
    ],
)  # fmt: skip
def test_finite_sizes_are_those_of_auditsampler(
    population: int, expected: float, tolerable: float, confidence: float, told: int
) -> None:
    assert finite_size(population, round(population * tolerable), expected, confidence) == told


C1_TOLERABLE = (0.5, 0.3, 0.1, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0.005)
AICPA_C1 = {
    (0.95, 0.0): (6, 10, 30, 38, 50, 60, 75, 100, 150, 300, 600),
    (0.95, 0.1): (8, 13, 37, 46, 62, 74, 92, 123, 184, 368, 736),
    (0.95, 0.3): (12, 20, 60, 75, 100, 120, 150, 200, 300, 600, 1199),
    (0.95, 0.5): (24, 39, 116, 145, 193, 231, 289, 385, 577, 1154, 2308),
    (0.90, 0.0): (5, 8, 24, 29, 39, 47, 58, 77, 116, 231, 461),
    (0.90, 0.4): (12, 20, 58, 72, 96, 115, 143, 191, 286, 572, 1144),
    (0.75, 0.2): (4, 7, 19, 24, 32, 38, 48, 64, 95, 190, 380),
    (0.50, 0.6): (4, 6, 17, 22, 29, 34, 43, 57, 85, 170, 340),
}
"""Table C-1: by confidence and expected over tolerable money, for tolerable shares of 50 % down to 0.5 %."""


@pytest.mark.parametrize(("confidence", "ratio"), AICPA_C1)
def test_monetary_sizes_are_those_of_table_c1(confidence: float, ratio: float) -> None:
    total = 10_000_000
    ours = [
        monetary_size(total, round(total * tolerable), round(total * tolerable * ratio), confidence)
        for tolerable in C1_TOLERABLE
    ]
    assert ours == list(AICPA_C1[confidence, ratio])


def test_what_no_sample_can_show_is_refused() -> None:
    with pytest.raises(Refused):
        binomial_size(0.05, 0.05, 0.95)
    with pytest.raises(Refused):
        finite_size(1000, 50, 50, 0.95)
    with pytest.raises(Refused):
        finite_size(1000, 50, 0.05, 0.95)


def test_what_makes_no_sense_is_malformed() -> None:
    calls: tuple[Callable[[], int], ...] = (
        lambda: poisson_size(0.0, 0, 0.95),
        lambda: binomial_size(0.05, -1, 0.95),
        lambda: binomial_size(0.05, 0, 95),
        lambda: finite_size(1000, 0, 0, 0.95),
        lambda: finite_size(1000, 1001, 0, 0.95),
        lambda: finite_size(1000, 10, -1, 0.95),
        lambda: monetary_size(1000, 100, 100, 0.95),
        lambda: monetary_size(1000, 1001, 0, 0.95),
    )
    for call in calls:
        with pytest.raises(Malformed):
            call()
