"""Two screenings side by side: what the later one gained and lost, and why."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

import pytest

from casework.runs import run_named
from tests.casework.cases.answered import line
from tests.casework.cases.made import screened
from tests.county import data_folder, receipt, take
from tests.risk.scoring.rows import finding
from tests.web.county import County, browser, county_in

BASE: Mapping[str, object] = {"parameters": {"653123": {"A01": {"open_wd": 1}}}}
OLD, OTHER, NEW = (finding(subject_id=f"V6{place}", evidence=[line(place)]) for place in (1, 2, 3))


@pytest.fixture(scope="module")
def screened_often(tmp_path_factory: pytest.TempPathFactory, original: Path) -> Iterator[County]:
    """Give a county to which the tests of this file add runs, each comparing its own two."""
    made = county_in(tmp_path_factory.mktemp("screened-often"), original)
    yield made
    made.home.close()


def compared(county: County, first: str, second: str) -> list[dict[str, str]]:
    """Return the rows of the file that compares two runs."""
    names = {"first": name_of(first), "second": name_of(second)}
    answered = browser(county, "analyst").get("/runs/compare.csv", params=names)
    assert answered.status_code == 200, answered.text
    return list(csv.DictReader(StringIO(answered.content.decode("utf-8-sig"))))


def name_of(run: str) -> str:
    return run.partition(":")[2].partition("@")[0]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rules": {"A01": f"2:{'c' * 64}"}}, "规则换了版本"),
        ({"parameters": {"653123": {"A01": {"open_wd": 3}}}}, "阈值改变"),
        ({"outcomes": {"A01": "failed: broken"}}, "规则一次未能判断"),
    ],
)
def test_what_only_one_run_has_is_told_with_its_reason(
    screened_often: County, changes: dict[str, object], why: str
) -> None:
    first = screened(screened_often.home, OLD, OTHER, changes=BASE)
    position = run_named(screened_often.home, first).event.position
    second = screened(screened_often.home, OLD, NEW, changes={**BASE, "position": position, **changes})
    rows = compared(screened_often, first, second)
    assert [(row["变化"], row["对象"], row["原因"]) for row in rows] == [
        ("新增", "collector V63", why), ("消失", "collector V62", why),
    ]  # fmt: skip


def test_a_suspicion_on_records_that_came_later_is_gained_by_other_data(screened_often: County) -> None:
    first = screened(screened_often.home, OLD, changes=BASE)
    take(screened_often.home, data_folder(screened_often.home.folder / "more", cash_receipts=[receipt("R900", 9)]))
    later = finding(subject_id="V64", evidence=["cash-receipts:township-ledger:R900@1"])
    second = screened(screened_often.home, OLD, later, changes=BASE)
    (row,) = compared(screened_often, second, first)
    assert (row["变化"], row["原因"]) == ("新增", "数据变化")


def test_another_severity_is_a_change_and_not_a_gain(screened_often: County) -> None:
    first = screened(screened_often.home, OLD, changes=BASE)
    second = screened(screened_often.home, {**OLD, "severity": "critical"}, changes=BASE)
    (row,) = compared(screened_often, first, second)
    assert (row["变化"], row["等级"]) == ("等级改变", "critical")
    page = browser(screened_often, "inspector").get(
        "/runs/compare", params={"first": name_of(first), "second": name_of(second)}
    ).text
    assert "条等级改变" in page


def test_runs_that_cannot_be_compared_say_why(screened_often: County) -> None:
    analyst = browser(screened_often, "analyst")
    rows = analyst.get("/runs").text
    name = rows.split('href="/runs/')[1].partition('"')[0]
    assert analyst.get("/runs/compare", params={"first": name, "second": name}).status_code == 400
    assert analyst.get("/runs/compare", params={"first": name, "second": "none"}).status_code == 404
    assert analyst.get("/runs/none").status_code == 404
    assert browser(screened_often, "clerk").get("/runs").status_code == 403


def test_a_run_says_in_both_languages_what_a_rule_lacked_though_it_found_something(screened_often: County) -> None:
    lacked = {"A01": ("甲乡没有交来登记簿", "no register of Jia township")}
    newer = screened(screened_often.home, OLD, changes={"outcomes": {"A01": "found 1"}, "lacked": lacked})
    older = screened(screened_often.home, OLD, changes={"outcomes": {"A01": "not-enough-data: no cash-receipts"}})
    analyst = browser(screened_often, "analyst")
    for run, language, told in (
        (newer, "zh", "甲乡没有交来登记簿"),
        (newer, "en", "no register of Jia township"),
        (older, "zh", "no cash-receipts"),
    ):
        page = analyst.get(f"/runs/{name_of(run)}", params={"lang": language})
        assert told in page.text
