"""What a model gives: the same for any order of rows and any ids, nothing on too little data, alone or among others."""

from __future__ import annotations

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from risk.anomaly.fitting import fit
from risk.anomaly.model import LEAST_ROWS, AnomalyModel
from risk.anomaly.peers import Normalised
from risk.anomaly.rows import beside_peers
from risk.anomaly.subjects import judge
from tests.risk.anomaly.model.made import NAMES, grain, rows_of, table, values

PLANTED = {3: (1, 4), 17: (2, 8)}


@pytest.fixture(scope="module")
def rows() -> dict[str, Normalised]:
    return rows_of(values(400, 5, PLANTED))


@pytest.fixture(scope="module")
def model(rows: dict[str, Normalised]) -> AnomalyModel:
    return fit(rows, 7)


def taken(rows: dict[str, Normalised], places: np.ndarray) -> dict[str, Normalised]:
    """Return the rows at the places, in that order."""
    (normal,) = rows.values()
    arrays = {
        name: getattr(normal, name)[places] for name in ("values", "matrix", "median", "peers", "rarity", "level")
    }
    return {"collector-season": normal._replace(keys=normal.keys.take(places), **arrays)}


def test_who_stands_out_comes_first(model: AnomalyModel, rows: dict[str, Normalised]) -> None:
    best = judge(model, model.score(rows)).sort_by([("percentile", "descending"), ("score", "descending")])
    assert set(best.column("subject_id").to_pylist()[:2]) == {"K0003", "K0017"}


def test_the_same_rows_in_another_order_give_the_same_model_and_scores(
    model: AnomalyModel, rows: dict[str, Normalised]
) -> None:
    places = np.random.default_rng(1).permutation(400)
    other = taken(rows, places)
    again = fit(other, 7).score(other).sort_by("subject_id")
    straight = model.score(rows)
    assert again.column("score").to_pylist() == straight.column("score").to_pylist()
    assert again.column("percentile").to_pylist() == straight.column("percentile").to_pylist()


def test_a_rows_score_does_not_depend_on_the_rows_beside_it(model: AnomalyModel, rows: dict[str, Normalised]) -> None:
    few = np.array([3, 17, 200])
    straight = model.score(rows).take(few)
    assert model.score(taken(rows, few)).column("score").to_pylist() == straight.column("score").to_pylist()


def test_rows_of_another_county_change_no_score(model: AnomalyModel) -> None:
    own, other = values(400, 5, PLANTED), values(900, 6) * 3.0
    both = rows_of(own), rows_of(other, "653199")
    joined = {"collector-season": _both(both[0]["collector-season"], both[1]["collector-season"])}
    scored = model.score(joined)
    mine = scored.filter(pc.field("county") == "653123")
    assert mine.drop_columns("row").equals(model.score(both[0]).drop_columns("row"))


def _both(one: Normalised, other: Normalised) -> Normalised:
    joined = [np.concatenate([getattr(one, name), getattr(other, name)]) for name in Normalised._fields[2:]]
    return Normalised(pa.concat_tables([one.keys, other.keys]), one.names, *joined)


def test_too_few_known_features_are_too_little_data_and_no_score(model: AnomalyModel) -> None:
    numbers = values(400, 5)
    numbers[9, 2:] = np.nan
    scored = judge(model, model.score(rows_of(numbers))).to_pylist()
    (little,) = [row for row in scored if row["too_little_data"]]
    assert (little["subject_id"], little["percentile"], little["score"]) == ("K0009", None, None)
    assert all(row["percentile"] is not None for row in scored if row["subject_id"] != "K0009")


def test_a_few_missing_features_are_borne(model: AnomalyModel) -> None:
    numbers = values(400, 5)
    numbers[9, :3] = np.nan
    assert not model.score(rows_of(numbers)).column("too_little_data")[9].as_py()


def test_below_the_least_number_of_rows_nothing_is_fitted_and_everybody_has_too_little_data() -> None:
    small = rows_of(values(LEAST_ROWS - 1, 5))
    model = fit(small, 7)
    assert model.grains == {}
    assert set(model.score(small).column("too_little_data").to_pylist()) == {True}
    assert fit(rows_of(values(LEAST_ROWS, 5)), 7).grains.keys() == {"collector-season"}


def test_a_grain_that_the_model_never_saw_is_too_little_data(model: AnomalyModel, rows: dict[str, Normalised]) -> None:
    other = {"terminal-week": rows["collector-season"]}
    assert set(model.score(other).column("too_little_data").to_pylist()) == {True}
    renamed = rows["collector-season"]._replace(names=tuple(reversed(NAMES)))
    assert set(model.score({"collector-season": renamed}).column("too_little_data").to_pylist()) == {True}


def test_constant_features_and_no_rows_do_no_harm(model: AnomalyModel) -> None:
    numbers = values(400, 5, PLANTED)
    numbers[:, 0] = 4.0
    flat = rows_of(numbers)
    fitted = fit(flat, 7)
    scores = fitted.score(flat).column("score").to_numpy()
    assert np.isfinite(scores).all()
    assert set(np.argsort(-scores)[:2].tolist()) == set(PLANTED)
    assert judge(model, model.score(rows_of(values(0, 5)))).num_rows == 0


def test_a_subject_has_one_percentile_that_of_its_most_unusual_row_among_those_of_its_kind() -> None:
    numbers = values(400, 5, PLANTED)
    seasons = rows_of(numbers)["collector-season"]
    weeks = rows_of(values(400, 8, {40: (0, 1, 2)}))["collector-season"]
    both = {"collector-season": seasons, "collector-week": weeks}
    model = fit(both, 7)
    subjects = judge(model, model.score(both))
    assert subjects.num_rows == 400
    by_id = {row["subject_id"]: row for row in subjects.to_pylist()}
    assert (by_id["K0003"]["grain"], by_id["K0040"]["grain"]) == ("collector-season", "collector-week")
    middle = np.median([row["percentile"] for row in by_id.values()])
    assert abs(float(middle) - 50) < 1.0


def test_to_be_more_orderly_than_ones_peers_is_not_unusual() -> None:
    numbers = values(400, 5)
    orderly = numbers.copy()
    orderly[9] = 10.0
    tidy = orderly.copy()
    tidy[9] = 2.0
    one, other = rows_of(orderly)["collector-season"], rows_of(tidy)["collector-season"]
    assert (other.matrix[9] == 0).all()
    model = fit({"collector-season": one}, 7)
    scored = model.score({"collector-season": other})
    assert scored.column("percentile").to_numpy()[9] < 50


def test_nothing_found_is_no_suspicion_though_a_share_of_few_records_is_drawn_above_the_median() -> None:
    numbers = np.tile(np.concatenate([np.zeros(300), np.full(100, 0.5)])[:, None], (1, len(NAMES)))
    feature_rows = table(numbers)
    counts = pa.array([2] * 150 + [60] * 250, pa.int64())
    feature_rows = feature_rows.set_column(feature_rows.column_names.index("n"), "n", counts)
    drawn = msgspec.structs.replace(grain().features[0], shrinkage=10.0)
    shares = msgspec.structs.replace(grain().card, features=(drawn, *grain().features[1:]))
    normal = beside_peers(feature_rows, msgspec.structs.replace(grain(), card=shares))
    assert (normal.matrix[:300, 0] == 0).all()
    assert (normal.matrix[300:, 0] > 0).all()
