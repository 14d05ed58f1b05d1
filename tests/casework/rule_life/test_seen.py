"""What two versions saw, compared subject by subject: watched ones do not count, and nothing is counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest

from casework.rule_life.seen import AGAINST, OWN, Seen
from domain.cases.suspicion import suspicion_id
from risk.anomaly.outcomes import KNOWN
from tests.risk.scoring.rows import finding, findings

FIRST, SECOND = date(2026, 1, 1), date(2026, 1, 8)
ABOUT = ("653123", "pocketed-cash", "collector")


def known(subject: str, *, answer: str | None, checked: str | None = None) -> dict[str, object]:
    about = {"county": ABOUT[0], "category": ABOUT[1], "subject_type": ABOUT[2], "subject_id": subject}
    return {**about, "suspicion_id": suspicion_id(*ABOUT, subject), "answer": answer, "checked": checked}


@pytest.fixture
def seen() -> Iterator[Seen]:
    """V01 of both, graded otherwise; V02 watched only; V03 the other's alone; V04 new on the second day."""
    told = [
        known("V01", answer="denied", checked="wrong"), known("V03", answer="confirmed"),
        known("V04", answer="denied"), known("V09", answer="confirmed", checked="right"),
    ]  # fmt: skip
    made = Seen(pa.Table.from_pylist(told, schema=KNOWN))
    one, watched = finding(amount_at_risk_fen=100), finding(subject_id="V02", severity="watch")
    against = [finding(severity="high"), finding(subject_id="V02"), finding(subject_id="V03", amount_at_risk_fen=9)]
    made.add(FIRST, OWN, findings(one, one, watched))
    made.add(FIRST, AGAINST, findings(*against))
    made.add(SECOND, OWN, findings(one, finding(subject_id="V04", township=None)))
    made.add(SECOND, AGAINST, findings(*against))
    yield made
    made.close()


def test_a_day_counts_each_subject_once(seen: Seen) -> None:
    first, second = seen.day(FIRST, "found 3"), seen.day(SECOND, "found 2")
    assert (first.findings, first.subjects, first.fresh) == (3, 1, 1)
    assert (first.gained, first.lost, first.regraded) == (0, 2, 1)
    assert (second.findings, second.subjects, second.fresh) == (2, 2, 1)
    assert (second.gained, second.lost, second.regraded) == (1, 2, 1)


def test_the_blast_radius_is_that_of_all_days(seen: Seen) -> None:
    assert [(one.subject_id, one.first_on, one.outcome) for one in seen.only(OWN)] == [("V04", SECOND, "right")]
    lost = [(one.subject_id, one.amount_fen, one.outcome) for one in seen.only(AGAINST)]
    assert lost == [("V02", 40000, None), ("V03", 9, "wrong")]


def test_work_is_counted_where_it_arises(seen: Seen) -> None:
    assert seen.workload([FIRST, SECOND]) == {"": (0, 1), "653123103": (1, 0)}
    assert seen.subjects() == 2


def test_the_best_word_about_a_subject_counts(seen: Seen) -> None:
    shares = seen.shares("pocketed-cash", "collector")
    assert (shares.precision.hits, shares.precision.of) == (1, 2)
    assert (shares.recall.hits, shares.recall.of) == (1, 2)


def test_whom_others_show_is_counted_by_rule_without_the_watched(seen: Seen) -> None:
    seen.add_others(
        findings(
            finding(rule="B01"), finding(rule="B01", subject_id="V04"), finding(rule="B01", subject_id="V04"),
            finding(rule="B02", severity="watch"), finding(rule="B03", subject_id="V07"),
        )
    )  # fmt: skip
    assert seen.overlap(SECOND) == {"B01": 2}
    assert seen.overlap(FIRST) == {"B01": 1}
