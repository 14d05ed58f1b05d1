"""Writes projections/schema/<type>.sql: a record type's read table, with a comment on the table and every column."""

from __future__ import annotations

from typing import NamedTuple

from mingzhang.contracts import OWN_DATE, Contracts, FieldSpec, column, stands

PLAIN = {
    "string": "VARCHAR", "integer": "BIGINT", "money": "BIGINT", "date": "DATE", "datetime": "TIMESTAMP",
    "division": "VARCHAR", "bool": "BOOLEAN", "enum": "VARCHAR", "list": "VARCHAR[]",
}  # fmt: skip


class Column(NamedTuple):
    """A column of a read table."""

    name: str
    type: str
    comment: str


HEAD = (
    Column("county", "VARCHAR NOT NULL", "six-digit code of the county"),
    Column("position", "BIGINT NOT NULL", "place of the event in the ledger's one order"),
    Column("event_id", "VARCHAR NOT NULL", "<stream>@<version>"),
    Column("version", "INTEGER NOT NULL", "1 as first recorded; each amendment is one more"),
    Column("amended", "BOOLEAN NOT NULL", "the record has more than one version"),
    Column("source", "VARCHAR NOT NULL", "the system that the record comes from"),
)
TAIL = (
    Column("changed", "VARCHAR[]", "names of what this version changed"),
    Column("changed_at", "TIMESTAMP", "when the source changed the record (+08:00)"),
    Column("recorded_at", "TIMESTAMP NOT NULL", "when the ledger took the event (+08:00)"),
    Column(
        "known_on", "DATE", "changed_at; else recorded_at when within 30 days of the record's own date; else that date"
    ),
    Column("defects", "VARCHAR[]", "columns whose value could not be read or fails its check"),
)
DIVIDED = (
    Column("township", "VARCHAR", "nine-digit code of the township"),
    Column("village", "VARCHAR", "twelve-digit code of the village"),
)


def identity_columns(name: str, zh: str) -> list[Column]:
    """Return the columns that stand for an identity."""
    return [
        Column(name, "VARCHAR", f"{zh}: token"),
        Column(f"{name}_valid", "BOOLEAN", f"{zh}: the number passes its check"),
        Column(f"{name}_born", "INTEGER", f"{zh}: year of birth"),
        Column(f"{name}_sex", "VARCHAR", f"{zh}: m or f"),
        Column(f"{name}_name_birth", "VARCHAR", f"{zh}: token of name and birth date"),
        Column(f"{name}_near", "VARCHAR[]", f"{zh}: where the check fails, tokens of the valid numbers one slip away"),
    ]


def account_columns(name: str, zh: str) -> list[Column]:
    """Return the columns that stand for an account, wallet or card."""
    return [
        Column(name, "VARCHAR", f"{zh}: token"),
        Column(f"{name}_weak", "VARCHAR", f"{zh}: token of first six and last four digits; may collide"),
        Column(f"{name}_masked", "BOOLEAN", f"{zh}: the source showed a part only"),
        Column(f"{name}_last4", "VARCHAR", f"{zh}: last four characters"),
    ]


def field_columns(record: str, name: str, spec: FieldSpec) -> list[Column]:
    """Return the columns of one field."""
    kind, base, zh = stands(record, name, spec), column(name, spec), spec.zh[0]
    if kind == "identity":
        return identity_columns(base, zh)
    if kind == "account":
        return [Column(base, "VARCHAR[]", f"{zh}: tokens")] if spec.type == "list" else account_columns(base, zh)
    if kind in ("name", "sealed"):
        return [Column(base, "VARCHAR", f"{zh}: {'token' if kind == 'name' else 'keyed hash of the sealed text'}")]
    unit = " (fen)" if spec.type == "money" else " (+08:00)" if spec.type == "datetime" else ""
    columns = [Column(base, PLAIN[spec.type], zh + unit)]
    if spec.type == "datetime":
        columns.append(Column(f"{base.removesuffix('_at')}_on", "DATE", f"{zh}: the day"))
        columns.append(Column("timed", "BOOLEAN", f"{zh}: false where the source gave a day without a time"))
    return columns


def columns_of(contracts: Contracts, record: str) -> list[Column]:
    """Return all columns of the record's read table, in order."""
    fields = contracts.records[record].fields
    columns = list(HEAD) + list(DIVIDED if fields.get("division", FieldSpec("")).type == "division" else ())
    for name, spec in fields.items():
        columns += field_columns(record, name, spec)
    return columns + list(TAIL)


def table(contracts: Contracts, record: str) -> str:
    """Return the text of projections/schema/<type>.sql."""
    name, zh = record.replace("-", "_"), contracts.records[record].zh
    columns = columns_of(contracts, record)
    declared = ",\n".join(f"    {column.name} {column.type}" for column in columns)
    comments = "".join(
        f"COMMENT ON COLUMN history.{name}.{column.name} IS {_quoted(column.comment)};\n" for column in columns
    )
    return (
        f"-- {record} {zh}: every version of every record, dated by {OWN_DATE[record]}. Generated from domain/contracts; do not edit.\n"
        f"CREATE TABLE history.{name} (\n{declared}\n);\n"
        f"COMMENT ON TABLE history.{name} IS {_quoted(f'{zh}: every version of every record')};\n{comments}"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
