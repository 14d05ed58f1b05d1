"""Which records bear a suspicion's money, and what several suspicions come to together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from risk.scoring.money import bearers, counted_once

LINE, OTHER = "cash-receipts:t:R1@1", "cash-receipts:t:R2@1"
PAID = "payments:t:P1@1"
SALE = "pos-transactions:a:S1@1"
KEEPER = "collectors:t:V01@1"


def test_the_record_nearest_to_the_hand_bears_the_money() -> None:
    assert bearers([PAID, LINE, KEEPER]) == (LINE,)
    assert bearers([PAID, LINE, SALE]) == (SALE,)
    assert bearers([PAID, "refunds:m:F1@1"]) == ("refunds:m:F1@1",)
    assert bearers([KEEPER]) == (KEEPER,)
    assert bearers([]) == ()


def test_a_terminal_a_card_and_a_keeper_with_the_same_sale_are_its_money_once() -> None:
    terminal, card, keeper = (40_000_00, [SALE]), (40_000_00, [SALE, PAID]), (40_000_00, [SALE, PAID, LINE])
    assert counted_once([terminal, card, keeper]) == 40_000_00


def test_suspicions_without_a_record_in_common_add_to_the_fen() -> None:
    assert counted_once([(1_001, [LINE, OTHER]), (400, [PAID]), (7, []), (5, [])]) == 1_413


def test_a_smaller_suspicion_adds_the_part_of_its_records_that_no_larger_one_has() -> None:
    assert counted_once([(80_000, [LINE, OTHER]), (30_000, [OTHER])]) == 80_000
    assert counted_once([(30_001, [OTHER, PAID]), (20_000, [LINE, OTHER])]) == 30_001 + 10_000


def test_honest_sales_in_the_evidence_of_one_do_not_raise_the_sum() -> None:
    others = [f"pos-transactions:a:S{number}@1" for number in range(2, 20)]
    assert counted_once([(4_000_000, [SALE]), (4_000_000, [SALE, *others])]) == 4_000_000


@given(st.permutations([(500, [LINE, OTHER]), (500, [OTHER]), (300, [PAID, SALE]), (200, [SALE]), (7, [])]))
def test_the_order_makes_no_difference(turned: list[tuple[int, list[str]]]) -> None:
    assert counted_once(turned) == counted_once(sorted(turned, reverse=True))


def test_nothing_comes_to_nothing() -> None:
    assert counted_once([]) == 0
