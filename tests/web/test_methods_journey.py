"""The analyst's day with rules, runs and duties, and the liaison's, in a real browser against the real command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from playwright.sync_api import expect

from casework.users.passwords import set_own
from casework.users.writing import By
from tests.casework.users.sample import GOOD
from tests.county import take
from tests.web.county import county_in
from tests.web.served import Watched, chromium, serving
from tests.web.test_duties import rows_of

WHY = "联席会议纪要第3期"
ENDS_MS = 60_000


def test_an_analyst_reads_a_rule_tries_and_sets_a_threshold_and_reminds_a_township(
    tmp_path: Path, original: Path
) -> None:
    county = county_in(tmp_path, original)
    take(county.home, rows_of(tmp_path / "more"))
    for user in ("analyst", "liaison"):
        set_own(county.home, user, GOOD, By("sysadmin", datetime.now(UTC)))
    county.home.close()
    with serving(tmp_path / "home") as base, chromium() as browser:
        analyst = Watched(browser, base)
        analyst.sign_in("analyst", GOOD)
        page = analyst.page
        page.get_by_role("link", name="方法", exact=True).click()
        page.get_by_role("link", name="A01", exact=True).click()
        expect(page.get_by_text("先排除的正当情形")).to_be_visible()
        analyst.picture("rule")
        page.get_by_label("试的值 open_high_wd").fill("9")
        page.get_by_role("row", name="open_high_wd").get_by_role("button", name="看影响").click()
        page.get_by_role("link", name="查看结果").click(timeout=ENDS_MS)
        expect(page.get_by_role("columnheader", name="改为 9")).to_be_visible()
        analyst.picture("rule-effect")
        page.get_by_label("理由").fill(WHY)
        page.get_by_role("button", name="设定").click()
        expect(page.get_by_role("status")).to_contain_text("政策已记入")
        expect(page.get_by_text("满 9 个为高")).to_be_visible()
        page.get_by_role("link", name="政策", exact=True).click()
        page.get_by_role("link", name="规则阈值").click()
        expect(page.get_by_text(WHY).first).to_be_visible()
        analyst.picture("policy")
        page.get_by_role("link", name="筛查", exact=True).click()
        page.get_by_role("button", name="比较选中的两次").click()
        expect(page.get_by_role("heading", name="两次筛查的比较")).to_be_visible()
        analyst.picture("runs-compared")
        page.get_by_role("link", name="征缴", exact=True).click()
        page.get_by_role("link", name="职责", exact=True).click()
        analyst.picture("duties")
        page.get_by_role("link", name="征缴情况公示并提供佐证").click()
        analyst.picture("duty")
        with page.expect_download() as downloading:
            page.get_by_role("row", name="芒辛镇").get_by_role("link", name="提醒函拟稿").first.click()
        downloading.value.save_as(tmp_path / "letter.docx")
        assert any("芒辛镇人民政府" in each.text for each in Document(str(tmp_path / "letter.docx")).paragraphs)
        _a_liaison_sees_what_waits_and_records_what_was_done(Watched(browser, base))
        page.set_viewport_size({"width": 1024, "height": 768})
        for path in ("/rules/A01", "/policy?kind=duty", "/duties", "/duties/calendar"):
            page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang=en")
            assert analyst.fits(), path
        assert analyst.wrong == []


def _a_liaison_sees_what_waits_and_records_what_was_done(liaison: Watched) -> None:
    liaison.sign_in("liaison", GOOD)
    page = liaison.page
    page.get_by_role("link", name="征缴", exact=True).click()
    page.get_by_role("link", name="部门待办", exact=True).click()
    expect(page.get_by_text("Q2")).to_be_visible()
    liaison.picture("office")
    page.get_by_role("link", name="职责", exact=True).click()
    page.get_by_role("link", name="征缴业务培训与操作演练").click()
    page.get_by_label("文号").fill("医保发〔2026〕5号")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已登记")
    liaison.picture("duty-recorded")
    assert liaison.wrong == []
