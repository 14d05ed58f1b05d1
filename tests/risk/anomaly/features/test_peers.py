"""Beside the peers: robust, finite, of the nearest group with enough others, and blind to other counties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from risk.anomaly.feature_card import Direction, Feature
from risk.anomaly.features import KEYS, Grain, grain_of
from risk.anomaly.peer_groups import by_value, mad_of, median_of, sort_groups
from risk.anomaly.peers import COUNTY_WEIGHT, MAD_TO_DEVIATION, MIN_PEERS, Normalised, normalised

Numbers = Sequence[float | None]
_KINDS: dict[str, pa.DataType] = {"x": pa.float64(), "n": pa.int64(), "size": pa.int64()}
_KINDS |= {"period_from": pa.date32(), "period_to": pa.date32()}
SCHEMA = pa.schema([(name, _KINDS.get(name, pa.string())) for name in (*KEYS, "x")])


def grain_with(*, direction: Direction = "high", shrinkage: float = 0.0, floor: float = 0.5) -> Grain:
    """Return a grain of one feature, x; its peer groups are those of a season."""
    grain = grain_of("collector-season")
    unit = "share" if shrinkage else "hours"
    feature: Feature = replace(
        grain.features[0], name="x", of="n", unit=unit, direction=direction, shrinkage=shrinkage, floor=floor
    )
    return replace(grain, card=replace(grain.card, features=(feature,)))


def table(
    values: Numbers,
    *,
    county: str = "653123",
    townships: Sequence[str] | None = None,
    counts: Sequence[int] | None = None,
) -> pa.Table:
    """Return a feature table of one season and fee, one row per value."""
    height = len(values)
    constant = {
        "county": county, "subject_type": "collector", "village": None, "fee": "resident-medical", "period": "2026",
        "period_from": date(2025, 10, 1), "period_to": date(2025, 10, 1), "size": 20,
    }  # fmt: skip
    columns: dict[str, list[object]] = {name: [cell] * height for name, cell in constant.items()}
    columns["subject_id"] = [f"c{place}" for place in range(height)]
    columns["township"] = list(townships or [f"{county}100"] * height)
    columns["n"] = list(counts or [20] * height)
    columns["x"] = list(values)
    return pa.Table.from_pydict({name: columns[name] for name in SCHEMA.names}, schema=SCHEMA)


def beside(values: Numbers) -> Normalised:
    return normalised(table(values), grain_with())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 1))),
        min_size=1,
        max_size=60,
    )
)
def test_median_and_deviation_are_those_of_each_group(pairs: list[tuple[int, float]]) -> None:
    group = np.array([code for code, _ in pairs], dtype=np.int64)
    values = np.array([value for _, value in pairs])
    ordered = sort_groups(values, group, by_value(values, np.ones(len(pairs), dtype=np.bool_)))
    medians = median_of(ordered)
    deviations = mad_of(ordered, medians)
    for place, code in enumerate(ordered.codes):
        own = values[group == code]
        assert medians[place] == np.median(own)
        apart = np.sort(np.abs(own - np.median(own)))
        assert deviations[place] == pytest.approx(apart[(len(own) + 1) // 2 - 1])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=MIN_PEERS + 1, max_size=40), st.sampled_from(["high", "low", "both"]))
def test_rarity_is_the_share_of_the_others_at_least_as_extreme(values: list[int], direction: Direction) -> None:
    found = normalised(table([float(value) for value in values]), grain_with(direction=direction))
    median = float(np.median(values))
    for place, value in enumerate(values):
        others = values[:place] + values[place + 1 :]
        high = direction == "high" or (direction == "both" and value >= median)
        extreme = sum(other >= value if high else other <= value for other in others)
        assert found.rarity[place, 0] == pytest.approx(extreme / len(others))
        assert found.peers[place, 0] == len(others)


def test_a_distance_is_the_excess_over_the_median_in_robust_deviations() -> None:
    values = [1.0, 2, 3, 4, 5, 6, 7, 8, 30]
    found = beside(values)
    assert found.median[0, 0] == 5
    assert found.matrix[8, 0] == pytest.approx((30 - 5) / (MAD_TO_DEVIATION * 2))
    assert found.matrix[0, 0] == pytest.approx((1 - 5) / (MAD_TO_DEVIATION * 2))
    assert normalised(table(values), grain_with(direction="low")).matrix[8, 0] == -found.matrix[8, 0]


def test_a_constant_feature_is_nothing_and_one_that_differs_is_finite() -> None:
    assert (beside([3.0] * 12).matrix == 0).all()
    found = beside([0.0] * 11 + [4.0])
    assert found.matrix[11, 0] == pytest.approx(4 / 0.5)
    assert (found.matrix[:11, 0] == 0).all()


def test_too_few_peers_is_no_distance() -> None:
    found = beside([1.0] * MIN_PEERS)
    assert np.isnan(found.matrix).all()
    assert np.isnan(found.median).all()
    assert (found.peers == 0).all()
    assert (found.level == -1).all()
    assert (beside([1.0] * (MIN_PEERS + 1)).peers == MIN_PEERS).all()


def test_a_missing_value_is_missing_and_counts_to_nobody() -> None:
    found = beside([float(value) for value in range(10)] + [None, None])
    assert np.isnan(found.matrix[10:, 0]).all()
    assert (found.peers[:10, 0] == 9).all()
    assert (found.peers[10:, 0] == 0).all()


def test_the_nearest_group_with_enough_peers_is_taken() -> None:
    townships = ["653123100"] * 9 + ["653123101"] * 3
    found = normalised(table([float(value) for value in range(12)], townships=townships), grain_with())
    assert found.level[:9, 0].tolist() == [0] * 9
    assert found.level[9:, 0].tolist() == [1] * 3
    assert found.median[0, 0] == 4
    assert found.median[11, 0] == 5.5
    assert found.peers[11, 0] == 11


def test_the_spread_is_drawn_towards_the_county_s() -> None:
    townships = ["653123100"] * 9 + ["653123101"] * 9
    narrow, wide = [float(value) for value in range(9)], [float(10 * value) for value in range(9)]
    found = normalised(table([*narrow, *wide], townships=townships), grain_with())
    everybody = np.array([*narrow, *wide])
    county = MAD_TO_DEVIATION * np.sort(np.abs(everybody - np.median(everybody)))[8]
    own = MAD_TO_DEVIATION * 2
    spread = np.sqrt((9 * own**2 + COUNTY_WEIGHT * county**2) / (9 + COUNTY_WEIGHT))
    assert found.matrix[8, 0] == pytest.approx((8 - 4) / spread)


def test_a_share_of_few_records_is_drawn_to_the_mean_of_the_others() -> None:
    shares, counts = [0.1] * 10 + [1.0, 1.0], [100] * 10 + [2, 200]
    found = normalised(table(shares, counts=counts), grain_with(shrinkage=10.0, floor=0.01))
    assert found.values[10, 0] == 1.0
    assert 0 < found.matrix[10, 0] < found.matrix[11, 0] / 2
    mean = (10 * 10 + 200 * 1.0 + 0.5) / (10 * 100 + 200 + 1)
    drawn, error = (2 * 1.0 + 10 * mean) / 12, np.sqrt(mean * (1 - mean) * 2) / 12
    crowd = (10 * 10 + 2 + 200 - 10 + 0.5) / (1000 + 202 - 100 + 1)
    median = (100 * 0.1 + 10 * crowd) / 110
    assert found.median[10, 0] == pytest.approx(median)
    assert found.matrix[10, 0] == pytest.approx((drawn - median) / error)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0, 1).map(lambda value: round(value, 3)), min_size=10, max_size=30),
    st.lists(st.floats(0, 1).map(lambda value: round(value, 3)), min_size=1, max_size=30),
)
def test_rows_of_other_counties_change_nothing(own: list[float], others: list[float]) -> None:
    grain = grain_with(shrinkage=5.0, floor=0.01)
    alone = normalised(table(own), grain)
    joined = normalised(pa.concat_tables([table(own), table(others, county="653199")]), grain)
    assert np.array_equal(alone.matrix, joined.matrix[: len(own)], equal_nan=True)
    assert np.array_equal(alone.median, joined.median[: len(own)], equal_nan=True)
    assert np.array_equal(alone.rarity, joined.rarity[: len(own)], equal_nan=True)
    assert np.array_equal(alone.peers, joined.peers[: len(own)])
    assert np.array_equal(alone.level, joined.level[: len(own)])


def test_the_order_of_the_rows_does_not_matter() -> None:
    values: list[float | None] = [None if place % 7 == 3 else (place * 37) % 101 / 10 for place in range(60)]
    rows = table(values, townships=[f"65312310{place % 4}" for place in range(60)])
    order = np.random.default_rng(5).permutation(60)
    found, turned = normalised(rows, grain_with()), normalised(rows.take(order), grain_with())
    assert np.array_equal(found.matrix[order], turned.matrix, equal_nan=True)


def test_an_empty_table_stays_empty() -> None:
    assert beside([]).matrix.shape == (0, 1)
