"""Tables as Parquet files: one form wherever findings and suspicions are kept or handed out."""

from __future__ import annotations

from io import BytesIO
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq


def write_parquet(table: pa.Table, file: IO[bytes]) -> None:
    """Write a table; the same table gives the same bytes with one version of the library."""
    pq.write_table(table, file, compression="zstd", row_group_size=100_000)


def as_parquet(table: pa.Table) -> bytes:
    """Return what `write_parquet` writes."""
    buffer = BytesIO()
    write_parquet(table, buffer)
    return buffer.getvalue()
