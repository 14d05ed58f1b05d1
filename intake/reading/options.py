"""What a reader is told beside the file: the record type's headings, chunk size, and what holds for the whole file."""

from __future__ import annotations

from collections.abc import Mapping

from domain.form import RecordType
from intake.reading.headings import HeadingIndex

_FREE_TEXT = frozenset({"reason", "text", "result", "about", "duties", "address", "name", "name_en", "payer_name"})


class Options:
    """One reading's settings.

    rows: records in a chunk at most. year: fee year where neither a column nor a title tells it. county: the code that
    stands in a generated id where a table has no division column.
    """

    def __init__(
        self,
        record_type: RecordType,
        mapping: Mapping[str, str] | None = None,
        rows: int = 20_000,
        year: int | None = None,
        county: str | None = None,
    ) -> None:
        if rows < 1:
            raise ValueError(f"rows: at least 1 expected, got {rows}")
        self.record_type = record_type
        self.rows = rows
        self.year = year
        self.county = county
        self.index = HeadingIndex(record_type, mapping)
        self.types = {field.name: field.type for field in record_type.fields}
        self.identities = frozenset(name for name, kind in self.types.items() if kind == "identity")
        self.numbers = (
            frozenset(name for name, kind in self.types.items() if kind in ("string", "division", "list")) - _FREE_TEXT
        )
        fee = [field.zh_values for field in record_type.fields if field.name == "fee"]
        self.fee_names = dict(fee[0]) if fee else {}
