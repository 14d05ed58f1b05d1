"""The files of a data folder: one CSV per record type, with the field names as headings."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Self

from simulation import office_rows, rows
from simulation.places import all_townships
from simulation.rows import Row

TYPES: dict[str, type[Row]] = {
    "payments": rows.Payment,
    "payment-voids": rows.PaymentVoid,
    "refunds": rows.Refund,
    "pos-transactions": rows.PosTransaction,
    "cash-receipts": rows.CashReceipt,
    "rosters": rows.RosterLine,
    "collectors": rows.Collector,
    "terminals": rows.Terminal,
    "entitlements": rows.Entitlement,
    "treasury-statements": office_rows.TreasuryStatement,
    "status-changes": rows.StatusChange,
    "households": rows.HouseholdMember,
    "receipt-books": rows.ReceiptBook,
    "whitelist": rows.WhitelistLine,
    "assessments": office_rows.Assessment,
    "divisions": office_rows.Division,
    "complaints": rows.Complaint,
    "duty-acts": office_rows.DutyAct,
    "data-queries": rows.DataQuery,
    "fund-transfers": office_rows.FundTransfer,
    "office-reports": office_rows.OfficeReport,
    "control-totals": office_rows.ControlTotal,
}
_MONEY = frozenset({"amount", "tier", "amount_due", "fiscal_share"})


def _plain(value: object) -> object:
    return "" if value is None else value


def _yuan(value: object) -> object:
    if not isinstance(value, int):
        return ""
    return str(value // 100) if value % 100 == 0 else f"{value // 100}.{value % 100:02d}"


def _moment(value: object) -> object:
    return value.isoformat(" ")[:19] if isinstance(value, datetime) else ""


def _day(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else ""


def _flag(value: object) -> object:
    return "" if value is None else "true" if value else "false"


def _reference(value: object) -> object:
    return value.record_id if isinstance(value, Row) else ""


def _form(name: str, annotation: str) -> Callable[[object], object] | None:
    if name in _MONEY:
        return _yuan
    for word, form in (("datetime", _moment), ("date", _day), ("bool", _flag)):
        if annotation.startswith(word):
            return form
    if annotation.split(" ", maxsplit=1)[0] in {"Payment", "PosTransaction", "Slip"}:
        return _reference
    return None if annotation == "str" else _plain


class TableFile:
    """One CSV file that records of one type are added to."""

    def __init__(self, path: Path, kind: type[Row]) -> None:
        columns = fields(kind)
        self._names = [column.name for column in columns]
        self._values = attrgetter(*self._names)
        forms = [(n, _form(c.name, str(c.type))) for n, c in enumerate(columns)]
        self._forms = [(n, form) for n, form in forms if form is not None]
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(self._names)
        self.count = 0

    def add(self, records: Iterable[Row]) -> None:
        """Write records in the order given."""
        write = self._writer.writerow
        for record in records:
            cells = list(self._values(record))
            for place, form in self._forms:
                cells[place] = form(cells[place])
            write(cells)
            self.count += 1

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class DataFolder:
    """The open CSV files of a county."""

    def __init__(self, out: Path) -> None:
        self.out = out
        out.mkdir(parents=True, exist_ok=True)
        self._tables: dict[str, TableFile] = {}
        self.extra: dict[str, int] = {}

    def __enter__(self) -> Self:
        for code, *_ in all_townships():
            (self.out / f"cash-receipts-{code}.xlsx").unlink(missing_ok=True)  # of an earlier county of another size
        self._tables = {name: TableFile(self.out / f"{name}.csv", kind) for name, kind in TYPES.items()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for table in self._tables.values():
            table.close()

    def add(self, name: str, records: Sequence[Row]) -> None:
        """Append records to the file of their type."""
        self._tables[name].add(records)

    def counts(self) -> dict[str, int]:
        """Return records per type, those in workbooks included."""
        return {name: table.count + self.extra.get(name, 0) for name, table in self._tables.items()}
