"""Every setting that the program reads from its surroundings is described on a page that people write."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT, text_of, written

PACKAGES = ("mingzhang", "web", "consumers", "casework", "intake", "risk", "projections", "ledger", "domain")


def test_every_setting_is_documented() -> None:
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    named = {name for path in sources for name in re.findall(r"\bMINGZHANG_[A-Z_]*[A-Z]\b", text_of(path))}
    pages = "\n".join(text_of(page) for page in written())
    assert {"MINGZHANG_HOME", "MINGZHANG_LEDGER"} <= named
    assert sorted(name for name in named if f"`{name}`" not in pages) == []
