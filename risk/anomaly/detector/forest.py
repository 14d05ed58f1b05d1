"""The member for rows that few cuts set apart: an isolation forest whose cuts go across two features and are chosen.

Each tree sees random sums of two features, and of some random cuts takes the one that best separates the rows (the
spread within both sides is least): it isolates small clusters and sparse regions that single random cuts pass by.
"""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np
from sklearn.tree import ExtraTreeRegressor

from risk.anomaly.detector.arrays import Floats, Places, Singles

_SIZE = 256
_CUTS = 10
_DEPTH = 10
_SHARED = 4
"""Trees that see the same sums of features: a sum costs as much as a tree."""
_GUIDES = 64
"""Features, at most, whose spread chooses a cut."""


class Tree(Protocol):
    """What is used of scikit-learn's compiled tree."""

    def apply(self, rows: Singles) -> Places:
        """Return the leaf of each row."""


class Forest:
    """Trees on random sums of two scaled features, and the path length of every leaf."""

    def fit(self, scaled: Floats, trees: int, rng: np.random.Generator) -> Self:
        """Grow `trees` trees, each on at most 256 of the scaled rows (n × d), complete."""
        size = min(_SIZE, len(scaled))
        self.sums: list[Singles] = []
        self.trees: list[Tree] = []
        self.paths: list[Singles] = []
        for number in range(trees):
            sample = scaled[rng.choice(len(scaled), size, replace=False)]
            if number % _SHARED == 0:
                self.sums.append(_sums(sample, rng))
            self._grow((sample @ self.sums[-1]).astype(np.float32), rng)
        return self

    def score(self, scaled: Floats) -> Floats:
        """Return the member's raw score of each scaled row (n × d), complete: minus the mean path length."""
        total = np.zeros(len(scaled))
        for number, (tree, paths) in enumerate(zip(self.trees, self.paths, strict=True)):
            if number % _SHARED == 0:
                seen = (scaled @ self.sums[number // _SHARED]).astype(np.float32)
            total -= paths[tree.apply(seen)]
        return total / max(1, len(self.trees))

    def _grow(self, seen: Singles, rng: np.random.Generator) -> None:
        columns = seen.shape[1]
        guides = seen if columns <= _GUIDES else seen[:, rng.choice(columns, _GUIDES, replace=False)]
        tree = ExtraTreeRegressor(
            max_features=min(_CUTS, columns), max_depth=_DEPTH, random_state=int(rng.integers(2**31))
        )
        grown = tree.fit(seen, guides).tree_
        depths = np.asarray(grown.compute_node_depths(), dtype=np.float64) - 1
        self.trees.append(grown)
        self.paths.append((depths + _rest(np.asarray(grown.n_node_samples))).astype(np.float32))


def _sums(sample: Floats, rng: np.random.Generator) -> Singles:
    """Return d × d weights: each column the sum of two random features, of about the same spread."""
    features = sample.shape[1]
    weights = np.zeros((features, features))
    for column in range(features):
        chosen = rng.choice(features, min(2, features), replace=False)
        weights[chosen, column] = rng.normal(size=len(chosen))
    spread = np.std(sample @ weights, axis=0)
    return (weights / np.where(spread > 0, spread, 1)).astype(np.float32)


def _rest(count: Places) -> Floats:
    """Return the path that `count` rows left together would still take on average (Liu, Ting, Zhou 2008)."""
    more = np.maximum(count, 3).astype(np.float64)
    rest = 2 * (np.log(more - 1) + np.euler_gamma) - 2 * (more - 1) / more
    found: Floats = np.select([count <= 1, count == 2], [0.0, 1.0], rest)
    return found
