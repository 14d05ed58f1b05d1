"""Lists: the best of each township up to its capacity, the rest counted, nothing for discipline or offices in them."""

from __future__ import annotations

import pytest

from casework.lists.draw import NoCapacity, draw
from risk.scoring.score import score
from tests.risk.scoring.rows import finding, findings, officials


def test_a_list_holds_the_best_up_to_capacity_and_counts_the_rest() -> None:
    rows = [finding(subject_id=f"V{n:02d}", amount_at_risk_fen=n * 100) for n in range(1, 26)]
    (one,) = draw(score(findings(*rows), officials()))
    assert (one.code, len(one.items), one.left_out) == ("653123103", 20, 5)
    assert [item.subject_id for item in one.items[:2]] == ["V25", "V24"]
    (short,) = draw(score(findings(*rows), officials()), capacity=3)
    assert (len(short.items), short.left_out, short.amount_fen) == (3, 22, 7_200)


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
