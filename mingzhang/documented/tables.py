"""docs/generated/tables.md: every read table and column with its comment, policy, amendments and the shared views."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import duckdb

from mingzhang.documented.markdown import code, table
from mingzhang.documented.markdown import page as page_of
from projections import amendments
from projections.as_of import build_world, shared_views
from projections.policy.standing import TABLES
from projections.store import add_comments, open_store

_INTRO = """读模型可随时删除并由账本重建。规则看到的是同名视图（无前缀），每条记录一行，固定于某一账本位置和截止日。
Read models can be deleted and come back from the ledger. `history.*` keeps every version of a record. A rule reads
the same name without the prefix: one row per record, fixed to a ledger position and an as-of day (see
[as-of](../as-of.md)). Money is whole fen."""
_HEAD = ("列 column", "类型 type", "含义 meaning")


class Described(NamedTuple):
    """A table with its comment and its columns: name, type, comment."""

    name: str
    comment: str
    columns: list[tuple[str, str, str]]


def page() -> str:
    """Return the page."""
    with open_store(None, threads=1) as store:
        add_comments(store)
        store.execute("CREATE SCHEMA policy")
        store.execute(TABLES.read_text(encoding="utf-8"))
        store.execute(f"CREATE SCHEMA {amendments.SCHEMA}")
        store.execute(amendments.TABLE.read_text(encoding="utf-8"))
        told = {schema: described(store, schema) for schema in ("history", "policy", "derived", "projection")}
        build_world(store, 0, date(2026, 1, 1))
        views = [_view(store, name, select) for name, select in shared_views()]
    return page_of(
        "读模型 / Read tables",
        _INTRO,
        "## history：全部版本 every version",
        *map(_section, told["history"]),
        "## policy：政策 policy",
        "缺省值加县里自定的（[policy.yaml](../policy.md)）。The defaults with what the county has set over them.",
        *map(_section, told["policy"]),
        "## derived：由各版本推出 from the versions",
        "每次筛查由 history 的各版本建立。Built for every screening from the versions that history keeps.",
        *map(_section, told["derived"]),
        "## 共用视图 shared views",
        "每次筛查开始时建立一次，规则共用。Built once per screening; rules share them.",
        *views,
        "## projection：进度 progress",
        *map(_section, told["projection"]),
    )


def described(store: duckdb.DuckDBPyConnection, schema: str) -> list[Described]:
    """Return the tables of a schema by name, with the comments that the SQL gives them."""
    columns: dict[str, list[tuple[str, str, str]]] = {}
    for name, column, kind, comment in store.execute(
        "SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
        "WHERE schema_name = ? ORDER BY table_name, column_index",
        [schema],
    ).fetchall():
        columns.setdefault(name, []).append((column, kind, comment))
    tables = store.execute(
        "SELECT table_name, coalesce(comment, '') FROM duckdb_tables() WHERE schema_name = ? ORDER BY table_name",
        [schema],
    ).fetchall()
    return [Described(f"{schema}.{name}", comment, columns[name]) for name, comment in tables]


def _section(found: Described) -> str:
    rows = [(code(name), code(kind), comment) for name, kind, comment in found.columns]
    return "\n\n".join([f"### {found.name}", found.comment, table(_HEAD, rows)])


def _view(store: duckdb.DuckDBPyConnection, name: str, select: str) -> str:
    comment = select.splitlines()[0].removeprefix("--").strip()
    columns = store.execute(f"SELECT column_name, column_type FROM (DESCRIBE {name})").fetchall()
    listed = "，".join(f"`{column}` {kind}" for column, kind in columns)
    return f"### {name}\n\n{comment}\n\n{listed}"
