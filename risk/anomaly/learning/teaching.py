"""Teaching a model by outcomes: per grain what they teach, as far as the guard lets it in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from risk.anomaly.learning.denials import Denials, believed
from risk.anomaly.learning.guard import learned
from risk.anomaly.learning.lessons import Floats, Learned, Training
from risk.anomaly.learning.taught import Taught, rescored
from risk.anomaly.model import AnomalyModel, most_unusual
from risk.anomaly.outcomes import labels_of
from risk.anomaly.peers import Normalised
from risk.anomaly.percentile import Grid, grid_of
from risk.anomaly.rows import Rows


def teach(model: AnomalyModel, rows: Rows, known: pa.Table, seed: int) -> Taught:
    """Return the model taught by outcomes; the same model, rows, outcomes and seed give the same.

    rows: of the training. known: risk.anomaly.outcomes.recorded.
    """
    scored, denials = model.score(rows), believed(known)
    let_in: dict[str, Learned] = {}
    wrong: dict[str, int] = {}
    grids: dict[str, Grid] = {}
    for grain, (normal, score) in _by_grain(scored, rows).items():
        training = _training(normal, score, known, denials)
        found = learned(training, seed)
        wrong[grain] = found.positives
        if found.share > 0.0:
            told = ~np.isnan(score)
            let_in[grain] = found
            grids[grain] = grid_of(found.score(score[told], normal.matrix[told]))
    if not let_in:
        return Taught(model, {}, {}, model.subjects, wrong)
    best = most_unusual(rescored(scored, rows, let_in, grids))
    return Taught(model, let_in, grids, _spread(best), wrong)


def _by_grain(scored: pa.Table, rows: Rows) -> dict[str, tuple[Normalised, Floats]]:
    """Return each grain's rows with their scores, NaN on too little data; grains without any score are left out."""
    names = np.array(scored.column("grain").to_pylist(), dtype=object)
    values = scored.column("score").to_numpy(zero_copy_only=False).astype(np.float64)
    found = {grain: (normal, values[names == grain]) for grain, normal in sorted(rows.items())}
    return {grain: pair for grain, pair in found.items() if np.isfinite(pair[1]).any()}


def _training(normal: Normalised, score: Floats, known: pa.Table, denials: Denials) -> Training:
    """Return what a grain has to learn from: of a subject that anything is known of, its most unusual row alone.

    Nobody says which of the weeks of a collector was the wrong one; the others may be honest.
    """
    names = [normal.keys.column(name).to_pylist() for name in ("county", "subject_type", "subject_id")]
    number: dict[tuple[object, ...], int] = {}
    subjects = np.array([number.setdefault(key, len(number)) for key in zip(*names, strict=True)], dtype=np.int64)
    labels = labels_of(normal.keys, known)
    order = np.lexsort((-np.nan_to_num(score, nan=-np.inf), subjects))
    first = np.ones(len(order), dtype=bool)
    first[1:] = subjects[order][1:] != subjects[order][:-1]
    highest = np.zeros(len(order), dtype=bool)
    highest[order] = first
    kept = np.flatnonzero(~np.isnan(score) & (highest | ~labels.known))
    return Training(score, normal.matrix, labels, denials.of(labels), subjects).take(kept)


def _spread(best: pa.Table) -> dict[str, Grid]:
    kinds = np.array(best.column("subject_type").to_pylist(), dtype=object)
    values = best.column("percentile").to_numpy(zero_copy_only=False).astype(np.float64)
    told = np.isfinite(values)
    return {str(kind): grid_of(values[told & (kinds == kind)]) for kind in sorted(set(kinds[told].tolist()))}
