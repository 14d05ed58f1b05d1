"""The records that offices keep about the county as a whole: money moved on, figures, duties done, places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from simulation.rows import Row


@dataclass(slots=True, kw_only=True)
class TreasuryStatement(Row):
    """A line of the central bank branch's monthly statement."""

    month: str
    fee: str
    account: str
    amount: int
    count: int
    received_on: date


@dataclass(slots=True, kw_only=True)
class Assessment(Row):
    """What a department assessed and pushed: non-tax revenue."""

    payer_id_type: str = "uscc"
    payer_id: str
    payer_name: str
    fee: str
    period: str
    amount: int
    due_on: date
    assessed_by: str
    assessed_on: date
    division: str


@dataclass(slots=True, kw_only=True)
class Division(Row):
    """A place."""

    name: str
    name_en: str
    valid_from: date
    valid_to: date | None = None
    location: str


@dataclass(slots=True, kw_only=True)
class DutyAct(Row):
    """What an office did that it owes by a date."""

    duty: str
    department: str
    division: str = ""
    fee: str = ""
    fee_year: int | None = None
    period: str = ""
    done_on: date
    count: int | None = None
    amount: int | None = None
    signed: bool | None = None
    sealed: bool | None = None
    document_no: str = ""


@dataclass(slots=True, kw_only=True)
class FundTransfer(Row):
    """Money moved on by the finance office."""

    kind: str
    fee: str
    fee_year: int
    amount: int
    due_on: date
    transferred_on: date
    account: str


@dataclass(slots=True, kw_only=True)
class OfficeReport(Row):
    """An insurance office's monthly figure."""

    month: str
    fee: str
    account: str
    amount: int
    count: int
    reason: str = ""
    received_on: date


@dataclass(slots=True, kw_only=True)
class ControlTotal(Row):
    """What a source says it sent for a day."""

    of_source: str
    of_type: str
    day: date
    count: int
    amount: int
