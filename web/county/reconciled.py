"""The reconciliation: what was paid, posted, stated, recorded, reported and transferred, by fee, account and month."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

import duckdb

from web.county.newest import last_record, newest, query
from web.frame.facts import Facts

RECORDS = (
    "payments", "payment-voids", "treasury-statements", "entitlements", "office-reports", "fund-transfers", "refunds",
)  # fmt: skip
"""Record types whose figures are laid side by side."""


class Month(NamedTuple):
    """The figures of a fee, account and month, in fen; None where nothing came in."""

    month: str
    """YYYY-MM; "" of records without a date."""
    fee: str
    account: str
    """"" where accounts are taken together, or none is named."""
    paid: int | None
    unposted: int | None
    """Of what was paid in the month: what was not posted to this day."""
    posted: int | None
    statement: int | None
    statement_gap: int | None
    """What the statement has more than was posted."""
    reports: int | None
    reports_gap: int | None
    reasons: int | None
    """Lines of the office's report that give a reason."""
    entitlements: int | None
    transfers: int | None
    refunds: int | None


class Wanted(NamedTuple):
    """Which records are asked for."""

    figure: str
    fee: str = ""
    month: str | None = None
    """None: of every month."""
    account: str | None = None
    """None: of every account."""


class Entry(NamedTuple):
    """A record that counts in a figure."""

    day: date | None
    event_id: str
    position: int
    record_id: str
    fee: str
    fee_year: int | None
    account: str
    township: str | None
    fen: int
    other_on: date | None
    """The day of the next or former step: posting, paying, receipt, reversal, term, listing."""
    note: str | None


def months(facts: Facts, *, by_account: bool = False) -> list[Month]:
    """Return the figures of all months, the oldest first. Unreachable, Broken."""
    with newest(facts, *RECORDS) as connection:
        found = connection.execute(query("reconciled"), {"by_account": by_account})
        return [Month(*row) for row in found.fetchall()]


class Months:
    """The figures of all months, summed again where records came in; safe for threads."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._lock = threading.Lock()
        self._at = -1
        self._found: dict[bool, list[Month]] = {}

    def look(self, *, by_account: bool) -> list[Month]:
        """Return the figures as `months` does."""
        newest_at = last_record(self._facts)
        with self._lock:
            if self._at != newest_at:
                self._at, self._found = newest_at, {}
            if by_account not in self._found:
                self._found[by_account] = months(self._facts, by_account=by_account)
            return self._found[by_account]


def total(found: list[Month]) -> Month:
    """Return the sums over months."""
    sums = (
        sum(value for row in found if isinstance(value := row[place], int)) for place in range(3, len(Month._fields))
    )
    return Month("", "", "", *sums)


def entries(facts: Facts, wanted: Wanted, after: str = "", limit: int | None = None) -> list[Entry]:
    """Return the records of a figure behind one, by day and event; `after`: an event id with its day before it."""
    where = ["m.figure = $figure"]
    given: dict[str, object] = {"figure": wanted.figure}
    for name, value in (("fee", wanted.fee or None), ("month", wanted.month), ("account", wanted.account)):
        if value is not None:
            where.append(f"m.{name} = ${name}")
            given[name] = value
    if after:
        where.append("concat(coalesce(CAST(m.day AS VARCHAR), ''), ' ', m.event_id, ' ', m.amount_fen) > $after")
        given["after"] = after
    sql = (
        "SELECT m.day, m.event_id, m.position, m.record_id, m.fee, m.fee_year, m.account, m.township, m.amount_fen, "
        f"m.other_on, m.note FROM money_records AS m WHERE {' AND '.join(where)} "
        "ORDER BY concat(coalesce(CAST(m.day AS VARCHAR), ''), ' ', m.event_id, ' ', m.amount_fen)"
    )
    with _money(facts) as connection:
        found = connection.execute(sql if limit is None else f"{sql} LIMIT {limit}", given)
        return [Entry(*row) for row in found.fetchall()]


def key(entry: Entry) -> str:
    """Return what `after` names a record by."""
    return f"{entry.day or ''} {entry.event_id} {entry.fen}"


def size(facts: Facts, wanted: Wanted) -> tuple[int, int]:
    """Return how many records a figure counts, and their sum in fen."""
    given = {"figure": wanted.figure, "fee": wanted.fee, "month": wanted.month, "account": wanted.account}
    with _money(facts) as connection:
        row = connection.execute(
            "SELECT count(*), CAST(coalesce(sum(m.amount_fen), 0) AS BIGINT) FROM money_records AS m "
            "WHERE m.figure = $figure AND $fee IN ('', m.fee) AND ($month IS NULL OR m.month = $month) "
            "AND ($account IS NULL OR m.account = $account)", given,
        ).fetchone()  # fmt: skip
    return (row[0], row[1]) if row else (0, 0)


@contextmanager
def _money(facts: Facts) -> Iterator[duckdb.DuckDBPyConnection]:
    with newest(facts, *RECORDS) as connection:
        connection.execute(f"CREATE TEMP VIEW money_records AS {query('money_records')}")
        yield connection
