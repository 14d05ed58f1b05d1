"""How far denials can be believed, per township, from those that chance drew for a check."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from risk.anomaly.learning.denials import UNKNOWN, believed
from risk.anomaly.learning.precision import precision_of
from risk.anomaly.outcomes import KNOWN, labels_of
from tests.risk.anomaly.learning.answered import answers, subjects


def denials(*townships: tuple[str, int, int, float], answer: str = "denied") -> pa.Table:
    """Return checked denials: per township its code, how many were overturned, of how many, drawn with what chance."""
    rows = [
        {
            "county": "653123", "suspicion_id": f"S{code}-{number}", "subject_type": "collector",
            "subject_id": f"{code}-{number}", "township": code, "answer": answer,
            "checked": "wrong" if number < wrong else "right", "probability": probability,
        }
        for code, wrong, count, probability in townships
        for number in range(count)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=KNOWN)


def test_where_nothing_was_drawn_nothing_is_known() -> None:
    found = believed(denials(("653123101", 3, 5, 0.2)).set_column(8, "probability", pa.nulls(5, pa.float64())))
    assert (found.wrong, found.overall, found.checked) == ({}, UNKNOWN, 0)


def test_a_township_with_many_overturned_denials_is_believed_less() -> None:
    found = believed(denials(("653123101", 18, 20, 0.2), ("653123102", 1, 20, 0.2), ("653123103", 1, 1, 0.2)))
    assert found.wrong["653123101"] > 0.75
    assert found.wrong["653123102"] < 0.2
    assert found.checked == 41


def test_a_single_check_is_drawn_to_what_all_townships_do() -> None:
    alike = believed(denials(*((f"65312310{n}", 2, 20, 0.2) for n in range(1, 6)), ("653123109", 1, 1, 0.2)))
    assert 0.1 < alike.wrong["653123109"] < 0.4
    assert abs(alike.wrong["653123109"] - alike.overall) < abs(1.0 - alike.wrong["653123109"])


def test_what_was_drawn_seldom_weighs_more() -> None:
    mixed = pa.concat_tables([denials(("653123101", 5, 5, 0.5)), denials(("653123101", 0, 5, 0.05))])
    assert believed(mixed).overall < 0.25
    assert believed(denials(("653123101", 5, 10, 0.2))).overall == pytest.approx(0.5, abs=0.05)


def test_confirmations_say_nothing_about_denials() -> None:
    assert believed(denials(("653123101", 5, 5, 0.5), answer="confirmed")).checked == 0


def test_the_share_is_given_row_by_row() -> None:
    known = denials(("653123101", 18, 20, 0.2), ("653123102", 1, 20, 0.2))
    rows = pa.table(
        {"county": ["653123"] * 3, "subject_type": ["collector"] * 3, "subject_id": ["653123102-5", "653123101-5", "?"]}
    )
    found = believed(known)
    shares = found.of(labels_of(rows, known))
    assert shares.tolist() == [found.wrong["653123102"], found.wrong["653123101"], found.overall]


@pytest.mark.parametrize("denied", [0.0, 0.5, 0.8])
def test_the_report_sees_through_denials(denied: float) -> None:
    """The precision among inspected falls with the lies; the corrected one covers the truth."""
    covered = 0
    seen: list[float] = []
    for seed in range(20):
        found = subjects(seed)
        known = answers(found, denied, seed)
        (report,) = precision_of(known)
        assert report.known == report.confirmed + report.denied + report.unanswered == known.num_rows
        truth = float(np.mean([found.wrong[int(str(one)[1:])] for one in known.column("suspicion_id").to_pylist()]))
        assert report.corrected is not None
        covered += int(report.corrected.low <= truth <= report.corrected.high)
        seen.append(report.inspected.share / truth)
    assert covered >= 18
    assert np.mean(seen) > 0.9 if denied == 0.0 else np.mean(seen) < 0.95 - 0.5 * denied
