"""Background work in a real browser: begun with a button, its end seen without a reload."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import expect

from casework.users.passwords import set_own
from casework.users.writing import By
from tests.casework.users.sample import GOOD
from tests.web.county import county_in
from tests.web.served import Watched, chromium, serving

ENDS_MS = 120_000


def test_the_end_of_a_work_shows_by_itself(tmp_path: Path, original: Path) -> None:
    county = county_in(tmp_path, original)
    set_own(county.home, "sysadmin", GOOD, By("sysadmin", datetime.now(UTC)))
    county.home.close()
    with serving(tmp_path / "home") as base, chromium() as browser:
        admin = Watched(browser, base)
        admin.sign_in("sysadmin", GOOD)
        page = admin.page
        page.goto(f"{base}/work")
        page.get_by_role("button", name="开始重建").click()
        expect(page.get_by_role("button", name="停止")).to_be_visible()
        admin.picture("work-running")
        expect(page.get_by_text("已完成")).to_be_visible(timeout=ENDS_MS)
        assert page.locator("#work").get_attribute("hx-get") is None
        admin.picture("work-done")
        assert admin.fits()
        assert admin.wrong == []
