"""The days of a self-check: receipt not counted, day 15 ends at 24:00, holidays, 调休, year ends and leap days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.list_state import ListState, due_on, last_day, stages_due, state_of
from domain.cases.moves import IllegalMove
from domain.cases.suspicion_list import ListDrawn, ListEvent, ListItem, ListReceived
from domain.fact import Envelope

ENVELOPE = Envelope("mingzhang", "653123", datetime(2026, 1, 5, tzinfo=UTC), "li", "x", "c")


def received(day: date, **changes: object) -> ListState:
    base: dict[str, object] = {"state": "received", "received_on": day, "issued_on": day}
    return msgspec.convert(base | changes | {"list_id": "653123-2026-001"}, ListState)


def working(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


@pytest.mark.parametrize(
    ("got", "due"),
    [
        (date(2026, 3, 1), date(2026, 3, 16)),  # domain.md: received on the 1st, answered by the end of the 16th
        (date(2025, 12, 20), date(2026, 1, 4)),  # over the year's end
        (date(2024, 2, 14), date(2024, 2, 29)),  # a leap day counts
        (date(2026, 2, 14), date(2026, 3, 1)),  # no leap day
    ],
)
def test_the_day_of_receipt_is_not_counted(got: date, due: date) -> None:
    assert due_on(received(got), working) == due


@pytest.mark.parametrize(
    ("got", "due"),
    [
        (date(2026, 2, 2), date(2026, 2, 24)),  # 17 February is inside the Spring Festival, 15 to 23 February 2026
        (date(2025, 9, 18), date(2025, 10, 9)),  # 3 October is inside National Day, 1 to 8 October 2025
        (date(2026, 1, 30), date(2026, 2, 14)),  # a Saturday on which people work (调休)
        (date(2026, 3, 5), date(2026, 3, 20)),  # a Friday
        (date(2026, 3, 6), date(2026, 3, 23)),  # a Saturday rolls on to Monday
    ],
)
def test_a_last_day_that_is_a_holiday_rolls_on_where_the_policy_says_so(got: date, due: date) -> None:
    assert due_on(received(got, roll=True), working) == due
    assert due_on(received(got), working) == got + timedelta(days=15)


def told_on(state: ListState, today: date) -> tuple[str, ...]:
    return stages_due(state, today, due_on(state, working))


def test_a_list_that_was_not_received_has_no_last_day_and_is_never_overdue() -> None:
    state = ListState("653123-2026-001", state="issued", issued_on=date(2026, 1, 5))
    assert due_on(state, working) is None
    assert told_on(state, date(2027, 1, 1)) == ()


def test_an_extension_counts_only_where_it_is_later() -> None:
    day = date(2026, 3, 1)
    assert due_on(received(day, extended_to=date(2026, 3, 20)), working) == date(2026, 3, 20)
    assert due_on(received(day, extended_to=date(2026, 3, 10)), working) == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (9, ()), (10, ("10",)), (13, ("10",)), (14, ("10", "14")), (15, ("10", "14")), (16, ("overdue",)),
        (40, ("overdue",)),
    ],
)  # fmt: skip
def test_reminders_come_at_days_ten_and_fourteen_and_overdue_from_sixteen(after: int, told: tuple[str, ...]) -> None:
    day = date(2026, 3, 1)
    assert told_on(received(day), day + timedelta(days=after)) == told


def test_what_was_told_is_not_told_again() -> None:
    day = date(2026, 3, 1)
    assert told_on(received(day, reminded=("10",)), day + timedelta(days=14)) == ("14",)
    assert told_on(received(day, reminded=("overdue",)), day + timedelta(days=30)) == ()


@given(st.dates(date(2020, 1, 1), date(2026, 10, 15)), st.integers(1, 60))
def test_a_rolled_day_is_a_working_day_and_never_earlier(start: date, days: int) -> None:
    plain, rolled = last_day(start, days), last_day(start, days, working)
    assert plain == start + timedelta(days=days)
    assert rolled >= plain
    assert working(rolled)
    assert not any(working(plain + timedelta(days=n)) for n in range((rolled - plain).days))


def test_the_state_is_what_the_events_say_and_an_event_out_of_place_is_refused() -> None:
    drawn: ListEvent = ListDrawn(
        "L1", "screening:a@1", "653123100", "township", (ListItem("S1"),), 0, envelope=ENVELOPE
    )
    assert state_of("L1", [drawn]).drawn_by == "li"
    with pytest.raises(IllegalMove):
        state_of("L1", [drawn, ListReceived(date(2026, 1, 5), envelope=ENVELOPE)])
