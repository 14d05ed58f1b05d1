"""Papers out of the ledger: the list as it was issued, the report as it was answered, the report on a period."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from casework.answers.given import ReturnedWorkbook
from casework.cases import issuing, referring, reviewing, workbooks
from casework.cases.accountability import Period, accountability, accountability_paper
from casework.cases.batch import Batch
from casework.cases.drawing import draw_lists
from casework.cases.letterhead import REFERRED, REPORTED, article, government_of, number_of
from casework.cases.paper_list import UNNUMBERED, list_of, list_paper
from casework.cases.paper_report import report_of, report_paper
from casework.cases.policy import policy_of
from casework.cases.referring import Result
from casework.cases.reviewing import Report
from casework.cases.store import of_referral
from casework.papers.self_check import counts
from domain.cases.access import CASEWORK, AccessRecorded
from domain.cases.referral import ReferralHandedOver
from domain.cases.suspicion import SuspicionWithdrawn
from domain.errors import Malformed, Refused
from ledger.home import Home
from ledger.merkle.given import read_key
from ledger.merkle.printed import Printed
from tests.casework.cases.answered import (
    CASH,
    COLLECTOR,
    LATE,
    PLACE,
    SAID,
    answered_folder,
    county_at,
    line,
    screened_twice_over,
    the_list,
)
from tests.casework.cases.made import AS_OF, TODAY, cases_of, screened
from tests.casework.papers.samples import text_of, words_of
from tests.program import run
from tests.risk.scoring.rows import finding

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
WHY = "核对报告"


@pytest.fixture
def folder(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a home of its own, in which the list was answered."""
    return shutil.copytree(answered_folder(tmp_path_factory.getbasetemp()), tmp_path / "home")


@pytest.fixture
def home(folder: Path) -> Iterator[Home]:
    with Home.open(folder) as opened:
        yield opened


def looks(home: Home) -> list[AccessRecorded]:
    events = (home.ledger.event(row) for row in home.ledger.of_type("access"))
    return [event for event in events if isinstance(event, AccessRecorded)]


def proved(home: Home, found: Printed | None) -> int:
    """Return the size of a printed checkpoint that the home's own key has signed."""
    assert found is not None
    return found.proved(read_key(home.folder / "log" / "key.pub")).size


def test_the_list_on_paper_says_what_was_issued_under_a_checkpoint_of_the_log(home: Home) -> None:
    state = the_list(home)
    paper = list_of(cases_of(home), state.list_id, WHY)
    assert {item.suspicion_id for item in paper.items} == {CASH, LATE}
    assert (paper.number, paper.township, paper.issuer) == (state.number, "萨罕镇", "国家税务总局英吉沙县税务局")
    run_at = [row.position for row in home.ledger.of_type("screening")]
    assert proved(home, paper.printed) >= run_at[0]
    text = text_of(list_paper(cases_of(home), state.list_id))
    assert [said for said in (state.number, CASH, LATE, "收现不缴", "共2条") if said not in text] == []
    assert COLLECTOR not in text


def test_the_report_counts_the_answers_and_has_their_words(home: Home) -> None:
    state = the_list(home)
    report = report_of(cases_of(home), state.list_id, WHY)
    found = {line.label: (line.items, line.amount_fen) for line in counts(report.items)}
    total = sum(item.amount_fen for item in report.items)
    assert found["下发疑点"] == found["已核查"] == found["属实"] == (2, total)
    assert found["未核查"] == found["不属实（已排除）"] == (0, 0)
    assert found["已整改（退还、补缴）"] == (1, 40_000)
    assert report.recovered is not None
    assert (report.recovered.items, report.recovered.amount_fen) == (0, 0)
    assert {item.suspicion_id: item.statement for item in report.items} == SAID
    assert {item.checkers for item in report.items} == {"张三、李四"}
    assert {item.cause for item in report.items} == {"经查属违规"}
    assert report.township == "萨罕镇人民政府"


def test_reading_the_words_of_answers_is_recorded_with_the_reason(home: Home) -> None:
    state = the_list(home)
    before = len(looks(home))
    report_of(cases_of(home, "zhao"), state.list_id, WHY)
    read = [look for look in looks(home)[before:] if look.purpose == CASEWORK]
    assert {(look.envelope.actor, look.reason) for look in read} == {("zhao", WHY)}
    assert {"name", "statement", "measures", "responsible"} <= {look.kind for look in read}
    assert all(subject.startswith(f"answer:{state.list_id}:") for look in read for subject in look.subjects)


def test_the_blank_form_has_no_answers_and_reads_none(home: Home) -> None:
    state = the_list(home)
    before = len(looks(home))
    text = text_of(report_paper(cases_of(home), state.list_id, "pdf", WHY, blank=True))
    assert CASH in text
    assert [words for words in SAID.values() if words in text] == []
    assert [look for look in looks(home)[before:] if look.purpose == CASEWORK] == []


def test_an_item_that_facts_explained_after_its_issue_says_so_in_the_report(home: Home) -> None:
    state = the_list(home)
    cases = cases_of(home)
    batch = Batch(cases, cases.suspicions([CASH]))
    gone = SuspicionWithdrawn(
        state.run, TODAY, state.list_id, 1, envelope=cases.envelope(state.county, "screening:later")
    )
    batch.decide(CASH, gone)
    batch.append()
    items = report_of(cases_of(home), state.list_id, WHY).items
    by_id = {item.suspicion_id: item for item in items}
    assert by_id[CASH].statement.startswith(SAID[CASH])
    assert "已撤回" in by_id[CASH].statement
    assert by_id[LATE].statement == SAID[LATE]


def test_what_was_withdrawn_before_the_issue_stands_on_no_paper_of_the_list(tmp_path: Path) -> None:
    with county_at(tmp_path) as home:
        screened_twice_over(home)
        list_id = draw_lists(cases_of(home)).lists[0].id
        issuing.approve(cases_of(home, "wang"), list_id)
        gone, kept = cases_of(home).one_list(list_id).items
        cases = cases_of(home)
        batch = Batch(cases, cases.suspicions([gone.suspicion_id]))
        envelope = cases.envelope("653123", "screening:later")
        batch.decide(gone.suspicion_id, SuspicionWithdrawn("screening:later@1", TODAY, envelope=envelope))
        batch.append()
        assert [item.number for item in list_of(cases_of(home), list_id, WHY).items] == [2], "nor on its preview"
        issuing.issue(cases_of(home), list_id)
        [item] = list_of(cases_of(home), list_id, WHY).items
        assert (item.number, item.suspicion_id) == (2, kept.suspicion_id)
        written = [workbooks.workbook(cases_of(home), list_id), *workbooks.by_village(cases_of(home), list_id).values()]
        for content in written:
            read = workbooks.returned(home, "清单.xlsx", content, TODAY)
            assert isinstance(read, ReturnedWorkbook)
            assert (read.issued, read.empty) == (1, (2,)), "the number is that of the ledger, which takes the answer"


def test_a_suspicion_that_went_onto_a_later_list_keeps_its_answer_in_the_report_on_the_first(home: Home) -> None:
    first = the_list(home)
    reviewing.review(cases_of(home), CASH, "accept", "")
    new = finding(evidence=[line(2), line(4), line(5)], severity="high", village=PLACE)
    screened(home, new, as_of=AS_OF + timedelta(days=30))
    (later,) = [each for each in draw_lists(cases_of(home)).lists if each.id != first.list_id]
    issuing.approve(cases_of(home, "wang"), later.id)
    issuing.issue(cases_of(home), later.id)
    assert cases_of(home).suspicion(CASH).list_id == later.id
    of_first = {item.suspicion_id: item for item in report_of(cases_of(home), first.list_id, WHY).items}
    assert (of_first[CASH].result, of_first[CASH].statement) == ("confirmed", SAID[CASH])
    (of_later,) = report_of(cases_of(home), later.id, WHY).items
    assert (of_later.suspicion_id, of_later.result, of_later.statement) == (CASH, None, "")


def test_a_list_that_was_not_issued_is_previewed_without_number_and_checkpoint_and_has_no_report(home: Home) -> None:
    screened(home, finding(subject_id="V02"))
    list_id = draw_lists(cases_of(home)).lists[0].id
    paper = list_of(cases_of(home), list_id, WHY)
    assert (paper.number, paper.printed) == (UNNUMBERED, None)
    with pytest.raises(Refused, match="was not issued"):
        report_of(cases_of(home), list_id, WHY)


def test_a_paper_of_another_kind_is_refused(home: Home) -> None:
    state = the_list(home)
    with pytest.raises(Malformed):
        report_paper(cases_of(home), state.list_id, "xlsx", WHY)
    with pytest.raises(Malformed):
        report_paper(cases_of(home), state.list_id, "docx", WHY, blank=True)
    with pytest.raises(Malformed):
        accountability_paper(cases_of(home), "653123", YEAR, "txt", WHY)


def test_the_report_on_a_period_has_its_figures_and_every_confirmed_wrong_masked(home: Home) -> None:
    report = accountability(cases_of(home), "653123", YEAR, WHY)
    (town,) = report.townships
    assert (town.township, town.issued, town.answered, town.in_time, town.confirmed) == ("萨罕镇", 2, 2, 2, 2)
    wrongs = {each.suspicion_id: each for each in report.wrongs}
    assert wrongs.keys() == {CASH, LATE}
    assert town.confirmed_fen == sum(each.amount_fen for each in report.wrongs) > 0
    assert "乡镇称退还、补缴400.00元" in wrongs[CASH].state
    assert {each.found_by for each in report.wrongs} == {"自查"}
    assert COLLECTOR not in wrongs[CASH].subject
    assert "V01" in wrongs[CASH].subject
    assert proved(home, report.printed) > 0
    assert "附表二" in words_of(accountability_paper(cases_of(home), "653123", YEAR, "docx", WHY))


def test_a_duty_missed_in_the_period_names_the_office_and_the_article(home: Home) -> None:
    year = Period(date(2025, 6, 1), date(2026, 12, 31))
    found = accountability(cases_of(home), "653123", year, WHY).offices
    assert [(each.office, each.basis, each.times) for each in found] == [
        ("民政部门", "《征收管理办法（试行）》第10条", 1)
    ]
    assert found[0].what.endswith("：逾期1次")
    assert found[0].since is not None
    assert accountability(cases_of(home), "653123", YEAR, WHY).offices == ()


def test_a_report_that_went_back_speaks_of_carelessness(home: Home) -> None:
    state = the_list(home)
    assert accountability(cases_of(home), "653123", YEAR, WHY).townships[0].careless == ()
    reviewing.hand_in_report(cases_of(home, "clerk"), state.list_id, Report(None, leader_signed=True, sealed=True))
    reviewing.review(cases_of(home), state.list_id, "return", "事实说明过于简单")
    (town,) = accountability(cases_of(home), "653123", YEAR, WHY).townships
    assert town.careless == (f"{state.number}的报告被退回1次",)


def test_what_was_issued_outside_of_the_period_is_not_in_its_report(home: Home) -> None:
    report = accountability(cases_of(home), "653123", Period(date(2025, 1, 1), date(2025, 12, 31)), WHY)
    assert (report.townships, report.wrongs) == ((), ())
    with pytest.raises(Malformed):
        accountability(cases_of(home), "653123", Period(date(2026, 2, 1), date(2026, 1, 1)), WHY)


def test_an_inspection_that_clears_a_suspicion_takes_it_out_of_the_confirmed_wrongs(home: Home) -> None:
    referred = referring.prepare(cases_of(home), [CASH], "移送").id
    before = {each.suspicion_id: each.state for each in accountability(cases_of(home), "653123", YEAR, WHY).wrongs}
    assert before[CASH] == "拟交纪检，尚未移交"
    assert _state_after(home, referred, "undecidable").keys() == {CASH, LATE}


def _state_after(home: Home, referral: str, outcome: str) -> dict[str, str]:
    """End a referral without its papers, and return the confirmed wrongs with what became of them."""
    referring.approve(cases_of(home, "wang"), referral)
    cases = cases_of(home)
    state = referring.needed(cases, referral)
    cases.append([of_referral(state, ReferralHandedOver(TODAY, {}, "", envelope=cases.envelope("653123", "x")))])
    referring.end(cases_of(home, "jiwei"), referral, Result(outcome))
    return {each.suspicion_id: each.state for each in accountability(cases_of(home), "653123", YEAR, WHY).wrongs}


@pytest.mark.parametrize(("outcome", "left"), [("cleared", {LATE}), ("confirmed", {CASH, LATE})])
def test_what_an_inspection_decides_counts_for_more_than_the_answer(home: Home, outcome: str, left: set[str]) -> None:
    referred = referring.prepare(cases_of(home), [CASH], "移送").id
    found = _state_after(home, referred, outcome)
    assert found.keys() == left
    if CASH in found:
        assert found[CASH].startswith("已移送（税移〔2026〕1号）")


def test_papers_are_written_by_the_command(folder: Path, tmp_path: Path) -> None:
    with Home.open(folder) as home:
        state = the_list(home)
    own = ("--home", folder, "--as", "li")
    for command in (
        ("lists", "paper", state.list_id, "--out", tmp_path / "a" / "list.pdf"),
        ("lists", "report-form", state.list_id, "--out", tmp_path / "report.docx", "--reason", WHY),
        ("lists", "report-form", state.list_id, "--blank", "--out", tmp_path / "form.pdf"),
        ("cases", "accountability", "--first", "2026-01-01", "--last", "2026-12-31", "--out", tmp_path / "acc.pdf"),
    ):
        done = run(*own, *command)
        assert done.code == 0, done.err
    assert CASH in text_of((tmp_path / "a" / "list.pdf").read_bytes())
    assert SAID[CASH] in words_of((tmp_path / "report.docx").read_bytes())
    assert "附表一" in text_of((tmp_path / "acc.pdf").read_bytes())
    assert run(*own, "lists", "paper", state.list_id, "--out", tmp_path / "list.docx").code == 2



def test_numbers_and_articles_read_as_on_paper(home: Home) -> None:
    policy = policy_of(home.ledger, "653123", TODAY)
    own = policy._replace(number="英税疑〔{year}〕{n}号")
    assert [number_of(own, kind, 2026, "3") for kind in (REFERRED, REPORTED)] == [
        "英税移〔2026〕3号", "英税报〔2026〕3号",
    ]  # fmt: skip
    assert number_of(policy._replace(number="第{n}批"), REFERRED, 2026, "3") == "税移〔2026〕3号"
    assert article("Y 29") == "《征收管理办法（试行）》第29条"
    assert article("Q 2(2)3") == "《社会保险费和非税收入征缴机制》2(2)3"
    assert [government_of(place) for place in ("萨罕镇", "城东街道", "英吉沙县医保部门")] == [
        "萨罕镇人民政府", "城东街道办事处", "英吉沙县医保部门",
    ]  # fmt: skip
