"""Whose secret in the vault seals what the records name by token: per subject its tokens, and the source of them."""

from __future__ import annotations

from collections.abc import Iterator

from domain.contract import RECORD_TYPES
from domain.form import ACCOUNT, IDENTITY, NAME, SEALED, Field, RecordType


def held_tokens() -> str:
    """Return the SELECT of (subject, token, source) over every version of every record, with repeats.

    Sealed texts and lists that belong to nobody known are left out: they stand under the file that they came in.
    """
    return " UNION ALL ".join(part for record_type in RECORD_TYPES.values() for part in _of(record_type))


def _of(record_type: RecordType) -> Iterator[str]:
    owner = next((field.column for field in record_type.fields if field.stands == IDENTITY), "CAST(NULL AS VARCHAR)")
    for field in record_type.fields:
        if field.stands not in (IDENTITY, NAME, ACCOUNT, SEALED):
            continue
        column, source = field.column, f"history.{record_type.table}"
        if field.type == "list":
            source = f"(SELECT * REPLACE (unnest({column}) AS {column}) FROM {source})"
        subject = _subject(field, owner, column)
        yield (
            f"SELECT {subject} AS subject, {column} AS token, source FROM {source} "
            f"WHERE {column} IS NOT NULL AND {subject} IS NOT NULL"
        )


def _subject(field: Field, owner: str, column: str) -> str:
    if field.stands == IDENTITY:
        return column
    if field.name == "reporter":
        return "concat('reporter:', record_id)"
    if field.stands == SEALED or field.type == "list":
        return owner
    return f"coalesce({owner}, concat('{field.stands}:', {column}))"
