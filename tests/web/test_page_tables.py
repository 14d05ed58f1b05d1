"""What a page shows in tables can be taken along as a file, by whoever may see the page."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from tests.web.county import PAYLOAD, County, browser
from web.frame.page_tables import Tables


def test_every_table_stands_under_its_heading_and_figures_are_numbers() -> None:
    found = Tables()
    found.feed(
        "<h1>页</h1><table><tr><th>甲</th><th>乙</th></tr><tr><td>一<br><small>二</small></td>"
        '<td class="number">1,200.50</td></tr></table>'
        '<h2>次 <b>表</b></h2><table><tr><td class="number">—</td></tr></table>'
    )
    assert found.rows == [["页"], ["甲", "乙"], ["一 二", 1200.5], [], ["次 表"], ["—"]]


@pytest.mark.parametrize("path", ["/review", "/users", "/lists/{own}", "/spot-checks", "/"])
def test_a_page_links_its_tables_and_gives_them_as_csv_and_workbook(county: County, path: str) -> None:
    client = browser(county, "sysadmin" if path == "/users" else "approver")
    address = path.format(own=county.own.list_id)
    page = client.get(address).text
    assert ("?as=xlsx" in page) == ("<table" in page)
    plain = client.get(address, params={"as": "csv"})
    rows = list(csv.reader(io.StringIO(plain.content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(client.get(address, params={"as": "xlsx"}).content))
    assert plain.headers["content-disposition"].endswith(".csv")
    assert book.active is not None
    assert book.active.max_row >= len([row for row in rows if any(row)])


def test_a_list_as_a_file_holds_its_items_and_no_formula(county: County) -> None:
    given = browser(county, "clerk").get(f"/lists/{county.own.list_id}", params={"as": "xlsx"}).content
    book = openpyxl.load_workbook(io.BytesIO(given))
    assert book.active is not None
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert any(PAYLOAD in str(cell.value) for cell in cells)


def test_who_may_not_see_a_page_gets_no_table_of_it(county: County) -> None:
    assert browser(county, "clerk").get("/users", params={"as": "csv"}).status_code == 403
    assert browser(county).get("/users", params={"as": "csv"}).status_code == 303
