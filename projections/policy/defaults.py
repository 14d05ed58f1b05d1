"""The policy that a county starts from: the rows of the policy tables as contracts and calendar give them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar

from domain.duties import DUTIES
from domain.fees import FEES, FISCAL_SHARES, TARIFFS

Row = tuple[str | int | float | bool | date | tuple[str, ...] | None, ...]
"""One row of a policy table, cells in column order."""

FEE_YEARS = range(2020, 2031)
FIRST_DAY = date(2019, 1, 1)
LAST_ARRANGED_YEAR = 2026
LAST_DAY = date(2031, 12, 31)
PRIORITY = (
    "extreme-poverty", "orphan", "severe-disability", "subsistence-allowance", "poverty-monitored",
    "student", "newborn", "flexible", "ordinary", "other",
)  # fmt: skip
"""Which category wins when several apply, the first before all others."""
CASEWORK = (
    ("capacity", "20"), ("answer_days", "15"), ("roll", "false"), ("presumed_days", "0"),
    ("number", "税疑〔{year}〕{n}号"), ("hold_critical", "false"),
)  # fmt: skip
"""How lists are drawn up and answered: items a township gets, days it has (Y 41), whether a last day that is a holiday
rolls on, days after which receipt is presumed (0: never), the number on paper, whether critical ones go to discipline
alone at first."""


def default_rows(county: str) -> dict[str, list[Row]]:
    """Return the rows of every policy table for a county (six digits), cells in the column order of tables.sql."""
    return {
        "county": [(county, None, 0)],
        "tariff": _tariffs(county),
        "fiscal_share": [
            (county, share.fee, year, share.category, share.percent, share.amount_fen)
            for share in FISCAL_SHARES
            for year in FEE_YEARS
        ],
        "window_period": [
            (county, fee.id, year, *fee.window.of(year)) for fee in FEES if fee.window is not None for year in FEE_YEARS
        ],
        "working_day": _working_days(county),
        "priority": [(county, category, rank) for rank, category in enumerate(PRIORITY, start=1)],
        "threshold": [],
        "casework": [(county, name, value) for name, value in CASEWORK],
        "duty": [
            (
                county,
                duty.id,
                duty.zh,
                duty.who,
                duty.anchor,
                duty.field,
                None if duty.per_year is not None else duty.offset,
                None if duty.per_year is not None else duty.unit,
                duty.per_year,
                duty.proof,
                duty.basis,
                duty.to,
                duty.condition,
                duty.only,
                duty.rule,
                duty.day_set,
            )
            for duty in DUTIES
        ],
    }


def _tariffs(county: str) -> list[Row]:
    kinds = {fee.id: fee.tariff for fee in FEES}
    rows: list[Row] = []
    for tariff in TARIFFS:
        years = FEE_YEARS if tariff.fee_year is None else (tariff.fee_year,)
        rows += [(county, tariff.fee, kinds[tariff.fee], year, "all", tariff.amount_fen) for year in years]
    return rows


def _working_days(county: str) -> list[Row]:
    return [(county, *day) for day in _calendar()]


@cache
def _calendar() -> tuple[tuple[date, bool, int, bool], ...]:
    """Return every day: whether people work on it, the working days up to it, whether its year is not arranged yet."""
    found = []
    ordinal = 0
    day = FIRST_DAY
    while day <= LAST_DAY:
        provisional = day.year > LAST_ARRANGED_YEAR
        working = day.weekday() < 5 if provisional else chinese_calendar.is_workday(day)
        ordinal += working
        found.append((day, working, ordinal, provisional))
        day += timedelta(days=1)
    return tuple(found)
