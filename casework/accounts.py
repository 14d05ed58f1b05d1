"""run.json and quarantine/: the account that a screening gives of every row it read and every rule it ran."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import msgspec

from casework.outputs import replacing
from casework.spreadsheets import as_plain_text
from risk.outcome import Outcome

RETIRED = "retired"
"""The outcome of a rule that did not run since the county retired it."""
QUARANTINE_COLUMNS = ("file", "line", "record_id", "column", "value", "reason_zh", "reason_en")

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_TOLD_TWICE = {"payments": "retold_payments", "cash-receipts": "retold_lines"}
"""Record type to the shared view of what another system tells too."""


class TypeCounts(msgspec.Struct):
    """Rows of a record type, or of one file: read = appended + repeated + amended + quarantined."""

    read: int = 0
    appended: int = 0
    repeated: int = 0
    amended: int = 0
    quarantined: int = 0
    set_aside: int = 0
    unreadable: int = 0

    def add(self, other: TypeCounts) -> None:
        """Add another count to this one."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class DriftAccount(msgspec.Struct, frozen=True):
    """What run.json says under `drift`."""

    trained_in_this_run: bool
    judged: int
    """Subjects with a percentile."""
    too_little_data: int
    """Subjects without."""
    findings: int
    """Recorded in findings.parquet under the rule `anomaly`."""
    problem: str
    """Why the model judged nobody, where a query failed."""
    compared: int
    """Features and scores compared with the model's training; 0 where it was trained in this run."""
    moved: Mapping[str, float]
    """Those that have moved, `<grain>/<feature>` to the population stability index, the furthest first."""
    rules_compared: int
    """Rules that the previous screening of this home ran too."""
    rule_volumes: Mapping[str, tuple[int, int]]
    """Rules whose findings have changed: before, now."""


class RunAccount(msgspec.Struct, frozen=True):
    """run.json."""

    position: int
    root_hash: str | None
    as_of: date
    county: str
    records: Mapping[str, TypeCounts]
    """Per record type, in the contract's order."""
    files: Sequence[Mapping[str, str | int]]
    unknown_files: Sequence[str]
    told_twice: Mapping[str, int]
    """Per record type: records that another system tells too, which the rules therefore count once."""
    rules: Mapping[str, str]
    """Per rule: `found n`, `none`, `not-enough-data: ...`, `failed: ...` or `retired`."""
    trials: Mapping[str, str]
    """Per version on trial, likewise: recorded in findings.parquet, never scored."""
    rule_notes: Mapping[str, Sequence[str]]
    """Per rule that could not judge everything, or whose thresholds were set aside: what and where, in Chinese."""
    rule_versions: Mapping[str, int]
    findings: int
    suspicions: int
    lists: Mapping[str, Mapping[str, int]]
    """Per township: items issued and left out."""
    model: str | None
    drift: DriftAccount
    timings_s: Mapping[str, float]
    rule_timings_s: Mapping[str, float]
    """Per rule, the slowest first."""
    peak_memory_mb: int


def outcome_text(outcome: Outcome) -> str:
    """Return a rule's outcome in the words of the contract."""
    if outcome.kind == "found":
        return f"found {outcome.count}"
    return outcome.kind if outcome.kind == "none" else f"{outcome.kind}: {outcome.text('en').partition(': ')[2]}"


def write_account(account: RunAccount, out: Path) -> None:
    """Write OUT/run.json."""
    text = msgspec.json.format(msgspec.json.encode(account), indent=1)
    with replacing(out / "run.json") as file:
        file.write(text + b"\n")


def told_twice(store: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many records of the world, per record type, another system tells too; the rules count those once."""
    counted = {
        name: store.execute(f"SELECT count(*) FROM {view}").fetchall()[0][0] for name, view in _TOLD_TWICE.items()
    }
    return {name: count for name, count in counted.items() if count}


def refused_files(store: duckdb.DuckDBPyConnection, position: int) -> tuple[str, ...]:
    """Return, as the vault calls them (file:<sha256>), the files and messages whose refused rows wait at a position."""
    found = store.execute(
        "SELECT DISTINCT 'file:' || split_part(stream, ':', 2) AS subject FROM history.refused "
        "WHERE position <= ? AND NOT released ORDER BY subject",
        [position],
    )
    return tuple(row[0] for row in found.fetchall())


def write_quarantine(store: duckdb.DuckDBPyConnection, position: int, out: Path) -> dict[str, int]:
    """Write OUT/quarantine/<type>.csv from the read models; return how many lines each has."""
    folder = out / "quarantine"
    folder.mkdir(parents=True, exist_ok=True)
    found = store.execute(
        "SELECT type, file, line, record_id, column_name, value, reason_zh, reason_en FROM history.refused "
        "WHERE position <= ? AND NOT released ORDER BY type, file, line, position",
        [position],
    ).fetchall()
    by_type: dict[str, list[tuple[object, ...]]] = {}
    for record_type, *cells in found:
        by_type.setdefault(record_type, []).append(tuple(cells))
    for old in folder.glob("*.csv"):
        if old.stem not in by_type:
            old.unlink()
    for record_type, rows in by_type.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(QUARANTINE_COLUMNS)
        writer.writerows(tuple(_plain(cell) for cell in row) for row in rows)
        with replacing(folder / f"{record_type}.csv") as file:
            file.write(text.getvalue().encode("utf-8"))
    return {record_type: len(rows) for record_type, rows in by_type.items()}


def _plain(cell: object) -> object:
    """Return a cell that is no formula; a number stays as it was written, for whoever reads the file by program."""
    return as_plain_text(cell) if isinstance(cell, str) and not _NUMBER.fullmatch(cell) else cell
