"""Reason sentences filled from findings."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest

from risk.catalogue.card import Bilingual
from risk.catalogue.reasons import MalformedTemplate, names_in, render

FINDINGS = pa.table(
    {
        "subject_id": ["c1", "c2"],
        "fee": ["resident-medical", "resident-pension"],
        "amount_at_risk_fen": [40050, None],
        "measure": [2.0, 0.333333],
        "details": [
            {
                "first_on": date(2025, 10, 3),
                "at": datetime.fromisoformat("2025-10-03 09:05"),
                "names": ["a", "b"],
                "signed": True,
            },
            {"first_on": None, "at": None, "names": list("abcdefg"), "signed": False},
        ],
    }
)


def sentences(template: str) -> tuple[list[str], list[str]]:
    return render(Bilingual(template, template), FINDINGS, {"as_of": date(2026, 1, 10), "days": 3})


@pytest.mark.parametrize(
    ("template", "chinese", "english"),
    [
        ("{amount_at_risk_fen}", ["400.50", "—"], ["400.50", "—"]),
        ("{first_on} {at}", ["2025-10-03 2025-10-03 09:05", "— —"], ["2025-10-03 2025-10-03 09:05", "— —"]),
        ("{names}", ["a、b", "a、b、c、d、e 等 7 项"], ["a, b", "a, b, c, d, e and others, 7 in all"]),
        ("{signed}", ["是", "否"], ["yes", "no"]),
        ("{measure}", ["2", "0.33"], ["2", "0.33"]),
        ("{fee}", ["城乡居民基本医疗保险", "城乡居民基本养老保险"], ["resident-medical", "resident-pension"]),
        ("{subject_id}/{as_of}/{days}", ["c1/2026-01-10/3", "c2/2026-01-10/3"], ["c1/2026-01-10/3", "c2/2026-01-10/3"]),
        ("100 %", ["100 %", "100 %"], ["100 %", "100 %"]),
    ],
)
def test_each_kind_of_value_is_written_as_people_read_it(template: str, chinese: list[str], english: list[str]) -> None:
    assert sentences(template) == (chinese, english)


def test_a_name_that_is_nowhere_is_an_error() -> None:
    with pytest.raises(KeyError, match="colour"):
        sentences("{colour}")


@pytest.mark.parametrize("template", ["{lines", "{lines:>3}", "{a.b}", "{}"])
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(MalformedTemplate):
        names_in(template)


def test_no_findings_give_no_sentences() -> None:
    assert render(Bilingual("{fee}", "{fee}"), FINDINGS.slice(0, 0), {}) == ([], [])
