"""What the anomaly model says of subjects, as scoring takes it in: a percentile, and sentences where it is high."""

from __future__ import annotations

import pyarrow as pa

_FIELDS: tuple[pa.Field[pa.DataType], ...] = (
    pa.field("county", pa.string()),
    pa.field("subject_type", pa.string()),
    pa.field("subject_id", pa.string()),
    pa.field("percentile", pa.float64()),
    pa.field("reasons_zh", pa.list_(pa.string())),
    pa.field("reasons_en", pa.list_(pa.string())),
)
SCHEMA = pa.schema(_FIELDS)
"""One row per judged subject; who has too little data has no row. A card is judged as an account."""

NOTHING: pa.Table = SCHEMA.empty_table()
"""No model: every score is what the rules alone give."""
