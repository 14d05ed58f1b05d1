"""The auditor's and the administrator's day in a real browser against the real command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from casework.users.passwords import set_own
from casework.users.writing import By
from tests.casework.users.sample import GOOD
from tests.county import payment
from tests.web.county import county_in
from tests.web.served import Watched, chromium, serving
from tests.web.test_records import REFUSED, WHY, handed_in

USERS = ("auditor", "sysadmin", "analyst")
NARROW = (1024, 768)


class Office(NamedTuple):
    """A served county with a refused record."""

    base: str
    browser: Browser

    def visitor(self, user: str) -> Watched:
        """Return a page of somebody who has signed in."""
        found = Watched(self.browser, self.base, *NARROW)
        found.sign_in(user, GOOD)
        return found


@pytest.fixture
def office(tmp_path: Path, original: Path) -> Iterator[Office]:
    county = county_in(tmp_path, original)
    handed_in(county, tmp_path / "more", payment("P003", 3, amount=REFUSED))
    for user in USERS:
        set_own(county.home, user, GOOD, By("sysadmin", datetime.now(UTC)))
    county.home.close()
    with serving(tmp_path / "home") as base, chromium() as browser:
        yield Office(base, browser)


def seen(visitor: Watched, *paths: str) -> None:
    """Look at pages in English, whose words are longer, then at the last in Chinese: none is wider than the window."""
    for path, language in [*((path, "en") for path in paths), (paths[-1], "zh")]:
        visitor.page.goto(f"{visitor.base}{path}{'&' if '?' in path else '?'}lang={language}")
        visitor.picture(f"{path.strip('/').replace('/', '-')}-{language}")
        assert visitor.fits(), (path, language)


def test_a_refused_record_is_mended_and_the_auditor_sees_who_looked_and_proves_it(
    office: Office, tmp_path: Path
) -> None:
    analyst, auditor, sysadmin = (office.visitor(user) for user in ("analyst", "auditor", "sysadmin"))
    page = analyst.page
    seen(analyst, "/data", "/quarantine")
    page.locator("tbody a").first.click()
    page.get_by_label("查看原文的理由").fill(WHY)
    page.get_by_role("button", name="查看原文").click()
    expect(page.get_by_text("本次查看已记入账本")).to_be_visible()
    analyst.picture("refusal")
    page.get_by_label("更正", exact=False).first.fill("amount=400.00")
    page.get_by_label("依据").fill(WHY)
    page.get_by_role("button", name="更正并放行").click()
    expect(page.get_by_role("status")).to_contain_text("已更正并放行")
    page = auditor.page
    seen(auditor, "/ledger", "/ledger/events", "/access", "/help/pages", "/help/states")
    page.goto(f"{office.base}/access?actor=analyst&purpose=release")
    expect(page.get_by_role("cell", name=WHY).first).to_be_visible()
    page.goto(f"{office.base}/ledger")
    page.get_by_label("事件流").fill("payments:tax-core:P003")
    page.get_by_role("button", name="查看各版本").click()
    page.get_by_role("link", name="第", exact=False).first.click()
    expect(page.get_by_role("heading", name="包含证明")).to_be_visible()
    assert auditor.fits()
    for number, name in enumerate(("下载条目", "下载证明")):
        with page.expect_download() as downloading:
            page.get_by_role("link", name=name).click()
        downloading.value.save_as(tmp_path / str(number))
    page.get_by_text("不用本系统的程序怎样核对").click()
    auditor.picture("event")
    (tmp_path / "check.py").write_text(page.locator("pre").inner_text(), encoding="utf-8")
    subprocess.run([sys.executable, "-S", *(str(tmp_path / name) for name in ("check.py", "0", "1"))], check=True)
    seen(sysadmin, "/status", "/data?type=payments")
    sysadmin.page.get_by_role("link", name="帮助", exact=True).click()
    expect(sysadmin.page).to_have_url(f"{office.base}/help/pages#data")
    assert analyst.wrong == auditor.wrong == sysadmin.wrong == []
