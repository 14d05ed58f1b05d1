"""A tiny data folder written by hand, and a home to take it into: what many tests start from."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from domain.fact import content_of
from domain.identity import check_character
from intake.ingest import Intake, Report
from ledger.home import Home

NOON = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
VILLAGE = "653123100201"


def number(sequence: int, born: str = "19800101") -> str:
    """Return the ID number of a person who does not exist."""
    body = f"999901{born}{sequence:03d}"
    return body + check_character(body)


def payment(record: str, sequence: int = 1, **changes: object) -> dict[str, object]:
    """Return a payment row."""
    row: dict[str, object] = {
        "record_id": record,
        "payer_id": number(sequence),
        "payer_name": f"买买提{sequence}",
        "fee": "resident-medical",
        "fee_year": 2026,
        "amount": "400.00",
        "channel": "wechat",
        "paid_at": "2025-11-03T10:20:30+08:00",
        "posted_on": "2025-11-05",
        "division": VILLAGE,
    }
    return row | changes


def receipt(record: str, sequence: int = 1, **changes: object) -> dict[str, object]:
    """Return a line of the cash register."""
    row: dict[str, object] = {
        "record_id": record,
        "payer_id": number(sequence),
        "payer_name": f"买买提{sequence}",
        "fee": "resident-medical",
        "fee_year": 2026,
        "amount": "400",
        "received_at": "2025-11-03 10:00",
        "collector_id": "C01",
        "division": VILLAGE,
        "payer_signed": "是",
        "collector_signed": "是",
        "village_signed": "是",
    }
    return row | changes


def write_csv(path: Path, rows: Iterable[Mapping[str, object]], encoding: str = "utf-8") -> Path:
    """Write rows as a CSV whose heading is the first row's keys."""
    listed = list(rows)
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)
    return path


def write_dataset(folder: Path) -> None:
    """Write dataset.yaml."""
    sources = "sources: {payments: tax-core, cash-receipts: township-ledger, rosters: office}"
    text = f'county: {{code: "653123", name: 英吉沙县}}\n{sources}\nclock_shift_hours: 2\n'
    (folder / "dataset.yaml").write_text(text, encoding="utf-8")


def data_folder(path: Path, **files: Iterable[Mapping[str, object]]) -> Path:
    """Write a data folder; keywords are record types with _ for -."""
    path.mkdir(parents=True, exist_ok=True)
    write_dataset(path)
    for name, rows in files.items():
        write_csv(path / f"{name.replace('_', '-')}.csv", rows)
    return path


def take(home: Home, path: Path) -> Report:
    """Take a folder or file into the home."""
    return Intake(home, actor="tester", clock=lambda: NOON).take(path)


def contents(home: Home) -> set[tuple[str, int, str, bytes]]:
    """Return what the ledger says, without recorded_at, correlation and order."""
    return {(row.stream, row.version, row.topic, content_of(row.state)) for row in home.ledger.read(0, 10_000_000)}
