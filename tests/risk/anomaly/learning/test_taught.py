"""A model that answers taught: the same as without them where nothing was let in, and ranked by what was learned."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from risk.anomaly.features import KEYS
from risk.anomaly.fitting import fit
from risk.anomaly.learning.taught import Taught
from risk.anomaly.learning.teaching import teach
from risk.anomaly.model import AnomalyModel
from risk.anomaly.outcomes import KNOWN
from risk.anomaly.peers import Normalised
from risk.anomaly.ranking import Ranking
from tests.risk.anomaly.learning.answered import Subjects, answers, subjects

GRAIN = "collector-season"


def rows(found: Subjects, blank: int = 0) -> dict[str, Normalised]:
    """Return the subjects as a grain's rows, the first `blank` of them with too little data."""
    count, width = found.features.shape
    told = {"county": "653123", "subject_type": "collector", "township": None, "village": None, "fee": None}
    columns: dict[str, pa.Array[pa.Scalar[pa.DataType]]] = {
        name: pa.array([told.get(name)] * count, pa.string()) for name in KEYS[:7]
    }
    columns["subject_id"] = pa.array([f"C{number}" for number in range(count)])
    columns["period"] = pa.array(["2025"] * count)
    columns |= {name: pa.array([None] * count, pa.date32()) for name in KEYS[7:9]}
    columns |= {name: pa.array([100] * count, pa.int64()) for name in KEYS[9:]}
    matrix = found.features.copy()
    matrix[:blank] = np.nan
    empty = np.zeros((count, width))
    keys = pa.table({name: columns[name] for name in KEYS})
    names = tuple(f"f{number}" for number in range(width))
    peers, level = np.zeros((count, width), dtype=np.int64), np.zeros((count, width), dtype=np.int8)
    return {GRAIN: Normalised(keys, names, matrix, matrix, empty, peers, empty, level)}


@pytest.fixture(scope="module")
def county() -> Subjects:
    return subjects(41)


@pytest.fixture(scope="module")
def model(county: Subjects) -> AnomalyModel:
    return fit(rows(county), 3)


@pytest.fixture(scope="module")
def taught(county: Subjects, model: AnomalyModel) -> Taught:
    return teach(model, rows(county), answers(county, 0.0, 41), 3)


def test_without_outcomes_it_is_the_model(county: Subjects, model: AnomalyModel) -> None:
    nothing = teach(model, rows(county), KNOWN.empty_table(), 3)
    assert nothing.learned == {}
    assert nothing.subjects is model.subjects
    assert nothing.score(rows(county)).equals(model.score(rows(county)))


def test_what_was_learned_ranks_subjects_that_nobody_answered_for(model: AnomalyModel, taught: Taught) -> None:
    assert set(taught.learned) == {GRAIN}
    fresh = subjects(42, 4000)
    wrong, alike = fresh.wrong.astype(np.float64), np.ones(4000)
    before, after = (each.score(rows(fresh)) for each in (model, taught))
    plain, learned = (
        Ranking(table.column("score").to_numpy(zero_copy_only=False)).average_precision(wrong, alike)
        for table in (before, after)
    )
    assert learned > plain
    assert after.column("subject_id").equals(before.column("subject_id"))


def test_percentiles_are_those_of_the_taught_scores(county: Subjects, taught: Taught) -> None:
    found = taught.score(rows(county))
    score, percentile = (found.column(name).to_numpy(zero_copy_only=False) for name in ("score", "percentile"))
    assert (np.diff(percentile[np.argsort(score)]) >= 0).all()
    assert (percentile.min(), percentile.max()) == (0.0, 100.0)
    assert float(np.median(percentile)) == pytest.approx(50.0, abs=1.0)
    assert set(taught.subjects) == {"collector"}


def test_too_little_data_stays_without_a_score(county: Subjects, taught: Taught) -> None:
    found = taught.score(rows(county, blank=5)).slice(0, 6).to_pylist()
    assert [row["score"] is None for row in found] == [True] * 5 + [False]
    assert [row["percentile"] is None for row in found] == [True] * 5 + [False]
    assert [row["too_little_data"] for row in found] == [True] * 5 + [False]


def test_the_same_outcomes_teach_the_same(county: Subjects, model: AnomalyModel, taught: Taught) -> None:
    again = teach(model, rows(county), answers(county, 0.0, 41), 3)
    assert again.score(rows(county)).equals(taught.score(rows(county)))
