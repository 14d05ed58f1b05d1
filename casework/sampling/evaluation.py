"""What a sample says about its frame: how many items are wrong, and how much money, with bounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Literal

import msgspec

from casework.sampling.bounds import (
    binomial_rate,
    checked_confidence,
    finite_lower,
    finite_upper,
    poisson_rate,
    poisson_upper,
    stringer_upper,
)
from casework.sampling.findings import Found, Matched, chance_strata, matched
from casework.sampling.plan import Monetary, Sample, Stratum
from casework.sampling.stratified import Part, total_estimate, total_lower, total_upper
from domain.errors import Refused

Factors = Literal["poisson", "binomial"]
Method = Literal["stringer-poisson", "stringer-binomial", "chernoff"]
_STRINGER: dict[Factors, Method] = {"poisson": "stringer-poisson", "binomial": "stringer-binomial"}


class ErrorRate(msgspec.Struct, frozen=True):
    """How many items of the frame are wrong."""

    looked_at: int
    wrong: int
    undecided: int
    """Could not be looked at; among the wrong ones."""
    population: int
    estimate: float
    """Share of the frame's items, unbiased."""
    lower: float
    upper: float
    """Bounds of the share, each one-sided at the confidence; with both at 0.95 the interval is one of 0.90."""
    confidence: float
    method: Literal["hypergeometric", "chernoff"]


class ErrorAmount(msgspec.Struct, frozen=True):
    """How much money of the frame is wrong."""

    looked_at: int
    wrong: int
    undecided: int
    amount_fen: int
    """All money of the frame."""
    found_fen: int
    """Wrong money of the items that were looked at: at least so much is wrong."""
    certain_fen: int
    """Of it, wrong money of the certain items; it is known and not projected."""
    estimate_fen: int
    """Of the whole frame: unbiased."""
    ratio_fen: int
    """Of the whole frame by the ratio of wrong to looked-at money: steadier in a simple or stratified draw."""
    upper_fen: int
    """One-sided at the confidence."""
    poisson_fen: int | None
    """Of a monetary draw: the upper limit with every error taken as a whole one."""
    confidence: float
    method: Method


def error_rate(sample: Sample, found: Iterable[Found], confidence: float = 0.95) -> ErrorRate:
    """Return the share of the frame's items that are wrong.

    Bounds: exact for a finite population where chance chose in one stratum (hypergeometric), else Chernoff's over the
    strata, which always hold. Refused: results that do not fit the sample, or a monetary draw, which tells of money.
    """
    if isinstance(sample.plan, Monetary):
        raise Refused(
            "按金额抽样只推断金额，不推断错误率；要错误率请用简单随机或分层抽样",
            "a monetary draw tells how much money is wrong, not how many items; draw simple or stratified for that",
        )
    checked_confidence(confidence)
    groups = matched(sample, found)
    strata = chance_strata(sample)
    known = sum(_wrong(groups[stratum.name]) for stratum in sample.strata if stratum.certain)
    parts = [_count_part(stratum, groups[stratum.name]) for stratum in strata]
    exact = len(strata) <= 1
    if exact:
        counts = [(_wrong(groups[one.name]), one.drawn, one.items) for one in strata]
        lower = float(sum(finite_lower(*count, confidence) for count in counts))
        upper = float(sum(finite_upper(*count, confidence) for count in counts))
    else:
        lower, upper = total_lower(parts, confidence), total_upper(parts, confidence)
    everything = [one for group in groups.values() for one in group]
    return ErrorRate(
        looked_at=len(everything),
        wrong=_wrong(everything),
        undecided=sum(one.undecided for one in everything),
        population=sample.population,
        estimate=(known + total_estimate(parts)) / sample.population,
        lower=(known + lower) / sample.population,
        upper=(known + upper) / sample.population,
        confidence=confidence,
        method="hypergeometric" if exact else "chernoff",
    )


def error_amount(
    sample: Sample,
    found: Iterable[Found],
    confidence: float = 0.95,
    factors: Factors = "poisson",
) -> ErrorAmount:
    """Return how much money of the frame is wrong.

    Monetary draws: projection of the taintings and Stringer's bound with these factors. Others: the mean wrong money
    of each stratum times its items, bound as for rates. Certain items apart. Refused: results that do not fit.
    """
    checked_confidence(confidence)
    groups = matched(sample, found)
    strata = chance_strata(sample)
    known = sum(_wrong_fen(groups[stratum.name]) for stratum in sample.strata if stratum.certain)
    everything = [one for group in groups.values() for one in group]
    poisson = None
    if isinstance(sample.plan, Monetary):
        estimate, upper, poisson = _monetary(strata, groups, confidence, factors)
        ratio = estimate
    else:
        parts = [_money_part(one, groups[one.name]) for one in strata if one.amount_fen]
        estimate, upper, ratio = total_estimate(parts), total_upper(parts, confidence), _ratio(strata, groups)
    return ErrorAmount(
        looked_at=len(everything),
        wrong=_wrong(everything),
        undecided=sum(one.undecided for one in everything),
        amount_fen=sum(stratum.amount_fen for stratum in sample.strata),
        found_fen=_wrong_fen(everything),
        certain_fen=known,
        estimate_fen=known + round(estimate),
        ratio_fen=known + round(ratio),
        upper_fen=known + ceil(upper),
        poisson_fen=None if poisson is None else known + ceil(poisson),
        confidence=confidence,
        method="chernoff" if poisson is None else _STRINGER[factors],
    )


def taintings(group: Iterable[Matched]) -> list[float]:
    """Return the wrong share of every point of a monetary draw, largest first; points on right items are 0."""
    return sorted((one.wrong_fen / one.drawn.amount_fen for one in group for _ in range(one.drawn.hits)), reverse=True)


def _monetary(
    strata: Sequence[Stratum], groups: dict[str, list[Matched]], confidence: float, factors: Factors
) -> tuple[float, float, float]:
    """Return projection, Stringer's bound and the Poisson limit of the money that was left to chance."""
    if not strata:
        return 0.0, 0.0, 0.0
    (line,) = strata
    shares = taintings(groups[line.name])
    rate = binomial_rate(line.drawn, confidence) if factors == "binomial" else poisson_rate(line.drawn, confidence)
    errors = [share for share in shares if share > 0]
    stringer = line.amount_fen * stringer_upper(errors, line.drawn, rate)
    poisson = line.amount_fen * min(1.0, poisson_upper(len(errors), confidence) / line.drawn)
    return line.amount_fen * sum(shares) / line.drawn, stringer, poisson


def _count_part(stratum: Stratum, group: Sequence[Matched]) -> Part:
    wrong = _wrong(group)
    right = stratum.drawn - wrong
    return Part(stratum.items, stratum.drawn, wrong, wrong / stratum.items, 1 - right / stratum.items)


def _money_part(stratum: Stratum, group: Sequence[Matched]) -> Part:
    """Return the stratum with wrong money counted in shares of its largest amount."""
    wrong = _wrong_fen(group)
    right = sum(one.drawn.amount_fen for one in group) - wrong
    whole = stratum.items * stratum.largest_fen
    return Part(whole, stratum.drawn, wrong / stratum.largest_fen, wrong / whole, (stratum.amount_fen - right) / whole)


def _ratio(strata: Sequence[Stratum], groups: dict[str, list[Matched]]) -> float:
    """Return all money left to chance times the ratio of wrong money to money, both projected over the strata."""
    wrong = sum(_wrong_fen(groups[one.name]) * one.items / one.drawn for one in strata)
    money = sum(sum(item.drawn.amount_fen for item in groups[one.name]) * one.items / one.drawn for one in strata)
    return sum(one.amount_fen for one in strata) * wrong / money if money else 0.0


def _wrong(group: Iterable[Matched]) -> int:
    return sum(one.wrong for one in group)


def _wrong_fen(group: Iterable[Matched]) -> int:
    return sum(one.wrong_fen for one in group)
