"""How many items or points a sample needs, so that as many errors as are expected still leave the bound low enough.

A rate, share or confidence means what its decimal digits say: 0.035 of 400 items is 14, not a little more.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc

from casework.sampling.bounds import at_most, checked_confidence, poisson_upper
from domain.errors import Malformed, Refused

_MOST = 1_000_000
"""Beyond this nobody looks at the items; what is asked for cannot be had."""


def poisson_size(tolerable_rate: float, errors: int, confidence: float) -> int:
    """Return the least size at which `errors` leave the Poisson upper limit at `tolerable_rate` or below."""
    _check_rate(tolerable_rate)
    return ceil(poisson_upper(errors, confidence) / tolerable_rate)


def binomial_size(tolerable_rate: float, expected: float, confidence: float) -> int:
    """Return the least size at which the expected errors leave the binomial upper limit at `tolerable_rate` or below.

    `expected`: a number of errors where it is a whole number (int), else a rate, whose errors are rounded up.
    Refused: as many expected as tolerated, or more than a million items.
    """
    _check_rate(tolerable_rate)
    sure = float(checked_confidence(confidence))
    _check_expected(expected)
    if not isinstance(expected, int) and expected >= tolerable_rate:
        raise _out_of_reach()
    errors = _errors_by_size(expected)

    def enough(sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
        found = np.minimum(errors(sizes), sizes - 1)
        held: NDArray[np.float64] = betainc(found + 1, sizes - found, tolerable_rate)
        return (held >= sure) & (errors(sizes) < sizes)

    return _first(enough)


def finite_size(population: int, tolerable: int, expected: float, confidence: float) -> int:
    """Return the least size at which the expected errors rule out `tolerable` or more wrong items in the population.

    `expected` as for `binomial_size`. Refused: as many errors expected as would be too many.
    """
    risk = 1 - checked_confidence(confidence)
    if not 0 < tolerable <= population:
        raise Malformed(
            f"总体 {population} 项，可容忍的错误数 {tolerable} 应在 1 到 {population} 之间",
            f"{tolerable} wrong items of {population}; expected from 1 to {population}",
        )
    _check_expected(expected)
    rate = None if isinstance(expected, int) else Fraction(str(expected))
    for errors in range(0 if rate is not None else int(expected), tolerable):
        size = _least_finite(population, tolerable, errors, risk)
        if rate is None:
            return size
        size = max(size, floor((errors - 1) / rate) + 1 if rate else 0)
        if ceil(rate * size) <= errors and size <= population:
            return size
    raise _out_of_reach()


def monetary_size(total_fen: int, tolerable_fen: int, expected_fen: int, confidence: float) -> int:
    """Return the least number of points at which the expected wrong money leaves the limit at `tolerable_fen` or below.

    Poisson with a fractional number of errors: the expected money over the interval, all of it tainted whole (AICPA
    Audit Guide, table C-1). Refused: more than a million points.
    """
    if not 0 <= expected_fen < tolerable_fen <= total_fen:
        raise Malformed(
            f"预计差错 {expected_fen} 分、可容忍差错 {tolerable_fen} 分、总额 {total_fen} 分：应依次增大",
            f"{expected_fen} expected, {tolerable_fen} tolerable, {total_fen} fen in all; expected them to rise",
        )
    sure = float(checked_confidence(confidence))
    expected, tolerable = expected_fen / total_fen, tolerable_fen / total_fen

    def enough(sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
        held: NDArray[np.float64] = gammainc(1 + sizes * expected, sizes * tolerable)
        return held >= sure

    return _first(enough)


def _errors_by_size(expected: float) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
    if isinstance(expected, int):
        return lambda sizes: np.full_like(sizes, expected)
    rate = Fraction(str(expected))
    return lambda sizes: -(-sizes * rate.numerator // rate.denominator)


def _first(enough: Callable[[NDArray[np.int64]], NDArray[np.bool_]]) -> int:
    """Return the first size from 1 that is enough; Refused beyond a million."""
    begin, width = 1, 1024
    while begin <= _MOST:
        sizes = np.arange(begin, min(begin + width, _MOST + 1), dtype=np.int64)
        good = enough(sizes)
        if good.any():
            return int(sizes[good.argmax()])
        begin, width = begin + width, width * 2
    raise _out_of_reach()


def _least_finite(population: int, tolerable: int, errors: int, risk: Fraction) -> int:
    low, high = errors + 1, population
    while low < high:
        middle = (low + high) // 2
        if at_most(errors, middle, population, tolerable) <= risk:
            high = middle
        else:
            low = middle + 1
    return low


def _check_expected(expected: float) -> None:
    if expected < 0:
        raise Malformed(f"预计错误 {expected} 应不小于零", f"{expected} errors expected; it should not be below 0")


def _check_rate(rate: float) -> None:
    if not 0 < rate < 1:
        raise Malformed(
            f"可容忍错误率 {rate} 应在 0 与 1 之间", f"a tolerable rate of {rate}; expected one between 0 and 1"
        )


def _out_of_reach() -> Refused:
    return Refused(
        "预计的错误已接近可容忍的上限，抽多少都不够；请放宽上限，或直接全部核查",
        "as many errors are expected as can be tolerated; no sample does: tolerate more, or look at all",
    )
