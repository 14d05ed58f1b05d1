"""What dedicated terminals charged, what was paid by them, and what the acquirer settled, by day or by terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

import duckdb

from web.county.newest import newest, query
from web.frame.facts import Facts

_SUMS = ", ".join(
    f"CAST(sum(t.{name}) AS BIGINT)"
    for name in ("charged_fen", "returned_fen", "paid_fen", "gap_fen", "settled_fen", "unsettled_fen")
)


class Settled(NamedTuple):
    """The sums of a day, or of a terminal on a day, in fen."""

    day: date
    terminal: str
    """"" of a whole day, and of payments that name no terminal."""
    charged: int
    returned: int
    paid: int
    gap: int
    """Charged, less what was given back, less what was paid."""
    settled: int
    """By the acquirer on this day, whenever it was charged."""
    unsettled: int
    """Charged on this day and not settled to this day."""


def months(facts: Facts) -> list[str]:
    """Return the months (YYYY-MM) in which terminals moved money, the newest first."""
    with _terminals(facts) as connection:
        found = connection.execute("SELECT DISTINCT strftime(day, '%Y-%m') AS m FROM terminal_moves ORDER BY m DESC")
        return [row[0] for row in found.fetchall()]


def days(facts: Facts, month: str) -> list[Settled]:
    """Return the days of a month."""
    sql = (
        f"SELECT t.day, '', {_SUMS} FROM terminal_moves AS t WHERE strftime(t.day, '%Y-%m') = $month "
        "GROUP BY t.day ORDER BY t.day"
    )
    with _terminals(facts) as connection:
        return [Settled(*row) for row in connection.execute(sql, {"month": month}).fetchall()]


def terminals_on(facts: Facts, day: date) -> list[Settled]:
    """Return the terminals of a day, those that differ most first."""
    sql = (
        f"SELECT t.day, t.terminal_id, {_SUMS} FROM terminal_moves AS t WHERE t.day = $day "
        "GROUP BY t.day, t.terminal_id ORDER BY abs(sum(t.gap_fen)) DESC, t.terminal_id"
    )
    with _terminals(facts) as connection:
        return [Settled(*row) for row in connection.execute(sql, {"day": day}).fetchall()]


@contextmanager
def _terminals(facts: Facts) -> Iterator[duckdb.DuckDBPyConnection]:
    with newest(facts, "pos-transactions", "payments", "payment-voids") as connection:
        connection.execute(f"CREATE TEMP VIEW terminal_moves AS {query('terminal_moves')}")
        yield connection
