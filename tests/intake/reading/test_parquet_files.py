from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.intake.reading.conftest import Read, WriteCsv


def test_every_column_type_comes_as_text(read: Read, tmp_path: Path) -> None:
    moment = datetime(2025, 10, 3, 2, 22, 33, tzinfo=UTC)
    table = pa.table(
        {
            "record_id": pa.array(["1", "2"]).dictionary_encode(),
            "amount": pa.array([Decimal("400.10"), None], pa.decimal128(12, 2)),
            "fee_year": pa.array([2026, 2026], pa.int16()),
            "paid_at": pa.array([moment, None], pa.timestamp("ns", "UTC")),
            "posted_on": pa.array([date(2025, 10, 5), None]),
            "tier": pa.array([100.5, 1e2]),
            "自注": pa.array([[1, 2], None]),
        }
    )
    path = tmp_path / "payments.parquet"
    pq.write_table(table, path)
    found = read(path, "payments")
    assert found.column("record_id") == ["1", "2"]
    assert found.column("amount") == ["400.10", None]
    assert found.column("fee_year") == ["2026", "2026"]
    assert found.column("paid_at") == ["2025-10-03 10:22:33", None]
    assert found.column("posted_on") == ["2025-10-05", None]
    assert found.column("tier") == ["100.5", "100"]
    assert found.beside("自注") == ["[1,2]", None]
    assert found.lines == [1, 2]
    assert found.faults == []


def test_a_moment_without_a_zone_stays_as_it_is(read: Read, tmp_path: Path) -> None:
    naive = (datetime(2025, 10, 3, tzinfo=UTC) + timedelta(hours=10)).replace(tzinfo=None)
    path = tmp_path / "payments.parquet"
    pq.write_table(pa.table({"record_id": ["1"], "paid_at": [naive]}), path)
    assert read(path, "payments").column("paid_at") == ["2025-10-03 10:00:00"]


def test_batches_are_chunks(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "payments.parquet"
    pq.write_table(pa.table({"record_id": [str(n) for n in range(25)]}), path)
    found = read(path, "payments", rows=10)
    assert [len(chunk.lines) for chunk in found.chunks] == [10, 10, 5]
    assert found.lines == list(range(1, 26))


def test_a_damaged_file_and_a_foreign_one_are_unreadable(read: Read, csv_file: WriteCsv, tmp_path: Path) -> None:
    assert "parquet" in read(csv_file(b"PAR1 and no more", "payments.parquet"), "payments").unreadable[0].reason_en
    path = tmp_path / "payments.parquet"
    pq.write_table(pa.table({"other": ["1"]}), path)
    assert "no heading" in read(path, "payments").unreadable[0].reason_en
