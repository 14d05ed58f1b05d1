"""Samples from rosters: who is in which group, with what amount and township, and none who need not be asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from casework.sampling.draw import draw
from casework.sampling.plan import Stratified
from casework.sampling.rosters import CASH, FULLY_FUNDED, LAPSED, frame_of_roster, roster_frame
from domain.errors import Malformed
from projections.as_of import build_world
from projections.store import open_store
from tests.casework.sampling.made_up import CHECKPOINT
from tests.casework.world import SARKAN, VILLAGE, insert

OTHER, AS_OF = "653123104", date(2026, 1, 20)
PLACED = {"township": SARKAN, "village": VILLAGE, "division": VILLAGE, "fee": "resident-medical"}


def listed(store: duckdb.DuckDBPyConnection, person: str, due: int, share: int = 0, **changes: object) -> None:
    row = {
        **PLACED, "payer": person, "payer_name": f"n-{person}", "payer_valid": True, "payer_born": 1980,
        "fee_year": 2026, "category": "ordinary", "listed_on": "2025-08-15", "amount_due_fen": due,
        "fiscal_share_fen": share, **changes,
    }  # fmt: skip
    insert(store, "rosters", f"L-{person}-{row['fee_year']}-{row['listed_on']}", row)


def paid(store: duckdb.DuckDBPyConnection, person: str, fee_year: int, **changes: object) -> None:
    insert(store, "payments", f"P-{person}-{fee_year}", {
        **PLACED, "payer": person, "payer_name": f"n-{person}", "payer_valid": True, "fee_year": fee_year,
        "amount_fen": 40_000, "channel": "wechat", "paid_at": f"{fee_year - 1}-10-09 10:00:00",
        "paid_on": f"{fee_year - 1}-10-09", "timed": True, **changes,
    })  # fmt: skip


def line(store: duckdb.DuckDBPyConnection, record_id: str, person: str, **changes: object) -> None:
    insert(store, "cash-receipts", record_id, {
        **PLACED, "payer": person, "payer_name": f"n-{person}", "payer_valid": True, "fee_year": 2026,
        "amount_fen": 40_000, "received_at": "2025-10-10 11:00:00", "received_on": "2025-10-10", "timed": True,
        "collector_id": "V01", "receipt_no": record_id, **changes,
    })  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every person has the name of the reason why they are, or are not, in a group."""
    store = open_store(None, threads=1)
    insert(store, "divisions", SARKAN, {"name": "萨罕镇"})
    listed(store, "funded", 0, 40_000)
    listed(store, "half-funded", 20_000, 20_000)
    listed(store, "owes-nothing", 0, 0)
    listed(store, "funded-before", 0, 40_000)
    listed(store, "funded-before", 40_000, 0, listed_on="2025-09-01")
    for person in ("gone-quiet", "never", "paid-again", "took-cash", "voided", "died", "other-fee"):
        listed(store, person, 40_000)
    for person in ("gone-quiet", "paid-again", "took-cash", "voided", "died"):
        paid(store, person, 2025)
    paid(store, "other-fee", 2025, fee="resident-pension")
    paid(store, "paid-again", 2026)
    paid(store, "voided", 2026)
    insert(store, "payment-voids", "X1", {"payment_id": "P-voided-2026", "voided_on": "2025-11-01"})
    insert(store, "status-changes", "S1", {"payer": "died", "change": "died", "effective_on": "2025-05-01"})
    line(store, "R001", "took-cash")
    line(store, "R002", "took-cash", amount_fen=10_000, received_on="2025-10-12", township=OTHER)
    line(store, "R003", "entered-twice", receipt_no="77")
    line(store, "R004", "entered-twice", receipt_no="77", received_at="2025-10-10 12:00:00")
    line(store, "R005", "pension", fee="resident-pension")
    line(store, "R006", "funded", township=OTHER)
    build_world(store, 10, AS_OF)
    yield store
    store.close()


def group(world: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str, int]]:
    """Return payer, township and amount of a group."""
    rows = roster_frame(world, "resident-medical", 2026).to_pylist()
    return [(row["payer"], row["township"], row["amount_fen"]) for row in rows if row["group"] == name]


def test_the_columns_are_county_township_payer_group_and_amount(world: duckdb.DuckDBPyConnection) -> None:
    table = roster_frame(world, "resident-medical", 2026)
    assert table.column_names == ["county", "township", "payer", "group", "amount_fen"]
    assert set(table.column("county").to_pylist()) == {"653123"}
    assert roster_frame(world, "resident-medical", 2027).num_rows == 0


def test_the_fully_funded_owe_nothing_and_the_treasury_pays(world: duckdb.DuckDBPyConnection) -> None:
    assert group(world, FULLY_FUNDED) == [("funded", SARKAN, 40_000)]


def test_the_lapsed_paid_last_year_and_nothing_shows_this_year(world: duckdb.DuckDBPyConnection) -> None:
    assert group(world, LAPSED) == [("gone-quiet", SARKAN, 40_000), ("voided", SARKAN, 40_000)]


def test_cash_payers_have_their_lines_together_and_each_once(world: duckdb.DuckDBPyConnection) -> None:
    assert sorted(group(world, CASH)) == [
        ("entered-twice", SARKAN, 40_000),
        ("funded", OTHER, 40_000),
        ("took-cash", SARKAN, 50_000),
    ]


def test_a_person_can_stand_in_two_groups_and_a_draw_goes_over_them(world: duckdb.DuckDBPyConnection) -> None:
    table = roster_frame(world, "resident-medical", 2026)
    frame = frame_of_roster(table)
    assert frame.labels == ("county", "township", "group")
    assert {"653123/cash/funded", "653123/fully-funded/funded"} <= {item.id for item in frame.items}
    sample = draw(frame, CHECKPOINT, Stratified(4, by=("township", "group")))
    assert {stratum.name: (stratum.items, stratum.drawn) for stratum in sample.strata} == {
        f"{SARKAN}/{CASH}": (2, 1), f"{SARKAN}/{FULLY_FUNDED}": (1, 1), f"{SARKAN}/{LAPSED}": (2, 1),
        f"{OTHER}/{CASH}": (1, 1),
    }  # fmt: skip
    cash = frame_of_roster(table, [CASH])
    assert [item.id for item in cash.items] == [
        f"653123/cash/{who}" for who in ("entered-twice", "funded", "took-cash")
    ]


def test_a_group_that_is_none_or_empty_is_refused(world: duckdb.DuckDBPyConnection) -> None:
    table = roster_frame(world, "resident-medical", 2026)
    with pytest.raises(Malformed, match="expected fully-funded"):
        frame_of_roster(table, ["poor"])
    with pytest.raises(Malformed, match="nothing to draw"):
        frame_of_roster(table, [])
