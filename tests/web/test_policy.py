"""Policy and thresholds through the pages: what is set stands with who, when and why; what is wrong is not taken."""

from __future__ import annotations

import duckdb
import msgspec
import pytest

from domain.policy import PolicyChanged
from projections.models import ReadModels
from projections.policy.standing import build_policy
from risk.catalogue.rule import load
from risk.engine import DuckDBEngine
from risk.thresholds import thresholds_in_force
from risk.trying import try_value
from tests.casework.cases.made import TODAY
from tests.web.county import County, browser

SET = {"parameter": "open_wd", "value": "2", "why": "偏远乡镇网络不稳，次日方可解缴"}
FILE = """
- kind: tariff
  values: {fee: resident-medical, fee_year: 2027, amount: 430}
  who: 征缴联席会议
  why: 新标准
- kind: casework
  values: {name: capacity, value: 12}
  why: 人手不足
"""


def set_threshold(county: County, user: str = "analyst", **changes: str) -> int:
    return int(browser(county, user).post("/rules/A01/threshold", data=SET | changes).status_code)


def last_change(county: County) -> PolicyChanged:
    event = county.home.ledger.event(county.home.ledger.of_type("policy")[-1])
    assert isinstance(event, PolicyChanged)
    return event


def test_a_threshold_that_was_set_is_what_the_next_screening_runs_with(own_county: County) -> None:
    analyst = browser(own_county, "analyst")
    answered = analyst.post("/rules/A01/threshold", data=SET)
    assert answered.headers["location"] == "/rules/A01?done=policy"
    event = last_change(own_county)
    assert (event.who, event.why, event.envelope.actor) == ("analyst", SET["why"], "analyst")
    models = ReadModels(own_county.home.read_models, own_county.home.ledger)
    build_policy(models.connection, models.position, TODAY)
    assert thresholds_in_force(models.connection, TODAY) == {"653123": {"A01": {"open_wd": 2.0}}}
    models.close()
    page = analyst.get("/rules/A01").text
    assert "不满 2 个工作日为关注" in page
    assert SET["why"] in page
    assert SET["why"] in browser(own_county, "auditor").get("/policy?kind=threshold").text
    head = len(own_county.home.ledger.of_type("policy"))
    assert set_threshold(own_county) == 303
    assert len(own_county.home.ledger.of_type("policy")) == head, "the same again records nothing"


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "11"}, {"value": "-1"}, {"value": "nan"}, {"value": "viel"}, {"why": " "},
        {"parameter": "no_such"}, {"valid_from": "morgen"},
    ],
)  # fmt: skip
def test_what_is_out_of_range_or_without_a_reason_is_refused(county: County, changes: dict[str, str]) -> None:
    head = len(county.home.ledger.of_type("policy"))
    assert set_threshold(county, **changes) == 400
    assert len(county.home.ledger.of_type("policy")) == head


def test_who_may_not_set_policy_sets_none(county: County) -> None:
    head = len(county.home.ledger.of_type("policy"))
    for user in ("inspector", "clerk", "liaison", "auditor"):
        assert set_threshold(county, user) == 403
        answered = browser(county, user).post("/policy", files={"file": ("p.yaml", FILE.encode())})
        assert answered.status_code == 403
    assert len(county.home.ledger.of_type("policy")) == head


def test_a_policy_file_is_taken_as_a_whole_and_the_page_shows_whose_a_row_is(own_county: County) -> None:
    analyst = browser(own_county, "analyst")
    for expected in ("2 项中有 2 项", "2 项中有 0 项"):
        answered = analyst.post("/policy", files={"file": ("p.yaml", FILE.encode())})
        assert expected in answered.text
    page = analyst.get("/policy?kind=tariff&year=2027").text
    assert "430.00" in page
    assert page.count("本县设定") == 1
    assert "征缴联席会议" in page
    assert "12" in analyst.get("/policy?kind=casework").text
    assert "430.00" in analyst.get("/policy.csv?kind=tariff&year=2027").text


@pytest.mark.parametrize(
    "content",
    [
        FILE.encode() + b"- kind: nonsense\n  values: {}",
        b"- kind: casework\n  values: {name: capacity, value: many}", b"{", b"\xff\xfe", b"x" * 200_001,
    ],
)  # fmt: skip
def test_a_policy_file_with_a_mistake_is_not_taken_at_all(county: County, content: bytes) -> None:
    head = len(county.home.ledger.of_type("policy"))
    answered = browser(county, "analyst").post("/policy", files={"file": ("p.yaml", content)})
    assert answered.status_code == 400
    assert len(county.home.ledger.of_type("policy")) == head


def test_the_calendar_shows_the_days_that_are_not_as_the_week_has_them(county: County) -> None:
    text = browser(county, "clerk").get("/policy?kind=working_day&year=2026").text
    assert "2026-02-28" in text  # a Saturday on which people work
    assert "2026-10-01" in text  # a holiday
    assert "2026-03-03" not in text  # an ordinary Tuesday


def test_trying_a_value_counts_what_it_gains_and_loses_and_sets_nothing() -> None:
    rule = msgspec.structs.replace(
        load()["A01"],
        sql="SELECT county, severity, subject_type, subject_id, township, amount_at_risk_fen FROM made "
        "WHERE waited >= $open_wd",
    )
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE made AS SELECT county, 'medium' AS severity, 'collector' AS subject_type, "
            "'V' || waited AS subject_id, '653123103' AS township, 100 * waited AS amount_at_risk_fen, waited "
            "FROM (VALUES ('653123', 0), ('653123', 1), ('653123', 2), ('653123', 3), ('653124', 9)) "
            "AS v (county, waited)"
        )
        stricter, looser = (
            try_value(DuckDBEngine(connection), rule, "653123", {}, ("open_wd", value), TODAY) for value in (3.0, 0.0)
        )
    assert (stricter.standing.subjects, stricter.tried.subjects, stricter.gained) == (3, 1, 0)
    assert [each.id for each in stricter.lost_shown] == ["V2", "V1"]
    assert stricter.tried.fen == 300
    assert [each.id for each in looser.gained_shown] == ["V0"]
    assert looser.tried.by_township == {"653123103": 4}
