"""The life of a rule through the pages: a draft, a trial, a backtest of its own, and a second person who promotes."""

from __future__ import annotations

from datetime import date

from casework.rule_life.backtesting import MONTH, Asked, backtest
from casework.rule_life.choosing import runnable
from casework.rule_life.feedback import RuleOutcomes
from casework.rule_life.standing import rule_states, standing_rules
from domain.cases.backtest import Measured
from domain.cases.rule_state import VersionState
from risk.feedback.advice import Advice, Option
from tests.casework.cases.made import cases_of
from tests.web.county import County, browser
from web.frame.languages import languages
from web.frame.rendering import Frame, draw
from web.pages.methods.rule_life import FeedbackPage

LIFE = "/rules/A01/life"
FORM = {"parameter": "open_high_wd", "value": "7"}


def the_version(county: County) -> VersionState:
    (version,) = (each for each in rule_states(county.home)["A01"].versions.values() if each.values)
    return version


def test_a_version_is_drafted_tried_backtested_and_promoted_by_somebody_else(own_county: County) -> None:
    analyst, approver = browser(own_county, "analyst"), browser(own_county, "approver")
    assert "随程序提供" in analyst.get(LIFE).text
    assert analyst.post("/rules/A01/versions", data=FORM).headers["location"] == f"{LIFE}?done=drafted"
    assert analyst.post("/rules/A01/versions", data=FORM).headers["location"] == f"{LIFE}?done=repeated"
    version = the_version(own_county)
    way = f"/rules/A01/versions/{version.name}"
    assert (version.state, version.values, version.submitted_by) == ("draft", {"open_high_wd": 7.0}, "analyst")
    assert approver.post(f"{way}/promote", data={"backtest": "none", "note": "可以"}).status_code == 409
    assert analyst.post(f"{way}/try").headers["location"] == f"{LIFE}?done=on-trial"
    day = date(2026, 2, 1)
    asked = Asked(runnable(own_county.home, version.name, {}), day, day, MONTH)
    found = backtest(cases_of(own_county.home, "analyst"), asked, lambda *_: None)
    promotion = {"backtest": found.id, "note": "回测没有减少属实的"}
    assert analyst.post(f"{way}/promote", data=promotion).status_code == 403
    assert f'value="{found.id}"' in approver.get(LIFE).text
    page = analyst.get(f"/rules/A01/backtests/{found.id}").text
    assert "2026-02-01" in page
    assert "比现行多出" in page
    assert analyst.get(f"/rules/H01/backtests/{found.id}").status_code == 404
    assert approver.post(f"{way}/promote", data=promotion).headers["location"] == f"{LIFE}?done=promoted"
    assert the_version(own_county).state == "active"
    assert "满 7 个为高" in analyst.get("/rules/A01").text


def test_a_rule_that_counts_runs_on_until_another_person_agrees_to_its_retirement(own_county: County) -> None:
    analyst, approver = browser(own_county, "analyst"), browser(own_county, "approver")
    way, waiting = "/rules/A01/versions/shipped/retire", "/rules/A01/retirement"
    assert analyst.post(way, data={"note": "误报太多"}).headers["location"] == f"{LIFE}?done=retirement-proposed"
    assert "停用待同意" in approver.get("/rules").text
    assert LIFE in approver.get("/").text
    assert LIFE not in browser(own_county, "clerk").get("/").text
    assert "误报太多" in approver.get(LIFE).text
    assert "误报太多" not in browser(own_county, "inspector").get(LIFE).text
    assert "同意停用" not in analyst.get(LIFE).text
    assert analyst.post(f"{waiting}/agree").status_code == 403
    assert "A01" in [rule.id for rule in standing_rules(own_county.home).counted.rules]
    withdrawn = approver.post(f"{waiting}/withdraw", data={"note": "先看抽查"})
    assert withdrawn.headers["location"] == f"{LIFE}?done=retirement-withdrawn"
    assert approver.post(f"{waiting}/agree").status_code == 409
    analyst.post(way, data={"note": "误报太多"})
    assert approver.post(f"{waiting}/agree").headers["location"] == f"{LIFE}?done=retired"
    assert standing_rules(own_county.home).retired == ("A01",)


def test_an_approver_who_proposed_a_retirement_cannot_agree_to_it(own_county: County) -> None:
    approver = browser(own_county, "approver")
    approver.post("/rules/A01/versions/shipped/retire", data={"note": "误报太多"})
    assert "同意停用" not in approver.get(LIFE).text
    assert approver.post("/rules/A01/retirement/agree").status_code == 409
    assert standing_rules(own_county.home).retired == ()


def test_a_version_that_cannot_be_is_not_kept(county: County) -> None:
    head = len(county.home.ledger.of_type("rules"))
    analyst = browser(county, "analyst")
    for form in (FORM | {"value": "99"}, FORM | {"parameter": "nothing"}, FORM | {"value": ""}):
        assert analyst.post("/rules/A01/versions", data=form).status_code == 400
    assert analyst.post("/rules/Z01/versions", data=FORM).status_code == 404
    assert browser(county, "inspector").post("/rules/A01/versions", data=FORM).status_code == 403
    assert len(county.home.ledger.of_type("rules")) == head


def test_outcomes_are_told_by_township_with_what_a_threshold_would_keep_and_lose() -> None:
    share = Measured(9, 12, 0.43, 0.95)
    outcomes = RuleOutcomes("A01", "", share, 3, {"653123103": share}, {"outage": 2})
    option = Option(3.0, 9, 0, 2, 1, 0.1, 0.28)
    advice = Advice("A01", "open_wd", 1.0, 9, 3, 4, (option,))
    page = FeedbackPage(
        "A01", ("收现未缴", "Cash not paid in"), (outcomes,), 5, (advice,), {"653123103": "萨罕镇"},
        {"outage": ("网络故障", "the network was down")}, may_backtest=True,
    )  # fmt: skip
    text = bytes(draw("methods/feedback.html", page, Frame(languages()["zh"], "/rules/A01/outcomes")).body).decode()
    for told in ("萨罕镇", "9/12", "网络故障", "parameter=open_wd&amp;value=3", "10.0 %", "另有 5 条"):
        assert told in text
