"""Addresses in headers and forms that are none, or lead elsewhere: answered as what they are, and never followed."""

from __future__ import annotations

import pytest

from tests.web.county import County, browser
from web.frame.foreign import own_path

NONE = "//["
"""A text that is read as an address and cannot be."""


@pytest.mark.parametrize("text", [NONE, "http://[/", "//evil.example", "/\t/evil.example", "/\\evil.example", ""])
def test_what_is_no_path_of_this_service_leads_to_the_first_page(text: str) -> None:
    assert own_path(text) == "/"


def test_who_would_go_to_no_address_after_signing_in_is_asked_for_name_and_password(county: County) -> None:
    assert browser(county).get("/sign-in", params={"next": NONE}).status_code == 200
    typed = {"name": "nobody", "password": "x", "next": NONE}
    assert browser(county).post("/sign-in", data=typed).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"referer": "http://["}, 404), ({"host": "["}, 400), ({"host": "a/b"}, 400), ({"host": "a?b"}, 400),
    ],
)  # fmt: skip
def test_a_header_that_is_no_address_is_no_error_of_the_program(
    county: County, headers: dict[str, str], status: int
) -> None:
    assert browser(county).get("/no-such-page", headers=headers).status_code == status


def test_a_form_whose_origin_is_no_address_does_nothing(county: County) -> None:
    client = browser(county)
    del client.headers["sec-fetch-site"]
    assert client.post("/sign-in", data={"name": "ana"}, headers={"origin": "http://["}).status_code == 403


def test_the_error_page_of_a_path_like_an_address_leads_nowhere_else(county: County) -> None:
    for headers in ({}, {"referer": "http://testserver//evil.example/"}):
        answered = browser(county).get("http://testserver//evil.example/", headers=headers)
        assert answered.status_code == 404
        assert "//evil.example" not in answered.text.replace("没有这个页面：//evil.example/", "")
