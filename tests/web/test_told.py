"""What a township is told of a suspicion that went on to rest on a complaint after it was issued: what it was told."""

from __future__ import annotations

from io import BytesIO

import openpyxl

from casework.cases import issuing
from casework.cases.drawing import draw_lists
from casework.users import bearer
from casework.users.writing import By
from tests.casework.cases.answered import line
from tests.casework.cases.made import NOW, TOWNSHIP, cases_of, screened
from tests.risk.scoring.rows import finding
from tests.web.county import FINDINGS, County, browser

COMPLAINED = finding(
    rule="A14", family="proof", addressee="discipline", severity="critical", amount_at_risk_fen=7_654_300,
    evidence=[line(1), "complaints:t:J1@1"],
)  # fmt: skip
"""Of the suspicion that FINDINGS raise against V01, and the county issued."""


def test_what_a_complaint_adds_after_the_issue_is_on_no_page_of_the_township(own_county: County) -> None:
    name = own_county.own.items[1].suspicion_id
    path, list_path = f"/suspicions/{name}", f"/lists/{own_county.own.list_id}"
    pages = (
        path, list_path, f"{list_path}/items/2", "/lists", "/lists.csv", "/suspicions", "/suspicions?sort=amount",
        "/suspicions.csv", "/", "/collectors/V01",
    )  # fmt: skip
    clerk = browser(own_county, "clerk")
    before = {page: clerk.get(page).text for page in pages}
    _complain(own_county)
    after = {page: clerk.get(page).text for page in pages}
    assert [page for page in pages if "A14" in after[page] or "76,543" in after[page] or "76543" in after[page]] == []
    assert [page for page in pages if _figures(after[page]) != _figures(before[page])] == []
    inspector = browser(own_county, "inspector")
    assert "76,543.00" in inspector.get(path).text
    assert "76,543.00" in inspector.get("/suspicions").text


def test_what_a_complaint_adds_is_told_to_no_program_of_the_township(own_county: County) -> None:
    token = bearer.issue(own_county.home, "clerk", ["suspicions.read"], 1, By("sysadmin", NOW)).text
    asked = {"authorization": f"Bearer {token}"}
    before = browser(own_county).get("/api/v1/suspicions", headers=asked).json()
    _complain(own_county)
    assert browser(own_county).get("/api/v1/suspicions", headers=asked).json() == before


def test_what_openly_came_to_it_is_told(own_county: County) -> None:
    screened(own_county.home, *FINDINGS[1:], finding(amount_at_risk_fen=7_654_300, evidence=[line(1), line(2)]))
    draw_lists(cases_of(own_county.home, "analyst"))
    clerk = browser(own_county, "clerk")
    for page in (f"/suspicions/{own_county.own.items[1].suspicion_id}", "/suspicions"):
        assert "76,543.00" in clerk.get(page).text


def test_what_discipline_hands_on_says_to_the_township_what_to_check_and_not_that_somebody_complained(
    own_county: County,
) -> None:
    told_of = finding(
        subject_id="V04", rule="A14", addressee="discipline", evidence=[line(4), "complaints:t:J9@1"],
        reason_zh="2人反映已交钱", reason_en="2 persons complained",
    )  # fmt: skip
    name = own_county.discipline.items[0].suspicion_id
    screened(own_county.home, *FINDINGS[:3], told_of, FINDINGS[4])
    issuing.readdress(cases_of(own_county.home, "inspector"), name, "township", "可由乡镇核查")
    given = _issued_to_township(own_county, name)
    clerk = browser(own_county, "clerk")
    content = clerk.get(f"/lists/{given}/workbook").content
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    read = "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    pages = [clerk.get(path).text for path in (f"/suspicions/{name}", f"/lists/{given}", f"/lists/{given}/items/1")]
    for text in (read, *pages):
        assert "反映" not in text
        assert "J9" not in text
    assert "纪检监察机关交办核查：收现不缴" in read
    assert "纪检监察机关交办核查：收现不缴" in pages[0]
    assert "2人反映已交钱" in browser(own_county, "inspector").get(f"/suspicions/{name}").text


def _issued_to_township(county: County, suspicion: str) -> str:
    """Draw lists, approve and issue the one that has the suspicion; return its id."""
    drawn = [each.id for each in draw_lists(cases_of(county.home, "analyst")).lists]
    cases = cases_of(county.home, "analyst")
    [given] = [each for each in drawn if suspicion in {item.suspicion_id for item in cases.one_list(each).items}]
    issuing.approve(cases_of(county.home, "approver"), given)
    assert issuing.issue(cases, given).to == TOWNSHIP
    return given


def _complain(county: County) -> None:
    name = county.own.items[1].suspicion_id
    screened(county.home, *FINDINGS[1:], COMPLAINED)
    draw_lists(cases_of(county.home, "analyst"))
    standing = cases_of(county.home).suspicion(name).standing
    assert (standing.addressee, standing.rules, standing.amount_fen) == ("discipline", ("A14",), 7_654_300)


def _figures(page: str) -> list[str]:
    """Return the pieces of a page that hold a figure or a severity; the forms' marks of the moment left out."""
    parts = (part.strip() for part in page.replace(">", "\n").replace("<", "\n").splitlines())
    return [part for part in parts if "opened" not in part and any(each.isdigit() for each in part)]
