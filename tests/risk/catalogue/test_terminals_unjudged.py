"""What C01 to C12 say where payments by terminal, the acquirer's log, or a field of it never came in."""

from __future__ import annotations

from datetime import date

import pytest

from risk.catalogue.card import Bilingual
from risk.catalogue.example_form import Example, Row
from risk.catalogue.example_rows import ExampleWorld
from risk.catalogue.rule import RULES, load
from risk.catalogue.world import build_views, shared_views, views_read
from risk.engine import DuckDBEngine
from risk.sufficiency import Sufficiency
from risk.unjudged import asked_of

AS_OF = date(2026, 1, 10)
DAYS = [f"2025-11-{day:02}" for day in range(3, 15)]
TERMINALS = ("T1", "T2", "T3")
COMPARING = {"C01", "C03", "C04", "C05", "C08", "C09", "C10", "C11", "C12"}
"""The rules that need both the log and the payments."""
LOG_ALONE = {"C02", "C06", "C07"}


def sale(number: int, **changes: str) -> Row:
    """Return a sale; one a day, at one terminal after the other."""
    row: Row = {
        "record_id": f"S{number}", "terminal_id": TERMINALS[number % 3], "kind": "sale", "amount_fen": 40000,
        "card": f"k{number}", "card_kind": "debit", "occurred_at": f"{DAYS[number]} 11:00",
        "location": "76.20000,38.90000",
    }  # fmt: skip
    return row | changes


def payment(number: int, **changes: str) -> Row:
    """Return the payment of that sale."""
    row: Row = {
        "record_id": f"P{number}", "payer": f"p{number}", "fee": "resident-medical", "fee_year": 2026,
        "amount_fen": 40000, "channel": "pos", "paid_at": f"{DAYS[number]} 11:01", "division": "653123200201",
        "terminal_id": TERMINALS[number % 3], "pos_reference": f"S{number}",
    }  # fmt: skip
    return row | changes


def missing(world: ExampleWorld, sales: list[Row], payments: list[Row]) -> dict[str, tuple[Bilingual, ...]]:
    """Return what each terminal rule lacks or could not judge in a county with these, and what else it needs."""
    village: list[Row] = [
        {"record_id": "653123200201", "name": "B", "valid_from": "2016-01-01", "location": "76.20000,38.90000"}
    ]
    terminals: list[Row] = [
        {"record_id": name, "division": "653123200201", "installed_on": "2024-01-01"} for name in TERMINALS
    ]
    households: list[Row] = [{"record_id": "H1", "payer": "p0", "household_no": "h1"}]
    rows = {
        "divisions": village, "terminals": terminals, "households": households, "pos_transactions": sales,
        "payments": payments,
    }  # fmt: skip
    world.put(Example(RULES, 1, "made", "fires", None, None, AS_OF, {}, rows, ()))
    rules = [rule for rule in load().rules if rule.id in COMPARING | LOG_ALONE]
    asked = "\n".join(query for rule in rules for query in asked_of(rule))
    build_views(world.connection, views_read(asked, shared_views()))
    sufficiency = Sufficiency(DuckDBEngine(world.connection))
    return {rule.id: sufficiency.lacking(rule) or sufficiency.unjudged(rule) for rule in rules}


def saying(ended: dict[str, tuple[Bilingual, ...]], *texts: str) -> set[str]:
    """Return the rules that say this and nothing else."""
    return {rule for rule, parts in ended.items() if tuple(part.en for part in parts) == texts}


def test_a_county_with_its_log_and_its_payments_is_judged(world: ExampleWorld) -> None:
    ended = missing(world, [sale(n) for n in range(12)], [payment(n) for n in range(12)])
    assert saying(ended) == COMPARING | LOG_ALONE


def test_where_no_payment_is_by_a_terminal_no_sale_is_called_clean(world: ExampleWorld) -> None:
    unnamed = [payment(n, channel="client") | {"terminal_id": "", "pos_reference": ""} for n in range(12)]
    for row in unnamed:
        del row["terminal_id"], row["pos_reference"]
    ended = missing(world, [sale(n) for n in range(12)], unnamed)
    reason = (
        "no payment names a terminal, its reference or the channel pos: "
        "12 sales of 2025-11-03 to 2025-11-14 cannot be compared"
    )
    assert saying(ended, reason) == COMPARING
    assert saying(ended) == LOG_ALONE


def test_days_whose_payments_have_not_come_in_are_named(world: ExampleWorld) -> None:
    ended = missing(world, [sale(n) for n in range(12)], [payment(n) for n in range(4, 12)])
    reason = "no payments have come in of 2025-11-03 to 2025-11-06: 4 terminal sales cannot be compared"
    assert saying(ended, reason) == COMPARING


def test_terminals_that_the_log_lacks_are_named(world: ExampleWorld) -> None:
    of_two = [sale(n) for n in range(12) if n % 3]
    ended = missing(world, of_two, [payment(n) for n in range(12)])
    reason = "no log of 1 terminals (T1): 4 payments cannot be compared"
    assert saying(ended, reason) == COMPARING | LOG_ALONE


def test_a_terminal_number_mistyped_once_hides_nothing(world: ExampleWorld) -> None:
    slip = [payment(0, terminal_id="T7"), *(payment(n) for n in range(1, 12))]
    ended = missing(world, [sale(n) for n in range(12)], slip)
    assert saying(ended) == COMPARING | LOG_ALONE


def test_days_that_the_log_lacks_are_named(world: ExampleWorld) -> None:
    late = [sale(n, occurred_at=f"2025-12-{n + 1:02} 11:00") for n in range(3)]
    later = [payment(n, paid_at=f"2025-12-{n + 1:02} 11:01", record_id=f"L{n}") for n in range(3)]
    before = [payment(n, pos_reference=f"X{n}") for n in range(10)]
    ended = missing(world, late, later + before)
    reason = "no terminal log has come in of 2025-11-03 to 2025-11-12: 10 payments cannot be compared"
    assert saying(ended, reason) == COMPARING | LOG_ALONE


def test_fewer_payments_than_ten_are_no_gap_in_the_log(world: ExampleWorld) -> None:
    late = [sale(n, occurred_at=f"2025-12-{n + 1:02} 11:00") for n in range(3)]
    later = [payment(n, paid_at=f"2025-12-{n + 1:02} 11:01", record_id=f"L{n}") for n in range(3)]
    before = [payment(n, pos_reference=f"X{n}") for n in range(9)]
    assert saying(missing(world, late, later + before)) == COMPARING | LOG_ALONE


@pytest.mark.parametrize(
    ("lacking", "rules", "zh"),
    [
        ({"card_kind": "unknown"}, {"C02", "C03", "C08", "C09"}, "卡类型（pos-transactions.card_kind）"),
        ({"timed": False}, {"C05"}, "时刻（pos-transactions.occurred_at）"),
        ({"location": ""}, {"C10"}, "交易位置（pos-transactions.location）"),
    ],
)
def test_a_field_that_no_sale_tells_is_named(
    world: ExampleWorld, lacking: Row, rules: set[str], zh: str
) -> None:
    sales = [sale(n) | lacking for n in range(3)]
    for row in sales:
        if "location" in lacking:
            del row["location"]
    ended = missing(world, sales, [payment(n) for n in range(3)])
    sentence = f"没有一条POS交易流水写明{zh}"
    assert {rule for rule, parts in ended.items() if [part.zh for part in parts] == [sentence]} == rules


def test_one_sale_that_tells_its_card_is_enough(world: ExampleWorld) -> None:
    sales = [sale(0), *(sale(n, card_kind="unknown") for n in range(1, 3))]
    assert saying(missing(world, sales, [payment(n) for n in range(3)])) == COMPARING | LOG_ALONE


def test_all_terminal_rules_are_looked_at() -> None:
    assert {rule.id for rule in load().rules if rule.id.startswith("C")} == COMPARING | LOG_ALONE

