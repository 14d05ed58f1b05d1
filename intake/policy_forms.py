"""Which values a change of policy has, per kind: what projections/policy/standing.py will read of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

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


class _Casework(_Form):
    """One setting of how lists are drawn up and answered."""

    name: Literal["capacity", "answer_days", "roll", "presumed_days", "number", "hold_critical"]
    value: str | int | bool

    def __post_init__(self) -> None:
        if self.name in {"roll", "hold_critical"} and not isinstance(self.value, bool):
            raise ValueError("`value`: true or false expected")
        if self.name in {"capacity", "answer_days", "presumed_days"} and not _whole(self.value):
            raise ValueError("`value`: a whole number of 0 or more expected")
        if self.name == "number" and "{n}" not in str(self.value):
            raise ValueError("`value`: a text with {n} in it expected, and {year} where wanted")


def _whole(value: Cell) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


FORMS: Mapping[str, type[_Form]] = {
    "county": _County,
    "tariff": _Tariff,
    "fiscal_share": _FiscalShare,
    "window_period": _WindowPeriod,
    "working_day": _WorkingDay,
    "priority": _Priority,
    "threshold": _Threshold,
    "duty": _Duty,
    "casework": _Casework,
}


def fault_of(kind: str, values: Mapping[str, Cell]) -> str:
    """Return what is wrong with the values of a change, '' where nothing is: once an event they stand for good."""
    try:
        msgspec.convert(dict(values), FORMS[kind], strict=False)
    except msgspec.ValidationError as error:
        return " ".join(str(error).split())
    return ""
