"""Prints average precision against the yardsticks and without each member, then seconds against an isolation forest."""

from __future__ import annotations

import resource
from collections import defaultdict
from functools import partial

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score

from benchmarks.detector.matrices import Labelled, built, shipped
from benchmarks.detector.yardsticks import copod, ecod, isolation_forest
from benchmarks.measure import seconds
from risk.anomaly.detector import AnomalyDetector
from risk.anomaly.detector.arrays import Floats
from risk.anomaly.detector.members import NAMES

SEEDS = (103, 104)
ROWS, FEATURES, EXPLAINED = 1_000_000, 40, 1_000


def run(rows: int = ROWS) -> str:
    """Return both tables."""
    return f"{quality()}\n\n{speed(rows)}"


def quality(seeds: tuple[int, ...] = SEEDS) -> str:
    """Return average precision per kind of data: a line per detector, the mean over data and seeds."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for seed in seeds:
        for kind, data in (("shipped", shipped(seed)), ("built", built(seed))):
            for one in data:
                outliers = one.name.partition(": ")[2]
                for detector, scores in _scores(one, seed).items():
                    precision = float(average_precision_score(one.outliers, scores))
                    for column in filter(None, ("all", f"all {kind}", outliers)):
                        found[detector][column].append(precision)
    columns = list(next(iter(found.values())))
    lines = [f"| average precision | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    for detector, values in found.items():
        lines.append(f"| {detector} | {' | '.join(f'{np.mean(values[column]):.3f}' for column in columns)} |")
    return "\n".join(lines)


def speed(rows: int) -> str:
    """Return seconds of fitting and scoring ours and the isolation forest in turn, of explaining, and peak memory."""
    matrix = np.random.default_rng(0).normal(size=(rows, FEATURES))
    matrix[:, 10:20] = np.exp(matrix[:, 10:20])
    matrix[:, 20:25] = np.round(matrix[:, 20:25])
    matrix[:, 30:] += matrix[:, :10]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = defaultdict(list)
    ours = AnomalyDetector(random_state=0)
    detectors = {
        "IsolationForest": IsolationForest(random_state=0),
        "ours": ours,
        "ours, one thread": AnomalyDetector(random_state=0, n_jobs=1),
    }
    for _ in range(3):
        for name, detector in detectors.items():
            taken[name].append(seconds(partial(_fit_and_score, detector, matrix)))
    middle = {name: float(np.median(values)) for name, values in taken.items()}
    top = np.argsort(-ours.score_samples(matrix))[:EXPLAINED]
    explaining = seconds(lambda: ours.explain(matrix[top]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = [f"{rows:,} rows x {FEATURES} features, fit and score together, median of 3 alternating runs:"]
    for name, value in middle.items():
        lines.append(f"{name:<20} {value:6.2f} s   ratio {value / middle['IsolationForest']:.2f}")
    more = (peak - before) / 1024
    lines.append(f"explaining {EXPLAINED:,} rows {explaining:.2f} s; memory beyond the matrix {more:,.0f} MB")
    return "\n".join(lines)


def _fit_and_score(detector: AnomalyDetector | IsolationForest, matrix: Floats) -> None:
    detector.fit(matrix)
    detector.score_samples(matrix)


def _scores(one: Labelled, seed: int) -> dict[str, Floats]:
    """Return the scores of every detector, of every member alone, and of all without each."""
    detector = AnomalyDetector(random_state=seed).fit(one.rows)
    complete = detector.members_.complete(one.rows)
    parts = detector.members_.standing(np.hstack([complete.scores, complete.scaled]))
    return {
        "ours": detector.score_samples(one.rows),
        "IsolationForest": isolation_forest(one.rows, seed),
        "ECOD": ecod(one.rows),
        "COPOD": copod(one.rows),
        **{f"only {name}": parts[:, place] for place, name in enumerate(NAMES)},
        **{f"without {name}": np.delete(parts, place, axis=1).sum(axis=1) for place, name in enumerate(NAMES)},
    }
