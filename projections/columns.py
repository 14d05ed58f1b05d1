"""How a stored fact becomes a row: per record type the JSON structure to read and the expression of every column."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from domain.contract import RECORD_TYPES
from domain.form import ACCOUNT, IDENTITY, Field, RecordType

_JSON = {"integer": '"BIGINT"', "money": '"BIGINT"', "bool": '"BOOLEAN"', "date": '"DATE"'}
_IDENTITY = (
    '{"token":"VARCHAR","valid":"BOOLEAN","born":"INTEGER","sex":"VARCHAR","name_birth":"VARCHAR","near":["VARCHAR"]}'
)
_ACCOUNT = '{"token":"VARCHAR","weak":"VARCHAR","masked":"BOOLEAN","last4":"VARCHAR"}'
_ENVELOPE = '{"source":"VARCHAR","county":"VARCHAR","recorded_at":"VARCHAR"}'
KNOWN_WITHIN_DAYS = 30
"""recorded_at says when a record was known only where it is this near to the record's own date."""


class Projection(NamedTuple):
    """How one record type is projected."""

    table: str
    structure: str
    """The structure that json_transform reads."""
    names: tuple[str, ...]
    expressions: tuple[str, ...]
    """SQL over event e, stream, version and position; one per name."""


def moment(path: str) -> str:
    """Return the expression of a stored +08:00 datetime as a wall-time TIMESTAMP."""
    return f"CAST(left({path}, 19) AS TIMESTAMP)"


def _structure(field: Field) -> str:
    if field.stands == IDENTITY:
        return _IDENTITY
    if field.stands == ACCOUNT:
        return f"[{_ACCOUNT}]" if field.type == "list" else _ACCOUNT
    if field.type == "list":
        return '["VARCHAR"]'
    return _JSON.get(field.type, '"VARCHAR"')


def _identity(base: str) -> list[tuple[str, str]]:
    path = f"e.{base}"
    return [
        (base, f"{path}.token"),
        (f"{base}_valid", f"CASE WHEN {path}.token IS NOT NULL THEN coalesce({path}.valid, true) END"),
        *((f"{base}_{part}", f"{path}.{part}") for part in ("born", "sex", "name_birth", "near")),
    ]


def _account(base: str) -> list[tuple[str, str]]:
    path = f"e.{base}"
    return [
        (base, f"{path}.token"),
        (f"{base}_weak", f"{path}.weak"),
        (f"{base}_masked", f"CASE WHEN {path}.token IS NOT NULL THEN coalesce({path}.masked, false) END"),
        (f"{base}_last4", f"{path}.last4"),
    ]


def _literal(field: Field) -> str:
    text = str(field.default)
    return text if field.type in ("integer", "bool") else str(int(text) * 100) if field.type == "money" else f"'{text}'"


def _plain(field: Field) -> list[tuple[str, str]]:
    """Return the columns of a field that stands as it is; what could not be read is null and not the default."""
    base = field.column
    path = f"e.{base}"
    if field.type == "datetime":
        wall = moment(path)
        return [
            (base, wall),
            (f"{base.removesuffix('_at')}_on", f"CAST({wall} AS DATE)"),
            ("timed", "coalesce(e.timed, true)"),
        ]
    if field.default is not None:
        unread = f"list_contains(list_transform(e.defects, lambda x: x.column), '{base}')"
        return [(base, f"CASE WHEN e.defects IS NULL OR NOT {unread} THEN coalesce({path}, {_literal(field)}) END")]
    return [(base, path)]


def _field(field: Field) -> list[tuple[str, str]]:
    if field.stands == IDENTITY:
        return _identity(field.column)
    if field.stands == ACCOUNT:
        base = field.column
        return [(base, f"list_transform(e.{base}, lambda x: x.token)")] if field.type == "list" else _account(base)
    return _plain(field)


def own_date(record_type: RecordType) -> str:
    """Return the name of the DATE column that dates the record."""
    name = record_type.own_date
    return f"{name.removesuffix('_at')}_on" if record_type.field(name).type == "datetime" else name


def _divided(record_type: RecordType) -> list[tuple[str, str]]:
    if not any(field.name == "division" and field.type == "division" for field in record_type.fields):
        return []
    digits = "e.division NOT LIKE 'name:%'"
    return [
        ("township", f"CASE WHEN length(e.division) >= 9 AND {digits} THEN left(e.division, 9) END"),
        ("village", f"CASE WHEN length(e.division) = 12 AND {digits} THEN e.division END"),
    ]


@cache
def projection_of(name: str) -> Projection:
    """Return how records of the type are projected; KeyError where there is no such type."""
    record_type = RECORD_TYPES[name]
    fields = [field for field in record_type.fields if field.name not in ("source", "changed_at")]
    recorded = moment("e.envelope.recorded_at")
    columns = [
        ("county", "e.envelope.county"), ("position", "position"), ("event_id", "concat(stream, '@', version)"),
        ("version", "version"), ("amended", "version > 1"), ("source", "e.envelope.source"), *_divided(record_type),
    ]  # fmt: skip
    for field in fields:
        columns += _field(field)
    own = dict(columns)[own_date(record_type)]
    changed = moment("e.changed_at")
    recorded_on = f"CAST({recorded} AS DATE)"
    soon = f"abs(date_diff('day', {own}, {recorded_on})) <= {KNOWN_WITHIN_DAYS}"
    columns += [
        ("changed", "e.changed"),
        ("changed_at", changed),
        ("recorded_at", recorded),
        ("known_on", f"coalesce(CAST({changed} AS DATE), CASE WHEN {soon} THEN {recorded_on} ELSE {own} END)"),
        ("defects", "list_transform(e.defects, lambda x: x.column)"),
    ]
    parts = [f'"{field.column}":{_structure(field)}' for field in fields]
    if any(field.type == "datetime" for field in fields):
        parts.append('"timed":"BOOLEAN"')
    parts += [
        '"defects":[{"column":"VARCHAR"}]',
        '"changed":["VARCHAR"]',
        '"changed_at":"VARCHAR"',
        f'"envelope":{_ENVELOPE}',
    ]
    return Projection(
        record_type.table,
        "{" + ",".join(parts) + "}",
        tuple(name for name, _ in columns),
        tuple(sql for _, sql in columns),
    )
