"""Lists: the best of each township up to its capacity, the rest counted, nothing for discipline or offices in them."""

from __future__ import annotations

import pytest

from casework.lists.draw import NoCapacity, draw
from risk.scoring.score import score
from tests.risk.scoring.rows import finding, findings, officials


def test_a_list_holds_the_best_up_to_capacity_and_counts_the_rest() -> None:
    rows = [
        finding(subject_id=f"V{n:02d}", amount_at_risk_fen=n * 100, evidence=[f"cash-receipts:t:R{n}@1"])
        for n in range(1, 26)
    ]
    (one,) = draw(score(findings(*rows), officials()))
    assert (one.code, len(one.items), one.left_out) == ("653123103", 20, 5)
    assert [item.subject_id for item in one.items[:2]] == ["V25", "V24"]
    (short,) = draw(score(findings(*rows), officials()), capacity=3)
    assert (len(short.items), short.left_out, len(short.drawn)) == (3, 22, 1)
    assert [item.subject_id for item in short.items[:2]] == ["V25", "V24"]
    assert short.amount_fen == sum(item.amount_at_risk_fen for item in short.items)


def test_subjects_without_a_township_go_to_the_countys_code() -> None:
    rows = [finding(), finding(subject_type="card", subject_id="c1", township=None, village=None)]
    assert [(one.code, len(one.items)) for one in draw(score(findings(*rows), officials()))] == [
        ("653123", 1),
        ("653123103", 1),
    ]


def test_what_is_for_discipline_or_an_office_stands_in_no_list() -> None:
    rows = [
        finding(subject_id="K01"),
        finding(subject_id="V02", evidence=["complaints:t:J1@1"]),
        finding(subject_id="V03", addressee="treasury"),
        finding(rule="H01", category="process", subject_type="office", subject_id="653123103"),
    ]
    table = score(findings(*rows), officials(("collector", "K01")))
    assert table.num_rows == 4
    assert draw(table) == ()


def test_a_capacity_below_one_is_refused() -> None:
    with pytest.raises(NoCapacity):
        draw(score(findings(finding()), officials()), capacity=0)


def test_a_tenth_of_a_full_list_is_drawn_by_chance_and_can_be_drawn_again() -> None:
    rows = [finding(subject_id=f"V{n:02d}", amount_at_risk_fen=n * 10_000) for n in range(1, 61)]
    table = score(findings(*rows), officials())
    (one,) = draw(table, seed="2026-100")
    best = {f"V{n:02d}" for n in range(43, 61)}
    by_chance = [item for item in one.items if item.suspicion_id in one.drawn]
    assert best <= {item.subject_id for item in one.items}
    assert [item.subject_id in best for item in by_chance] == [False, False]
    assert set(one.drawn.values()) == {2 / 42}
    assert [item.rank for item in one.items] == sorted(item.rank for item in one.items)
    assert draw(table, seed="2026-100") == (one,)
    assert any(draw(table, seed=f"2026-{n}")[0].drawn != one.drawn for n in range(101, 105))


def test_a_list_that_is_not_full_leaves_nothing_to_chance() -> None:
    rows = [finding(subject_id=f"V{n:02d}") for n in range(1, 21)]
    (one,) = draw(score(findings(*rows), officials()))
    assert (len(one.items), one.drawn) == (20, {})


def test_a_card_at_a_terminal_on_the_list_waits_behind_other_money_and_its_sales_add_once() -> None:
    sale = ["pos-transactions:a:S1@1"]
    swiped = {"category": "card-cash-out", "amount_at_risk_fen": 4_000_000, "evidence": sale}
    rows = [
        finding(rule="C01", family="terminal", subject_type="terminal", subject_id="POS1", severity="high", **swiped),
        finding(rule="C03", family="card", subject_type="card", subject_id="c1", **swiped),
        finding(subject_id="V01", evidence=["cash-receipts:t:R1@1"]),
        finding(subject_id="V02", evidence=["cash-receipts:t:R2@1"], severity="low"),
    ]
    table = score(findings(*rows), officials())
    (one,) = draw(table)
    assert (len(one.items), one.left_out) == (4, 0)
    assert (one.amount_fen, one.once_fen) == (2 * 4_000_000 + 2 * 40_000, 4_000_000 + 2 * 40_000)
    for seed in range(8):
        (short,) = draw(table, capacity=3, seed=str(seed))
        assert {"POS1", "V01"} <= {item.subject_id for item in short.items}
