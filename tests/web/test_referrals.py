"""Referrals through the pages: prepared and approved by two, handed over with files, taken up, ended or dropped."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from io import BytesIO

from casework.cases.referring import needed
from casework.evidence.checking import check_pack
from tests.casework.cases.made import NOW, cases_of
from tests.web.county import County, browser
from tests.web.decided import WHY, accepted, screened_on_real_records

TODAY = NOW.date().isoformat()


def prepared(county: County) -> tuple[str, list[str]]:
    """Prepare a referral over both items; return its path and its suspicions."""
    names = accepted(county)
    answered = browser(county, "analyst").post("/referrals", data={"suspicions": "，\n".join(names), "reason": WHY})
    assert answered.status_code == 303, answered.text
    return answered.headers["location"].partition("?")[0], names


def state_of(county: County, path: str) -> str:
    return needed(cases_of(county.home), path.rpartition("/")[2]).state


def test_a_referral_goes_its_way_and_the_inspector_gets_what_the_ledger_names(own_county: County) -> None:
    screened_on_real_records(own_county)
    path, names = prepared(own_county)
    analyst, approver, inspector = (browser(own_county, user) for user in ("analyst", "approver", "inspector"))
    assert analyst.post(f"{path}/approve").status_code == 403
    assert inspector.get(f"{path}/files.zip").status_code == 409
    assert approver.post(f"{path}/approve").status_code == 303
    assert analyst.post(f"{path}/hand-over").status_code == 303
    page = inspector.get(path).text
    with zipfile.ZipFile(BytesIO(inspector.get(f"{path}/files.zip").content)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert len(contents) == len(names) + 2
    assert all(sha256(content).hexdigest() in page for content in contents.values())
    assert inspector.post(f"{path}/take", data={"on": TODAY}).status_code == 303
    assert inspector.post(f"{path}/end", data={"outcome": "guilty", "on": TODAY}).status_code == 400
    ended = inspector.post(f"{path}/end", data={"outcome": "confirmed", "amount": "400", "on": TODAY, "note": WHY})
    assert ended.status_code == 303
    assert state_of(own_county, path) == "ended"
    assert "属实" in analyst.get(path).text
    assert WHY.encode() not in b"".join(row.state for row in own_county.home.ledger.of_type("referrals"))


def test_a_dropped_referral_leaves_its_suspicions_where_they_stood(own_county: County) -> None:
    path, names = prepared(own_county)
    analyst = browser(own_county, "analyst")
    assert analyst.post(f"{path}/drop", data={"reason": " "}).status_code == 400
    assert state_of(own_county, path) == "prepared"
    analyst.post(f"{path}/drop", data={"reason": "材料不足"})
    assert state_of(own_county, path) == "dropped"
    assert {state.state for state in cases_of(own_county.home).suspicions(names).values()} == {"accepted"}


def test_a_township_is_told_of_no_referral(own_county: County) -> None:
    path, names = prepared(own_county)
    clerk = browser(own_county, "clerk")
    for page in ("/", "/suspicions", f"/lists/{own_county.own.list_id}", *(f"/suspicions/{name}" for name in names)):
        text = clerk.get(page).text
        assert "移送" not in text, page
        assert "referred" not in text, page
        assert path.rpartition("/")[2] not in text, page
    assert clerk.get(path).status_code == 403


def test_a_suspicion_that_waits_for_an_answer_or_does_not_exist_is_not_referred(own_county: County) -> None:
    analyst = browser(own_county, "analyst")
    waiting = own_county.own.items[0].suspicion_id
    assert f"/referrals?suspicion={waiting}" in analyst.get(f"/suspicions/{waiting}").text
    assert waiting in analyst.get(f"/referrals?suspicion={waiting}").text
    assert analyst.post("/referrals", data={"suspicions": waiting, "reason": WHY}).status_code == 409
    assert analyst.post("/referrals", data={"suspicions": "S0000", "reason": WHY}).status_code == 404
    assert analyst.post("/referrals", data={"suspicions": " ", "reason": WHY}).status_code == 400
    assert cases_of(own_county.home).referrals() == {}


def test_an_evidence_pack_proves_itself_and_its_export_is_recorded(own_county: County) -> None:
    screened_on_real_records(own_county)
    name = own_county.own.items[0].suspicion_id
    inspector = browser(own_county, "inspector")
    assert inspector.post(f"/suspicions/{name}/pack", data={"reason": ""}).status_code == 400
    given = inspector.post(f"/suspicions/{name}/pack", data={"reason": WHY})
    assert given.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(given.content)) as archive:
        assert {"checkpoint", "key.pub", "finding.json"} <= set(archive.namelist())
    file = own_county.home.folder / "pack.zip"
    file.write_bytes(given.content)
    assert check_pack(file).suspicion_id == name


def test_the_money_of_a_suspicion_shows_where_a_stage_is_missing(own_county: County) -> None:
    screened_on_real_records(own_county)
    name = own_county.own.items[0].suspicion_id
    text = browser(own_county, "approver").get(f"/suspicions/{name}/money").text
    assert "R002" in text
    assert "未见" in text
    assert "<script>alert" not in text
