"""The best suspicions on a terminal, and plain lines elsewhere."""

from __future__ import annotations

from io import StringIO

import pyarrow as pa
from rich.console import Console

from casework.table import print_best
from risk.scoring.score import score
from tests.risk.scoring.rows import finding, findings, officials

PLACES = {"653123103201": "一村"}


def suspicions() -> pa.Table:
    office = finding(rule="F01", category="reconciliation", addressee="treasury", severity="critical")
    return score(findings(office, finding(), finding(subject_id="V02", severity="high")), officials())


def test_lines_are_plain_and_tab_separated_where_nobody_looks() -> None:
    out = StringIO()
    print_best(suspicions(), PLACES, Console(file=out), best=1)
    heading, *lines = out.getvalue().splitlines()
    assert heading.split("\t")[:3] == ["序号", "得分", "疑点类型"]
    assert [line.split("\t") for line in lines] == [
        ["1", "0.092", "收现不缴", "一村", "代收人 V02", "400.00", "1 笔登记现金无对应缴费"]
    ]


def test_a_terminal_gets_a_table_of_the_best_without_offices() -> None:
    out = StringIO()
    print_best(suspicions(), PLACES, Console(file=out, force_terminal=True, width=160, no_color=True))
    shown = out.getvalue()
    assert "前2条" in shown
    assert shown.index("V02") < shown.index("V01")
    assert "对账差异" not in shown
