"""Every route, with every role and the ids of others: what is not somebody's is neither shown nor changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from casework.users import bearer
from casework.users.writing import By
from domain.cases.permission import ROLES, api_actions, permits
from tests.casework.cases.made import NOW
from tests.web.county import PLACES, County, browser
from tests.web.routes import ANY_ACCOUNT, API, PAGES, PUBLIC
from web import app

FORM = {"until": "2026-03-20", "reason": "理由", "decision": "return", "note": "说明", "outcome": "cleared"}
FORM |= {"to": "township", "checked": "no", "statement": "没有时间"}
FILES = {"file": ("a.xlsx", b"PK", "application/octet-stream")}


def routes() -> Iterator[str]:
    for module in (*app.PAGES, *app.API):
        for route in module.router.routes:
            assert isinstance(route, APIRoute)
            yield from (f"{method} {route.path}" for method in route.methods or ())


def ask(county: County, user: str, route: str, name: str) -> tuple[int, str]:
    """Ask a route about a case with everything that its form wants; return status and body."""
    method, _, path = route.partition(" ")
    filled = path.replace("{name:path}", "entries/000.p/1").replace("{number}", "1").replace("{name}", name)
    if user not in county.signed_in:
        county.signed_in[user] = browser(county, user)
    client = county.signed_in[user]
    if method == "GET":
        answered = client.get(filled)
    elif filled.endswith("/answers"):
        answered = client.post(filled, files=FILES)
    else:
        answered = client.post(filled, data=FORM)
    return answered.status_code, answered.text


def test_every_route_stands_in_the_tables_above() -> None:
    assert set(routes()) == PUBLIC | ANY_ACCOUNT | PAGES.keys() | API.keys()


def test_who_is_not_signed_in_sees_nothing_and_changes_nothing(county: County) -> None:
    head, client = county.home.ledger.head(), browser(county)
    for route in sorted(ANY_ACCOUNT | PAGES.keys() | API.keys()):
        method, _, path = route.partition(" ")
        filled = path.replace("{name:path}", "entries/000.p/1").replace("{number}", "1").replace("{name}", "x")
        files = FILES if filled.endswith("/answers") else None
        answered = client.get(filled) if method == "GET" else client.post(filled, data=FORM, files=files)
        led = answered.status_code == 303 and answered.headers["location"].startswith("/sign-in")
        assert led or answered.status_code == 401, (route, answered.status_code)
    assert county.home.ledger.head() == head


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_permission_is_refused_everywhere(county: County, role: str) -> None:
    head = county.home.ledger.head()
    for route, action in PAGES.items():
        if not permits(role, action):
            for state in (county.own, county.other):
                name = state.items[0].suspicion_id if "/suspicions/" in route else state.list_id
                status, _ = ask(county, role, route, name)
                assert status in (403, 404), (route, role, status)
    assert county.home.ledger.head() == head + _sign_ins(county, head)


@pytest.mark.parametrize("user", ["clerk", "leader", "liaison", "neighbour"])
def test_the_cases_of_others_do_not_exist_for_a_township_or_office(county: County, user: str) -> None:
    own = {"clerk": county.own, "leader": county.own, "liaison": county.office, "neighbour": county.other}[user]
    foreign = [each for each in (county.own, county.other, county.office, county.discipline) if each is not own]
    head = county.home.ledger.head()
    for state in [*foreign, county.waiting]:
        for route in [route for route in PAGES if "{name}" in route and "/users/" not in route]:
            item = state.items[0].suspicion_id
            status, text = ask(county, user, route, item if "/suspicions/" in route else state.list_id)
            assert status in (403, 404), (route, user, state.to, status)
            assert "买买提" not in text
    assert county.home.ledger.head() == head + _sign_ins(county, head)


@pytest.mark.parametrize("user", ["clerk", "leader", "liaison", "neighbour"])
def test_no_table_names_the_cases_of_others(county: County, user: str) -> None:
    own = {"clerk": county.own, "leader": county.own, "liaison": county.office, "neighbour": county.other}[user]
    foreign = [each for each in (county.own, county.other, county.office, county.discipline) if each is not own]
    for path in ("/", "/suspicions", "/suspicions.csv", "/lists"):
        text = browser(county, user).get(path).text
        for state in [*foreign, county.waiting]:
            assert state.list_id not in text, path
            assert not any(item.suspicion_id[:9] in text for item in state.items), path


@pytest.mark.parametrize("user", PLACES)
def test_the_api_gives_a_token_what_its_account_sees(county: County, user: str) -> None:
    role = PLACES[user].role
    if not api_actions(role):
        return
    token = bearer.issue(county.home, user, (), 30, By("sysadmin", NOW)).text
    client, bound = browser(county), role in ("clerk", "leader", "liaison")
    for route, action in API.items():
        method, _, path = route.partition(" ")
        filled = path.replace("{record_type}", "payments").replace("{name}", county.discipline.list_id)
        work = "/work/" in filled
        files = FILES if filled.endswith("/answers") else None
        headers = {"authorization": f"Bearer {token}"}
        answered = client.request(method, filled, headers=headers, files=files)
        if not permits(role, action):
            assert answered.status_code == 403, (route, user)
        elif (bound or work) and county.discipline.list_id in filled:
            assert answered.status_code == 404, (route, user)
        else:
            assert answered.status_code in (200, 400), (route, user, answered.text)


def test_a_token_may_do_what_it_was_issued_for_and_no_more(county: County) -> None:
    token = bearer.issue(county.home, "liaison", ["records.take"], 30, By("sysadmin", NOW)).text
    client, headers = browser(county), {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/lists", headers=headers).status_code == 403
    assert client.get("/api/v1/lists", headers={"authorization": "Bearer mz1.liaison.wrong"}).status_code == 401
    assert client.get("/lists", headers=headers).status_code == 303


def test_entries_of_the_log_are_for_inspectors_and_auditors(county: County) -> None:
    anybody = browser(county)
    size = int(anybody.get("/log/checkpoint").text.splitlines()[1])
    tile = f"000.p/{size}" if size < 256 else "000"
    assert anybody.get("/log/key.pub").status_code == 200
    assert len(anybody.get(f"/log/tile/0/{tile}").content) == 32 * min(size, 256)
    for user, allowed in (("inspector", True), ("auditor", True), ("analyst", False), ("sysadmin", False)):
        client = browser(county, user)
        size = int(client.get("/log/checkpoint").text.splitlines()[1])
        tile = f"000.p/{size}" if size < 256 else "000"
        assert client.get(f"/log/tile/entries/{tile}").status_code == (200 if allowed else 403)
    for outside in ("../keys/home.json", "entries/../../keys/home.json", "0/../../../keys/home.json"):
        assert anybody.get(f"/log/tile/{outside}").status_code == 404


def _sign_ins(county: County, after: int) -> int:
    """Return how many of the events behind a position are sign-ins of the test's own."""
    return sum(row.topic == "user.SignedIn.v1" for row in county.home.ledger.read(after, 1000))
