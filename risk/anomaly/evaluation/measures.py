"""The measures of a method over many counties: precision and recall at budgets, money, kinds, and how stable it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from risk.anomaly.evaluation.units import Unit
from risk.anomaly.ranking import Ranking

Floats = NDArray[np.float64]

BUDGETS = (3, 5, 10, 20)
"""Subjects of a grain that a county looks at."""
TOWNSHIP_BUDGET = 3
"""Subjects of a grain that each township looks at."""
LEAST_SUBJECTS = 20
"""Of a grain in a county; among fewer, whoever is looked at first says nothing of a method."""
LISTED = 10
"""Budget for which money and kinds are told."""


class Measured(NamedTuple):
    """What a method reaches in a grain: means over the counties with a wrong one among LEAST_SUBJECTS or more."""

    grain: str
    method: str
    counties: int
    subjects: int
    wrong: int
    average_precision: float
    precision: Mapping[int, float]
    """By budget, per county; where there are fewer subjects, of all of them."""
    recall: Mapping[int, float]
    """By budget: share of the wrong subjects."""
    in_townships: float
    """Precision where every township looks at its first TOWNSHIP_BUDGET."""
    money: float
    """Share of the money of all frauds that the first LISTED subjects hold."""


class Kind(NamedTuple):
    """One kind of fraud or innocent case over all counties."""

    kind: str
    cases: int
    """Of a fraud, cases; of an innocent kind, subjects, once in each grain."""
    found: Mapping[str, float]
    """Method to the share of them among the first LISTED subjects of a grain of their county."""


def measured(units: Sequence[Unit], grain: str, method: str) -> Measured:
    """Return what a method reaches over the counties; NaN means where no county has a wrong subject."""
    able = [
        unit for unit in units if unit.grain == grain and unit.wrong.any() and len(unit.subjects) >= LEAST_SUBJECTS
    ]
    found = [_of_unit(unit, method) for unit in able]
    return Measured(
        grain,
        method,
        len(able),
        sum(len(unit.subjects) for unit in able),
        int(sum(unit.wrong.sum() for unit in able)),
        _mean([one.average_precision for one in found]),
        {budget: _mean([one.precision[budget] for one in found]) for budget in BUDGETS},
        {budget: _mean([one.recall[budget] for one in found]) for budget in BUDGETS},
        _mean([one.in_townships for one in found]),
        _mean([one.money for one in found]),
    )


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


class _OfUnit(NamedTuple):
    average_precision: float
    precision: dict[int, float]
    recall: dict[int, float]
    in_townships: float
    money: float


def _of_unit(unit: Unit, method: str) -> _OfUnit:
    judged = ~unit.excused
    wrong, score = unit.wrong[judged].astype(np.float64), unit.scores[method][judged]
    ranking = Ranking(score)
    hits = {budget: float((ranking.taken(budget) * wrong).sum()) for budget in BUDGETS}
    money = unit.money[judged]
    return _OfUnit(
        ranking.average_precision(wrong, np.ones(len(wrong))),
        {budget: hits[budget] / min(budget, len(wrong)) for budget in BUDGETS},
        {budget: hits[budget] / float(wrong.sum()) for budget in BUDGETS},
        _in_townships(np.array(unit.townships, dtype=object)[judged], wrong, score),
        float((ranking.taken(LISTED) * money).sum() / money.sum()) if money.sum() > 0 else float("nan"),
    )


def _in_townships(townships: NDArray[np.object_], wrong: Floats, score: Floats) -> float:
    hits = looked = 0.0
    for township in sorted(set(townships.tolist())):
        here = townships == township
        taken = Ranking(score[here]).taken(TOWNSHIP_BUDGET)
        hits += float((taken * wrong[here]).sum())
        looked += float(taken.sum())
    return hits / looked if looked else float("nan")


def fraud_kinds(units: Sequence[Unit], methods: Sequence[str]) -> list[Kind]:
    """Return per kind of fraud the share of cases of which a subject is among the first LISTED of any grain.

    Where scores are equal it is the chance of that, every grain's ties drawn by themselves.
    """
    told: dict[str, dict[tuple[str, int], list[float]]] = {}
    for unit in units:
        of_unit = [caught(unit, method) for method in methods]
        for place, fraud in enumerate(unit.frauds):
            of_kind = told.setdefault(fraud.kind, {})
            before = of_kind.get((unit.county, fraud.number), [0.0] * len(methods))
            now = [float(chances[place]) for chances in of_unit]
            of_kind[unit.county, fraud.number] = list(map(either, before, now))
    return [_kind(kind, list(found.values()), methods) for kind, found in sorted(told.items())]


def caught(unit: Unit, method: str) -> Floats:
    """Return per fraud of the unit the chance that one of its subjects is among the first LISTED."""
    ranking = Ranking(unit.scores[method])
    return np.array([ranking.any_taken(fraud.places, LISTED) for fraud in unit.frauds], dtype=np.float64)


def either(one: float, other: float) -> float:
    """Return the chance that at least one of two things happens that do not depend on each other."""
    return 1.0 - (1.0 - one) * (1.0 - other)


def innocent_kinds(units: Sequence[Unit], methods: Sequence[str]) -> list[Kind]:
    """Return per kind of innocent case the share of its subjects that are among the first LISTED of their grain."""
    told: dict[str, list[list[float]]] = {}
    for unit in units:
        taken = [Ranking(unit.scores[method]).taken(LISTED) for method in methods]
        for kind, places in unit.alike.items():
            told.setdefault(kind, []).extend([float(each[place]) for each in taken] for place in places.tolist())
    return [_kind(kind, found, methods) for kind, found in sorted(told.items()) if found]


def _kind(kind: str, found: Sequence[Sequence[float]], methods: Sequence[str]) -> Kind:
    shares = np.mean(np.array(found), axis=0).tolist()
    return Kind(kind, len(found), dict(zip(methods, shares, strict=True)))


def stability(scores: Sequence[Floats], budget: int = LISTED) -> float:
    """Return how far the first `budget` of several seeds' scores agree: the mean share in common of any two."""
    taken = [Ranking(score).taken(budget) for score in scores]
    shares = [
        float(np.minimum(one, other).sum() / np.maximum(one, other).sum()) for one, other in combinations(taken, 2)
    ]
    return float(np.mean(shares)) if shares else 1.0
