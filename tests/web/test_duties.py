"""Duties through the pages: last days by the calendar of working days, what shows them done, letters, who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import chinese_calendar
import pytest
from docx import Document

from tests.casework.cases.made import TODAY, TOWNSHIP
from tests.county import data_folder, number, take
from tests.web.county import OFFICE, OTHER_TOWNSHIP, County, browser, county_in
from web.duties.owed import LATE, OPEN, UNSEEN, Owed

DEC_31 = date(2025, 12, 31)


def rows_of(folder: Path) -> Path:
    """Write what two townships and two offices did and did not do."""
    rosters = [
        {
            "record_id": f"M{place}", "payer_id": number(40 + place), "payer_name": f"古丽{place}",
            "fee": "resident-medical", "fee_year": 2026, "division": f"{code}201", "category": "ordinary",
            "amount_due": "400", "listed_on": "2025-08-20",
        }
        for place, code in enumerate((TOWNSHIP, OTHER_TOWNSHIP))
    ]  # fmt: skip
    acts = [
        {
            "record_id": "L1", "duty": "publicity", "department": "township", "division": TOWNSHIP,
            "fee": "resident-medical", "fee_year": 2026, "done_on": "2025-12-28",
        },
        {
            "record_id": "L2", "duty": "media-campaign", "department": "publicity", "division": "",
            "fee": "resident-medical", "fee_year": 2026, "done_on": "2026-01-04",
        },
    ]  # fmt: skip
    queries = [
        {"record_id": name, "payer_id": number(41 + place), "fee": fee, "raised_on": raised, "answered_on": answered}
        for place, (name, fee, raised, answered) in enumerate((
            ("Q1", "resident-medical", "2026-02-26", ""), ("Q2", "resident-medical", "2026-02-05", ""),
            ("Q3", "resident-pension", "2026-02-05", "2026-02-06"),
        ))
    ]  # fmt: skip
    refund = {
        "record_id": "T1", "payer_id": number(1), "payer_name": "买买提1", "fee": "resident-medical",
        "fee_year": 2026, "amount": "400", "refunded_at": "2026-02-25 10:00",
    }  # fmt: skip
    return data_folder(folder, rosters=rosters, duty_acts=acts, data_queries=queries, refunds=[refund])


@pytest.fixture(scope="module")
def dutiful(tmp_path_factory: pytest.TempPathFactory, original: Path) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("dutiful")
    made = county_in(folder, original)
    assert take(made.home, rows_of(folder / "more")).refused == 0
    yield made
    made.home.close()


def owed(county: County) -> Owed:
    found = county.app.state.service.duties.of("653123", TODAY)
    assert isinstance(found, Owed)
    return found


def working_days_after(day: date, count: int) -> date:
    """Count working days by the arrangement itself."""
    while count:
        day += timedelta(days=1)
        count -= chinese_calendar.is_workday(day)
    return day


def test_a_township_that_posted_is_in_time_and_one_of_which_nothing_shows_it_is_not_seen(dutiful: County) -> None:
    terms = [each for each in owed(dutiful).terms if each.duty == "publicity" and each.due_on == DEC_31]
    states = {each.township: each.state(TODAY) for each in terms}
    assert states == {TOWNSHIP: "in-time", OTHER_TOWNSHIP: UNSEEN}


def test_what_was_done_after_its_day_is_late_by_the_days_between(dutiful: County) -> None:
    (term,) = [each for each in owed(dutiful).terms if each.duty == "media-campaign" and each.due_on == DEC_31]
    assert (term.state(TODAY), term.over()) == (LATE, 4)


def test_the_last_day_of_a_record_is_counted_in_working_days_with_the_arrangement(dutiful: County) -> None:
    found = {(each.record_id, each.duty): each for each in owed(dutiful).started}
    for record, duty, days, state in (
        ("Q1", "query-verified", 3, OPEN), ("Q2", "query-verified", 3, UNSEEN), ("Q3", "query-verified", 3, "in-time"),
        ("T1", "refund-list", 2, UNSEEN),
    ):  # fmt: skip
        one = found[record, duty]
        assert one.due_on == working_days_after(one.start_on, days), record
        assert one.state(TODAY) == state, record


def test_a_liaison_has_the_own_inbox_with_its_clocks_and_no_other(dutiful: County) -> None:
    liaison = browser(dutiful, "liaison")
    text = liaison.get("/office", params={"office": "human-resources"}).text
    assert "Q1" in text
    assert "今天截止" in text
    assert f"逾期 {(TODAY - working_days_after(date(2026, 2, 5), 3)).days} 天" in text
    assert "T1" in text
    everything = liaison.get("/office", params={"office": "human-resources", "state": "all"}).text
    assert "Q3" not in everything
    assert "Q3" in browser(dutiful, "analyst").get("/office?office=human-resources&state=all").text
    assert "Q2" in liaison.get(f"/office.csv?office={OFFICE}").text


def test_a_clerk_sees_the_duties_of_the_own_township_alone(dutiful: County) -> None:
    clerk, neighbour = (browser(dutiful, user).get("/duties/publicity").text for user in ("clerk", "neighbour"))
    assert "2025-12-28" in clerk
    assert "应办未见" not in clerk
    assert "芒辛镇" not in clerk
    assert "应办未见" in neighbour
    assert "2025-12-28" not in neighbour
    assert browser(dutiful, "clerk").get("/duties/refund-list").status_code == 404
    assert browser(dutiful, "sysadmin").get("/duties").status_code == 403


def test_a_letter_is_a_draft_about_what_is_open_and_none_is_written_about_what_was_done(dutiful: County) -> None:
    analyst = browser(dutiful, "analyst")
    address = "/duties/publicity/letter?due=2025-12-31&office=township&fee=resident-medical&township="
    answered = analyst.get(f"{address}{OTHER_TOWNSHIP}")
    assert answered.status_code == 200
    text = "\n".join(each.text for each in Document(BytesIO(answered.content)).paragraphs)
    for told in ("芒辛镇人民政府", "2025年12月31日", "未发出", "已过 61 天", "第42条"):
        assert told in text
    assert analyst.get(f"{address}{OTHER_TOWNSHIP}").content == answered.content
    assert analyst.get(f"{address}{TOWNSHIP}").status_code == 409
    assert analyst.get(f"{address}653123999").status_code == 404
    assert browser(dutiful, "neighbour").get(f"{address}{OTHER_TOWNSHIP}").status_code == 403
    assert f"township={OTHER_TOWNSHIP}" in analyst.get("/duties/publicity").text


def test_the_calendar_shows_how_many_of_those_who_owe_it_have_done_it(dutiful: County) -> None:
    text = browser(dutiful, "analyst").get("/duties/calendar?month=2025-12").text
    assert "征缴情况公示并提供佐证 1/2" in text
    assert browser(dutiful, "analyst").get("/duties/calendar?month=13").status_code == 400


def test_an_act_is_seen_at_once_and_nobody_records_it_for_another(tmp_path: Path, original: Path) -> None:
    county = county_in(tmp_path, original)
    take(county.home, rows_of(tmp_path / "more"))
    assert sum(each.state(TODAY) == UNSEEN for each in owed(county).terms if each.duty == "publicity") == 1
    neighbour, path = browser(county, "neighbour"), "/duties/publicity/acts"
    (key,) = {each.key for each in owed(county).terms if each.state(TODAY) == UNSEEN and each.duty == "publicity"}
    form = {"term": key, "done_on": "2026-01-09", "document_no": "芒政发〔2026〕3号", "signed": "yes"}
    assert browser(county, "clerk").post(path, data=form).status_code == 404
    assert browser(county, "sysadmin").post(path, data=form).status_code == 403
    for wrong in ({"done_on": "2026-03-03"}, {"done_on": ""}, {"document_no": "号" * 61}):
        assert neighbour.post(path, data=form | wrong).status_code == 400
    assert neighbour.post(path, data=form).headers["location"].endswith("done=acted")
    assert neighbour.post(path, data=form).headers["location"].endswith("done=repeated")
    states = [each.state(TODAY) for each in owed(county).terms if each.duty == "publicity" and each.due_on == DEC_31]
    assert sorted(states) == ["in-time", LATE]
    liaison = browser(county, "liaison")
    assert liaison.post("/duties/trainings/acts", data={"term": "year", "done_on": "2026-02-10"}).status_code == 303
    (year,) = [each for each in owed(county).years if (each.duty, each.due_on.year) == ("trainings", TODAY.year)]
    assert (year.done, year.owed, year.last_on) == (1, 2, date(2026, 2, 10))
    answered = liaison.post("/duties/special-inspections/acts", data={"term": "x", "done_on": "2026-02-10"})
    assert answered.status_code == 404
    county.home.close()
