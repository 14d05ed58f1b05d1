"""Moving ledger and vault to another database: every row as it is, proved by counts and hashes on both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

import msgspec

from domain.errors import Broken, Refused

Cell = int | str | bytes | None
BATCH = 20_000
"""Rows that are in memory at once."""


class Table(NamedTuple):
    """A table as it stands on both sides."""

    name: str
    columns: tuple[str, ...]
    key: str
    """The column that orders its rows: numbers, or bytes of UTF-8."""
    types: tuple[str, ...]
    """int8, text or bytea for each column."""


TABLES = (
    Table(
        "sealed",
        ("id", "bucket", "subject", "wrapped", "marks", "value"),
        "id",
        ("int8", "int8", "text", "bytea", "bytea", "bytea"),
    ),
    Table("erased", ("subject",), "subject", ("text",)),
    Table("master", ("value",), "value", ("bytea",)),
    Table(
        "stored_events",
        ("position", "originator_id", "originator_version", "topic", "state"),
        "position",
        ("int8", "text", "int8", "text", "bytea"),
    ),
)
"""In the order of writing: the vault before the ledger."""
Rows = Sequence[tuple[Cell, ...]]


class Moved(NamedTuple):
    """What a table held on both sides: equal, or there is no Moved."""

    table: str
    rows: int
    sha256: str
    """Over its rows by their key, each as a MessagePack array of its columns."""


class Side(Protocol):
    """Ledger and vault in one database (or in two files), held so that nobody else writes meanwhile."""

    @property
    def name(self) -> str:
        """What messages call it."""

    def held(self) -> AbstractContextManager[None]:
        """Hold both; what was not committed by the end is rolled back. Unreachable, Broken."""

    def after(self, table: Table, key: Cell) -> Rows:
        """Return the next BATCH rows behind a key, by key; from the beginning where it is None."""

    def add(self, table: Table, rows: Rows) -> None:
        """Add rows as they are, numbers included."""

    def commit(self) -> None:
        """Bring what was added to disk."""

    def close_for_good(self, position: int) -> None:
        """Refuse every writer from now on, durably: the ledger went elsewhere at that position."""

    def open_again(self) -> None:
        """Take writers again, where the ledger has come back."""


def move(source: Side, target: Side, settle: Callable[[], None], watch: Callable[[str, int], None]) -> list[Moved]:
    """Copy every row to an empty target, compare both sides, commit, and close the source for good.

    A table that stands in the target already, the same to the byte, was moved by an attempt that was interrupted.
    `settle` is called once the target is on disk and before the source is closed; `watch` with a table and its rows.
    Errors: Refused (the target holds something else; nothing was changed), Broken (rows differ after copying; nothing
    is kept), Unreachable.
    """
    with source.held(), target.held():
        target.open_again()
        moved = [_moved(table, source, target, watch) for table in TABLES]
        target.commit()
        settle()
        source.close_for_good(moved[-1].rows)
        source.commit()
    return moved


def _moved(table: Table, source: Side, target: Side, watch: Callable[[str, int], None]) -> Moved:
    standing = bool(target.after(table, None))
    ours = _Account()
    for rows in batches(source, table):
        ours.take(rows)
        if not standing:
            target.add(table, rows)
        watch(table.name, ours.rows)
    theirs = _Account()
    for rows in batches(target, table):
        theirs.take(rows)
    if (ours.rows, ours.digest) == (theirs.rows, theirs.digest):
        return Moved(table.name, ours.rows, ours.digest)
    if standing:
        raise Refused(
            f"{target.name} 的表 {table.name} 已有 {theirs.rows} 行其他内容，未做任何改动：请换一个空的目标",
            f"{table.name} of {target.name} holds {theirs.rows} rows of something else; nothing was changed: "
            "choose an empty target",
        )
    raise Broken(
        f"{table.name} 复制后不一致（{ours.rows} 行 {ours.digest}，目标 {theirs.rows} 行 {theirs.digest}），未保留",
        f"{table.name} differs after copying ({ours.rows} rows {ours.digest}, target {theirs.rows} rows "
        f"{theirs.digest}); nothing was kept",
    )


def batches(side: Side, table: Table) -> Iterator[Rows]:
    """Yield all rows of a table by key, up to BATCH at a time."""
    at = table.columns.index(table.key)
    last: Cell = None
    while rows := side.after(table, last):
        yield rows
        last = rows[-1][at]


class _Account:
    """Rows and their rolling hash."""

    def __init__(self) -> None:
        self.rows = 0
        self._sha256 = hashlib.sha256()
        self._encode = msgspec.msgpack.Encoder().encode

    def take(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        """Take further rows."""
        encoded = list(map(self._encode, rows))
        self._sha256.update(b"".join(encoded))
        self.rows += len(encoded)

    @property
    def digest(self) -> str:
        """The hash so far, in hex."""
        return self._sha256.hexdigest()
