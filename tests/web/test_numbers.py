"""Numbers in addresses that are larger than any, or none: answered as what is not there, or passed over."""

from __future__ import annotations

import pytest

from tests.web.county import County, browser

HUGE = "9" * 40
MONTHS = {"9999-12": 400, "9999-11": 200, "0001-01": 200, "0000-12": 400}


@pytest.mark.parametrize(
    "path",
    [
        f"/ledger/events/{HUGE}", f"/ledger/events/{HUGE}/entry", f"/ledger/events/{HUGE}/proof", f"/quarantine/{HUGE}",
        f"/lists/x/items/{HUGE}",
    ],
)  # fmt: skip
def test_a_number_beyond_any_is_not_found(county: County, path: str) -> None:
    for user in ("inspector", "analyst"):
        if path.startswith("/ledger") or user == "analyst":
            assert browser(county, user).get(path).status_code in ({403, 404} if user == "inspector" else {404})


@pytest.mark.parametrize("number", [HUGE, f"-{HUGE}", "--5", "²", "٣"])
@pytest.mark.parametrize("path", ["/collectors", "/terminals", "/villages"])
def test_a_page_that_goes_on_behind_no_number_is_a_page(county: County, path: str, number: str) -> None:
    assert browser(county, "analyst").get(path, params={"after": f"{number} V01"}).status_code == 200


def test_a_month_that_does_not_end_within_the_calendar_is_refused(county: County) -> None:
    client = browser(county, "analyst")
    asked = {month: client.get("/duties/calendar", params={"month": month}).status_code for month in MONTHS}
    assert asked == MONTHS


@pytest.mark.parametrize("path", ["/data", "/quarantine", "/access", "/ledger/events", "/office"])
def test_a_page_before_a_number_beyond_any_is_a_page(county: County, path: str) -> None:
    user = "inspector" if path in ("/access", "/ledger/events") else "analyst"
    client = browser(county, user)
    for number in (HUGE, f"-{HUGE}", "0"):
        assert client.get(path, params={"before": number, "after": number}).status_code == 200
