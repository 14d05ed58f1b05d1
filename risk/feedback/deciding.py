"""Which parameter a finding's threshold came from, read from the rule's own SQL, so that it holds for any rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import duckdb
import sqlglot
from sqlglot import exp

from risk.catalogue.rule import Rule

CLOSE = 0.000001
"""Floats are rounded to six places on output."""


class Deciding(NamedTuple):
    """A parameter that stands as a threshold: threshold = factor × value."""

    parameter: str
    factor: float


def thresholds_written(rule: Rule) -> tuple[Deciding, ...]:
    """Return the parameters that the rule's SQL writes into the column threshold, each with its factor.

    Only those that stand there alone, perhaps in another unit; what is computed from the data is no parameter.
    """
    return _written(rule.sql, frozenset(parameter.name for parameter in rule.card.parameters))


@cache
def _written(sql: str, numbers: frozenset[str]) -> tuple[Deciding, ...]:
    found: dict[str, Deciding] = {}
    for alias in sqlglot.parse_one(sql, read="duckdb").find_all(exp.Alias):
        if alias.alias == "threshold":
            for part in _parts(alias.this):
                names = {name for node in part.find_all(exp.Placeholder) if (name := node.name) in numbers}
                if len(names) == 1 and not list(part.find_all(exp.Column)):
                    found.setdefault(*_measured(part, next(iter(names))))
    return tuple(found.values())


def deciding_of(
    written: Sequence[Deciding], values: Mapping[str, object], threshold: float | None
) -> Deciding | None:
    """Return the parameter whose value is a finding's threshold; None where none is, or more than one."""
    if threshold is None:
        return None
    fitting = [
        one for one in written
        if isinstance(value := values.get(one.parameter), int | float)
        and abs(float(value) * one.factor - threshold) <= CLOSE
    ]  # fmt: skip
    return fitting[0] if len(fitting) == 1 else None


def _parts(node: exp.Expr) -> list[exp.Expr]:
    """Return what an expression can be: the branches of a CASE, else itself, the casts around it put around each."""
    case = node.find(exp.Case)
    if case is None:
        return [node]
    branches = [branch.args["true"] for branch in case.args["ifs"]]
    if case.args.get("default") is not None:
        branches.append(case.args["default"])
    parts = []
    for branch in branches:
        whole = node.copy()
        inner = whole.find(exp.Case)
        if inner is whole or inner is None:
            parts.append(branch)
        else:
            inner.replace(branch.copy())
            parts.append(whole)
    return [part for whole in parts for part in (_parts(whole) if whole.find(exp.Case) is not None else [whole])]


def _measured(part: exp.Expr, name: str) -> tuple[str, Deciding]:
    """Return the parameter with the factor by which the expression grows with it, by asking DuckDB."""
    sql = part.sql(dialect="duckdb")
    with duckdb.connect(":memory:") as connection:
        (row,) = connection.execute(f"SELECT CAST({sql} AS DOUBLE)", {name: 1_000_000}).fetchall()
    return name, Deciding(name, float(row[0]) / 1_000_000)
