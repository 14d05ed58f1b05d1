"""The commands `rules outcomes` and `model evaluate` as somebody runs them: exit codes, and what they print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation.county import write_county
from tests.county import data_folder, receipt
from tests.program import run

HEADING = "疑点类型,对象类型,对象编号,核查结论,结论来源,认定日期,乡镇,抽中概率\n"


def answer(number: int, outcome: str, rest: str) -> str:
    """Return a line about one of the collectors C00, C01 ..."""
    return f"收现不缴,代收人,C{number:02d},{outcome},{rest}\n"


ANSWERS = "".join(answer(n, "属实" if n < 4 else "不属实", "自查,2026-01-10,653123100,") for n in range(20))
CHECKS = "".join(answer(n, "属实" if n < 8 else "不属实", "抽查,2026-01-15,653123100,1/4") for n in range(4, 20, 4))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a little data."""
    folder = tmp_path_factory.mktemp("outcomes")
    data_folder(folder / "data", cash_receipts=[receipt("R1")])
    assert run("ingest", folder / "data", "--home", folder / "home").code == 0
    return folder / "home"


def handed_in(home: Path, text: str, *options: str) -> tuple[int, str, str]:
    file = home.parent / "结论.csv"
    file.write_text(HEADING + text, encoding="utf-8")
    done = run("rules", "outcomes", "import", file, "--home", home, *options)
    return done.code, done.out, done.err


def test_outcomes_are_taken_told_and_reported(home: Path) -> None:
    code, out, err = handed_in(home, ANSWERS + CHECKS)
    assert code == 0, err
    assert out == "结论.csv: read 24 = appended 24 + repeated 0 + amended 0 + refused 0; set aside 0\n"
    code, out, _ = handed_in(home, ANSWERS + answer(99, "也许", "自查,2026-01-10,653123100,"), "--json")
    assert code == 1
    taken = json.loads(out)
    assert (taken["read"], taken["repeated"], taken["refused"]) == (21, 20, 1)
    assert [taken["problems"][0][name] for name in range(4)] == ["结论.csv", 22, "outcome", "也*"]
    told = run("rules", "outcomes", "precision", "--home", home, "--json", "--as-of", "2026-02-01")
    (report,) = json.loads(told.out)
    assert (report["known"], report["confirmed"], report["denied"], report["overturned"]) == (20, 4, 16, 1)
    assert report["inspected"][0] == pytest.approx(5 / 20)
    assert report["corrected"][0] == pytest.approx((4 + 16 * 1 / 4) / 20)
    plain = run("rules", "outcomes", "precision", "--home", home, "--as-of", "2026-02-01")
    assert "0.400 [" in plain.out
    before = run("rules", "outcomes", "precision", "--home", home, "--as-of", "2026-01-12")
    assert "no denial was checked by draw" in before.out


def test_a_refused_row_is_said_by_line_column_and_value(home: Path) -> None:
    code, out, err = handed_in(home, answer(50, "不属实", "自查,2026-02-30,653123100,"))
    assert code == 1
    assert "read 1 = appended 0 + repeated 0 + amended 0 + refused 1" in out
    assert "第 2 行，decided_on“2026-02-30”" in err
    assert "line 2, decided_on '2026-02-30'" in err


def test_the_model_is_judged_by_the_truth_beside_the_data(tmp_path: Path) -> None:
    write_county(tmp_path / "county", 2000, 7)
    done = run("model", "evaluate", tmp_path / "county", "--seeds", "2", "--walk", "300")
    assert done.code == 0, done.err
    for method in ("model", "isolation forest", "best rule", "random"):
        assert f"| collector-season | {method} | 1 |" in done.out
    for heading in ("| fraud | cases |", "| innocent | cases |", "| first 10 in common |", "| median days |"):
        assert heading in done.out
    missing = run("model", "evaluate", tmp_path)
    assert missing.code == 2
    assert "truth/*.jsonl" in missing.err
