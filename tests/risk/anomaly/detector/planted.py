"""Matrices for the tests: rows that hang together by a few causes, and rows of which is known what is wrong."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FORMS = ("related", "unrelated", "heavy-tailed", "mixed")


def ordinary(form: str, rows: int, features: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    if form == "unrelated":
        return rng.normal(size=(rows, features))
    causes = features // 4
    found = rng.normal(size=(rows, causes)) @ rng.normal(size=(causes, features)) / np.sqrt(causes)
    found = found + 0.5 * rng.normal(size=found.shape)
    found /= found.std(axis=0)
    if form == "heavy-tailed":
        return np.asarray(np.sign(found) * np.expm1(np.abs(found)))
    if form == "mixed":
        found[:, ::3] = np.exp(found[:, ::3])
        found[:, 1::3] = np.round(found[:, 1::3].clip(-1, 3))
    return np.asarray(found)


def with_two_causes(rows: Floats, many: int, seed: int) -> tuple[Floats, list[set[int]]]:
    """Return the rows with two features of each of the first `many` beyond nearly all others, and which."""
    rng = np.random.default_rng(seed)
    found, causes = rows.copy(), []
    middle, low, high = np.quantile(rows, (0.5, 0.001, 0.999), axis=0)
    for row in range(many):
        two = rng.choice(rows.shape[1], 2, replace=False)
        edge = np.where((rng.random(2) < 0.5) & (low[two] < middle[two] - 1), low[two], high[two])
        found[row, two] = middle[two] + (edge - middle[two]) * rng.uniform(1.0, 1.5, 2)
        causes.append(set(two.tolist()))
    return found, causes


def with_a_broken_relation(rows: int, features: int, many: int, seed: int) -> tuple[Floats, list[set[int]]]:
    """Return rows in which neighbours go in pairs, but not in the first `many`, and where not; no value is far out."""
    rng = np.random.default_rng(seed)
    one = rng.normal(size=(rows, features // 2))
    found = np.repeat(one, 2, axis=1)
    found[:, 1::2] = 0.95 * one + np.sqrt(1 - 0.95**2) * rng.normal(size=one.shape)
    causes = []
    for row in range(many):
        first = 2 * int(rng.integers(features // 2))
        found[row, [first, first + 1]] = rng.choice([-1, 1]) * np.array([1.5, -1.5])
        causes.append({first, first + 1})
    return found, causes
