"""A list of what lies in no township, on the pages of the tax office's liaison: received, answered, seen by none."""

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
