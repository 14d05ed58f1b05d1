"""What a township answers to a list as a whole: its items with their answers, and the counts that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from casework.workbook import columns
from domain.cases import answer
from ledger.merkle.printed import Printed

RESULTS = dict(zip(answer.RESULTS, columns.RESULTS, strict=True))
METHODS = dict(zip(answer.METHODS, columns.METHODS, strict=True))
"""Stored values to what the papers call them."""


class ReportItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the list with its answer; names and texts are what may be shown, empty where nothing was said."""

    suspicion_id: str
    subject: str
    category: str
    amount_fen: int
    village: str = ""
    result: str | None = None
    """One of domain.cases.answer.RESULTS; None: not checked, and the statement says why."""
    method: str | None = None
    """One of domain.cases.answer.METHODS."""
    checkers: str = ""
    checked_on: date | None = None
    cause: str = ""
    statement: str = ""
    measures: str = ""
    repaid_fen: int | None = None
    """As the township says."""
    repaid_on: date | None = None
    responsible: str = ""
    attachments: str = ""


class Count(msgspec.Struct, frozen=True):
    """How many items, and the money at risk in them, or given back."""

    label: str
    items: int
    amount_fen: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The report of one township on one list."""

    number: str
    """Of the list that it answers."""
    county: str
    township: str
    """The township's government: 萨罕镇人民政府."""
    addressee: str
    """The tax office."""
    batch: str
    issued_on: date
    due_on: date
    items: tuple[ReportItem, ...]
    received_on: date | None = None
    reported_on: date | None = None
    organisation: str = ""
    """How the check was organised: who led, who took part, which villages, who stood aside."""
    accountability: str = ""
    """What was mended and who was held to account, beyond the items' own measures."""
    suggestions: str = ""
    recovered: Count | None = None
    """What of the corrections already stands in the ledger as facts; None: not looked at."""
    leader: str = ""
    deputy: str = ""
    clerk: str = ""
    """主要领导, 分管领导, 经办人: printed where known, signed by hand all the same."""
    printed: Printed | None = None


def counts(items: Iterable[ReportItem]) -> tuple[Count, ...]:
    """Return the counts in the order of the report: issued = checked + not checked, checked = the four results."""
    items = tuple(items)
    chosen: list[tuple[str, Callable[[ReportItem], bool]]] = [
        ("下发疑点", lambda item: True),
        ("已核查", lambda item: item.result is not None),
        ("未核查", lambda item: item.result is None),
        ("属实", lambda item: item.result == "confirmed"),
        ("部分属实", lambda item: item.result == "partly"),
        ("不属实（已排除）", lambda item: item.result == "cleared"),
        ("无法核实", lambda item: item.result == "unverifiable"),
    ]
    found = [
        Count(label, sum(map(fits, items)), sum(item.amount_fen for item in items if fits(item)))
        for label, fits in chosen
    ]
    repaid = [item.repaid_fen for item in items if item.repaid_fen]
    return (*found, Count("已整改（退还、补缴）", len(repaid), sum(repaid)))
