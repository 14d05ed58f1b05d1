"""The estimator: rows of any numeric matrix, scored by how unlike the training rows they are, with the features why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from risk.anomaly.detector.arrays import Floats
from risk.anomaly.detector.blocks import in_blocks
from risk.anomaly.detector.explaining import Reasons, explained
from risk.anomaly.detector.members import Members

if TYPE_CHECKING:

    class BaseEstimator:
        """What is used of scikit-learn's class, which has no types of its own."""

        def get_params(self) -> dict[str, object]:
            """Return the parameters by name."""

        def __sklearn_tags__(self) -> Tags:
            """Return what the estimator can take."""
else:
    from sklearn.base import BaseEstimator

TRUSTED = (
    "risk.anomaly.detector.dependence.Dependence",
    "risk.anomaly.detector.distance.Distance",
    "risk.anomaly.detector.estimator.AnomalyDetector",
    "risk.anomaly.detector.forest.Forest",
    "risk.anomaly.detector.joining.Joining",
    "risk.anomaly.detector.members.Members",
    "risk.anomaly.detector.tails.Tails",
    "sklearn.tree._tree.Tree",
)
"""The types that skops must be told to trust. A forged Tree can crash the process: check a hash before scoring."""


class AnomalyDetector(BaseEstimator):
    """Anomaly scores from four members that fail differently: tails, broken dependencies, distance to peers, isolation.

    Parameters: random_state (None, int or RandomState); sample_size, the most rows any member is fitted on; trees of
    the forest; n_jobs, threads (None: every processor), on which no result depends. NaN is a missing value and adds
    nothing to a score; infinite values are refused. There is no contamination: nothing here says how many are guilty.
    """

    def __init__(
        self,
        *,
        random_state: int | np.random.RandomState | None = None,
        sample_size: int = 100_000,
        trees: int = 32,
        n_jobs: int | None = None,
    ) -> None:
        self.random_state = random_state
        self.sample_size = sample_size
        self.trees = trees
        self.n_jobs = n_jobs

    def fit(self, rows: object, y: object = None) -> Self:
        """Fit to a matrix (n × d, NaN where missing); y is not looked at. ValueError where it is not such a matrix."""
        matrix = self._checked(rows, first=True)
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31 - 1))
        if len(matrix) > self.sample_size:
            matrix = matrix[np.sort(rng.choice(len(matrix), self.sample_size, replace=False))]
        self.members_ = Members().fit(matrix, self.trees, rng, self.n_jobs)
        return self

    def score_samples(self, rows: object) -> Floats:
        """Return the score of each row (n × d): higher is more abnormal; no row's depends on another's."""
        check_is_fitted(self)
        return in_blocks(self._checked(rows, first=False), self.members_.score, self.n_jobs)

    def explain(self, rows: object, top: int = 4) -> list[Reasons]:
        """Return for each row at most `top` (feature, what it adds to the score), strongest first.

        Two causes are found as a pair. Missing features, and those that add nothing, are not named.
        """
        check_is_fitted(self)
        return explained(self.members_, self._checked(rows, first=False), top, self.n_jobs)

    def __sklearn_tags__(self) -> Tags:
        """Return scikit-learn's tags: NaN is allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _checked(self, given: object, *, first: bool) -> Floats:
        matrix: Floats = validate_data(self, given, reset=first, dtype=np.float64, ensure_all_finite="allow-nan")
        return matrix
