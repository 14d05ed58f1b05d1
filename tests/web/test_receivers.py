"""Lists of receivers other than townships on the pages: of the tax office, and copies for discipline inspection."""

from __future__ import annotations

from casework.cases import issuing
from casework.cases.drawing import draw_lists
from casework.users.accounts import Place, add
from casework.users.writing import By
from domain.cases.receivers import TAX
from tests.casework.cases.answered import line
from tests.casework.cases.made import NOW, cases_of, screened
from tests.risk.scoring.rows import finding
from tests.web.county import FINDINGS, County, browser
from tests.web.test_casework import ANSWER


def test_the_tax_offices_liaison_receives_and_answers_what_lies_in_no_township(own_county: County) -> None:
    home = own_county.home
    add(home, "tax", Place("liaison", department=TAX), By("sysadmin", NOW))
    screened(home, *FINDINGS, finding(subject_id="V07", township=None, village=None, evidence=[line(1)]))
    (drawn,) = [each for each in draw_lists(cases_of(home, "analyst")).lists if each.addressee == TAX]
    issuing.approve(cases_of(home, "approver"), drawn.id)
    issuing.issue(cases_of(home, "analyst"), drawn.id)
    liaison, path = browser(own_county, "tax"), f"/lists/{drawn.id}"
    assert path in liaison.get("/").text
    assert path in liaison.get("/lists").text
    assert liaison.post(f"{path}/receive").headers["location"].endswith("done=received")
    assert liaison.get(f"{path}/workbook").status_code == 200
    answered = liaison.post(f"{path}/items/1", data=ANSWER)
    assert answered.headers["location"].endswith("done=answered"), answered.text
    (item,) = cases_of(home).one_list(drawn.id).items
    assert cases_of(home).suspicion(item.suspicion_id).state == "answered"
    for other in ("clerk", "neighbour", "liaison"):
        assert browser(own_county, other).get(path).status_code == 404


def test_discipline_inspection_sees_on_its_list_the_critical_suspicions_of_which_it_has_a_copy(
    own_county: County,
) -> None:
    critical = finding(subject_id="V07", severity="critical", amount_at_risk_fen=9_876_500, evidence=[line(2)])
    screened(own_county.home, *FINDINGS, critical)
    cases = cases_of(own_county.home, "analyst")
    drawn = [cases.one_list(each.id) for each in draw_lists(cases).lists]
    [copied] = [each for each in drawn if each.addressee == "discipline" and any(item.copy for item in each.items)]
    issuing.approve(cases_of(own_county.home, "approver"), copied.list_id)
    issuing.issue(cases, copied.list_id)
    [item] = copied.items
    page = browser(own_county, "inspector").get(f"/lists/{copied.list_id}").text
    assert "抄送（重大疑点，由乡镇核查反馈，只供知悉）" in page
    assert f"/suspicions/{item.suspicion_id}" in page
    assert "98,765.00" in page
    assert browser(own_county, "clerk").get(f"/lists/{copied.list_id}").status_code == 404
