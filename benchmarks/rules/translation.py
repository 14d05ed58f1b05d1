"""A rule's text in PostgreSQL's dialect: sqlglot's translation, and by hand where it has none or a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlglot
from sqlglot import exp

from risk.engine import Argument

_QUALIFIED = "_qualified"


def translated(sql: str, arguments: Mapping[str, Argument]) -> str:
    """Return the query for PostgreSQL with its parameters written out. Errors: SqlglotError, KeyError."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in reversed(list(tree.walk())):
        if isinstance(node, exp.Parameter | exp.Placeholder):
            new = _written_out(arguments[node.name])
        else:
            new = _by_hand(node)
        if new is node:
            continue
        if node is tree:
            tree = new
        else:
            node.replace(new)
    return tree.sql(dialect="postgres", identify=True)


def _written_out(value: Argument) -> exp.Expr:
    """Return a parameter's value as it is written in SQL."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    if isinstance(value, float):
        return exp.cast(exp.Literal.number(repr(value)), "double")
    return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(value)


def _by_hand(node: exp.Expr) -> exp.Expr:
    """Return the node, or another one where sqlglot leaves it as it is or types it differently."""
    match node:
        case exp.ArraySort(this=exp.ArrayAgg() as gathered):
            return _sorted(gathered)
        case exp.ArraySort(this=exp.Filter(this=exp.ArrayAgg() as gathered) as filtered):
            return exp.Filter(this=_sorted(gathered), expression=filtered.args["expression"])
        case exp.Struct():
            pairs = [part for one in node.expressions for part in (exp.Literal.string(one.name), one.expression)]
            return exp.Anonymous(this="jsonb_build_object", expressions=pairs)
        case exp.Select() if node.args.get("qualify"):
            return _qualified(node)
        case _:
            return _number(node)


def _number(node: exp.Expr) -> exp.Expr:
    """Give functions of numbers and times the types that PostgreSQL has them for."""
    match node:
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
        case exp.Round():
            rounded = exp.Round(this=exp.cast(node.this, "decimal"), decimals=node.args["decimals"])
            return exp.cast(rounded, "double")
        case _:
            return node


def _sorted(gathered: exp.ArrayAgg) -> exp.Expr:
    """Return list_sort(list(DISTINCT x)) as array_agg(DISTINCT x ORDER BY x)."""
    value = gathered.this
    item = value.expressions[0] if isinstance(value, exp.Distinct) else value
    ordered = exp.Order(this=value, expressions=[exp.Ordered(this=item.copy(), nulls_first=False)])
    return exp.ArrayAgg(this=ordered)


def _qualified(select: exp.Select) -> exp.Expr:
    """Return a SELECT with QUALIFY as one over a subquery that says of each row whether it meets the condition."""
    inner = select.copy()
    condition = inner.args["qualify"].pop().this
    names = [exp.column(name) for name in inner.named_selects]
    distinct = inner.args.get("distinct")
    inner.set("distinct", None)
    inner.select(exp.alias_(condition, _QUALIFIED), copy=False)
    outer = exp.select(*names).from_(inner.subquery("_all")).where(exp.column(_QUALIFIED))
    return outer.distinct() if distinct else outer
