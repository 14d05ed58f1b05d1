"""One's own account and those of others: sessions ended one by one, a device registered, role and place changed."""

from __future__ import annotations

import base64
import html
import re

from casework.users import bearer, second_factor
from casework.users.passwords import set_own
from casework.users.reading import needed_account
from casework.users.signing_in import SHOWN, hashed
from casework.users.writing import By
from tests.casework.cases.made import NOW
from tests.web.county import LATER, OTHER_TOWNSHIP, County, browser
from web.frame.sessions import COOKIE

PASSWORD, OTHER = "Sarkan-Obsidian-7", "x"
SVG = re.compile(r"<svg.*</svg>", re.DOTALL)
CREDENTIAL = re.compile(r'name="credential" value="([^"]+)"')
KEY = re.compile(r"<code>([A-Z2-7 ]+)</code>")


def test_one_ends_ones_own_sessions_one_by_one(own_county: County) -> None:
    here, left_open = browser(own_county, "clerk"), browser(own_county, "clerk")
    name = hashed(left_open.cookies[COOKIE])[:SHOWN]
    page = here.get("/account").text
    assert page.count("/account/sessions/") == 2
    assert here.post(f"/account/sessions/{name}/end").headers["location"] == "/account?done=session-ended"
    assert left_open.get("/account").status_code == 303
    assert here.get("/account").text.count("/account/sessions/") == 1
    assert here.post(f"/account/sessions/{name}/end").status_code == 404


def test_nobody_ends_the_session_of_somebody_else_by_its_name(own_county: County) -> None:
    other = browser(own_county, "neighbour")
    name = hashed(other.cookies[COOKIE])[:SHOWN]
    assert browser(own_county, "clerk").post(f"/account/sessions/{name}/end").status_code == 404
    assert browser(own_county, "analyst").post(f"/users/neighbour/sessions/{name}/end").status_code == 403
    assert other.get("/account").status_code == 200
    assert browser(own_county, "secadmin").post(f"/users/neighbour/sessions/{name}/end").status_code == 303
    assert other.get("/account").status_code == 303


def test_a_device_is_registered_with_the_password_and_its_first_code(own_county: County) -> None:
    set_own(own_county.home, "leader", PASSWORD, By("admin", NOW))
    here = browser(own_county, "leader")
    assert here.post("/account/device", data={"password": OTHER}).status_code == 409
    shown = here.post("/account/device", data={"password": PASSWORD}).text
    assert SVG.search(shown)
    secret, credential = KEY.search(shown), CREDENTIAL.search(shown)
    assert secret
    assert credential
    held = second_factor._secret(own_county.home, "leader", credential[1])
    assert held is not None
    assert base64.b32encode(held).decode() == secret[1].replace(" ", "")
    data = {"credential": credential[1], "code": "000000"}
    assert here.post("/account/device/confirm", data=data).status_code == 409
    assert needed_account(own_county.home, "leader").factor is None
    code = second_factor.code_at(held, int(LATER.timestamp()) // second_factor.STEP_SECONDS).decode()
    confirmed = here.post("/account/device/confirm", data=data | {"code": code})
    assert confirmed.headers["location"] == "/sign-in?done=device"
    assert needed_account(own_county.home, "leader").factor == credential[1]
    assert here.get("/account").status_code == 303
    form = {"name": "leader", "password": PASSWORD}
    assert here.post("/sign-in", data=form).status_code == 401
    assert browser(own_county, "sysadmin").post("/users/leader/device-off").status_code == 303
    assert here.post("/sign-in", data=form).status_code == 303


def test_an_administrator_changes_role_and_place_and_revokes_tokens(own_county: County) -> None:
    home, admin = own_county.home, browser(own_county, "sysadmin")
    token = bearer.issue(home, "clerk", (), 30, By("sysadmin", NOW)).name
    assert token in admin.get("/users/clerk").text
    assert token not in admin.get("/users/leader").text
    assert admin.post(f"/users/clerk/tokens/{token}/revoke").status_code == 303
    assert needed_account(home, "clerk").tokens == {}
    assert admin.post("/users/clerk", data={"role": "clerk"}).status_code == 400
    moved = admin.post("/users/clerk", data={"role": "leader", "township": OTHER_TOWNSHIP})
    assert moved.headers["location"] == "/users/clerk?done=changed"
    account = needed_account(home, "clerk")
    assert (account.role, account.township) == ("leader", OTHER_TOWNSHIP)
    assert admin.post("/users/sysadmin", data={"role": "analyst"}).status_code == 409
    assert admin.get("/users/nobody").status_code == 404


def test_an_auditor_sees_sign_ins_and_changes_nothing(county: County) -> None:
    page = html.unescape(browser(county, "auditor").get("/users/auditor", params={"lang": "zh"}).text)
    assert "统一身份认证" in page
    assert "<form method=\"post\" action=\"/users/" not in page


def test_an_account_shows_no_number_and_no_secret(county: County) -> None:
    browser(county, "sysadmin").get("/users/clerk")
    page = browser(county, "sysadmin").get("/users/clerk").text
    account = needed_account(county.home, "clerk")
    assert not any(session in page for session in account.sessions)
