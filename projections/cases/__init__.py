"""What rules see of cases: issued lists and what came of them, as of a ledger position and a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

TABLES = Path(__file__).parent / "tables.sql"


class CaseTable(NamedTuple):
    """A table of tables.sql: its name, the DATE column that dates its rows, what they are called."""

    name: str
    dated: str
    zh: str
    en: str


CASE_TABLES = (
    CaseTable("issued_lists", "issued_on", "已下发的疑点清单", "issued suspicion lists"),
    CaseTable("list_items", "issued_on", "疑点清单的疑点", "items of issued lists"),
    CaseTable("withdrawn_items", "withdrawn_on", "撤回的疑点", "withdrawn items"),
    CaseTable("list_receipts", "received_on", "清单签收记录", "receipts of lists"),
    CaseTable("list_extensions", "granted_on", "延期批准", "granted extensions"),
    CaseTable("list_reports", "reported_on", "自查自纠报告", "self-check reports"),
    CaseTable("item_answers", "answered_on", "疑点核查反馈", "answers to items"),
    CaseTable("item_reviews", "reviewed_on", "复核记录", "reviews of answers"),
    CaseTable("spot_checks", "checked_on", "抽查记录", "spot checks"),
    CaseTable("outcomes", "decided_on", "核查结论", "outcomes of checks"),
)


def case_table(name: str) -> CaseTable:
    """Return the case table of a name; KeyError where there is none."""
    return {table.name: table for table in CASE_TABLES}[name]


def build_cases(connection: duckdb.DuckDBPyConnection, position: int, as_of: date) -> None:
    """Create, as temporary views, every case table with the rows up to a position and a day."""
    for table in CASE_TABLES:
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {table.name} AS SELECT * FROM history.{table.name} "
            f"WHERE position <= {position} AND {table.dated} <= DATE '{as_of.isoformat()}'"
        )
