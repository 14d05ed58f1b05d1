"""What answers teach: much where they are honest, little where townships deny, never worse than the score without."""

from __future__ import annotations

import numpy as np
import pytest

from risk.anomaly.learning.guard import learned
from risk.anomaly.learning.lessons import Learned
from risk.anomaly.outcomes import KNOWN
from risk.anomaly.ranking import Ranking
from tests.risk.anomaly.learning.answered import Subjects, answers, subjects, training

HELD_OUT = 6000
_MODELS: dict[tuple[float, int], Learned] = {}


def model(denied: float, seed: int) -> Learned:
    """Return what the answers of a county taught; each county is taught once."""
    if (denied, seed) not in _MODELS:
        found = subjects(seed)
        _MODELS[denied, seed] = learned(training(found, answers(found, denied, seed)), seed)
    return _MODELS[denied, seed]


def gains(taught: Learned, held_out: Subjects, resamples: int = 200) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the gains in average precision over the unsupervised score on resampled held-out subjects."""
    ranked = Ranking(taught.score(held_out.score, held_out.features)), Ranking(held_out.score)
    chance, count = np.random.default_rng(3), len(held_out.score)
    found = []
    for turn in range(resamples + 1):
        drawn = np.bincount(chance.integers(count, size=count), minlength=count) if turn else np.ones(count)
        times = drawn.astype(np.float64)
        wrong = held_out.wrong.astype(np.float64)
        found.append(ranked[0].average_precision(wrong, times) - ranked[1].average_precision(wrong, times))
    return np.array(found)


def test_without_labels_it_is_the_unsupervised_score() -> None:
    found = subjects(1)
    taught = learned(training(found, KNOWN.empty_table()), 1)
    assert (taught.share, taught.gain, taught.positives) == (0.0, 0.0, 0)
    assert taught.score(found.score, found.features).tobytes() == found.score.tobytes()


def test_a_handful_of_labels_changes_nothing() -> None:
    found = subjects(2)
    known = answers(found, 0.0, 2)
    few = training(found, known.filter([row["answer"] == "confirmed" for row in known.to_pylist()]).slice(0, 7))
    taught = learned(few, 2)
    assert taught.positives == 7
    assert taught.score(found.score, found.features) is found.score


def test_where_nearly_all_are_wrong_there_is_nothing_to_learn() -> None:
    found = subjects(3, 60)
    all_wrong = training(found, answers(found._replace(wrong=np.ones(60, dtype=bool)), 0.0, 3))
    assert all_wrong.labels.positive.sum() > 20
    assert learned(all_wrong, 3).score(found.score, found.features) is found.score


@pytest.mark.parametrize("denied", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_on_held_out_subjects_it_is_not_worse_than_the_unsupervised_score(denied: float, seed: int) -> None:
    found = gains(model(denied, seed), subjects(1000 + seed, HELD_OUT))
    assert np.quantile(found[1:], 0.975) >= 0.0


@pytest.mark.parametrize("denied", [0.0, 0.5, 0.8])
def test_on_the_average_it_is_better(denied: float) -> None:
    mean = np.mean([gains(model(denied, seed), subjects(1000 + seed, HELD_OUT), 0)[0] for seed in (11, 12, 13)])
    assert mean > 0.02


def test_labels_that_mean_nothing_are_refused() -> None:
    refused = 0
    for seed in range(21, 27):
        found = subjects(seed)
        shuffled = found._replace(wrong=np.random.default_rng(seed).permutation(found.wrong))
        taught = learned(training(shuffled, answers(shuffled, 0.5, seed)), seed)
        refused += taught.share == 0.0
        assert np.quantile(gains(taught, subjects(2000 + seed, HELD_OUT))[1:], 0.975) >= 0.0
    assert refused >= 5


def test_the_same_answers_and_seed_teach_the_same() -> None:
    found = subjects(12)
    again = learned(training(found, answers(found, 0.5, 12)), 12)
    before = model(0.5, 12).score(found.score, found.features)
    assert again.score(found.score, found.features).tobytes() == before.tobytes()


def test_a_rows_score_does_not_depend_on_its_batch() -> None:
    taught, found = model(0.0, 11), subjects(31, 500)
    assert taught.share > 0.0
    whole = taught.score(found.score, found.features)
    for rows in (slice(0, 1), slice(100, 350), slice(499, 500)):
        assert taught.score(found.score[rows], found.features[rows]).tobytes() == whole[rows].tobytes()


def test_a_missing_feature_says_nothing() -> None:
    taught, found = model(0.0, 11), subjects(32, 200)
    blank = np.full_like(found.features, np.nan)
    assert taught.score(found.score, blank).tolist() == taught.score(found.score, np.zeros_like(blank)).tolist()
