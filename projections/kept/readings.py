"""What a query reads of each table of its world: which columns, and of which rows, computed from the SQL alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import NamedTuple

import sqlglot
from sqlglot import exp

_PLAIN = (
    exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.And, exp.Or, exp.Not, exp.Paren, exp.Is, exp.EQ,
    exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between,
)  # fmt: skip
"""Of what a condition may consist to be taken over: the same wherever it is asked."""


class Reading(NamedTuple):
    """One place of a query that names a table: its answer depends on these columns of these rows and on no more."""

    table: str
    columns: tuple[str, ...]
    """Names, sorted, that may be columns of the table; () with `whole`: all."""
    whole: bool
    condition: str
    """Over the table's own columns; a row that does not meet it cannot count. "": every row may."""


class UnknownTable(LookupError):
    """A query names a table that is not of a rule's world, so that nobody knows when its answer changes."""


@cache
def readings_of(sql: str, known: frozenset[str]) -> tuple[Reading, ...]:
    """Return what the query reads of the known tables, sorted. Errors: UnknownTable.

    More may be named than is read, never less: a column without its table counts for every table of its SELECT.
    """
    tree = sqlglot.parse_one(sql, read="duckdb")
    tables = [table for table in tree.find_all(exp.Table) if not _is_step(table)]
    strange = {table.name.lower() for table in tables} - known
    if strange:
        raise UnknownTable(", ".join(sorted(strange)))
    aliases = {named.alias_or_name.lower() for named in tree.find_all(exp.Table, exp.Subquery, exp.CTE, exp.UDTF)}
    return tuple(sorted({_reading(table, aliases) for table in tables}))


def _is_step(table: exp.Table) -> bool:
    """Say whether the name is that of a CTE which is seen from there: one before it, or of a query around it."""
    name = table.name.lower()
    child: exp.Expr = table
    node = table.parent
    while node is not None:
        seen: list[exp.Expr] = []
        if isinstance(node, exp.With):
            seen = _before(node, child)
        elif not isinstance(child, exp.With) and node.args.get("with_") is not None:
            seen = list(node.args["with_"].expressions)
        if any(step.alias_or_name.lower() == name for step in seen):
            return True
        child, node = node, node.parent
    return False


def _before(listed: exp.With, step: exp.Expr) -> list[exp.Expr]:
    """Return the CTEs that a CTE of the list sees: those before it, and itself in a recursive list."""
    place = next(place for place, one in enumerate(listed.expressions) if one is step)
    return list(listed.expressions[: place + 1 if listed.recursive else place])


def _reading(table: exp.Table, aliases: Collection[str]) -> Reading:
    place, select = table.parent, table.find_ancestor(exp.Select)
    if select is None or not isinstance(place, exp.From | exp.Join) or place.parent is not select:
        return Reading(table.name.lower(), (), whole=True, condition="")
    alias = table.alias_or_name.lower()
    named, bare = _columns(select, alias, aliases)
    joins = select.args.get("joins") or ()
    whole = (
        alias in bare
        or any(join.args.get("method") for join in joins)
        or any(_is_all(star, select) for star in select.find_all(exp.Star))
        or bool(table.args.get("pivots") or table.args.get("sample"))
    )
    used = {part.name.lower() for join in joins for part in join.args.get("using") or ()}
    columns = () if whole else tuple(sorted(named | bare | used))
    return Reading(table.name.lower(), columns, whole, _condition(select, table, alias))


def _columns(select: exp.Select, alias: str, aliases: Collection[str]) -> tuple[set[str], set[str]]:
    """Return the columns named with the alias before them, and all names that stand without any alias."""
    named: set[str] = set()
    bare: set[str] = set()
    for column in select.find_all(exp.Column):
        parts = [part.name.lower() for part in column.parts]
        if len(parts) > 1 and parts[0] == alias:
            named.add(parts[1])
        elif len(parts) == 1 or parts[0] not in aliases:
            bare.add(parts[0])
    return named, bare


def _is_all(star: exp.Star, select: exp.Select) -> bool:
    """Say whether a star of this SELECT stands for all columns; in count(*) it does not."""
    return not isinstance(star.parent, exp.Count) and star.find_ancestor(exp.Select) is select


def _condition(select: exp.Select, table: exp.Table, alias: str) -> str:
    """Return the conditions that a row of the table must meet by itself; none where a join keeps what meets nothing."""
    joins = select.args.get("joins") or ()
    if any(join.side.upper() not in ("", "LEFT") or join.args.get("method") for join in joins):
        return ""
    own = next((join for join in joins if join.this is table), None)
    parts = list(_parts(own.args.get("on"))) if own is not None else []
    where = select.args.get("where")
    if where is not None and (own is None or own.side.upper() != "LEFT"):
        parts += _parts(where.this)
    plain = {_without_alias(part) for part in parts if _is_own(part, alias)}
    return " AND ".join(sorted(plain))


def _parts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    if isinstance(condition, exp.And):
        yield from _parts(condition.left)
        yield from _parts(condition.right)
    elif isinstance(condition, exp.Paren):
        yield from _parts(condition.this)
    elif condition is not None:
        yield condition


def _is_own(condition: exp.Expr, alias: str) -> bool:
    nodes = list(condition.walk())
    columns = [node for node in nodes if isinstance(node, exp.Column)]
    return (
        all(isinstance(node, _PLAIN) for node in nodes)
        and bool(columns)
        and all([part.name.lower() for part in column.parts][:-1] == [alias] for column in columns)
    )


def _without_alias(condition: exp.Expr) -> str:
    """Return the condition as SQL, in brackets, over the table's bare columns."""
    bare = condition.copy()
    for column in list(bare.find_all(exp.Column)):
        column.set("table", None)
    return f"({bare.sql(dialect='duckdb')})"
