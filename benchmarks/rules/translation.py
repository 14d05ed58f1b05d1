"""A rule's text in PostgreSQL's dialect: sqlglot's translation, and by hand where it has none or another meaning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlglot
from sqlglot import exp

from risk.engine import Argument


def translated(sql: str, arguments: Mapping[str, Argument]) -> str:
    """Return the query for PostgreSQL with its parameters written out. Errors: SqlglotError, KeyError."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    tree = tree.transform(_written_out, arguments)
    tree = tree.transform(_by_hand)
    return tree.sql(dialect="postgres", identify=True)


def _written_out(node: exp.Expression, arguments: Mapping[str, Argument]) -> exp.Expression:
    """Put a parameter's value in its place."""
    if not isinstance(node, exp.Parameter | exp.Placeholder):
        return node
    value = arguments[node.name]
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    if isinstance(value, float):
        return exp.cast(exp.Literal.number(repr(value)), "double")
    return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(value)


def _by_hand(node: exp.Expression) -> exp.Expression:
    """Translate what sqlglot leaves as it is, or types differently."""
    match node:
        case exp.ArraySort(this=exp.ArrayAgg() as gathered):
            return _sorted(gathered)
        case exp.ArraySort(this=exp.Filter(this=exp.ArrayAgg() as gathered) as filtered):
            return exp.Filter(this=_sorted(gathered), expression=filtered.args["expression"])
        case exp.Struct():
            pairs = [part for one in node.expressions for part in (exp.Literal.string(one.name), one.expression)]
            return exp.Anonymous(this="jsonb_build_object", expressions=pairs)
        case exp.Hour() | exp.Minute():
            return exp.Extract(this=exp.var(node.key.upper()), expression=node.this)
        case exp.DateFromParts():
            parts = [exp.cast(node.args[name], "int") for name in ("year", "month", "day")]
            return exp.Anonymous(this="make_date", expressions=parts)
        case exp.Left() | exp.Right():
            return node.__class__(this=node.this, expression=exp.cast(node.expression, "int"))
        case exp.Substring():
            given = {name: exp.cast(node.args[name], "int") for name in ("start", "length") if node.args.get(name)}
            return exp.Substring(this=node.this, **given)
        case _:
            return node


def _sorted(gathered: exp.ArrayAgg) -> exp.Expression:
    """Return list_sort(list(DISTINCT x)) as array_agg(DISTINCT x ORDER BY x)."""
    value = gathered.this
    item = value.expressions[0] if isinstance(value, exp.Distinct) else value
    ordered = exp.Order(this=value, expressions=[exp.Ordered(this=item.copy(), nulls_first=False)])
    return exp.ArrayAgg(this=ordered)
