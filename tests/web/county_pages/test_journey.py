"""A township's clerk keeps the register in a real browser, and the analyst follows its money."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import expect

from casework.users.passwords import set_own
from casework.users.writing import By
from tests.casework.cases.made import TOWNSHIP
from tests.casework.users.sample import GOOD
from tests.county import number
from tests.web.county import county_in
from tests.web.served import Watched, chromium, serving

USERS = ("clerk", "analyst")
PAGES = ("/collectors/C01", f"/register/{TOWNSHIP}", "/reconciliation")


def test_a_page_of_the_register_is_keyed_in_and_its_money_followed(tmp_path: Path, original: Path) -> None:
    county = county_in(tmp_path, original)
    for user in USERS:
        set_own(county.home, user, GOOD, By("sysadmin", datetime.now(UTC)))
    county.home.close()
    with serving(tmp_path / "home") as base, chromium() as browser:
        clerk, analyst = Watched(browser, base), Watched(browser, base, 1024, 768)
        clerk.sign_in("clerk", GOOD)
        _key(clerk)
        analyst.sign_in("analyst", GOOD)
        _follow(analyst)
        assert clerk.fits()
        assert analyst.wrong == []
        assert [each for each in clerk.wrong if "400 (Bad Request)" not in each] == []


def _key(clerk: Watched) -> None:
    page = clerk.page
    page.get_by_role("link", name="征缴", exact=True).click()
    page.get_by_role("link", name="现金台账", exact=True).click()
    clerk.picture("register-empty")
    page.get_by_role("link", name="登记一页").click()
    page.get_by_label("册-页").fill("3-12")
    page.get_by_label("收取日期").fill("2025-11-06")
    page.get_by_label("代收人", exact=True).fill("V01")
    page.get_by_label("村（社区）").select_option(f"{TOWNSHIP}201")
    page.get_by_label("险种").select_option("resident-medical")
    page.get_by_label("所属年度").fill("2026")
    for place, amount in ((1, "400"), (2, "4百")):
        page.get_by_label(f"证件号码 {place}", exact=True).fill(number(200 + place))
        page.get_by_label(f"姓名 {place}", exact=True).fill("阿依古丽")
        page.get_by_label(f"金额（元） {place}", exact=True).fill(amount)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("新登记 1 行")
    clerk.picture("register-keying-refused")
    page.get_by_label("金额（元） 1", exact=True).fill("400")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("新登记 1 行")
    page.get_by_role("link", name="现金台账").last.click()
    expect(page.get_by_text("800.00").first).to_be_visible()
    clerk.picture("register-keyed")
    page.get_by_role("link", name="3-12-1-1").click()
    clerk.picture("register-line")


def _follow(analyst: Watched) -> None:
    page = analyst.page
    page.goto(f"{analyst.base}/reconciliation")
    page.get_by_role("link", name="400.00", exact=True).first.click()
    expect(page.get_by_text("P001", exact=True)).to_be_visible()
    for path in PAGES:
        page.goto(f"{analyst.base}{path}?lang=en")
        analyst.picture(f"1024-en-{path.strip('/').replace('/', '-')}")
        assert analyst.fits(), path
