"""Matrices with known outliers: of the data that ship with scikit-learn, and built ones, each with one kind of outlier.

The classes, seeds and sizes here are others than those on which the detector was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sklearn import datasets

from risk.anomaly.detector.arrays import Flags, Floats

ROWS, FEATURES, SHARE = 4000, 30, 0.01


class Labelled(NamedTuple):
    """A matrix, and which of its rows are outliers."""

    name: str
    rows: Floats
    outliers: Flags


def shipped(seed: int) -> Iterator[Labelled]:
    """Yield scikit-learn's small data: one class as outliers, thinned to a small share."""
    rng = np.random.default_rng(seed)
    digits, wine, iris = datasets.load_digits(), datasets.load_wine(), datasets.load_iris()
    cancer = datasets.load_breast_cancer()
    for digit in (3, 6, 7, 8, 9):
        yield _thinned(f"digits {digit}", digits.data, digits.target == digit, 0.05, rng)
    for ordinary, rare in ((3, 8), (4, 9), (6, 8)):
        two = np.isin(digits.target, (ordinary, rare))
        yield _thinned(f"digits {ordinary}, {rare}", digits.data[two], digits.target[two] == rare, 0.1, rng)
    yield _thinned("wine 2", wine.data, wine.target == 2, 0.08, rng)
    yield _thinned("iris 2", iris.data, iris.target == 2, 0.1, rng)
    yield _thinned("cancer, malignant", cancer.data, cancer.target == 0, 0.03, rng)
    yield _thinned("cancer, benign", cancer.data, cancer.target == 1, 0.05, rng)


def built(seed: int) -> Iterator[Labelled]:
    """Yield built data: four kinds of ordinary rows, and in each four kinds of outliers; and four odd shapes."""
    for number, kind in enumerate(("related", "heavy-tailed", "mixed", "clustered")):
        rng = np.random.default_rng([seed, number])
        rows = _ordinary(kind, ROWS, FEATURES, rng)
        first = np.arange(ROWS) < ROWS * SHARE
        many = int(first.sum())
        yield Labelled(f"{kind}: two tails", _with_tails(rows, many, rng), first)
        yield Labelled(f"{kind}: mixed up", _mixed_up(rows, many, FEATURES // 6, rng), first)
        yield Labelled(f"{kind}: unrelated", _mixed_up(rows, many, FEATURES, rng), first)
        wide = rows.copy()
        wide[:many] = np.median(rows, axis=0) + 1.7 * (rows[:many] - np.median(rows, axis=0))
        yield Labelled(f"{kind}: wide", wide, first)
    yield from _odd(np.random.default_rng([seed, 9]))


def _ordinary(kind: str, rows: int, features: int, rng: np.random.Generator) -> Floats:
    """Return rows that hang together by a few causes, in one of several forms."""
    causes = max(2, features // 5)
    found: Floats = rng.normal(size=(rows, causes)) @ rng.normal(size=(causes, features)) / np.sqrt(causes)
    found = found + 0.5 * rng.normal(size=found.shape)
    found /= found.std(axis=0)
    if kind == "heavy-tailed":
        return np.sign(found) * np.expm1(1.2 * np.abs(found))
    if kind == "mixed":
        found[:, ::4] = np.exp(found[:, ::4])
        found[:, 1::4] = np.round(found[:, 1::4].clip(-1, 3))
        found[:, 2::4] = np.where(found[:, 2::4] > 1, found[:, 2::4], 0)
    if kind == "clustered":
        found += 2.5 * rng.normal(size=(4, features))[rng.integers(0, 4, rows)]
    return found


def _with_tails(rows: Floats, many: int, rng: np.random.Generator) -> Floats:
    """Return the rows with two features of each of the first `many` far out."""
    found = rows.copy()
    middle, low, high = np.quantile(rows, (0.5, 0.001, 0.999), axis=0)
    for row in range(many):
        chosen = rng.choice(rows.shape[1], 2, replace=False)
        edge = np.where((rng.random(2) < 0.5) & (low[chosen] < middle[chosen]), low[chosen], high[chosen])
        found[row, chosen] = middle[chosen] + (edge - middle[chosen]) * rng.uniform(1.0, 1.5, 2)
    return found


def _mixed_up(rows: Floats, many: int, features: int, rng: np.random.Generator) -> Floats:
    """Return the rows with some features of the first `many` taken from other rows: what hangs together breaks."""
    found = rows.copy()
    for row in range(many):
        chosen = rng.choice(rows.shape[1], features, replace=False)
        found[row, chosen] = rows[rng.integers(many, len(rows), features), chosen]
    return found


def _odd(rng: np.random.Generator) -> Iterator[Labelled]:
    first = np.arange(ROWS) < ROWS * SHARE
    many = int(first.sum())
    rows = _ordinary("clustered", ROWS, FEATURES, rng)
    between = rows.copy()
    between[:many] = (rows[rng.integers(many, ROWS, many)] + rows[rng.integers(many, ROWS, many)]) / 2
    yield Labelled("odd: between clusters", between, first)
    alike = rows.copy()
    alike[:many] = rows.mean(axis=0) + 2.5 * rng.normal(size=FEATURES) + 0.3 * rng.normal(size=(many, FEATURES))
    yield Labelled("odd: a small cluster", alike, first)
    sparse = np.where(rng.random(rows.shape) < 0.08, np.exp(rng.normal(size=rows.shape)), 0)
    for row in range(many):
        sparse[row, rng.choice(FEATURES, 5, replace=False)] = np.exp(rng.normal(size=5) + 0.5)
    yield Labelled("odd: sparse", sparse, first)
    angle = rng.uniform(0, 2 * np.pi, ROWS)
    ring = np.column_stack([3 * np.cos(angle), 3 * np.sin(angle)]) + 0.2 * rng.normal(size=(ROWS, 2))
    ring[:many] = 0.8 * rng.normal(size=(many, 2))
    yield Labelled("odd: inside a ring", np.hstack([ring, rng.normal(size=(ROWS, 6))]), first)


def _thinned(name: str, rows: Floats, rare: Flags, share: float, rng: np.random.Generator) -> Labelled:
    ordinary_rows = rows[~rare]
    many = min(int(rare.sum()), max(5, int(share * len(ordinary_rows))))
    kept = rng.choice(np.flatnonzero(rare), many, replace=False)
    outliers = np.arange(len(ordinary_rows) + len(kept)) >= len(ordinary_rows)
    return Labelled(name, np.vstack([ordinary_rows, rows[kept]]).astype(np.float64), outliers)
