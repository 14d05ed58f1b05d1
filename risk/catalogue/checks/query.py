"""A query prepared for its checks: parsed once, with the line of each of its parts."""

from __future__ import annotations

from pathlib import Path

import duckdb
import msgspec
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from risk.catalogue.issue import Issue


class Query(msgspec.Struct, frozen=True):
    """The text of one SELECT with its tree."""

    file: Path
    sql: str
    tree: exp.Query
    parameters: frozenset[str]
    """Names of the $parameters that it uses."""

    def issue(self, node: exp.Expr | None, check: str, zh: str, en: str) -> Issue:
        """Return an issue at the line of a part; line 1 where none is given."""
        return Issue(self.file, line_of(node, self.sql) if node is not None else 1, check, zh, en)


def line_of(node: exp.Expr, sql: str) -> int:
    """Return the line of a part of a query: of its first word, else of the first word of what holds it; else 1.

    Counted from the place in the text: sqlglot's own line counts the lines of a text literal twice.
    """
    holder: exp.Expr | None = node
    while holder is not None:
        places = [part.meta["start"] for part in holder.walk() if isinstance(part.meta.get("start"), int)]
        if places:
            return sql.count("\n", 0, min(places)) + 1
        holder = holder.parent
    return 1


def read_query(file: Path, sql: str) -> Query | Issue:
    """Return the query, or what keeps it from being one SELECT."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        return Issue(file, _error_line(str(error)), "one-select", f"无法解析：{error}", f"cannot be parsed: {error}")
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        found = ", ".join(statement.type.name for statement in statements) or "nothing"
        return Issue(file, 1, "one-select", f"应为一条 SELECT，实为 {found}", f"one SELECT expected, {found} found")
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
    except SqlglotError as error:
        return Issue(file, 1, "one-select", f"sqlglot 无法解析：{error}", f"sqlglot cannot parse it: {error}")
    if not isinstance(tree, exp.Query):
        return Issue(file, 1, "one-select", "应为一条 SELECT", "one SELECT expected")
    return Query(file, sql, tree, frozenset(str(name) for name in statements[0].named_parameters))


def _error_line(problem: str) -> int:
    for word, following in zip(problem.split(), problem.split()[1:], strict=False):
        if word == "LINE" and following.rstrip(":").isdigit():
            return int(following.rstrip(":"))
    return 1
