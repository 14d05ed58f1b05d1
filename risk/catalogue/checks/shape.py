"""The shape of a query: what its rows are, which tables it reads, county first everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from risk.catalogue.checks.query import Query
from risk.catalogue.issue import Issue

_FIRST_COMMENT = re.compile(r"\A--\s*one row per \S")


def first_comment(query: Query) -> Iterator[Issue]:
    """Require a first comment that says what one row is."""
    if not _FIRST_COMMENT.match(query.sql):
        zh, en = "首行应为注释“-- one row per …”", "the first line is a comment '-- one row per ...'"
        yield query.issue(None, "one-row-per", zh, en)


def no_star(query: Query) -> Iterator[Issue]:
    """Refuse SELECT *, so that a column more in a table changes nothing."""
    for star in query.tree.find_all(exp.Star):
        if not isinstance(star.parent, exp.Count):
            yield query.issue(star, "select-star", "不得使用 SELECT *，应逐列写出", "no SELECT *: name the columns")


def only_tables_of_the_world(query: Query, world: frozenset[str]) -> Iterator[Issue]:
    """Refuse tables but facts, policy, shared views and the query's own steps, without a schema."""
    own = {cte.alias for cte in query.tree.find_all(exp.CTE)}
    for table in query.tree.find_all(exp.Table):
        if isinstance(table.this, exp.Func):
            continue
        name = table.name
        if table.db or table.catalog or (name not in own and name not in world):
            shown = ".".join(part for part in (table.catalog, table.db, name) if part)
            zh, en = (
                f"没有表 {shown}（事实、政策、共享视图）",
                f"{shown} is no table of a rule's world (facts, policy, shared views)",
            )
            yield query.issue(table, "table", zh, en)


def county_first(query: Query) -> Iterator[Issue]:
    """Require that every join, window and group starts with county, so that counties never mix."""
    yield from _joins(query)
    for window in query.tree.find_all(exp.Window):
        if window.args.get("alias") is not None:
            continue  # OVER w: its definition in the WINDOW clause is another node
        partition = window.args.get("partition_by") or []
        if not partition or not _is_county(partition[0]):
            yield query.issue(
                window, "county-first", "PARTITION BY 应以 county 开头", "PARTITION BY begins with county"
            )
    for select in query.tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is not None:
            if not group.expressions or not _is_county(group.expressions[0]):
                yield query.issue(group, "county-first", "GROUP BY 应以 county 开头", "GROUP BY begins with county")
        elif select.args.get("from_") is not None and any(map(_aggregates, select.expressions)):
            yield query.issue(select, "county-first", "聚合应有 GROUP BY county", "an aggregate needs GROUP BY county")


def _joins(query: Query) -> Iterator[Issue]:
    for join in query.tree.find_all(exp.Join):
        if isinstance(join.this, exp.Unnest | exp.Lateral) or _is_constant(join.this):
            continue
        if (join.method or "").upper() in ("ASOF", "NATURAL", "POSITIONAL"):
            yield query.issue(join, "county-first", f"不得使用 {join.method} JOIN", f"no {join.method} join")
            continue
        using, on = join.args.get("using"), join.args.get("on")
        good = on is not None and _equates_counties(_first_condition(on))
        if not (_is_county(using[0]) if using else good):
            zh, en = "JOIN 条件应以 county 相等开头", "a join condition begins with county = county"
            yield query.issue(join, "county-first", zh, en)


def _is_constant(source: exp.Expr) -> bool:
    """Say whether what is joined reads no table: a list of constants has no county."""
    return isinstance(source, exp.Subquery) and source.find(exp.Table) is None


def _first_condition(condition: exp.Expr) -> exp.Expr:
    while isinstance(condition, exp.And | exp.Paren):
        condition = condition.this
    return condition


def _equates_counties(condition: exp.Expr) -> bool:
    return isinstance(condition, exp.EQ) and _is_county(condition.this) and _is_county(condition.expression)


def _is_county(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column | exp.Identifier) and node.name == "county"


def _aggregates(expression: exp.Expr) -> bool:
    """Say whether an output column aggregates its own SELECT's rows (a window or an inner query does not)."""
    for aggregate in expression.find_all(exp.AggFunc):
        holder: exp.Expr | None = aggregate
        while holder is not None and holder is not expression:
            if isinstance(holder, exp.Select):
                break
            holder = holder.parent
        inner = holder is not expression
        if not inner and not _inside_window(aggregate, expression):
            return True
    return False


def _inside_window(aggregate: exp.Expr, top: exp.Expr) -> bool:
    holder: exp.Expr | None = aggregate
    while holder is not None:
        if isinstance(holder, exp.Window):
            return True
        if holder is top:
            return False
        holder = holder.parent
    return False
