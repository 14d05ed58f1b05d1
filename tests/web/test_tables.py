"""Tables as files, and charts as data: what was imported is a text in both, and nothing else."""

from __future__ import annotations

import asyncio
import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from types import ModuleType

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import StreamingResponse

from domain.errors import Refused
from tests.county import VILLAGE
from tests.web.county import PAYLOAD, County, browser
from web.county import profile_lists
from web.frame import tables
from web.frame.charts import Band, Graph, Line, Link, Node, Series
from web.frame.tables import Cell, Yuan, table_of
from web.pages.county import register_township
from web.pages.records import access

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', PAYLOAD, 'a"b', "多,行\n二")


def content(rows: list[tuple[Cell, ...]], path: str) -> bytes:
    response = table_of(("名称", "=金额"), rows).sent(path)
    assert isinstance(response, StreamingResponse)

    async def read() -> bytes:
        parts = [part async for part in response.body_iterator]
        return b"".join(part for part in parts if isinstance(part, bytes))

    return asyncio.run(read())


def cells(text: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(text.decode("utf-8-sig"), newline="")))


def test_no_text_of_a_csv_begins_as_a_formula_and_amounts_stay_numbers() -> None:
    rows = cells(content([(text, Yuan(-123_456)) for text in HOSTILE], "a/b.csv"))
    assert rows[0] == ["名称", "'=金额"]
    for text, (shown, amount) in zip(HOSTILE, rows[1:], strict=True):
        assert shown in (text, f"'{text}")
        assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert amount == "-1234.56"


def test_a_workbook_holds_texts_numbers_and_days_and_no_formula() -> None:
    on, at = date(2026, 3, 1), datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    read: list[tuple[Cell, ...]] = [*((text, Yuan(123_456)) for text in HOSTILE), (on, at), (None, 7), (1.5, "")]
    sheet = openpyxl.load_workbook(BytesIO(content(read, "x.xlsx"))).active
    assert sheet is not None
    found = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in found[1 : len(HOSTILE) + 1]] == [text.replace("\r", "_x000D_") for text in HOSTILE]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert found[1][1] == 1234.56
    assert [str(cell) for cell in found[len(HOSTILE) + 1]] == ["2026-03-01 00:00:00", "2026-03-02 00:30:00"]
    assert found[len(HOSTILE) + 2 :] == [(None, 7), (1.5, "")]


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(-(10**12), 10**12)), max_size=20))
def test_every_row_comes_through_csv_once(rows: list[tuple[str, int]]) -> None:
    plain = [(text.replace("\x00", "").encode("utf-8", "replace").decode(), fen) for text, fen in rows]
    found = cells(content([(text, fen) for text, fen in plain], "a.csv"))[1:]
    assert [(text.removeprefix("'"), int(fen)) for text, fen in found] == [
        (text.removeprefix("'"), fen) for text, fen in plain
    ]


def test_a_table_that_a_sheet_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    assert content([("a", 1), ("b", 2)], "x.xlsx")
    with pytest.raises(Refused):
        content([("a", 1), ("b", 2), ("c", 3)], "x.xlsx")


def test_the_same_table_gives_the_same_workbook() -> None:
    assert content([("a", Yuan(1))], "x.xlsx") == content([("a", Yuan(1))], "x.xlsx")


def test_suspicions_are_given_as_both_files_with_the_same_rows(county: County) -> None:
    client = browser(county, "analyst")
    text = cells(client.get("/suspicions.csv").content)
    book = openpyxl.load_workbook(BytesIO(client.get("/suspicions.xlsx").content)).active
    assert book is not None
    assert [row[0] for row in text] == [row[0] for row in book.iter_rows(values_only=True)]
    assert len(text) == 7
    assert any(PAYLOAD in row[4] for row in text)


def test_lists_and_money_are_files_of_what_the_pages_show(county: County) -> None:
    for user, lists in (("analyst", 5), ("clerk", 1)):
        rows = cells(browser(county, user).get("/lists.csv").content)
        assert len(rows) == lists + 1
    name = next(each.suspicion_id for each in county.own.items)
    money = cells(browser(county, "analyst").get(f"/suspicions/{name}/money.csv").content)
    assert money[0][:4] == ["事项", "收据", "收据 日期", "收据 编号"]
    assert any(row[1:3] == ["400.00", "2025-11-03"] for row in money)
    assert PAYLOAD not in str(money)


def test_nothing_in_a_chart_ends_its_block_and_its_table_has_the_same_numbers() -> None:
    line = Line(
        title=f"</script>{PAYLOAD}", axis="周", x=("1", "2"), decimals=1, series=(Series("甲", (1.0, None)),),
        band=Band("同类", (0.5, 1.0), (2.0, 1234.5)),
    )  # fmt: skip
    assert "<" not in line.data()
    assert line.data().isascii()
    assert line.head() == ("周", "甲", "同类")
    assert list(line.rows()) == [("1", "1.0", "0.5 – 2.0"), ("2", "—", "1.0 – 1,234.5")]
    graph = Graph(
        title="关系", sorts=("缴费人", "卡"), nodes=(Node("p", "张*", 0), Node("c", "****1234", 1)),
        links=(Link("p", "c", "缴费", 3),), columns=("从", "到", "关系", "次数"),
    )  # fmt: skip
    assert list(graph.rows()) == [("缴费人 张*", "卡 ****1234", "缴费", "3")]


@pytest.mark.parametrize(
    ("module", "user", "path"),
    [
        (access, "auditor", "/access.csv"), (profile_lists, "analyst", "/collectors.csv"),
        (register_township, "analyst", f"/register/{VILLAGE[:9]}/lines.xlsx"),
    ],
)  # fmt: skip
def test_a_file_that_would_leave_rows_out_is_refused(
    county: County, monkeypatch: pytest.MonkeyPatch, module: ModuleType, user: str, path: str
) -> None:
    client = browser(county, user)
    for looking in ("clerk", "leader"):
        browser(county, looking).get(f"/lists/{county.own.list_id}")
    monkeypatch.setattr(module, "MOST", 1)
    refused = client.get(path)
    assert (refused.status_code, "请加筛选条件" in refused.text) == (409, True)
    monkeypatch.setattr(module, "MOST", 1000)
    assert client.get(path).status_code == 200
