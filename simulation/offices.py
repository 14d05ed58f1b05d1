"""What the county's offices report: treasury statements, transfers, monthly figures, control totals, places."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.days import MEDICAL, after_workdays
from simulation.office_rows import ControlTotal, Division, FundTransfer, OfficeReport, TreasuryStatement
from simulation.places import COUNTY_CODE, COUNTY_NAME, Township, all_townships
from simulation.totals import Totals

_SOURCES = {"payments": "tax-core", "pos-transactions": "pos-acquirer"}
_SUBSIDY = 70000


def month_end(month: str) -> date:
    """Return the last day of a month written YYYY-MM."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)


def statements(totals: Totals) -> list[TreasuryStatement]:
    """Return the monthly statements, each received on the second working day of the next month."""
    return [
        TreasuryStatement(
            record_id=f"GK{month.replace('-', '')}-{fee}-{account}",
            month=month,
            fee=fee,
            account=account,
            amount=amount,
            count=count,
            received_on=after_workdays(month_end(month), 2),
        )
        for (month, fee, account), (amount, count) in sorted(totals.posted.items())
    ]


def reports(totals: Totals) -> list[OfficeReport]:
    """Return the insurance offices' monthly figures for the social insurances."""
    return [
        OfficeReport(
            record_id=f"YB{month.replace('-', '')}-{fee}-{account}",
            month=month,
            fee=fee,
            account=account,
            amount=amount,
            count=count,
            received_on=after_workdays(month_end(month), 4),
        )
        for (month, fee, account), (amount, count) in sorted(totals.posted.items())
        if fee.startswith("resident-")
    ]


def transfers(totals: Totals) -> list[FundTransfer]:
    """Return what finance moved on to the fiscal accounts: premiums, treasury shares and the yearly subsidy."""
    made = []
    for (month, fee, year, fiscal), (amount, _) in sorted(totals.moved.items()):
        if not fee.startswith("resident-"):
            continue
        kind = "fiscal-share" if fiscal else "premium"
        due = month_end(month) + timedelta(days=15)
        made.append(
            FundTransfer(
                record_id=f"HB{month.replace('-', '')}-{fee}-{year}-{kind}",
                kind=kind,
                fee=fee,
                fee_year=year,
                amount=amount,
                due_on=due,
                transferred_on=due - timedelta(days=2 + amount // 100 % 4),
                account=_account(fee),
            )
        )
    count = totals.insured.get((MEDICAL.fee, MEDICAL.year), (0, 0))[1]
    made.append(
        FundTransfer(
            record_id="HB202602-subsidy-2026",
            kind="subsidy",
            fee=MEDICAL.fee,
            fee_year=MEDICAL.year,
            amount=count * _SUBSIDY,
            due_on=date(2026, 2, 28),
            transferred_on=date(2026, 2, 12),
            account=_account(MEDICAL.fee),
        )
    )
    return made


def _account(fee: str) -> str:
    return "财政专户-医疗" if fee == MEDICAL.fee else "财政专户-养老"


def control_totals(totals: Totals) -> list[ControlTotal]:
    """Return what the sources say they sent for each day."""
    return [
        ControlTotal(
            record_id=f"DZ-{kind}-{day:%Y%m%d}",
            of_source=_SOURCES[kind],
            of_type=kind,
            day=day,
            count=count,
            amount=amount,
        )
        for (kind, day), (amount, count) in sorted(totals.sent.items())
    ]


def places(towns: list[Township]) -> list[Division]:
    """Return the county, all its townships, and the villages that have people."""
    since = date(2016, 1, 1)
    made = [
        Division(
            record_id=COUNTY_CODE,
            name=COUNTY_NAME,
            name_en="Yengisar County",
            valid_from=since,
            location="76.175,38.930",
        )
    ]
    villages = {town.code: town.villages for town in towns}
    for code, name, name_en, location in all_townships():
        made.append(Division(record_id=code, name=name, name_en=name_en, valid_from=since, location=location))
        made.extend(
            Division(
                record_id=v.code, name=v.name, name_en=f"{v.name_en} Village", valid_from=since, location=v.location
            )
            for v in villages.get(code, [])
        )
    return made
