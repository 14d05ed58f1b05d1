"""Closing a township: records are put in time order, given their ids and receipt numbers, and written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from simulation.books import Books
from simulation.days import FIRST_DAY, MEDICAL, after_workdays
from simulation.files import DataFolder
from simulation.places import Township
from simulation.rows import CashReceipt, ReceiptBook, Row, Slip, Terminal
from simulation.totals import Totals
from simulation.workbook import write_register

_BOOK = 50
_PAGE_LINES = 20
_BOOK_LINES = 400


class Serials:
    """The county's running numbers; they rise over the whole of a file."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def number(self, records: Iterable[Row], prefix: str, width: int) -> None:
        """Give each record the next number of its kind."""
        serial = self._next.get(prefix, 0)
        for record in records:
            if not record.record_id:
                serial += 1
                record.record_id = f"{prefix}{serial:0{width}d}"
        self._next[prefix] = serial

    def block(self, name: str, size: int) -> int:
        """Reserve `size` numbers and return the first."""
        first = self._next.get(name, 1)
        self._next[name] = first + size
        return first


def close_township(
    books: Books,
    township: Township,
    clerk: str,
    folder: DataFolder,
    serials: Serials,
    totals: Totals,
    *,
    as_workbook: bool,
) -> None:
    """Give all records of a township their numbers and write them."""
    books.payments.sort(key=lambda p: p.paid_at)
    books.sales.sort(key=lambda s: s.occurred_at)
    books.receipts.sort(key=lambda r: (r.collector_id, r.received_at))
    books.refunds.sort(key=lambda r: r.refunded_at)
    books.voids.sort(key=lambda v: v.voided_at)
    books.entitlements.sort(key=lambda e: e.recorded_on)
    serials.number(books.payments, "4400", 14)
    serials.number(books.sales, "", 12)
    serials.number(books.refunds, "TF2025", 8)
    serials.number(books.voids, "CZ2025", 8)
    serials.number(books.entitlements, "QY", 12)
    serials.number(books.changes, "BD", 9)
    serials.number(books.whitelist, "BM", 7)
    serials.number(books.complaints, "JB2025", 6)
    serials.number(books.queries, "YC", 7)
    serials.number(books.acts, "LZ-X", 7)
    issued = _receipt_books(books, serials)
    _pages(books.receipts)
    totals.township(books)
    _write(books, folder, issued)
    if as_workbook:
        path = folder.out / f"cash-receipts-{township.code}.xlsx"
        write_register(path, township.name, clerk, books.receipts)
        folder.extra["cash-receipts"] = folder.extra.get("cash-receipts", 0) + len(books.receipts)
    else:
        folder.add("cash-receipts", books.receipts)


def _write(books: Books, folder: DataFolder, issued: list[ReceiptBook]) -> None:
    terminals: list[Terminal] = books.terminals
    for name, records in (
        ("payments", books.payments),
        ("payment-voids", books.voids),
        ("refunds", books.refunds),
        ("pos-transactions", books.sales),
        ("rosters", books.rosters),
        ("collectors", books.collectors),
        ("terminals", terminals),
        ("entitlements", books.entitlements),
        ("status-changes", books.changes),
        ("households", books.members),
        ("receipt-books", issued),
        ("whitelist", books.whitelist),
        ("complaints", books.complaints),
        ("data-queries", books.queries),
        ("duty-acts", books.acts),
    ):
        folder.add(name, records)


def _torn(slip: Slip) -> datetime:
    return slip.torn_at


def _receipt_books(books: Books, serials: Serials) -> list[ReceiptBook]:
    by_collector: dict[str, list[Slip]] = {}
    for slip in books.slips:
        by_collector.setdefault(slip.collector_id, []).append(slip)
    issued: list[ReceiptBook] = []
    for collector in sorted(by_collector):
        slips = sorted(by_collector[collector], key=_torn)
        parts = (slips[start : start + _BOOK] for start in range(0, len(slips), _BOOK))
        issued.extend(_book(collector, part, serials) for part in parts)
    return issued


def _book(collector: str, slips: list[Slip], serials: Serials) -> ReceiptBook:
    first = serials.block("slip", _BOOK) + 310_000
    for number, slip in enumerate(slips, start=first):
        slip.record_id = f"{number:08d}"
        slip.book.record_id = f"LY{first:08d}"
    opened, filled = slips[0].torn_at.date(), slips[-1].torn_at.date()
    voided = [slip.record_id for slip in slips if slip.state == "voided"]
    return ReceiptBook(
        record_id=f"LY{first:08d}",
        collector_id=collector,
        first_no=f"{first:08d}",
        last_no=f"{first + _BOOK - 1:08d}",
        issued_on=max(opened - timedelta(days=4), date(FIRST_DAY.year - 1, 12, 20)),
        returned_on=after_workdays(max(filled, MEDICAL.closes) if len(slips) < _BOOK else filled, 6),
        voided=";".join(voided),
    )


def _pages(receipts: list[CashReceipt]) -> None:
    books: dict[str, int] = {}
    open_books: dict[tuple[str, str], tuple[int, int]] = {}
    for line in receipts:
        key = (line.division, line.collector_id)
        book, count = open_books.get(key, (0, 0))
        if count % _BOOK_LINES == 0:
            book = books[line.division] = books.get(line.division, 0) + 1
        open_books[key] = (book, count + 1)
        page, row = count % _BOOK_LINES // _PAGE_LINES + 1, count % _PAGE_LINES + 1
        line.page = f"{book}-{page}"
        line.record_id = f"{line.division}-{book:02d}-{page:02d}-{row:02d}"
