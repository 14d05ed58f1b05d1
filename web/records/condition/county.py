"""What a county's policy lacks: the arrangement of working days to come, and tariffs of years in which money came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb

from domain.fees import FEES
from domain.policy import PolicyChanged
from intake.county import county_of_ledger
from intake.parsing import CHINA
from ledger.log import Ledger
from projections.policy.defaults import Row
from projections.policy.standing import Change, standing_rows
from web.records.condition.check import Check, Said

SOON = timedelta(days=45)
"""Deadlines of lists that are issued now end within so many days."""
CALENDAR, TARIFFS = Said("工作日安排", "Working days"), Said("缴费标准", "Tariffs")
_WITH_TARIFF = {fee.id: fee.zh[0] for fee in FEES if fee.tariff != "free"}
YEARS = """
SELECT DISTINCT fee, fee_year FROM history.payments WHERE fee_year IS NOT NULL
UNION
SELECT DISTINCT fee, fee_year FROM history.cash_receipts WHERE fee_year IS NOT NULL
"""


def policy_rows(ledger: Ledger) -> dict[str, list[Row]]:
    """Return the policy tables of the ledger's county with every change that was ever set."""
    county = county_of_ledger(ledger) or "000000"
    changes = []
    for recorded in ledger.of_type("policy"):
        event = ledger.event(recorded)
        if isinstance(event, PolicyChanged) and event.envelope.county == county:
            set_on = event.envelope.recorded_at.astimezone(CHINA).date()
            changes.append(Change(event.kind, event.values, event.who, event.why, event.valid_from, set_on))
    return standing_rows(county, changes)


def calendar(rows: dict[str, list[Row]], today: date) -> Check:
    """Say until which day the arrangement of working days is known."""
    unknown = [day for _, day, _, _, provisional in rows["working_day"] if provisional and isinstance(day, date)]
    known = min((day for day in unknown if day.month == 1 and day.day == 1), default=date.max) - timedelta(days=1)
    told = Said(f"到 {known} 为止已知", f"known until {known}")
    if known - today >= SOON:
        return Check("working-days", CALENDAR, "ok", told)
    return Check(
        "working-days", CALENDAR, "wrong" if known < today else "note", told,
        Said(
            "国务院公布后用 mingzhang policy set 设 working_day；在此之前按周一至周五计算",
            "set working_day by mingzhang policy set once it is published; until then Monday to Friday count",
        ),
    )  # fmt: skip


def tariffs(rows: dict[str, list[Row]], years: Iterable[tuple[str, int]]) -> Check:
    """Say for which fees and years money came without a tariff; `years`: fee and year of all that came (YEARS)."""
    # A tariff of the contract without a year stands for every year, and is expanded by the defaults.
    known = {(row[1], row[3]) for row in rows["tariff"]}
    missing = sorted((fee, year) for fee, year in years if fee in _WITH_TARIFF and (fee, year) not in known)
    if not missing:
        return Check("tariffs", TARIFFS, "ok", Said("有缴费的年度都有标准", "every year with money has one"))
    return Check(
        "tariffs", TARIFFS, "wrong",
        Said(
            f"没有标准：{'、'.join(f'{_WITH_TARIFF[fee]} {year}' for fee, year in missing)}",
            f"none for {', '.join(f'{fee} {year}' for fee, year in missing)}",
        ),
        Said(
            "用 mingzhang policy set 设 tariff；在此之前有关金额的规则不判断这些年度",
            "set tariff by mingzhang policy set; until then rules about amounts leave these years out",
        ),
    )  # fmt: skip


def years_of(store: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """Return the fees and fee years of payments and cash receipts."""
    return [(row[0], row[1]) for row in store.execute(YEARS).fetchall()]
