"""docs/generated/reached.md: how many shared views and rules new records of each type can change at most."""

from __future__ import annotations

from collections.abc import Mapping

from domain.contract import RECORD_TYPES
from mingzhang.documented.markdown import code, table
from mingzhang.documented.markdown import page as page_of
from projections.amendments import SETTLED
from projections.as_of import shared_views
from projections.reading import words
from risk.catalogue.rule import load

_HEAD = ("记录类型 record type", "视图 views", "规则 rules")
_INTRO = """新到的一批记录最多牵动多少共享视图和规则，由它们的 SQL 算出；视图重算后不变的，实际更少。
How many shared views and rules new records can change at most, computed from their SQL; where a view comes out the
same it is fewer: [incremental screening](../incremental.md). What reads amendments is counted for {amended}."""


def page() -> str:
    """Return the page."""
    views, rules = dict(shared_views()), load().rules
    reached = _read_by(views)
    of_rules = [_tables(rule.sql, reached) for rule in rules]
    counts = [
        (sum(_touches(name, read) for read in of_rules), sum(_touches(name, read) for read in reached.values()), name)
        for name in RECORD_TYPES
    ]
    rows = [(code(name), of_views, of_all) for of_all, of_views, name in sorted(counts)]
    total = (f"共 all {len(RECORD_TYPES)}", len(views), len(rules))
    return page_of(
        "什么记录牵动什么 / What records reach",
        _INTRO.format(amended=", ".join(map(code, SETTLED))),
        table(_HEAD, [tuple(map(str, row)) for row in [*rows, total]]),
    )


def _read_by(views: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return for every shared view the base tables that it reads, those of the views that it reads included."""
    found: dict[str, frozenset[str]] = {}
    for name, select in views.items():
        found[name] = _tables(select, found)
    return found


def _tables(sql: str, views: Mapping[str, frozenset[str]]) -> frozenset[str]:
    named = words(sql)
    base = named & ({form.table for form in RECORD_TYPES.values()} | {"amendments"})
    return base.union(*(read for view, read in views.items() if view in named))


def _touches(name: str, read: frozenset[str]) -> bool:
    return RECORD_TYPES[name].table in read or (name in SETTLED and "amendments" in read)
