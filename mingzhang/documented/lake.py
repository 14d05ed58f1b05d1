"""docs/generated/lake.md: every table of a lake with its columns."""

from __future__ import annotations

from mingzhang.documented.markdown import code, table
from mingzhang.documented.markdown import page as page_of
from projections.lake.tables import LakeTable, lake_tables
from projections.store import add_comments, open_store

_INTRO = """数据湖的每张表（[数据湖](../lake.md)）。列与 [读模型](tables.md) 相同，只少由其他版本推出的 `amended`。
Every table of a lake ([the lake](../lake.md)). The columns are those of the [read tables](tables.md) but for
`amended`, which the other versions tell. Money is whole fen, times are +08:00 wall time, persons, accounts and names
are tokens."""
_HEAD = ("列 column", "类型 type", "含义 meaning")


def page() -> str:
    """Return the page."""
    with open_store(None, threads=1) as store:
        add_comments(store)
        tables = lake_tables(store)
    return page_of("数据湖的表 / Tables of the lake", _INTRO, *map(_section, tables))


def _section(found: LakeTable) -> str:
    year = "fee_year" if found.yearly else "0"
    whole = "；每次导出整表重写 counted anew by every export" if found.whole else ""
    folder = f"`type={found.name}/county=…/fee_year={year}`{whole}"
    rows = [(code(column.name), code(column.type), column.comment) for column in found.columns]
    return "\n\n".join([f"### {found.name}", found.comment, folder, table(_HEAD, rows)])
