"""What a suspicion is once scored: the columns of the table, and one row of it as a value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
import pyarrow as pa

SUSPICIONS, OFFICES = "suspicions", "offices"
"""The two files that a suspicion may stand in (contracts/outputs.md)."""

_FIELDS: tuple[pa.Field[pa.DataType], ...] = (
    pa.field("county", pa.string()),
    pa.field("file", pa.string()),
    pa.field("suspicion_id", pa.string()),
    pa.field("rank", pa.int64()),
    pa.field("score", pa.float64()),
    pa.field("category", pa.string()),
    pa.field("township", pa.string()),
    pa.field("village", pa.string()),
    pa.field("subject_type", pa.string()),
    pa.field("subject_id", pa.string()),
    pa.field("rules", pa.list_(pa.string())),
    pa.field("amount_at_risk_fen", pa.int64()),
    pa.field("first_on", pa.date32()),
    pa.field("last_on", pa.date32()),
    pa.field("reasons_zh", pa.list_(pa.string())),
    pa.field("reasons_en", pa.list_(pa.string())),
    pa.field("addressee", pa.string()),
    pa.field("evidence", pa.list_(pa.string())),
    pa.field("severity", pa.string()),
    pa.field("copy_to_discipline", pa.bool_()),
    pa.field("percentile", pa.float64()),
)
SCHEMA = pa.schema(_FIELDS)
"""The columns of scored suspicions, in order."""


class Suspicion(msgspec.Struct, frozen=True):
    """The findings about one subject and one kind of wrong, put together; never a verdict."""

    county: str
    file: str
    """SUSPICIONS: for a township or discipline inspection; OFFICES: what only an office can mend."""
    suspicion_id: str
    rank: int
    """1 is best, within county and file."""
    score: float
    """0 to 1, six places."""
    category: str
    township: str | None
    village: str | None
    subject_type: str
    subject_id: str
    rules: tuple[str, ...]
    amount_at_risk_fen: int
    first_on: date | None
    last_on: date | None
    reasons_zh: tuple[str, ...]
    reasons_en: tuple[str, ...]
    """The same order as reasons_zh."""
    addressee: str
    evidence: tuple[str, ...]
    """Event ids, sorted, distinct."""
    severity: str
    """The strongest of its findings."""
    copy_to_discipline: bool
    """Critical, or a finding that only discipline may see raises it too."""
    percentile: float | None = None
    """How unusual the anomaly model finds the subject, 0 to 100; None without a model, or with too little data."""


def rows(suspicions: pa.Table, at_a_time: int = 10_000) -> Iterator[Suspicion]:
    """Yield the table's rows in its order, `at_a_time` of them in memory as Python values."""
    for batch in suspicions.select(SCHEMA.names).to_batches(max_chunksize=at_a_time):
        yield from msgspec.convert(batch.to_pylist(), list[Suspicion])
