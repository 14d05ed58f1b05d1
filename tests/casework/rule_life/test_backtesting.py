"""Backtests: nothing that was recorded later is seen, the figures add up, and what is compared is what counts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.outcomes.taking import Handing, take_outcomes
from casework.rule_life.backtesting import Backtested, days_of, details_of
from casework.rule_life.records import backtest_named
from domain.errors import Malformed
from ledger.home import Home
from tests.casework.rule_life.made import AS_OF, FIRST, backtested, fill, rule_folder
from tests.county import NOON

PLANTED = (("C01", "confirmed"), ("C02", "cleared"), ("C09", "confirmed"))
"""What is known: of two collectors that the rule shows, and of one that it does not."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("county")
    rule_folder(folder)
    with Home.open(folder / "home") as opened:
        fill(opened, folder)
        outcomes = folder / "outcomes.csv"
        with outcomes.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["category", "subject_type", "subject_id", "outcome", "source", "decided_on"])
            writer.writerows(
                ["pocketed-cash", "collector", subject, outcome, "self-check", "2026-01-10"]
                for subject, outcome in PLANTED
            )
        assert take_outcomes(opened, outcomes, {}, Handing("li", lambda: NOON)).appended == len(PLANTED)
        yield opened


@pytest.fixture(scope="module")
def found(home: Home) -> Backtested:
    return backtested(home, str(home.folder.parent / "X01_cash_kept"), first=FIRST)


def shown(home: Home, found: Backtested, day: date) -> list[str | int | float | None]:
    rows = details_of(home, found.event).shown
    return [row["subject_id"] for row in rows if row["as_of"] == day.isoformat() and row["side"] == "own"]


def test_an_earlier_day_sees_neither_what_came_in_later_nor_a_later_amendment(home: Home, found: Backtested) -> None:
    assert [day.as_of for day in found.event.days] == [FIRST, date(2026, 1, 18), AS_OF]
    assert shown(home, found, FIRST) == ["C01"]
    assert shown(home, found, date(2026, 1, 18)) == ["C01", "C03"]
    assert shown(home, found, AS_OF) == ["C01", "C02", "C03"]
    assert [(day.findings, day.subjects, day.fresh) for day in found.event.days] == [(1, 1, 1), (2, 2, 1), (3, 3, 1)]


def test_the_workload_adds_up_to_the_subjects(found: Backtested) -> None:
    assert found.event.workload == {"653123100": (1, 1, 1)}
    assert found.event.subjects == 3


def test_without_an_active_version_all_is_gained(found: Backtested) -> None:
    assert (found.event.against, found.event.gained, found.event.lost) == ("", 3, 0)
    assert [one.subject_id for one in found.gained] == ["C01", "C02", "C03"]
    assert found.gained[0].reason_en == "1 lines, 400.00 by 2026-01-11"


def test_precision_and_recall_rest_on_the_known_outcomes(found: Backtested) -> None:
    assert (found.event.precision.hits, found.event.precision.of) == (1, 2)
    assert (found.event.recall.hits, found.event.recall.of) == (1, 2)
    assert (found.event.recall.low, found.event.recall.high) == (0.0126, 0.9874)
    assert [one.outcome for one in found.gained] == ["wrong", "right", None]


def test_whom_others_show_too_is_counted(found: Backtested) -> None:
    assert found.event.overlap["A01"] == 2
    assert "X01" not in found.event.overlap


def test_the_same_backtest_again_at_the_same_position_writes_nothing(home: Home, found: Backtested) -> None:
    head = home.ledger.head()
    folder = str(home.folder.parent / "X01_cash_kept")
    again = backtested(home, folder, first=FIRST, position=found.event.position)
    assert (again.id, home.ledger.head()) == (found.id, head)
    assert backtest_named(home, found.id) == found.event


def test_a_variant_of_a_shipped_rule_is_compared_with_what_is_shipped(home: Home) -> None:
    found = backtested(home, "A01", values={"open_high_wd": 30})
    (day,) = found.event.days
    assert (found.event.against, found.event.values) == ("shipped", {"open_high_wd": 30.0})
    assert (day.subjects, day.gained, day.lost, day.regraded) == (2, 0, 0, 1)
    assert (found.event.gained, found.event.lost) == (0, 0)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800), st.sampled_from(["week", "month"]))
def test_the_days_ascend_from_the_first_and_none_is_after_the_last(first: date, length: int, every: str) -> None:
    last = date.fromordinal(first.toordinal() + length)
    days = days_of(first, last, every)
    assert days[0] == first
    assert days[-1] <= last
    gaps = {(later - earlier).days for earlier, later in pairwise(days)}
    assert gaps <= ({7} if every == "week" else {28, 29, 30, 31})
    assert (last - days[-1]).days < (7 if every == "week" else 31)


def test_days_that_are_none_are_malformed() -> None:
    with pytest.raises(Malformed):
        days_of(AS_OF, FIRST, "week")
    with pytest.raises(Malformed):
        days_of(FIRST, AS_OF, "day")
