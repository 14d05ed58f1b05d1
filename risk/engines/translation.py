"""A query of the rules' dialect in Spark's: sqlglot's translation, and by hand where the engines count otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import sqlglot
from sqlglot import ErrorLevel, exp

from risk.engine import Argument

SCHEMA_MARK = "_"
"""Between a schema and a table's name: Spark's temporary views have no schema."""
_QUALIFIED = "_qualified"
HEAVY = 8
"""Operations that move rows, over all places that read a CTE, from which it becomes a step."""


class Step(NamedTuple):
    """A part of a query that is read more than once, to be computed once."""

    name: str
    sql: str


class Translated(NamedTuple):
    """A query for Spark: its steps, in the order in which they build on each other, and the text that reads them."""

    steps: tuple[Step, ...]
    sql: str


def for_spark(sql: str, arguments: Mapping[str, Argument] | None = None, mark: str = "") -> Translated:
    """Return one SELECT of the dialect for Spark, its parameters written out.

    Spark plans a CTE anew in every place that reads it, and so a chain of them again and again: a heavy one that is
    read more than once becomes a step, named by `mark` and its own name; none does without a mark.
    Errors: SqlglotError, KeyError for a parameter without a value.
    """
    tree = _translated(sql, arguments or {})
    steps = _steps(tree, mark) if mark else []
    return Translated(tuple(Step(name, _text(step)) for name, step in steps), _text(tree))


def _text(tree: exp.Expr) -> str:
    return tree.sql(dialect="spark", identify=True, unsupported_level=ErrorLevel.RAISE)


def _translated(sql: str, given: Mapping[str, Argument]) -> exp.Expr:
    tree: exp.Expr = sqlglot.parse_one(sql, read="duckdb")
    for node in reversed(list(tree.walk())):
        new = _for_spark(node, given)
        if new is node:
            continue
        if node is tree:
            tree = new
        else:
            node.replace(new)
    return tree


def _for_spark(node: exp.Expr, given: Mapping[str, Argument]) -> exp.Expr:
    """Return the node, or what stands for it in Spark."""
    match node:
        case exp.Placeholder() | exp.Parameter():
            return written_out(given[node.name])
        case exp.Table() if node.db:
            return _without_schema(node)
        case exp.Div() | exp.IntDiv() | exp.Mod():
            return _never_by_nought(node)
        case exp.Round() if _of_a_float(node):
            return _rounded(node)
        case exp.Select() if lists := _written_lists(node):
            return _side_by_side(lists)
        case exp.Cast() if _may_be_text(node):
            return exp.TryCast(this=node.this.copy(), to=node.to.copy(), safe=True)
        case exp.Select() if node.args.get("qualify"):
            return _qualified(node)
        case _:
            return node


def written_out(value: Argument) -> exp.Expr:
    """Return a parameter's value as it is written in SQL."""
    if isinstance(value, list):
        return exp.Array(expressions=[written_out(item) for item in value])
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    if isinstance(value, float):
        return exp.cast(exp.Literal.number(repr(value)), "double")
    return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(value)


def _without_schema(table: exp.Table) -> exp.Table:
    table.set("this", exp.to_identifier(f"{table.db}{SCHEMA_MARK}{table.name}"))
    table.set("db", None)
    return table


def _may_be_text(cast: exp.Cast) -> bool:
    """Say whether a text may be made a number here, guarded by a condition that Spark may look at only afterwards.

    What is no number is NULL then, and what the condition leaves out is left out all the same.
    """
    if isinstance(cast, exp.TryCast) or cast.to.this not in exp.DataType.NUMERIC_TYPES:
        return False
    return cast.to.is_type(exp.DataType.Type.DECIMAL) or isinstance(cast.this, exp.Column)


def _never_by_nought(ratio: exp.Div | exp.IntDiv | exp.Mod) -> exp.Expr:
    """Give NULL for a division by nought, as DuckDB does, where Spark would stop."""
    divisor = ratio.expression
    if not isinstance(divisor, exp.Literal | exp.Nullif):
        ratio.set("expression", exp.Nullif(this=divisor.copy(), expression=exp.Literal.number(0)))
    return ratio


def _of_a_float(rounding: exp.Round) -> bool:
    """Say whether a float is rounded, to a number of places that is written out: only floats are made here."""
    places = rounding.args.get("decimals")
    return isinstance(places, exp.Literal) and any(
        cast.to.this == exp.DataType.Type.DOUBLE for cast in rounding.this.find_all(exp.Cast)
    )


def _rounded(rounding: exp.Round) -> exp.Expr:
    """Round as DuckDB does: a multiple of the float to a whole number, divided again.

    Spark by itself rounds the shortest decimal that stands for the float: 41/640 is 0.0640625, and becomes 0.064063.
    DuckDB's multiple of it is a hair below the half: 0.064062.
    """
    scale = exp.cast(exp.Literal.number(10 ** int(rounding.args["decimals"].name)), "double")
    times = exp.Mul(this=exp.paren(rounding.this.copy()), expression=scale)
    whole = exp.Round(this=times, decimals=exp.Literal.number(0))
    return exp.paren(exp.Div(this=whole, expression=scale.copy(), typed=False, safe=False))


def _written_lists(select: exp.Select) -> dict[str, exp.Array]:
    """Return by column the lists that a SELECT of nothing else puts side by side; none of any other SELECT."""
    found = {}
    for column in select.expressions:
        unnested = column.this if isinstance(column, exp.Alias) else None
        if not isinstance(unnested, exp.Explode) or not isinstance(unnested.this, exp.Array):
            return {}
        found[column.alias] = unnested.this
    return found if len(found) > 1 else {}


def _side_by_side(lists: Mapping[str, exp.Array]) -> exp.Expr:
    """Return the rows of lists of equal length as VALUES: Spark unnests one list in a SELECT only."""
    rows = zip(*(items.expressions for items in lists.values()), strict=True)
    given = exp.values([exp.Tuple(expressions=[item.copy() for item in row]) for row in rows], "_given", list(lists))
    return exp.select(*(exp.column(name) for name in lists)).from_(given)


def _qualified(select: exp.Select) -> exp.Expr:
    """Return a SELECT with QUALIFY as one over a subquery that says of each row whether it meets the condition."""
    inner = select.copy()
    condition = inner.args["qualify"].pop().this
    with_ = inner.args.get("with_")
    inner.set("with_", None)
    names = [exp.column(name) for name in inner.named_selects]
    distinct = inner.args.get("distinct")
    inner.set("distinct", None)
    inner.select(exp.alias_(condition, _QUALIFIED), copy=False)
    outer = exp.select(*names).from_(inner.subquery("_all")).where(exp.column(_QUALIFIED))
    outer = outer.distinct() if distinct else outer
    outer.set("with_", with_)
    return outer


def _steps(tree: exp.Expr, mark: str) -> list[tuple[str, exp.Expr]]:
    """Take the CTEs that are read more than once out of the tree and return each as a query of its own."""
    with_ = tree.args.get("with_")
    if with_ is None:
        return []
    read = Counter(table.name for table in tree.find_all(exp.Table) if not table.db)
    steps: list[tuple[str, exp.Expr]] = []
    once: list[exp.CTE] = []
    weights: dict[str, int] = {}
    for cte in list(with_.expressions):
        weight, times = _weight(cte, weights), read[cte.alias] - _own_reads(cte)
        if times * weight < HEAVY or times == 1:
            once.append(cte)
            weights[cte.alias] = weight
            continue
        name = f"{mark}_{cte.alias}"
        steps.append((name, _alone(cte, once)))
        cte.pop()
        for table in tree.find_all(exp.Table):
            if table.name == cte.alias and not table.db:
                _renamed(table, name)
    tree.set("with_", _needed(tree, once))
    return steps


def _own_reads(cte: exp.CTE) -> int:
    """Return how often a CTE reads itself."""
    return sum(1 for table in cte.find_all(exp.Table) if table.name == cte.alias)


def _alone(cte: exp.CTE, once: list[exp.CTE]) -> exp.Expr:
    """Return a CTE as a query of its own, with those of the others that it reads; one that reads itself stays a CTE."""
    if _own_reads(cte):
        query: exp.Expr = exp.select("*").from_(exp.to_identifier(cte.alias))
        query.set("with_", _needed(query, [*once, cte]))
        return query
    query = cte.this.copy()
    query.set("with_", _needed(query, once))
    return query


def _weight(cte: exp.CTE, weights: Mapping[str, int]) -> int:
    """Return how many operations that move rows a CTE takes, those of the CTEs written into it counted too."""
    own = sum(1 for _ in cte.find_all(exp.Join, exp.Group, exp.Window, exp.Distinct, exp.SetOperation))
    return own + sum(weights.get(table.name, 0) for table in cte.find_all(exp.Table))


def _renamed(table: exp.Table, name: str) -> None:
    """Let a table be another one under the name that it had."""
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
    table.set("this", exp.to_identifier(name))


def _needed(query: exp.Expr, ctes: list[exp.CTE]) -> exp.With | None:
    """Return those CTEs that a query reads, itself or through another of them; None where it reads none."""
    wanted = {table.name for table in query.find_all(exp.Table)}
    kept: list[exp.CTE] = []
    for cte in reversed(ctes):
        if cte.alias in wanted:
            kept.insert(0, cte.copy())
            wanted |= {table.name for table in cte.find_all(exp.Table)}
    return exp.With(expressions=kept, recursive=any(map(_own_reads, kept))) if kept else None
