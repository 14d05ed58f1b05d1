"""Which values a change of policy has, per kind: what projections/policy/standing.py will read of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

Yuan = Annotated[float, msgspec.Meta(ge=0)]
Cell = str | int | float | bool | None


class _Form(msgspec.Struct, forbid_unknown_fields=True):
    """The values of one kind."""


class _County(_Form):
    name: str | None = None
    clock_shift_hours: int | None = None


class _Tariff(_Form):
    """One tariff: `amount` for a fixed one, or its `tiers` as yuan with ';' between."""

    fee: str
    fee_year: int
    category: str = "all"
    amount: Yuan | None = None
    tiers: Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(\.[0-9]+)?(;[0-9]+(\.[0-9]+)?)*$")] | Yuan | None = None

    def __post_init__(self) -> None:
        if (self.amount is None) == (self.tiers is None):
            raise ValueError("either `amount` or `tiers` expected")


class _FiscalShare(_Form):
    fee: str
    fee_year: int
    category: str
    percent: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    amount: Yuan | None = None


class _WindowPeriod(_Form):
    fee: str
    fee_year: int
    first_on: date
    last_on: date


class _WorkingDay(_Form):
    day: date
    working: bool


class _Priority(_Form):
    category: str
    rank: int


class _Threshold(_Form):
    rule: str
    name: str
    value: float


class _Duty(_Form):
    duty: str
    zh: str | None = None
    anchor: str | None = None
    days: int | None = None
    unit: str | None = None
    per_year: int | None = None


FORMS: Mapping[str, type[_Form]] = {
    "county": _County,
    "tariff": _Tariff,
    "fiscal_share": _FiscalShare,
    "window_period": _WindowPeriod,
    "working_day": _WorkingDay,
    "priority": _Priority,
    "threshold": _Threshold,
    "duty": _Duty,
}


def fault_of(kind: str, values: Mapping[str, Cell]) -> str:
    """Return what is wrong with the values of a change, '' where nothing is: once an event they stand for good."""
    try:
        msgspec.convert(dict(values), FORMS[kind], strict=False)
    except msgspec.ValidationError as error:
        return " ".join(str(error).split())
    return ""
