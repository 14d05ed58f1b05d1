"""How much of what was learned is let in: chosen by cross-validation over subjects, none where it does not help."""

from __future__ import annotations

import numpy as np

from risk.anomaly.learning.answers import learn
from risk.anomaly.learning.lessons import LEAST_POSITIVES, Floats, Learned, Places, Training
from risk.anomaly.ranking import Ranking

SHARES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Log odds that are added to the score, in units of the score's spread; 0 is the unsupervised score itself."""
LEAST_OTHERS = 50
"""Subjects not found wrong below which there is nothing to tell them from."""
FOLDS = 5
RESAMPLES = 400
DOUBT = 0.1
"""Chance, over resampled subjects, that it is no better, above which it is refused."""
MOST_ROWS = 20_000
"""Rows that nobody looked at, kept at most: a sample tells as much."""


def learned(training: Training, seed: int) -> Learned:
    """Return what the labels teach; the unsupervised score itself where they are too few or do not help.

    The same training and seed give the same.
    """
    positives = int(training.labels.positive.sum())
    kept = training.take(_kept(training, seed))
    wrong, others = (np.unique(kept.subjects[rows]) for rows in (kept.labels.positive, ~kept.labels.positive))
    if len(wrong) < LEAST_POSITIVES or len(others) < LEAST_OTHERS:
        return Learned(0.0, None, 0.0, positives)
    share, gain = _let_in(kept, seed)
    if share == 0.0:
        return Learned(0.0, None, 0.0, positives)
    return Learned(share, learn(kept, seed), gain, positives)


def _kept(training: Training, seed: int) -> Places:
    known = training.labels.known
    others = np.flatnonzero(~known)
    if len(others) > MOST_ROWS:
        others = np.random.default_rng(seed).choice(others, MOST_ROWS, replace=False)
    return np.sort(np.concatenate([np.flatnonzero(known), others]))


def _let_in(training: Training, seed: int) -> tuple[float, float]:
    """Return the share with the best average precision on held-out subjects, and its gain; 0 where in doubt."""
    odds = _held_out(training, seed)
    spread = float(np.subtract(*np.quantile(training.score, [0.9, 0.1]))) or 1.0
    wrong, weight = _truth(training)
    scores = [training.score + share * spread * odds / 4.0 for share in SHARES]
    plain = np.array([Ranking(score).average_precision(wrong, weight) for score in scores])
    best = int(np.argmax(plain))
    if best == 0:
        return 0.0, 0.0
    gains = _resampled(scores[best], training.score, wrong, weight, training.subjects, seed)
    if float(np.quantile(gains, DOUBT)) <= 0.0:
        return 0.0, 0.0
    return SHARES[best], float(plain[best] - plain[0])


def _held_out(training: Training, seed: int) -> Floats:
    """Return every row's log odds, learned from other subjects' rows."""
    numbers, subject = np.unique(training.subjects, return_inverse=True)
    positive = np.zeros(len(numbers), dtype=bool)
    positive[subject[training.labels.positive]] = True
    chance = np.random.default_rng([seed, 1])
    fold_of = np.empty(len(numbers), dtype=np.int64)
    for group in (np.flatnonzero(positive), np.flatnonzero(~positive)):
        fold_of[chance.permutation(group)] = np.arange(len(group)) % FOLDS
    fold = fold_of[subject]
    odds = np.zeros(len(training.score))
    for held in range(FOLDS):
        inside = fold == held
        weights = learn(training.take(np.flatnonzero(~inside)), seed)
        odds[inside] = weights.log_odds(training.score[inside], training.features[inside])
    return odds


def _truth(training: Training) -> tuple[Floats, Floats]:
    """Return by row the chance that it is a wrong one, as far as labels tell, and how many rows it stands for.

    Rows that nobody looked at count as right: there are few wrong ones among many, and the comparison is of two scores
    over the same rows.
    """
    labels = training.labels
    wrong = np.where(labels.positive, 1.0, np.where(labels.denied, training.wrong_denials, 0.0))
    checked = labels.positive | labels.negative
    weight = np.where(checked, np.minimum(10.0, 1.0 / np.nan_to_num(labels.probability, nan=1.0)), 1.0)
    return wrong, weight


def _resampled(ours: Floats, theirs: Floats, wrong: Floats, weight: Floats, subjects: Places, seed: int) -> Floats:
    """Return RESAMPLES gains in average precision, each over subjects drawn with replacement."""
    numbers, subject = np.unique(subjects, return_inverse=True)
    chance = np.random.default_rng([seed, 2])
    ranked = Ranking(ours), Ranking(theirs)
    gains = np.empty(RESAMPLES)
    for turn in range(RESAMPLES):
        times = np.bincount(chance.integers(len(numbers), size=len(numbers)), minlength=len(numbers))[subject] * weight
        gains[turn] = ranked[0].average_precision(wrong, times) - ranked[1].average_precision(wrong, times)
    return gains
