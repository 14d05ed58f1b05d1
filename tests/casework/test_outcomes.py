"""Outcomes handed in: each row an event, a repeat, a correction or refused by line, column and value; counts add up."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from casework.outcomes.taking import Handing, Taken, take_outcomes
from domain.cases.suspicion import suspicion_id
from domain.errors import Malformed, NotFound
from ledger.home import Home
from projections.cases import build_cases
from projections.models import ReadModels
from tests.county import NOON, data_folder, number, receipt, take
from tests.risk.scoring.rows import finding, scored

Row = Mapping[str, object]
EXPLANATIONS = {"outage": "网络故障", "near-id": "证件号相近", "other": "其他"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home.open(tmp_path / "home")
    take(opened, data_folder(tmp_path / "data", cash_receipts=[receipt("R1")]))
    yield opened
    opened.close()


def row(**changes: object) -> dict[str, object]:
    about = {"category": "pocketed-cash", "subject_type": "collector", "subject_id": "C01"}
    said = {"outcome": "cleared", "source": "self-check", "decided_on": "2026-01-10", "township": "653123100"}
    return {**about, **said, "explanation": "", "selection_probability": "", "amount": "", **changes}


def handed_in(home: Home, folder: Path, *rows: Row, name: str = "outcomes.csv", encoding: str = "utf-8") -> Taken:
    file = folder / name
    with file.open("w", newline="", encoding=encoding) as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    taken = take_outcomes(home, file, EXPLANATIONS, Handing("tester", lambda: NOON))
    assert taken.read == taken.appended + taken.repeated + taken.amended + taken.refused
    return taken


def stored(home: Home) -> list[tuple[object, ...]]:
    models = ReadModels(home.read_models, home.ledger)
    build_cases(models.connection, models.position, date(2026, 1, 31))
    found = models.connection.execute("SELECT * EXCLUDE (position) FROM outcomes ORDER BY position").fetchall()
    models.close()
    return found


def test_a_file_becomes_rows_of_the_case_table(home: Home, tmp_path: Path) -> None:
    drawn = row(source="spot-check", outcome="partly", selection_probability="25%", amount="1,200.50")
    taken = handed_in(home, tmp_path, row(explanation="outage"), drawn)
    assert (taken.read, taken.appended, taken.problems) == (2, 2, [])
    told = suspicion_id("653123", "pocketed-cash", "collector", "C01")
    about = ("653123", f"outcomes:self-check:{told}@1", told, "pocketed-cash", "collector", "C01", "653123100")
    assert stored(home) == [
        (*about, "cleared", "outage", "self-check", date(2026, 1, 10), None, None),
        (
            "653123", f"outcomes:spot-check:{told}@1", *about[2:], "partly", None, "spot-check", date(2026, 1, 10),
            0.25, 120050,
        ),
    ]  # fmt: skip


def test_chinese_headings_and_values_in_a_chinese_encoding_are_read(home: Home, tmp_path: Path) -> None:
    chinese = {
        "疑点类型": "收现不缴", "对象类型": "代收人", "对象编号": "C01", "核查结论": "不属实", "排除原因": "网络故障",
        "结论来源": "自查自纠", "认定日期": "2026年1月10日", "乡镇": "653123100", "核实金额": "0",
    }  # fmt: skip
    taken = handed_in(home, tmp_path, chinese, encoding="gb18030")
    assert (taken.appended, taken.problems) == (1, [])
    again = handed_in(home, tmp_path, row(explanation="outage", amount="0"), name="english.csv")
    assert (again.repeated, again.appended) == (1, 0)


def test_the_suspicion_is_the_one_that_scoring_numbers() -> None:
    (found,) = scored(finding())
    assert found.suspicion_id == suspicion_id("653123", "pocketed-cash", "collector", "V01")


def test_the_same_file_twice_changes_nothing(home: Home, tmp_path: Path) -> None:
    handed_in(home, tmp_path, row(), row(source="review"))
    head = home.ledger.head()
    again = handed_in(home, tmp_path, row(), row(source="review"))
    assert (again.appended, again.repeated, home.ledger.head()) == (0, 2, head)


def test_other_words_on_the_same_day_are_a_correction_and_later_ones_a_new_decision(home: Home, tmp_path: Path) -> None:
    handed_in(home, tmp_path, row())
    corrected = handed_in(home, tmp_path, row(outcome="confirmed"))
    assert (corrected.amended, corrected.appended) == (1, 0)
    later = handed_in(home, tmp_path, row(outcome="partly", decided_on="2026-01-12"))
    assert (later.amended, later.appended) == (0, 1)
    assert len(stored(home)) == 3


def test_in_one_file_or_in_two_the_table_is_the_same(home: Home, tmp_path: Path) -> None:
    said = ("cleared", "confirmed")
    rows = [row(subject_id=f"C{n}", outcome=said[n % 2], decided_on=f"2026-01-{n + 1:02d}") for n in range(9)]
    handed_in(home, tmp_path, *rows[4:])
    handed_in(home, tmp_path, *rows)
    apart = sorted(map(repr, stored(home)))
    other = Home.open(tmp_path / "other")
    take(other, tmp_path / "data")
    handed_in(other, tmp_path, *rows)
    assert sorted(map(repr, stored(other))) == apart
    other.close()


def test_a_decision_taken_after_the_day_is_not_yet_seen(home: Home, tmp_path: Path) -> None:
    handed_in(home, tmp_path, row(), row(source="review", decided_on="2026-01-15"))
    models = ReadModels(home.read_models, home.ledger)

    def seen(position: int, day: int) -> int:
        build_cases(models.connection, position, date(2026, 1, day))
        return len(models.connection.execute("SELECT 1 FROM outcomes").fetchall())

    assert [seen(models.position, day) for day in (9, 10, 14, 15)] == [0, 1, 1, 2]
    assert seen(models.position - 1, 31) == 1
    models.close()


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"outcome": "maybe"}, "outcome", "maybe"),
        ({"outcome": ""}, "outcome", ""),
        ({"source": "gossip"}, "source", "gossip"),
        ({"decided_on": "2026-13-01"}, "decided_on", "2026-13-01"),
        ({"decided_on": "2026-01-21"}, "decided_on", "2026-01-21"),
        ({"category": "theft"}, "category", "theft"),
        ({"subject_id": ""}, "subject_id", ""),
        ({"explanation": "no such"}, "explanation", "no such"),
        ({"explanation": "张三已自行缴费"}, "explanation", "张*"),
        ({"outcome": "confirmed", "explanation": "outage"}, "explanation", "outage"),
        ({"township": "somewhere"}, "township", "somewhere"),
        ({"township": "653124100"}, "township", "653124100"),
        ({"selection_probability": "0.5"}, "selection_probability", "0.5"),
        ({"source": "spot-check", "selection_probability": "0"}, "selection_probability", "0"),
        ({"source": "spot-check", "selection_probability": "120%"}, "selection_probability", "120%"),
        ({"source": "spot-check", "selection_probability": "half"}, "selection_probability", "half"),
        ({"source": "spot-check", "selection_probability": "1/0"}, "selection_probability", "1/0"),
        ({"amount": "-5"}, "amount", "-5"),
        ({"suspicion_id": "S12"}, "suspicion_id", "S12"),
        ({"suspicion_id": "S" + "ab" * 8}, "suspicion_id", "S" + "ab" * 8),
    ],
)
def test_a_wrong_row_is_refused_by_line_column_and_value(
    home: Home, tmp_path: Path, changes: Row, column: str, value: str
) -> None:
    sound = row(subject_id="C02") | ({"suspicion_id": ""} if "suspicion_id" in changes else {})
    taken = handed_in(home, tmp_path, sound, row(**changes))
    assert (taken.appended, taken.refused) == (1, 1)
    problem = taken.problems[0]
    assert (problem.place, problem.line, problem.column, problem.value) == ("outcomes.csv", 3, column, value)
    assert problem.reason_zh
    assert problem.reason_en


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_type": "payer", "subject_id": number(7)},
        {"subject_type": "card", "subject_id": "6222021234567890123"},
        {"subject_id": number(7)},
    ],
)
def test_the_number_of_a_person_or_card_is_refused_and_not_repeated(home: Home, tmp_path: Path, changes: Row) -> None:
    taken = handed_in(home, tmp_path, row(**changes))
    assert (taken.refused, taken.problems[0].column) == (1, "subject_id")
    assert str(changes["subject_id"]) not in repr(taken.problems)
    assert all(str(changes["subject_id"]).encode() not in event.state for event in home.ledger.read(0, 1000))


def test_a_number_alone_names_the_suspicion(home: Home, tmp_path: Path) -> None:
    said = {"outcome": "confirmed", "source": "inspection", "decided_on": "2026-01-10"}
    bare = {"suspicion_id": "S0123456789abcdef", **said}
    taken = handed_in(home, tmp_path, bare)
    assert taken.appended == 1
    assert stored(home)[0][2:6] == ("S0123456789abcdef", None, None, None)


def test_a_file_without_a_required_column_refuses_every_row(home: Home, tmp_path: Path) -> None:
    rows = [{key: value for key, value in row(subject_id=f"C{n}").items() if key != "source"} for n in range(2)]
    taken = handed_in(home, tmp_path, *rows)
    assert (taken.refused, {problem.column for problem in taken.problems}) == (2, {"source"})


def test_a_row_cut_short_is_refused_as_a_whole_and_an_unknown_heading_is_said(home: Home, tmp_path: Path) -> None:
    taken = handed_in(home, tmp_path, row(remark="as agreed by phone"), row(remark="", subject_id="C02"))
    assert (taken.appended, taken.unknown) == (2, ["remark"])
    file = tmp_path / "short.csv"
    file.write_text("suspicion_id,outcome,source,decided_on\nS0123456789abcdef,confirmed\n", encoding="utf-8")
    short = take_outcomes(home, file, EXPLANATIONS, Handing("tester", lambda: NOON))
    assert (short.read, short.refused) == (1, 1)
    assert short.problems[0].line == 2


def test_what_is_no_file_of_outcomes_is_said(home: Home, tmp_path: Path) -> None:
    handing = Handing("tester", lambda: NOON)
    with pytest.raises(NotFound):
        take_outcomes(home, tmp_path / "nothing.csv", EXPLANATIONS, handing)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Malformed, match=r"other\.csv"):
        take_outcomes(home, tmp_path / "other.csv", EXPLANATIONS, handing)


def test_a_ledger_without_data_asks_for_the_county(tmp_path: Path) -> None:
    with_nothing = Home.open(tmp_path / "empty")
    file = tmp_path / "outcomes.csv"
    file.write_text("suspicion_id,outcome,source,decided_on\nS0123456789abcdef,confirmed,inspection,2026-01-10\n")
    with pytest.raises(Malformed, match="--county"):
        take_outcomes(with_nothing, file, EXPLANATIONS, Handing("tester", lambda: NOON))
    taken = take_outcomes(with_nothing, file, EXPLANATIONS, Handing("tester", lambda: NOON, "653123"))
    assert taken.appended == 1
    with_nothing.close()
