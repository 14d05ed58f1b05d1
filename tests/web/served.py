"""The real command serving a home in a process of its own, and a browser that watches what its pages do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, Response, sync_playwright

CHROMIUM = "/usr/bin/chromium"
START_S, STOP_S = 60, 30


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Serve a home while the block runs; give the address, and see that it ends well when it is asked to."""
    command = [sys.executable, "-m", "mingzhang", "--home", str(home), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"}) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        address = next(line.strip() for line in lines if line.startswith("http://"))
        try:
            yield address.rstrip("/")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page whose errors, and requests to elsewhere, are noted."""

    def __init__(self, browser: Browser, base: str, width: int = 1366, height: int = 768) -> None:
        self.base = base
        self.wrong: list[str] = []
        self.page: Page = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, locale="zh-CN"
        ).new_page()
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def sign_in(self, user: str, password: str) -> None:
        """Sign in as a user does."""
        self.page.goto(f"{self.base}/")
        self.page.get_by_role("textbox", name="账号", exact=True).fill(user)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.page.get_by_role("button", name="登录").click()

    def picture(self, name: str) -> None:
        """Keep a picture of the page where MINGZHANG_TEST_PICTURES names a folder."""
        folder = os.environ.get("MINGZHANG_TEST_PICTURES")
        if folder:
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def fits(self) -> bool:
        """Say whether the page is no wider than its window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:", "blob:")):
            self.wrong.append(f"asked elsewhere: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status} {response.url}")
