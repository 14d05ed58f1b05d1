"""Lists that are worth most per check, with a part that chance draws and whose probability is known."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.scoring.selection import (
    CHOSEN,
    LEAST_FEN,
    UNCALIBRATED,
    Calibration,
    WrongCapacity,
    calibrated,
    choose,
    random_places,
    strength_of,
)

TOWNSHIP = "653123101"


def candidates(count: int, seed: int = 0, township: str | None = TOWNSHIP) -> pa.Table:
    """Return candidates of one township with all kinds of strength and money."""
    chance = np.random.default_rng(seed)
    return pa.table(
        {
            "county": pa.array(["653123"] * count, pa.string()),
            "township": pa.array([township] * count, pa.string()),
            "suspicion_id": [f"S{seed}-{number}" for number in range(count)],
            "strength": chance.uniform(0.05, 0.98, count),
            "percentile": pa.array([None if n % 3 == 0 else float(chance.uniform(0, 100)) for n in range(count)]),
            "amount_at_risk_fen": chance.integers(0, 5_000_000, count),
            "bearers": pa.array([[]] * count, pa.list_(pa.string())),
        }
    )


def expected(table: pa.Table) -> dict[str, int]:
    """Return every candidate's expected money, as a list with room for all says it."""
    found = choose(table, max(1, table.num_rows), "any")
    return {str(row["suspicion_id"]): row["expected_fen"] for row in found.to_pylist()}


@settings(max_examples=30, deadline=None)
@given(count=st.integers(3, 9), capacity=st.integers(1, 6), seed=st.integers(0, 1000))
def test_no_other_choice_of_the_places_that_are_not_drawn_is_worth_more(count: int, capacity: int, seed: int) -> None:
    table = candidates(count, seed)
    found = choose(table, capacity, "public").to_pylist()
    sure = [row["expected_fen"] for row in found if not row["drawn"]]
    assert len(found) == min(count, capacity)
    assert sum(sure) == max(map(sum, combinations(expected(table).values(), len(sure))), default=0)


def bearing(*rows: tuple[str, float, int, list[str]]) -> pa.Table:
    """Return candidates of one township: id, strength, yuan and the records that bear them."""
    names, strengths, yuan, keys = zip(*rows, strict=True)
    return pa.table(
        {
            "county": ["653123"] * len(rows),
            "township": [TOWNSHIP] * len(rows),
            "suspicion_id": list(names),
            "strength": list(strengths),
            "percentile": pa.nulls(len(rows), pa.float64()),
            "amount_at_risk_fen": [each * 100 for each in yuan],
            "bearers": pa.array(list(keys), pa.list_(pa.string())),
        }
    )


def test_what_a_better_check_of_the_list_finds_already_takes_no_place() -> None:
    sales = ["S1", "S2", "S3", "S4"]
    table = bearing(
        ("terminal", 0.8, 40_000, sales),
        ("card", 0.6, 40_000, sales),
        ("cash", 0.9, 800, ["L1"]),
        ("other", 0.9, 700, ["L2"]),
    )
    assert choose(table, 4, "any").column("suspicion_id").to_pylist() == ["terminal", "cash", "other", "card"]


@pytest.mark.parametrize(
    ("own", "order"), [(1_400, ["first", "half", "own"]), (1_600, ["first", "own", "half"])]
)
def test_of_a_check_that_a_better_one_has_in_part_the_rest_counts(own: int, order: list[str]) -> None:
    table = bearing(
        ("first", 0.9, 4_000, ["L1", "L2"]), ("half", 0.9, 3_000, ["L2", "L3"]), ("own", 0.9, own, ["L4"])
    )
    assert choose(table, 3, "any").column("suspicion_id").to_pylist() == order


def test_chance_draws_its_share_and_the_probability_is_what_happens() -> None:
    table, turns = candidates(60), 3000
    times: dict[str, int] = {}
    said: dict[str, float] = {}
    for turn in range(turns):
        for row in choose(table, 20, f"seed-{turn}").to_pylist():
            times[row["suspicion_id"]] = times.get(row["suspicion_id"], 0) + 1
            said[row["suspicion_id"]] = row["selection_probability"]
    assert sorted(said.values()).count(1.0) == 18
    assert {round(chance, 6) for chance in said.values()} == {1.0, round(2 / 42, 6)}
    assert len(times) == 60
    for suspicion, chance in said.items():
        assert times[suspicion] / turns == pytest.approx(chance, abs=0.02)


def test_totals_weighted_by_the_probability_are_those_of_all_candidates() -> None:
    table = candidates(60)
    money = sum(expected(table).values())
    estimates = []
    for turn in range(2000):
        rows = choose(table, 20, f"seed-{turn}").to_pylist()
        estimates.append(sum(row["expected_fen"] / row["selection_probability"] for row in rows))
    assert np.mean(estimates) == pytest.approx(money, rel=0.02)


@pytest.mark.parametrize(
    ("capacity", "drawn"), [(1, 0), (2, 1), (5, 1), (10, 1), (20, 2), (21, 2), (40, 4), (41, 4), (100, 10)]
)
def test_how_many_places_chance_gets(capacity: int, drawn: int) -> None:
    assert random_places(capacity) == drawn
    assert random_places(capacity, 0.001) >= (capacity > 1) * -(-capacity // 20)


def test_where_all_fit_nothing_is_left_to_chance() -> None:
    found = choose(candidates(7), 20, "public")
    assert found.column("selection_probability").to_pylist() == [1.0] * 7
    assert found.column("place").to_pylist() == list(range(1, 8))


def test_the_same_seed_gives_the_same_list_for_any_order_and_any_neighbours() -> None:
    table = candidates(60)
    first = choose(table, 20, "public")
    shuffled = table.take(np.random.default_rng(1).permutation(60))
    assert choose(shuffled, 20, "public").equals(first)
    others = pa.concat_tables([candidates(30, 5, "653123102"), table])
    both = choose(others, 20, "public")
    assert both.filter(pc.field("township") == TOWNSHIP).equals(first)
    assert not choose(table, 20, "another").equals(first)


def test_each_township_has_its_own_capacity_and_the_county_those_without_one() -> None:
    table = pa.concat_tables([candidates(9, 1), candidates(9, 2, "653123102"), candidates(4, 3, None)])
    found = choose(table, {TOWNSHIP: 3, "653123": 2}, "public").to_pylist()
    assert [row["township"] for row in found] == ["653123"] * 2 + [TOWNSHIP] * 3


def test_no_candidates_give_an_empty_table() -> None:
    assert choose(candidates(0), 20, "public").equals(CHOSEN.empty_table())


@pytest.mark.parametrize(("capacity", "share"), [(0, 0.1), (5, 0.0), (5, 1.5)])
def test_a_list_without_room_or_without_chance_is_refused(capacity: int, share: float) -> None:
    with pytest.raises(WrongCapacity):
        choose(candidates(3), capacity, "public", share=share)


def test_families_add_as_independent_evidence() -> None:
    families = np.array([[0.65, 0.0], [0.65, 0.4], [0.0, 0.0]])
    assert strength_of(families).tolist() == pytest.approx([0.65, 0.79, 0.0])


def test_the_percentile_raises_or_lowers_and_no_percentile_does_neither() -> None:
    percentile = np.array([np.nan, 0.0, 25.0, 50.0, 75.0, 100.0])
    found = UNCALIBRATED.probability(np.full(6, 0.4), percentile)
    assert found[0] == found[3] == pytest.approx(0.4)
    assert (np.diff(found[1:]) > 0).all()
    assert (found[1], found[5]) == pytest.approx((0.36, 0.44))


def test_what_has_no_money_at_risk_is_worth_a_fee() -> None:
    table = candidates(1).set_column(5, "amount_at_risk_fen", pa.array([0], pa.int64()))
    (row,) = choose(table, 1, "public").to_pylist()
    assert row["expected_fen"] == round(row["probability"] * LEAST_FEN)


def test_without_outcomes_the_strength_is_the_probability() -> None:
    nothing = np.empty(0)
    assert calibrated(nothing, nothing, nothing.astype(bool), nothing) == Calibration(0.0, 1.0)


def test_outcomes_move_the_probability_to_what_was_found_and_keep_the_order() -> None:
    chance = np.random.default_rng(4)
    strength = chance.uniform(0.1, 0.95, 400)
    none = np.full(400, np.nan)
    confirmed = chance.random(400) < 0.3 * strength
    learned = calibrated(strength, none, confirmed, np.ones(400))
    fresh = chance.uniform(0.1, 0.95, 4000)
    found = learned.probability(fresh, np.full(4000, np.nan))
    assert float(np.mean(found)) == pytest.approx(float(np.mean(0.3 * fresh)), abs=0.05)
    assert (np.diff(found[np.argsort(fresh)]) >= 0).all()


def test_a_few_outcomes_move_it_a_little() -> None:
    strength, none = np.full(3, 0.6), np.full(3, np.nan)
    few = calibrated(strength, none, np.zeros(3, dtype=bool), np.ones(3)).probability(strength[:1], none[:1])
    many = np.full(300, 0.6)
    all_wrong = calibrated(many, np.full(300, np.nan), np.zeros(300, dtype=bool), np.ones(300))
    assert 0.2 < few[0] < 0.6
    assert all_wrong.probability(strength[:1], none[:1])[0] < 0.1
