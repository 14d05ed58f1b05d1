"""What takes long and is begun on a page of its own: trying a threshold, drawing up lists, a register's workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.cases.drawing import NothingNew, draw_lists
from domain.records.cash_receipts import CashReceiptRecorded
from tests.casework.cases.made import TOWNSHIP, cases_of, screened
from tests.county import receipt, write_csv
from tests.risk.scoring.rows import finding
from tests.web.county import FINDINGS, OTHER_TOWNSHIP, County, browser
from tests.web.test_work import ended, service
from web.work.job import DONE, REFUSED

VILLAGE = f"{TOWNSHIP}201"
REGISTER = f"/register/{TOWNSHIP}"


def begun(county: County, user: str, path: str, **more: object) -> str:
    """Begin work by a page's button and return its id."""
    answered = browser(county, user).post(path, **more)
    assert answered.status_code == 303, answered.text
    return str(answered.headers["location"]).removeprefix("/work/").partition("?")[0]


def test_trying_a_value_shows_its_effect_and_sets_nothing(own_county: County) -> None:
    analyst, liaison = browser(own_county, "analyst"), browser(own_county, "liaison")
    policies = len(own_county.home.ledger.of_type("policy"))
    name = begun(own_county, "analyst", "/rules/A01/effects", data={"parameter": "open_wd", "value": "4"})
    assert analyst.get(f"/rules/A01/effects/{name}").headers["location"] == f"/work/{name}"
    again = analyst.post("/rules/A01/effects", data={"parameter": "open_wd", "value": "4"})
    assert (again.status_code, liaison.get(f"/work/{name}").status_code) == (409, 404)
    job = ended(own_county, name)
    assert job.state == DONE, (job.told(), job.lines())
    assert "按试的数值运行规则" in [line.zh for line in job.lines()]
    result = f"/rules/A01/effects/{name}"
    assert f'href="{result}"' in analyst.get(f"/work/{name}").text
    page = analyst.get(result).text
    assert "改为 4" in page
    assert f"第 {own_county.home.ledger.head()} 号" in page
    assert analyst.get(f"/rules/A02/effects/{name}").status_code == 404
    assert liaison.get(result).status_code == 403
    assert len(own_county.home.ledger.of_type("policy")) == policies


@pytest.mark.parametrize(
    ("rule", "parameter", "value"), [("A01", "open_wd", "400"), ("A01", "no", "4"), ("A01", "open_wd", "四")]
)
def test_a_value_that_cannot_be_starts_nothing(county: County, rule: str, parameter: str, value: str) -> None:
    answered = browser(county, "analyst").post(f"/rules/{rule}/effects", data={"parameter": parameter, "value": value})
    assert answered.status_code == 400
    assert service(county).work.all() == []


def test_lists_are_drawn_up_beside_the_pages_and_only_once(own_county: County) -> None:
    screened(own_county.home, *FINDINGS, finding(subject_id="V08", township=OTHER_TOWNSHIP))
    analyst, before = browser(own_county, "analyst"), set(cases_of(own_county.home).lists())
    name = begun(own_county, "analyst", "/lists/draw")
    assert analyst.post("/lists/draw").status_code == 409
    assert f'href="/work/{name}"' in analyst.get("/lists").text
    job = ended(own_county, name)
    assert job.state == DONE, (job.told(), job.lines())
    drawn = set(cases_of(own_county.home).lists()) - before
    assert drawn
    page = analyst.get(f"/work/{name}").text
    assert all(f'href="/lists/{each}"' in page for each in drawn)
    assert "芒辛镇" in page
    assert 'href="/lists?state=drawn"' in page
    assert f'href="/work/{name}"' not in analyst.get("/lists").text
    with pytest.raises(NothingNew):
        draw_lists(cases_of(own_county.home, "analyst"))


def test_a_register_is_imported_beside_the_pages_and_what_is_refused_is_told_by_line(
    own_county: County, tmp_path: Path
) -> None:
    rows = [receipt(f"W{n}", 300 + n, division=VILLAGE) for n in range(3)]
    content = write_csv(tmp_path / "rows.csv", [rows[0], rows[1] | {"amount": "四百"}, rows[2]]).read_bytes()
    clerk = browser(own_county, "clerk")
    assert clerk.post(f"{REGISTER}/workbook", files={"file": ("policy.yaml", content)}).status_code == 400
    name = begun(own_county, "clerk", f"{REGISTER}/workbook", files={"file": ("台账.csv", content)})
    assert browser(own_county, "neighbour").get(f"/work/{name}").status_code == 404
    assert browser(own_county, "leader").get(f"/work/{name}").status_code == 403
    job = ended(own_county, name)
    assert job.state == REFUSED, (job.told(), job.lines())
    page = clerk.get(f"/work/{name}").text
    assert "读到 3 行：新登记 2，与已有相同 0，更正 0，没有收下 1。" in page
    assert "第 3 行" in page
    assert f'href="{REGISTER}"' in page
    assert "四百" not in job.told()
    events = [own_county.home.ledger.event(row) for row in own_county.home.ledger.of_type("cash-receipts")]
    taken = [each for each in events if isinstance(each, CashReceiptRecorded) and each.division == VILLAGE]
    assert {(each.record_id, each.envelope.actor) for each in taken} == {("W0", "clerk"), ("W2", "clerk")}
