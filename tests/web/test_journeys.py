"""The daily work in a real browser against the real command, from signing in to done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from casework.users.passwords import set_own
from casework.users.writing import By
from domain.cases.list_state import ListState
from ledger.home import Home
from tests.casework.cases.made import TOWNSHIP, cases_of, screened
from tests.casework.users.sample import GOOD
from tests.risk.scoring.rows import finding
from tests.web.county import FINDINGS, county_in
from tests.web.served import Watched, chromium, serving
from tests.web.test_casework import workbook_with

USERS = ("analyst", "approver", "clerk")
ENDS_MS = 60_000


class Office(NamedTuple):
    """A served county."""

    base: str
    browser: Browser
    own: ListState
    folder: Path

    def visitor(self, user: str, width: int = 1366, height: int = 768) -> Watched:
        """Return a page of somebody who has signed in."""
        found = Watched(self.browser, self.base, width, height)
        found.sign_in(user, GOOD)
        return found

    def state(self) -> ListState:
        """Return the township's list as another process has it."""
        with Home.open(self.folder / "home") as home:
            return cases_of(home).one_list(self.own.list_id)


@pytest.fixture
def office(tmp_path: Path, original: Path) -> Iterator[Office]:
    """Serve a county whose newest screening nobody has drawn lists from."""
    county = county_in(tmp_path, original)
    for user in USERS:
        set_own(county.home, user, GOOD, By("sysadmin", datetime.now(UTC)))
    screened(county.home, *FINDINGS, finding(subject_id="V06", evidence=["cash-receipts:t:R002@1"]))
    county.home.close()
    with serving(tmp_path / "home") as base, chromium() as browser:
        yield Office(base, browser, county.own, tmp_path)


def test_a_clerk_receives_answers_in_the_page_and_sends_a_workbook(office: Office) -> None:
    clerk = office.visitor("clerk")
    page = clerk.page
    clerk.picture("clerk-overview")
    page.get_by_role("link", name=office.own.list_id).first.click()
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_role("status")).to_contain_text("已签收")
    expect(page.get_by_text("剩 15 天")).to_be_visible()
    clerk.picture("clerk-list")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="下载工作簿").click()
    content = Path(downloading.value.path()).read_bytes()
    page.get_by_role("link", name="反馈", exact=True).last.click()
    page.get_by_label("是", exact=True).first.check()
    page.get_by_label("核查结果").select_option("unverifiable")
    page.get_by_label("核查人1").fill("张三")
    page.get_by_label("核查人2").fill("张三")
    page.get_by_role("textbox", name="事实说明").fill("当面问了本人")
    page.get_by_role("button", name="提交反馈").click()
    expect(page.get_by_role("alert")).to_contain_text("两名核查人是同一人")
    clerk.picture("clerk-item-problems")
    page.get_by_label("核查人2").fill("李四")
    page.get_by_role("button", name="提交反馈").click()
    expect(page.get_by_role("status")).to_contain_text("反馈已收下")
    clerk.picture("clerk-item")
    filled = workbook_with(content, checked="是", result="无法核实")
    page.goto(f"{office.base}/lists/{office.own.list_id}")
    page.get_by_label("填好的工作簿").set_input_files(
        {"name": "清单.xlsx", "mimeType": "application/octet-stream", "buffer": filled}
    )
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("新收下 1 条")).to_be_visible()
    clerk.picture("clerk-uploaded")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("status")).to_contain_text("已退出")
    assert office.state().state == "received"
    assert [each for each in clerk.wrong if "400 (Bad Request)" not in each] == []


def test_lists_are_drawn_approved_by_another_and_issued(office: Office) -> None:
    analyst, approver = office.visitor("analyst"), office.visitor("approver")
    page = analyst.page
    analyst.picture("analyst-overview")
    page.get_by_role("link", name="清单", exact=True).click()
    page.get_by_role("button", name="拟定清单").click()
    expect(page.get_by_text("已开始")).to_be_visible()
    page.get_by_role("link", name="查看结果").click(timeout=ENDS_MS)
    expect(page).to_have_url(f"{office.base}/lists?state=drawn")
    analyst.picture("analyst-lists")
    with Home.open(office.folder / "home") as home:
        drawn = max(name for name, each in cases_of(home).lists().items() if each.code == TOWNSHIP)
    page.goto(f"{office.base}/lists/{drawn}")
    expect(page.get_by_role("button", name="审批通过")).to_have_count(0)
    approver.page.goto(f"{office.base}/lists/{drawn}")
    approver.page.get_by_role("button", name="审批通过").click()
    page.reload()
    page.get_by_role("button", name="下发").click()
    expect(page.get_by_role("status")).to_contain_text("已下发")
    analyst.picture("analyst-issued")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="为什么可疑")).to_be_visible()
    analyst.picture("analyst-suspicion")
    assert analyst.wrong == approver.wrong == []


def test_a_table_is_filtered_without_loading_the_page_again(office: Office) -> None:
    analyst = office.visitor("analyst")
    page = analyst.page
    page.goto(f"{office.base}/suspicions")
    page.evaluate("window.kept = true")
    before = page.locator("#found tbody tr").count()
    page.get_by_label("类型").select_option("process")
    expect(page).to_have_url(f"{office.base}/suspicions?state=&category=process&severity=&township=&q=&sort=severity")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    assert before > 1
    assert page.evaluate("window.kept")
    page.reload()
    expect(page.locator("#found tbody tr")).to_have_count(1)
    assert analyst.wrong == []


def test_everything_is_reached_by_keyboard_and_the_focus_shows(office: Office) -> None:
    clerk = office.visitor("clerk")
    page = clerk.page
    page.goto(f"{office.base}/lists/{office.own.list_id}/items/1")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        name = page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", name
        reached.add(name)
    assert {"checked", "result", "statement", "提交反馈", "退出"} <= reached
