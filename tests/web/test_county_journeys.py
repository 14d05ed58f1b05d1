"""The working group's and the inspector's work in a real browser against the real command."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from casework.users.passwords import set_own
from casework.users.writing import By
from tests.casework.users.sample import GOOD
from tests.web.county import county_in
from tests.web.decided import WHY, accepted, screened_on_real_records
from tests.web.served import Watched, chromium, serving
from tests.web.test_casework import SCAN

USERS = ("analyst", "approver", "inspector", "leader", "secadmin", "working-group")


class Decided(NamedTuple):
    """A served county whose list was answered and accepted."""

    base: str
    browser: Browser
    names: list[str]

    def visitor(self, user: str, width: int = 1366, height: int = 768) -> Watched:
        """Return a page of somebody who has signed in."""
        found = Watched(self.browser, self.base, width, height)
        found.sign_in(user, GOOD)
        return found


@pytest.fixture
def decided(tmp_path: Path, original: Path) -> Iterator[Decided]:
    county = county_in(tmp_path, original)
    for user in USERS:
        set_own(county.home, user, GOOD, By("sysadmin", datetime.now(UTC)))
    names = accepted(county)
    screened_on_real_records(county)
    county.home.close()
    with serving(tmp_path / "home") as base, chromium() as browser:
        yield Decided(base, browser, names)


def test_a_spot_check_is_drawn_recorded_and_evaluated(decided: Decided) -> None:
    group = decided.visitor("working-group")
    page = group.page
    page.get_by_role("link", name="抽查", exact=True).click()
    group.picture("spot-checks-none")
    page.get_by_label("抽几条").fill("2")
    page.get_by_role("button", name="固定范围并抽取").click()
    expect(page.get_by_role("status")).to_contain_text("公开抽取")
    group.picture("spot-check-drawn")
    page.get_by_role("link", name="记录", exact=True).first.click()
    for outcome, amount in (("confirmed", "400"), ("unverifiable", "")):
        page.get_by_label("结果").select_option(outcome)
        page.get_by_label("查明有问题的金额（元）").fill(amount)
        group.picture(f"spot-check-recording-{outcome}")
        page.get_by_role("button", name="记入结果").click()
        expect(page.get_by_role("status")).to_contain_text("已记入")
    page.get_by_role("button", name="推断").click()
    expect(page.get_by_text("单侧置信度 95.0%")).to_be_visible()
    group.picture("spot-check-evaluated")
    assert group.fits()
    assert group.wrong == []


def test_a_leader_reports_and_the_security_administrator_ends_their_session(decided: Decided) -> None:
    leader = decided.visitor("leader")
    page = leader.page
    page.get_by_role("link", name="清单", exact=True).click()
    page.locator("main table a").first.click()
    page.get_by_label("签字盖章的扫描件").set_input_files(
        {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": SCAN}
    )
    page.get_by_label("分管领导已签字").check()
    page.get_by_label("已加盖公章").check()
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已报送")
    leader.picture("leader-reported")
    keeper = decided.visitor("secadmin")
    keeper.page.get_by_role("link", name="用户", exact=True).click()
    keeper.page.get_by_role("row", name="leader").get_by_role("button", name="结束会话").click()
    expect(keeper.page.get_by_role("status")).to_contain_text("已更改")
    keeper.picture("secadmin-users")
    page.goto(f"{decided.base}/lists")
    expect(page.get_by_label("密码", exact=True)).to_be_visible()
    assert leader.wrong == keeper.wrong == []


def test_a_referral_is_prepared_approved_handed_over_and_ended(decided: Decided, tmp_path: Path) -> None:
    analyst, approver, inspector = (decided.visitor(user) for user in USERS[:3])
    page = analyst.page
    page.goto(f"{decided.base}/suspicions/{decided.names[0]}")
    analyst.picture("suspicion-accepted")
    page.get_by_role("link", name="资金对照").click()
    expect(page.get_by_text("未见", exact=True).first).to_be_visible()
    analyst.picture("money")
    page.go_back()
    page.get_by_role("link", name="拟定移送").click()
    page.get_by_label("理由").fill(WHY)
    analyst.picture("referral-preparing")
    page.get_by_role("button", name="拟定移送").click()
    approver.page.goto(page.url.partition("?")[0])
    approver.page.get_by_role("button", name="审批").click()
    page.reload()
    page.get_by_role("button", name="移交").click()
    expect(page.get_by_role("status")).to_contain_text("已移交")
    analyst.picture("referral-handed-over")
    inspector.page.goto(page.url.partition("?")[0])
    with inspector.page.expect_download() as downloading:
        inspector.page.get_by_role("link", name="下载移送文件").click()
    downloading.value.save_as(tmp_path / "files.zip")
    with zipfile.ZipFile(tmp_path / "files.zip") as archive:
        assert f"证据包-{decided.names[0]}.zip" in archive.namelist()
    inspector.page.get_by_role("button", name="受理").click()
    inspector.page.get_by_label("结果").select_option("confirmed")
    inspector.picture("referral-ending")
    inspector.page.get_by_role("button", name="反馈结果").click()
    expect(inspector.page.get_by_role("status")).to_contain_text("结果已记入")
    inspector.page.goto(f"{decided.base}/referrals")
    inspector.picture("referrals")
    assert analyst.fits()
    assert analyst.wrong == approver.wrong == inspector.wrong == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_fit_a_narrow_screen(decided: Decided, language: str) -> None:
    analyst = decided.visitor("analyst", 1024, 768)
    page = analyst.page
    page.goto(f"{decided.base}/spot-checks")
    page.get_by_label("抽几条").fill("1")
    page.get_by_role("button", name="固定范围并抽取").click()
    paths = (page.url.partition("?")[0].removeprefix(decided.base), f"/suspicions/{decided.names[0]}/money")
    for path in ("/spot-checks", "/referrals", *paths):
        page.goto(f"{decided.base}{path}?lang={language}")
        analyst.picture(f"1024-{language}-{path.strip('/').replace('/', '-')}")
        assert analyst.fits(), path
    assert analyst.wrong == []
