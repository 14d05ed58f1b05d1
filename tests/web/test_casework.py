"""The way of a list through the pages: drawn, issued, received, answered, reviewed; and what the API takes."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from starlette.testclient import TestClient

from casework.cases import reviewing
from casework.cases.clock import pass_days
from casework.users import bearer
from casework.users.signing_in import sign_in_by_provider
from casework.users.writing import By
from tests.casework.cases.made import NOW, TOWNSHIP, cases_of
from tests.county import number
from tests.web.county import County, browser
from web.app import create
from web.frame.sessions import COOKIE
from web.frame.settings import WebSettings
from web.keeping import Keeper

TODAY = NOW.date().isoformat()
SCAN = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
ANSWER = {
    "checked": "yes", "method": "visit", "checker": "张三", "second_checker": "李四", "checked_on": TODAY,
    "result": "unverifiable", "statement": "当面问了本人，收据存根第5号",
}  # fmt: skip


def item_path(county: County, place: int = 1) -> str:
    return f"/lists/{county.own.list_id}/items/{place}"


def state_of(county: County, place: int = 0) -> str:
    return cases_of(county.home).suspicion(county.own.items[place].suspicion_id).state


def opened(text: str) -> str:
    return text.partition('name="opened" value="')[2].partition('"')[0]


def test_a_clerk_receives_and_answers_and_the_time_is_measured(own_county: County) -> None:
    clerk = browser(own_county, "clerk")
    done = clerk.post(f"/lists/{own_county.own.list_id}/receive")
    assert done.headers["location"].endswith("?done=received")
    assert "已签收" in clerk.get(done.headers["location"]).text
    mark = opened(clerk.get(item_path(own_county)).text)
    answered = clerk.post(item_path(own_county), data=ANSWER | {"opened": mark})
    assert answered.headers["location"] == f"{item_path(own_county, 2)}?done=answered"
    assert state_of(own_county) == "answered"
    assert cases_of(own_county.home).suspicion(own_county.own.items[0].suspicion_id).seconds == 0
    assert "张三" in clerk.get(item_path(own_county)).text


def test_a_forged_opening_measures_nothing(own_county: County) -> None:
    clerk = browser(own_county, "clerk")
    clerk.post(item_path(own_county), data=ANSWER | {"opened": "1000.deadbeef"})
    assert cases_of(own_county.home).suspicion(own_county.own.items[0].suspicion_id).seconds is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"second_checker": "张三"}, "两名核查人是同一人"),
        ({"checked_on": "2027-01-01"}, "晚于今天"),
        ({"cause": "made-up"}, "请从下拉框选"),
        ({"result": ""}, "没有核查结果"),
        ({"repaid": "四百"}, "不是金额"),
        ({"result": "cleared", "repaid": "400", "repaid_on": TODAY}, "退了钱的应为属实"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_told_and_nothing_is_lost(
    own_county: County, changes: dict[str, str], told: str
) -> None:
    clerk = browser(own_county, "clerk")
    answered = clerk.post(item_path(own_county), data=ANSWER | changes)
    assert answered.status_code == 400
    assert told in answered.text
    assert answered.text.count('aria-invalid="true"') == 1
    assert 'href="#at-' in answered.text
    assert 'data-unsaved="now"' in answered.text
    assert ANSWER["statement"] in answered.text
    assert state_of(own_county) == "issued"


def test_what_an_answer_that_was_taken_still_lacks_is_told(own_county: County) -> None:
    clerk = browser(own_county, "clerk")
    answered = clerk.post(item_path(own_county), data=ANSWER | {"method": ""})
    assert answered.headers["location"] == f"{item_path(own_county)}?done=answered"
    shown = clerk.get(answered.headers["location"]).text
    assert "反馈已收下，还缺：" in shown
    assert "缺核查方式" in shown


def test_a_returned_answer_shows_why_and_is_answered_again(own_county: County) -> None:
    clerk, approver = browser(own_county, "clerk"), browser(own_county, "approver")
    clerk.post(item_path(own_county), data=ANSWER)
    name = own_county.own.items[0].suspicion_id
    assert name in approver.get("/review").text
    refused = approver.post(f"/suspicions/{name}/review", data={"decision": "return", "note": " "})
    assert refused.status_code == 400
    approver.post(f"/suspicions/{name}/review", data={"decision": "return", "note": "请附收据存根"})
    assert "请附收据存根" in clerk.get(item_path(own_county)).text
    again = clerk.post(item_path(own_county), data=ANSWER | {"statement": "收据存根已附"})
    assert again.headers["location"].endswith("done=answered")
    approver.post(f"/suspicions/{name}/review", data={"decision": "accept"})
    assert state_of(own_county) == "accepted"


def test_every_page_names_the_day_by_which_a_returned_answer_is_owed(own_county: County) -> None:
    name, approver = own_county.own.list_id, cases_of(own_county.home, "approver", NOW + timedelta(days=10))
    browser(own_county, "clerk").post(item_path(own_county), data=ANSWER)
    browser(own_county, "clerk").post(item_path(own_county, 2), data=ANSWER)
    reviewing.review(approver, own_county.own.items[0].suspicion_id, "return", "请附收据存根")
    first, again = ((NOW + timedelta(days=days)).date().isoformat() for days in (15, 25))
    later = own_county._replace(app=create(own_county.home, WebSettings(clock=lambda: NOW + timedelta(days=20))))
    clerk = browser(later)
    clerk.cookies.set(COOKIE, sign_in_by_provider(own_county.home, "clerk", NOW + timedelta(days=20)).secret)
    for path in ("/", "/lists", f"/lists/{name}", item_path(own_county), "/duties"):
        shown = clerk.get(path).text
        assert again in shown, path
        assert first not in shown, path
        assert "逾期 5 天" not in shown, path
    clocks = [cases_of(own_county.home, "clock", NOW + timedelta(days=days)) for days in (20, 25, 26)]
    assert [[each.stage for each in pass_days(clock)] for clock in clocks] == [["10", "14"], [], ["overdue"]]


def test_a_township_is_not_told_what_follows_its_answer(own_county: County) -> None:
    clerk, approver = browser(own_county, "clerk"), browser(own_county, "approver")
    clerk.post(item_path(own_county), data=ANSWER)
    name = own_county.own.items[0].suspicion_id
    approver.post(f"/suspicions/{name}/review", data={"decision": "escalate", "note": "移送纪检"})
    for path in (f"/suspicions/{name}", "/suspicions", "/", f"/lists/{own_county.own.list_id}"):
        assert "提级" not in clerk.get(path).text
        assert "state escalated" not in clerk.get(path).text
    assert "提级" in approver.get(f"/suspicions/{name}").text


def test_the_words_of_an_answer_are_shown_for_a_reason_that_is_recorded(own_county: County) -> None:
    browser(own_county, "clerk").post(item_path(own_county), data=ANSWER)
    name, approver = own_county.own.items[0].suspicion_id, browser(own_county, "approver")
    assert "张三" not in approver.get(f"/suspicions/{name}").text
    head = own_county.home.ledger.head()
    assert approver.post(f"/suspicions/{name}/reveal", data={"reason": ""}).status_code == 400
    assert own_county.home.ledger.head() == head
    assert "张三" in approver.post(f"/suspicions/{name}/reveal", data={"reason": "复核"}).text
    topics = {row.topic for row in own_county.home.ledger.read(head, 100)}
    assert topics == {"access.Recorded.v1"}


def registered(county: County, role: str, township: str = "") -> TestClient:
    """Return a browser of the collector V01 by number, who has an account of a role."""
    admin, called = browser(county, "sysadmin"), f"v01-{role}"
    made = admin.post("/users", data={"name": called, "role": role, "township": township, "person": number(7)})
    password = made.text.partition('<p class="secret"><code>')[2].partition("<")[0]
    about = browser(county)
    assert about.post("/sign-in", data={"name": called, "password": password}).status_code == 303
    changed = {"old": password, "new": "Bulung=Kapka-91", "again": "Bulung=Kapka-91"}
    about.post("/password", data=changed)
    about.post("/sign-in", data={"name": called, "password": changed["new"]})
    return about


def place_of(county: County, subject: str) -> int:
    """Return the number of the item about a subject, from 1."""
    names = {each.suspicion_id: each.subject_id for each in cases_of(county.home).suspicions().values()}
    return next(n for n, item in enumerate(county.own.items, start=1) if names[item.suspicion_id] == subject)


def test_no_workbook_answers_what_concerns_who_hands_it_in(own_county: County) -> None:
    about, path = registered(own_county, "clerk", TOWNSHIP), f"/lists/{own_county.own.list_id}"
    filled = workbook_with(about.get(f"{path}/workbook").content, checked="是", result="无法核实", items=2)
    answered = about.post(f"{path}/answers", files={"file": ("清单.xlsx", filled)})
    assert "回避" in answered.text
    places = [place_of(own_county, subject) - 1 for subject in ("V01", "V02")]
    assert [state_of(own_county, place) for place in places] == ["issued", "answered"]
    token = bearer.issue(own_county.home, "v01-clerk", (), 30, By("sysadmin", NOW)).text
    sent = about.post(
        f"/api/v1{path}/answers", files={"file": ("清单.xlsx", filled)}, headers={"authorization": f"Bearer {token}"}
    )
    assert (sent.json()["accepted"], "回避" in sent.text) == (0, True)
    assert state_of(own_county, places[0]) == "issued"


def test_who_is_registered_stands_back_from_what_is_about_them(own_county: County) -> None:
    about, clerk = registered(own_county, "analyst"), browser(own_county, "clerk")
    names = {each.subject_id: each.suspicion_id for each in cases_of(own_county.home).suspicions().values()}
    places = {item.suspicion_id: place for place, item in enumerate(own_county.own.items, start=1)}
    for subject in ("V01", "V02"):
        clerk.post(item_path(own_county, places[names[subject]]), data=ANSWER | {"statement": f"查了{subject}的存根"})
    path = f"/suspicions/{names['V01']}/review"
    refused = about.post(path, data={"decision": "accept"})
    assert refused.status_code == 409
    assert "回避" in refused.text
    assert about.post(f"/suspicions/{names['V02']}/review", data={"decision": "accept"}).status_code == 303


def test_a_workbook_goes_out_and_comes_back(own_county: County) -> None:
    clerk = browser(own_county, "clerk")
    path = f"/lists/{own_county.own.list_id}"
    filled = workbook_with(clerk.get(f"{path}/workbook").content, checked="是", result="无法核实")
    answered = clerk.post(f"{path}/answers", files={"file": ("清单.xlsx", filled)})
    assert answered.status_code == 200
    assert "这份工作簿 2 条：新收下 1 条，与上次相同 0 条，没有收下 0 条，未填 1 条，缺行 0 条。" in answered.text
    assert "已收下，请补全、核对（" in answered.text
    assert sorted(state_of(own_county, place) for place in (0, 1)) == ["answered", "issued"]
    wrong = clerk.post(f"{path}/answers", files={"file": ("<b>x</b>.xlsx", b"no workbook")})
    assert "<b>x" not in wrong.text
    assert "整个文件没有收下" in wrong.text
    assert "新收下" not in wrong.text
    other = browser(own_county, "neighbour").post(
        f"/lists/{own_county.other.list_id}/answers", files={"file": ("清单.xlsx", filled)}
    )
    assert other.status_code == 400


def test_what_was_not_taken_of_a_workbook_is_counted_and_told_in_words(own_county: County) -> None:
    clerk = browser(own_county, "clerk")
    path = f"/lists/{own_county.own.list_id}"
    filled = workbook_with(clerk.get(f"{path}/workbook").content, checked="是", result="不清楚")
    told = clerk.post(f"{path}/answers", files={"file": ("清单.xlsx", filled)}).text
    assert "新收下 0 条，与上次相同 0 条，没有收下 1 条，未填 1 条，缺行 0 条。" in told
    assert "没有收下，请改正这些格再上传（" in told
    assert "已收下，请补全、核对（" not in told


def test_the_report_is_a_scan_and_ends_with_acceptance(own_county: County) -> None:
    clerk, approver = browser(own_county, "clerk"), browser(own_county, "approver")
    path = f"/lists/{own_county.own.list_id}"
    clerk.post(f"{path}/receive")
    assert clerk.post(f"{path}/report", data={"signed": "yes"}).status_code == 409
    for place in (1, 2):
        clerk.post(item_path(own_county, place), data=ANSWER | {"statement": f"第{place}条查了存根"})
    wrong = clerk.post(f"{path}/report", files={"scan": ("a.pdf", b"MZ no scan")}, data={"signed": "yes"})
    assert wrong.status_code == 400
    clerk.post(f"{path}/report", files={"scan": ("a.pdf", SCAN)}, data={"signed": "yes", "sealed": "yes"})
    assert cases_of(own_county.home).one_list(own_county.own.list_id).state == "reported"
    approver.post(f"{path}/review", data={"decision": "accept"})
    assert cases_of(own_county.home).one_list(own_county.own.list_id).state == "accepted"


def test_who_drew_a_list_up_does_not_approve_it(own_county: County) -> None:
    path = f"/lists/{own_county.waiting.list_id}"
    analyst, approver = browser(own_county, "analyst"), browser(own_county, "approver")
    assert analyst.post(f"{path}/approve").status_code == 403
    assert analyst.post(f"{path}/issue").status_code == 409
    assert approver.post(f"{path}/approve").status_code == 303
    assert analyst.post(f"{path}/issue").status_code == 303
    issued = cases_of(own_county.home).one_list(own_county.waiting.list_id)
    assert (issued.state, issued.to) == ("issued", TOWNSHIP)
    assert issued.list_id in browser(own_county, "clerk").get("/lists").text


def test_a_page_shows_what_another_process_just_did(own_county: County) -> None:
    clerk = browser(own_county, "clerk")
    assert "已下发，待签收" in clerk.get("/lists").text
    browser(own_county, "leader").post(f"/lists/{own_county.own.list_id}/receive")
    assert "核查中" in clerk.get("/lists").text


def test_the_keeper_seals_and_lets_days_pass(own_county: County) -> None:
    keeper = Keeper(own_county.app.state.service)
    browser(own_county, "clerk").post(f"/lists/{own_county.own.list_id}/receive")
    keeper.step(NOW.replace(day=12, hour=3))
    keeper.step(NOW.replace(day=12, hour=3))
    sealer = own_county.home.sealer
    assert sealer is not None
    assert cases_of(own_county.home).one_list(own_county.own.list_id).reminded == ("10",)
    keeper.step(NOW.replace(day=12, hour=3))
    assert sealer.checkpoint().checkpoint.size == own_county.home.ledger.head()


def test_records_are_taken_repeated_and_refused_by_the_api(own_county: County) -> None:
    token = bearer.issue(own_county.home, "liaison", ["records.take"], 30, By("sysadmin", NOW)).text
    client, headers = browser(own_county), {"authorization": f"Bearer {token}"}
    record = {
        "record_id": "P900", "payer_id": number(9), "payer_name": "买买提", "fee": "resident-medical", "fee_year": 2026,
        "amount": "400.00", "channel": "wechat", "paid_at": "2025-11-03T10:20:30+08:00", "division": "653123103201",
    }  # fmt: skip
    lines = "\n".join([json.dumps(record), json.dumps(record | {"record_id": "P901", "amount": "viel"})])
    path = "/api/v1/records/payments"
    taken = client.post(path, content=lines, headers=headers).json()
    assert (taken["read"], taken["appended"], taken["quarantined"]) == (2, 1, 1)
    again = client.post(path, content=json.dumps(record), headers=headers).json()
    assert (again["appended"], again["repeated"]) == (0, 1)
    assert client.post("/api/v1/records/nothing", content=lines, headers=headers).status_code == 404
    assert client.post(path, content="", headers=headers).status_code == 400


def test_the_api_pages_by_key_and_takes_a_workbook(own_county: County) -> None:
    tokens = {
        user: {"authorization": f"Bearer {bearer.issue(own_county.home, user, (), 30, By('sysadmin', NOW)).text}"}
        for user in ("analyst", "clerk")
    }
    client, found, after = browser(own_county), [], ""
    while True:
        page = client.get("/api/v1/suspicions", params={"limit": 2, "after": after}, headers=tokens["analyst"]).json()
        found += [each["suspicion_id"] for each in page["suspicions"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert found == sorted(cases_of(own_county.home).suspicions())
    path = f"/api/v1/lists/{own_county.own.list_id}"
    content = client.get(f"{path}/workbook", headers=tokens["clerk"]).content
    filled = workbook_with(content, checked="是", result="无法核实")
    taken = client.post(f"{path}/answers", files={"file": ("清单.xlsx", filled)}, headers=tokens["clerk"]).json()
    assert taken["accepted"] == 1
    assert {each["weight"] for each in taken["problems"]} == {"warning"}
    assert client.get("/api/v1/openapi.json").json()["paths"].keys() == {
        "/api/v1/suspicions", "/api/v1/lists", "/api/v1/lists/{name}/workbook", "/api/v1/lists/{name}/answers",
        "/api/v1/live", "/api/v1/records/{record_type}", "/api/v1/screenings", "/api/v1/screenings/work/{name}",
    }  # fmt: skip


def test_health_and_figures_say_no_word_of_a_case(county: County) -> None:
    client = browser(county)
    assert client.get("/healthz").json() == {"web": "ok", "loop": "ok"}
    assert client.get("/readyz").status_code == 200
    figures = client.get("/metrics").text
    assert f"mingzhang_web_position {county.home.ledger.head()}" in figures
    assert county.own.list_id not in figures


def workbook_with(content: bytes, *, checked: str, result: str, items: int = 1) -> bytes:
    """Return a workbook whose first items are answered."""
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book["疑点清单"]
    headings = {cell.value: cell.column for cell in sheet[3]}
    for heading, value in (("是否核查", checked), ("核查结果", result), ("事实说明", "查了存根")):
        for row in range(4, 4 + items):
            sheet.cell(row=row, column=headings[heading], value=value)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
