"""A few units and what the departments assess on them: non-tax revenue, paid as assessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from simulation.books import Books
from simulation.days import office_time
from simulation.office_rows import Assessment
from simulation.places import COUNTY_CODE
from simulation.rows import Payment

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_NAMES = (
    "英吉沙县丝路小刀有限公司",
    "英吉沙县达瓦昆建材有限公司",
    "英吉沙县色买提杏业专业合作社",
    "英吉沙县南湖商贸有限公司",
    "英吉沙县乌恰农机服务部",
    "英吉沙县芒辛土陶厂",
    "英吉沙县新城物业服务有限公司",
    "英吉沙县依格孜也尔矿业有限公司",
)
_FEES = (
    ("urban-waste-fee", "住房和城乡建设局", 36000, "103044606"),
    ("soil-water-compensation", "行政审批局", 1280000, "103044609"),
    ("land-transfer-income", "自然资源局", 96000000, "1030148"),
)


@dataclass(slots=True)
class Units:
    """What was assessed on the units and what they paid."""

    books: Books
    assessments: list[Assessment] = field(default_factory=list)


def unified_code(body17: str) -> str:
    """Return a unified social credit code with its check character (GB 32100)."""
    total = sum(_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body17))
    return body17 + _ALPHABET[(31 - total % 31) % 31]


def levy_units(rng: Random, people: int) -> Units:
    """Assess the units through the year and let them pay within their terms."""
    units = Units(Books(rng))
    for number in range(max(6, min(60, people // 1000))):
        code = unified_code(f"91999901MA{number:06d}X"[:17])
        suffix = "" if number < len(_NAMES) else f"第{number // len(_NAMES) + 1}分公司"
        name = _NAMES[number % len(_NAMES)] + suffix
        for quarter in range(4):
            fee, department, base, account = _FEES[0 if number % 3 else number // 3 % 3]
            if fee == "land-transfer-income" and quarter:
                continue
            _assess(
                units, rng, code, name, fee, department, base + 100 * int(rng.random() * base / 500), account, quarter
            )
    return units


def _assess(
    units: Units, rng: Random, code: str, name: str, fee: str, department: str, amount: int, account: str, quarter: int
) -> None:
    assessed = date(2025, 3 * quarter + 2, 10)
    due = assessed + timedelta(days=30)
    line = Assessment(
        record_id=f"HD2025{len(units.assessments) + 1:06d}",
        payer_id=code,
        payer_name=name,
        fee=fee,
        period=f"2025Q{quarter + 1}",
        amount=amount,
        due_on=due,
        assessed_by=department,
        assessed_on=assessed,
        division=COUNTY_CODE,
    )
    units.assessments.append(line)
    paid_at = office_time(rng, assessed + timedelta(days=3 + int(rng.random() * 24)))
    units.books.payments.append(
        Payment(
            payer_id_type="uscc",
            payer_id=code,
            payer_name=name,
            fee=fee,
            fee_year=2025,
            amount=amount,
            channel="treasury-link" if rng.random() < 0.7 else "bank-counter",
            paid_at=paid_at,
            posted_on=paid_at.date() + timedelta(days=1),
            division=COUNTY_CODE,
            assessment_id=line.record_id,
            treasury_account=account,
            payer_account=f"3001{code[-8:]}",
        )
    )
