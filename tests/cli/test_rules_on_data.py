"""What the rule commands say of thresholds and examples, and what a screening remembers of the values that it used."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.county import data_folder, payment, receipt
from tests.program import run

POLICY = """
- {kind: threshold, values: {rule: B02, name: from_fen, value: 500}, who: office, why: rounding, valid_from: 2025-01-01}
- {kind: threshold, values: {rule: B01, name: from_fen, value: 99999999}, who: office, why: a slip}
"""


def overcharged(folder: Path) -> Path:
    """A county with three lines of three yuan too much, and thresholds of its own."""
    data = data_folder(
        folder / "data",
        payments=[payment(f"P{n}", n, channel="cash", collector_id="C01") for n in range(1, 4)],
        cash_receipts=[receipt(f"R{n}", n, amount="403") for n in range(1, 4)],
    )
    (data / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return data


def test_without_data_every_parameter_is_shown_with_its_default() -> None:
    shown = run("rules", "thresholds", "a04", "--json")
    assert shown.code == 0
    lines = json.loads(shown.out)
    assert {line["name"]: line["default"] for line in lines}["medium_fen"] == 100000
    assert all(line["override"] is None for line in lines)


def test_what_is_no_day_is_named_before_anything_is_read(tmp_path: Path) -> None:
    shown = run("rules", "thresholds", "A04", "--data", tmp_path / "none", "--as-of", "soon")
    assert shown.code == 2
    assert "YYYY-MM-DD" in shown.err


def test_an_override_is_shown_with_who_when_why_and_its_effect(tmp_path: Path) -> None:
    shown = run("rules", "thresholds", "B02", "--data", overcharged(tmp_path), "--json")
    (line,) = [one for one in json.loads(shown.out) if one["override"]]
    assert (line["name"], line["override"]["value"]) == ("from_fen", 500.0)
    assert (line["override"]["who"], line["override"]["why"]) == ("office", "rounding")
    assert line["override"]["valid_from"] == "2025-01-01"
    assert line["override"]["set_on"] is not None
    assert line["effect"] == {
        "findings_by_default": 1,
        "findings_by_own": 0,
        "fen_by_default": 900,
        "fen_by_own": 0,
    }


def test_an_override_outside_its_range_is_shown_as_such_and_has_no_effect(tmp_path: Path) -> None:
    shown = run("rules", "thresholds", "B01", "--data", overcharged(tmp_path))
    (line,) = [one for one in shown.out.splitlines() if "99999999" in one or "1e+08" in one]
    assert "out of range" in line


def test_a_screening_records_every_value_that_it_used(tmp_path: Path) -> None:
    data, home = overcharged(tmp_path), tmp_path / "home"
    run("screen", data, "--home", home, "--out", tmp_path / "out")
    connection = sqlite3.connect(home / "ledger.sqlite")
    (state,) = connection.execute("SELECT state FROM stored_events WHERE topic = 'screening.Run.v1'").fetchone()
    connection.close()
    values = json.loads(state)["parameters"]["653123"]
    assert values["B02"]["from_fen"] == 500
    assert values["A04"]["medium_fen"] == 100000


def test_a_rule_is_followed_through_its_own_example() -> None:
    shown = run("rules", "explain", "A04", "--example", "a_thousand_yuan_open_fires")
    assert shown.code == 0
    steps = [line for line in shown.out.splitlines() if "  n=" in line]
    assert steps[0].startswith("first_days: one row per working day")
    assert steps[-1].endswith("n=1")
    (row,) = [line for line in shown.out.splitlines() if "severity=" in line]
    assert "peak_on=2025-10-20" in row
    assert "evidence=[cash-receipts:" in row


def test_an_example_that_is_not_there_is_named_with_those_that_are() -> None:
    shown = run("rules", "explain", "A04", "--example", "nothing")
    assert shown.code == 2
    assert "a_thousand_yuan_open_fires" in shown.err


def test_the_pages_of_rules_are_written_where_asked(tmp_path: Path) -> None:
    assert run("rules", "page", "A04", "--out", tmp_path).code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A04.en.md", "A04.md"]
    page = (tmp_path / "A04.md").read_text(encoding="utf-8")
    assert "## 示例演算" in page
    assert "已收未缴现金日终余额最高 1000.00 元" in page
