"""Signing in, being locked out, changing a one-time password, idling, and requests from other sites."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from casework.users import second_factor
from casework.users.accounts import Place, add
from casework.users.first import first_administrator
from casework.users.passwords import set_one_time, set_own
from casework.users.writing import By
from ledger.home import Home
from tests.casework.users.sample import NOON
from web.app import THREADS, create
from web.frame.service import HASHING_AT_ONCE
from web.frame.settings import WebSettings

PASSWORD, NEW = "Sarkan-Obsidian-7", "Bulung=Kapka-91"


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.open(tmp_path / "home") as opened:
        add(opened, "ana", Place("analyst"), By("admin", NOON))
        set_own(opened, "ana", PASSWORD, By("admin", NOON))
        yield opened


@pytest.fixture
def app(home: Home, clock: Callable[[], datetime]) -> FastAPI:
    return create(home, WebSettings(clock=clock, attempts=8))


def client(app: FastAPI, **headers: str) -> TestClient:
    return TestClient(app, follow_redirects=False, headers={"sec-fetch-site": "same-origin"} | headers)


def sign_in(browser: TestClient, password: str = PASSWORD, **more: str) -> int:
    return int(browser.post("/sign-in", data={"name": "ana", "password": password} | more).status_code)


def test_a_session_is_a_cookie_that_no_script_and_no_other_site_gets(app: FastAPI) -> None:
    answered = client(app).post("/sign-in", data={"name": "ana", "password": PASSWORD, "next": "/lists"})
    assert (answered.status_code, answered.headers["location"]) == (303, "/lists")
    cookie = answered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(app: FastAPI, there: str) -> None:
    answered = client(app).post("/sign-in", data={"name": "ana", "password": PASSWORD, "next": there})
    assert answered.headers["location"] == "/"


def test_what_was_wrong_is_not_told_and_the_fifth_failure_locks(app: FastAPI, clock: Clock) -> None:
    browser = client(app)
    unknown = browser.post("/sign-in", data={"name": "nobody", "password": "x"}).text
    wrong = browser.post("/sign-in", data={"name": "ana", "password": "x"}).text
    assert wrong.replace('value="ana"', "") == unknown.replace('value="nobody"', "")
    for _ in range(4):
        assert sign_in(browser, "x") == 401
    assert "锁定" in browser.post("/sign-in", data={"name": "ana", "password": PASSWORD}).text
    clock.now += timedelta(minutes=6)
    assert sign_in(browser) == 303


def test_one_address_cannot_try_for_ever(app: FastAPI, clock: Clock) -> None:
    browser = client(app)
    for number in range(8):
        browser.post("/sign-in", data={"name": f"user{number}", "password": "x"})
    assert browser.post("/sign-in", data={"name": "user9", "password": "x"}).status_code == 429
    clock.now += timedelta(minutes=5)
    assert sign_in(browser) == 303


def test_a_one_time_password_is_changed_before_anything_else(app: FastAPI, home: Home) -> None:
    given = set_one_time(home, "ana", By("admin", NOON))
    browser = client(app)
    assert browser.post("/sign-in", data={"name": "ana", "password": given}).headers["location"] == "/password"
    for path in ("/lists", "/log/tile/entries/000"):
        assert browser.get(path).headers["location"] == "/password"
    assert browser.post("/lists/draw").headers["location"] == "/password"
    for new, again in (("short", "short"), (NEW, "other")):
        refused = browser.post("/password", data={"old": given, "new": new, "again": again})
        assert refused.status_code == 400
    changed = browser.post("/password", data={"old": given, "new": NEW, "again": NEW})
    assert changed.headers["location"] == "/sign-in?done=password"
    assert browser.get("/lists").headers["location"].startswith("/sign-in")
    assert sign_in(browser, NEW) == 303
    assert browser.get("/lists").status_code == 200


def test_a_second_factor_is_asked_for(app: FastAPI, home: Home, clock: Clock) -> None:
    offered = second_factor.offer(home, "ana")
    secret = second_factor._secret(home, "ana", offered.credential)
    assert secret is not None
    step = int(NOON.timestamp()) // second_factor.STEP_SECONDS
    code = second_factor.code_at(secret, step).decode()
    second_factor.confirm(home, "ana", offered.credential, code, By("admin", NOON))
    clock.now += timedelta(minutes=1)
    browser = client(app)
    assert sign_in(browser) == 401
    assert sign_in(browser, code=second_factor.code_at(secret, step + 2).decode()) == 303


def test_a_session_that_idles_is_ended_for_good(app: FastAPI, clock: Clock) -> None:
    browser = client(app)
    sign_in(browser)
    assert browser.get("/lists").status_code == 200
    clock.now += timedelta(minutes=29)
    assert browser.get("/lists").status_code == 200
    clock.now += timedelta(minutes=30)
    assert browser.get("/lists").status_code == 303
    clock.now -= timedelta(minutes=30)
    assert browser.get("/lists").status_code == 303


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(app: FastAPI, clock: Clock) -> None:
    browser = client(app)
    sign_in(browser)
    assert browser.get("/lists").status_code == 200
    for _ in range(2):
        clock.now += timedelta(minutes=14)
        assert browser.get("/work", params={"watch": "1"}).status_code == 200
    clock.now += timedelta(minutes=14)
    led = browser.get("/work", params={"watch": "1"}, headers={"hx-request": "true"})
    assert led.status_code == 204
    assert led.headers["hx-redirect"].startswith("/sign-in")


def test_what_was_filled_in_when_a_session_ended_is_sent_after_signing_in(app: FastAPI, clock: Clock) -> None:
    browser = client(app, referer="http://testserver/suspicions?state=open")
    sign_in(browser)
    assert browser.get("/suspicions").status_code == 200
    clock.now += timedelta(minutes=31)
    late = browser.post("/suspicions/views?state=open", data={"name": "待<办>"})
    assert late.status_code == 401
    assert "您填写的内容还在" in late.text
    kept = unescape(late.text.partition('name="kept" value="')[2].partition('"')[0])
    assert json.loads(kept)["fields"] == [["name", "待<办>"]]
    wrong = browser.post("/sign-in", data={"name": "ana", "password": "no", "kept": kept})
    assert 'name="kept"' in wrong.text
    entered = browser.post("/sign-in", data={"name": "ana", "password": PASSWORD, "kept": kept})
    assert entered.status_code == 200
    assert 'action="/suspicions/views?state=open"' in entered.text
    assert "待&lt;办&gt;</textarea>" in entered.text
    assert browser.get("/lists").status_code == 200


@pytest.mark.parametrize("path", ["/password", "/account/device", "/users", "/lists/x/receive"])
def test_passwords_and_empty_forms_are_not_kept(app: FastAPI, path: str) -> None:
    late = client(app).post(path, data={"old": "secret-1"} if "lists" not in path else {})
    assert late.status_code == 401
    assert "secret-1" not in late.text
    assert 'name="kept"' not in late.text


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/password", "javascript:alert(1)"])
def test_what_was_kept_is_sent_to_no_other_site_and_changes_no_password(app: FastAPI, path: str) -> None:
    kept = json.dumps({"path": path, "fields": [["a", "b"]], "back": "/"})
    entered = client(app).post("/sign-in", data={"name": "ana", "password": PASSWORD, "kept": kept})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")


def test_signing_out_of_a_session_that_had_ended_is_no_error(app: FastAPI) -> None:
    assert client(app).post("/sign-out").headers["location"] == "/sign-in?done=out"


def test_who_signs_out_is_out(app: FastAPI) -> None:
    browser = client(app)
    sign_in(browser)
    kept = dict(browser.cookies)
    assert browser.post("/sign-out").status_code == 303
    again = client(app)
    again.cookies.update(kept)
    assert again.get("/lists").status_code == 303


def test_a_crowd_that_signs_in_keeps_nobody_from_their_pages(home: Home, clock: Clock) -> None:
    app = create(home, WebSettings(clock=clock, attempts=100))
    hashing = app.state.service.hashing

    async def crowd() -> list[int]:
        headers = {"sec-fetch-site": "same-origin"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x", headers=headers) as here:
            form = {"name": "nobody", "password": PASSWORD}
            entering = [asyncio.create_task(here.post("/sign-in", data=form)) for _ in range(3 * THREADS)]
            await asyncio.sleep(0.2)
            seen = await asyncio.wait_for(here.get("/healthz"), 30)
            assert not any(each.done() for each in entering)
            for _ in range(HASHING_AT_ONCE):
                hashing.release()
            for each in entering[HASHING_AT_ONCE:]:
                each.cancel()
            return [seen.status_code, *[(await each).status_code for each in entering[:HASHING_AT_ONCE]]]

    for _ in range(HASHING_AT_ONCE):
        hashing.acquire()
    assert asyncio.run(crowd()) == [200] + [401] * HASHING_AT_ONCE


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
    ],
)  # fmt: skip
def test_a_form_of_another_site_does_nothing(app: FastAPI, home: Home, headers: dict[str, str]) -> None:
    head = home.ledger.head()
    answered = client(app, **headers).post("/sign-in", data={"name": "ana", "password": PASSWORD})
    assert answered.status_code == 403
    assert home.ledger.head() == head


def test_an_old_browser_is_believed_by_its_origin(app: FastAPI) -> None:
    browser = TestClient(app, follow_redirects=False)
    data = {"name": "ana", "password": PASSWORD}
    assert browser.post("/sign-in", data=data, headers={"origin": "http://testserver"}).status_code == 303
    assert browser.post("/sign-in", data=data, headers={"origin": "http://testserver.evil"}).status_code == 403
    assert browser.post("/sign-in", data=data).status_code == 403


def test_a_body_that_is_too_large_is_not_read(app: FastAPI) -> None:
    browser = client(app)
    assert browser.post("/sign-in", data={"name": "x" * 600_000}).status_code == 413
    large = {"file": ("a.xlsx", b"x" * (21 << 20))}
    assert browser.post("/lists/x/answers", files=large).status_code == 413


def test_the_first_start_makes_one_administrator(tmp_path: Path) -> None:
    with Home.open(tmp_path / "fresh") as home:
        password = first_administrator(home, By("serve", NOON))
        assert password is not None
        assert first_administrator(home, By("serve", NOON)) is None
        browser = client(create(home, WebSettings(clock=lambda: NOON)))
        entered = browser.post("/sign-in", data={"name": "admin", "password": password})
        assert entered.headers["location"] == "/password"
