"""The duties with a clock as the offices did them: from the lists before the season to its appraisal, all in time."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.days import FIRST_DAY, LAST_DAY, MEDICAL, PENSION, Window, after_workdays
from simulation.office_rows import DutyAct
from simulation.offices import month_end
from simulation.places import Township
from simulation.totals import Totals

_INSURERS = ("medical-insurance", "human-resources")
_BEFORE = (
    ("welfare-lists", "civil-affairs", 34, True),
    ("poverty-lists", "rural-revitalisation", 35, True),
    ("disability-lists", "disabled-persons-federation", 33, True),
    ("school-roll", "education", 12, None),
)


def duty_acts(towns: list[Township], totals: Totals) -> list[DutyAct]:
    """Return all that the offices did, numbered."""
    acts = [act for window in (PENSION, MEDICAL) for act in _of_season(towns, window)]
    acts += _quarterly()
    acts += _yearly()
    acts += _daily(totals)
    for number, act in enumerate(acts, start=1):
        act.record_id = f"LZ-C{number:07d}"
    return acts


def _act(duty: str, department: str, window: Window, day: date) -> DutyAct:
    return DutyAct(duty=duty, department=department, fee=window.fee, fee_year=window.year, done_on=day)


def _of_season(towns: list[Township], window: Window) -> list[DutyAct]:
    acts = [
        _act("media-campaign", "publicity", window, window.closes - timedelta(days=40)),
        _act("summary-and-appraisal", "tax", window, window.closes + timedelta(days=8)),
    ]
    for duty, department, before, signed in _BEFORE:
        act = _act(duty, department, window, window.opens - timedelta(days=before))
        act.signed = act.sealed = signed
        act.document_no = f"英{department[:2].upper()}〔{act.done_on.year}〕{before}号"
        acts.append(act)
    for town in towns:
        for duty, department, day in (
            ("canvass", "township", window.opens - timedelta(days=9)),
            ("roster-pushed", "tax", window.opens - timedelta(days=6)),
            ("publicity", "township", window.closes - timedelta(days=3)),
        ):
            act = _act(duty, department, window, day)
            act.division, act.count = town.code, town.people
            acts.append(act)
    return acts


def _quarterly() -> list[DutyAct]:
    acts = []
    for month in ("2025-03", "2025-06", "2025-09", "2025-12"):
        last, period = month_end(month), f"{month[:4]}Q{int(month[5:]) // 3}"
        for duty, department, after in (
            ("household-register", "police", 3),
            ("justice-data", "justice", -2),
            ("progress-report", "tax", 11),
        ):
            day = last + timedelta(days=after)
            acts.append(DutyAct(duty=duty, department=department, period=period, done_on=day))
    return acts


def _yearly() -> list[DutyAct]:
    trained, inspected = (date(2025, 3, 20), date(2025, 8, 28)), (date(2025, 5, 22), date(2025, 11, 20))
    return [
        DutyAct(duty=duty, department=department, period="2025", done_on=day)
        for duty, days, departments in (
            ("trainings", trained, ("tax", *_INSURERS)),
            ("special-inspections", inspected, ("discipline", "tax", "finance", *_INSURERS)),
        )
        for day in days
        for department in departments
    ]


def _daily(totals: Totals) -> list[DutyAct]:
    acts = []
    for offset in range((LAST_DAY - FIRST_DAY).days):
        day = FIRST_DAY + timedelta(days=offset)
        amount, count = totals.sent.get(("payments", day), (0, 0))
        if count:
            done = day + timedelta(days=1)
            acts.append(_counted("payment-details", "tax", day, done, count, amount))
    for day, (amount, count) in sorted(totals.refund_days.items()):
        acts += [_counted("refund-papers", office, day, day, count, amount) for office in _INSURERS]
    for day, (_, count) in sorted(totals.notified_days.items()):
        acts += [_counted("identity-updates", office, day, after_workdays(day, 6), count) for office in _INSURERS]
    return acts


def _counted(duty: str, office: str, day: date, done: date, count: int, amount: int | None = None) -> DutyAct:
    return DutyAct(duty=duty, department=office, period=day.isoformat(), done_on=done, count=count, amount=amount)
