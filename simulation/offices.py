"""What the county's offices report at the end: statements, transfers, monthly figures, totals, duties done, places, units."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.days import FIRST_DAY, LAST_DAY, MEDICAL, PENSION, after_workdays
from simulation.places import COUNTY_CODE, COUNTY_NAME, Township, all_townships
from simulation.rows import ControlTotal, Division, DutyAct, FundTransfer, OfficeReport, TreasuryStatement
from simulation.totals import Totals

_SOURCES = {"payments": "tax-core", "pos-transactions": "pos-acquirer"}
_SUBSIDY = 70000


def month_end(month: str) -> date:
    """The last day of a month written YYYY-MM."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)


def statements(totals: Totals) -> list[TreasuryStatement]:
    """The monthly statements, each received on the second working day of the next month."""
    return [
        TreasuryStatement(
            record_id=f"GK{month.replace('-', '')}-{fee}-{account}", month=month, fee=fee, account=account,
            amount=amount, count=count, received_on=after_workdays(month_end(month), 2),
        )
        for (month, fee, account), (amount, count) in sorted(totals.posted.items())
    ]  # fmt: skip


def reports(totals: Totals) -> list[OfficeReport]:
    """The insurance offices' monthly figures for the social insurances."""
    return [
        OfficeReport(
            record_id=f"YB{month.replace('-', '')}-{fee}-{account}", month=month, fee=fee, account=account,
            amount=amount, count=count, received_on=after_workdays(month_end(month), 4),
        )
        for (month, fee, account), (amount, count) in sorted(totals.posted.items())
        if fee.startswith("resident-")
    ]  # fmt: skip


def transfers(totals: Totals) -> list[FundTransfer]:
    """What finance moved on to the fiscal accounts: each month's premiums and treasury shares, and the yearly subsidy."""
    made = []
    for (month, fee, year, fiscal), (amount, _) in sorted(totals.moved.items()):
        if not fee.startswith("resident-"):
            continue
        kind = "fiscal-share" if fiscal else "premium"
        due = month_end(month) + timedelta(days=15)
        made.append(
            FundTransfer(
                record_id=f"HB{month.replace('-', '')}-{fee}-{year}-{kind}", kind=kind, fee=fee, fee_year=year, amount=amount,
                due_on=due, transferred_on=due - timedelta(days=2 + amount // 100 % 4), account=_account(fee),
            )  # fmt: skip
        )
    count = totals.insured.get((MEDICAL.fee, MEDICAL.year), [0, 0])[1]
    made.append(
        FundTransfer(
            record_id="HB202602-subsidy-2026", kind="subsidy", fee=MEDICAL.fee, fee_year=MEDICAL.year, amount=count * _SUBSIDY,
            due_on=date(2026, 2, 28), transferred_on=date(2026, 2, 12), account=_account(MEDICAL.fee),
        )  # fmt: skip
    )
    return made


def _account(fee: str) -> str:
    return "财政专户-医疗" if fee == MEDICAL.fee else "财政专户-养老"


def control_totals(totals: Totals) -> list[ControlTotal]:
    """What the sources say they sent for each day."""
    return [
        ControlTotal(
            record_id=f"DZ-{kind}-{day:%Y%m%d}", of_source=_SOURCES[kind], of_type=kind, day=day, count=count, amount=amount
        )
        for (kind, day), (amount, count) in sorted(totals.sent.items())
    ]


def places(towns: list[Township]) -> list[Division]:
    """The county, all its townships, and the villages that have people."""
    since = date(2016, 1, 1)
    made = [Division(record_id=COUNTY_CODE, name=COUNTY_NAME, name_en="Yengisar County", valid_from=since, location="76.175,38.930")]
    villages = {town.code: town.villages for town in towns}
    for code, name, name_en, location in all_townships():
        made.append(Division(record_id=code, name=name, name_en=name_en, valid_from=since, location=location))
        for village in villages.get(code, []):
            made.append(
                Division(
                    record_id=village.code, name=village.name, name_en=f"{village.name_en} Village", valid_from=since,
                    location=village.location,
                )  # fmt: skip
            )
    return made


def duty_acts(towns: list[Township], totals: Totals) -> list[DutyAct]:
    """The duties with a clock, done in time, from the lists before the season to its appraisal."""
    acts = []
    for window in (PENSION, MEDICAL):
        for duty, department, before, signed in _BEFORE:
            acts.append(
                DutyAct(
                    duty=duty, department=department, fee=window.fee, fee_year=window.year,
                    done_on=window.opens - timedelta(days=before), signed=signed, sealed=signed,
                    document_no=f"英{duty[:2].upper()}〔{window.opens.year}〕{before}号",
                )  # fmt: skip
            )
        for town in towns:
            acts.extend(_township_acts(town, window.fee, window.year, window.opens, window.closes))
        acts.append(
            DutyAct(duty="media-campaign", department="publicity", fee=window.fee, fee_year=window.year,
                    done_on=window.closes - timedelta(days=40))  # fmt: skip
        )
        acts.append(
            DutyAct(duty="summary-and-appraisal", department="tax", fee=window.fee, fee_year=window.year,
                    done_on=window.closes + timedelta(days=8))  # fmt: skip
        )
    acts.extend(_quarterly())
    acts.extend(_daily(totals))
    for number, act in enumerate(acts, start=1):
        act.record_id = f"LZ-C{number:07d}"
    return acts


_BEFORE = (
    ("welfare-lists", "civil-affairs", 34, True),
    ("poverty-lists", "rural-revitalisation", 35, True),
    ("disability-lists", "disabled-persons-federation", 33, True),
    ("school-roll", "education", 12, None),
)


def _township_acts(town: Township, fee: str, year: int, opens: date, closes: date) -> list[DutyAct]:
    dated = (
        ("canvass", "township", opens - timedelta(days=9)),
        ("roster-pushed", "tax", opens - timedelta(days=6)),
        ("publicity", "township", closes - timedelta(days=3)),
    )
    return [
        DutyAct(duty=duty, department=who, division=town.code, fee=fee, fee_year=year, done_on=day, count=town.people)
        for duty, who, day in dated
    ]


def _quarterly() -> list[DutyAct]:
    acts = []
    for month in ("2025-03", "2025-06", "2025-09", "2025-12"):
        last = month_end(month)
        period = f"{month[:4]}Q{int(month[5:]) // 3}"
        acts.append(DutyAct(duty="household-register", department="police", period=period, done_on=last + timedelta(days=3)))
        acts.append(DutyAct(duty="justice-data", department="justice", period=period, done_on=last - timedelta(days=2)))
        acts.append(DutyAct(duty="progress-report", department="tax", period=period, done_on=last + timedelta(days=11)))
    for day in (date(2025, 3, 20), date(2025, 8, 28)):
        for department in ("tax", "medical-insurance", "human-resources"):
            acts.append(DutyAct(duty="trainings", department=department, period=str(day.year), done_on=day, count=60))
    for day in (date(2025, 5, 22), date(2025, 11, 20)):
        for department in ("discipline", "tax", "finance", "medical-insurance", "human-resources"):
            acts.append(DutyAct(duty="special-inspections", department=department, period=str(day.year), done_on=day))
    return acts


def _daily(totals: Totals) -> list[DutyAct]:
    acts = []
    for offset in range((LAST_DAY - FIRST_DAY).days):
        day = FIRST_DAY + timedelta(days=offset)
        sent = totals.sent.get(("payments", day))
        if sent is not None:
            acts.append(
                DutyAct(duty="payment-details", department="tax", period=day.isoformat(), done_on=day + timedelta(days=1),
                        count=sent[1], amount=sent[0])  # fmt: skip
            )
    for day, (amount, count) in sorted(totals.refund_days.items()):
        for department in ("medical-insurance", "human-resources"):
            acts.append(
                DutyAct(duty="refund-papers", department=department, period=day.isoformat(), done_on=day, count=count, amount=amount)
            )
    for day, (_, count) in sorted(totals.notified_days.items()):
        for department in ("medical-insurance", "human-resources"):
            done = after_workdays(day, 6)
            acts.append(
                DutyAct(duty="identity-updates", department=department, period=day.isoformat(), done_on=done, count=count)
            )
    return acts
