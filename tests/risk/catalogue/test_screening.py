"""A screening's outcomes: found, none, not enough data by name, failed; and the table of its findings."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pytest

from risk.catalogue.commands import explain, explanation_text
from risk.catalogue.rule import load
from risk.catalogue.world import build_views, new_world, shared_views
from risk.screening import FINDINGS, run_rules
from risk.steps import Subject
from risk.thresholds import thresholds_in_force

if TYPE_CHECKING:
    from tests.risk.catalogue.conftest import Folder

AS_OF = date(2026, 1, 10)
COMMON = "county, position, event_id, version, amended, source, recorded_at, record_id"


@pytest.fixture
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = new_world()
    build_views(connection, shared_views())
    yield connection
    connection.close()


def common(event: str, county: str = "653123") -> str:
    return f"'{county}', 1, '{event}', 1, false, 't', TIMESTAMP '2025-01-01', '{event}'"


def receive(
    world: duckdb.DuckDBPyConnection, event: str, day: str, collector: str = "c1", county: str = "653123"
) -> None:
    world.execute(
        f"INSERT INTO cash_receipts ({COMMON}, payer, fee, fee_year, amount_fen, received_on, collector_id, township) "
        f"VALUES ({common(event, county)}, 'p-{event}', 'resident-medical', 2026, 40000, '{day}', '{collector}', "
        f"'{county}200')"
    )


def pay(world: duckdb.DuckDBPyConnection, event: str, payer: str, fee_year: int = 2026) -> None:
    world.execute(
        f"INSERT INTO payments ({COMMON}, payer, fee, fee_year) "
        f"VALUES ({common(event)}, '{payer}', 'resident-medical', {fee_year})"
    )


def test_what_is_found_comes_with_rule_reason_and_parameters(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    receive(world, "r2", "2025-10-03")
    receive(world, "r1", "2025-10-04")
    pay(world, "x", "somebody")
    findings, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert outcomes["X01"].text("en") == "found 1"
    assert findings.schema == FINDINGS
    [row] = findings.to_pylist()
    assert (row["rule"], row["version"], row["alone"], row["parameters"]) == ("X01", 1, True, '{"days":3}')
    assert row["evidence"] == ["r1", "r2"]
    assert json.loads(row["details"]) == {"first_on": "2025-10-03", "lines": 2}
    assert row["reason_zh"] == "2 笔共 800.00 元"
    assert row["reason_en"] == "2 lines, 800.00 by 2026-01-10"


def test_nothing_found_is_none(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    receive(world, "r1", "2025-10-03")
    pay(world, "x", "p-r1")
    findings, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert findings.num_rows == 0
    assert outcomes["X01"].text("zh") == "无"


def test_a_needed_record_type_that_is_empty_is_named(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    receive(world, "r1", "2025-10-03")
    _, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert outcomes["X01"].text("en") == "not enough data: no payments"
    assert outcomes["X01"].text("zh") == "数据不足：缺少缴费明细（payments）"


def test_what_a_rule_judges_in_part_without_is_named_beside_what_it_finds(
    folder: Folder, world: duckdb.DuckDBPyConnection
) -> None:
    folder.change("rule.toml", "policy = [", 'partly = ["rosters"]\npolicy = [')
    receive(world, "r1", "2025-10-03")
    pay(world, "x", "p-r1")
    _, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert outcomes["X01"].text("en") == "not enough data: no rosters"
    receive(world, "r2", "2025-10-03")
    _, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert outcomes["X01"].text("en") == "found 1: no rosters"


def test_an_empty_policy_is_named(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    receive(world, "r1", "2025-10-03")
    pay(world, "x", "p-r1")
    world.execute("DELETE FROM tariff")
    _, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert outcomes["X01"].text("en") == "not enough data: no tariff in the policy"


def test_a_township_whose_register_has_not_come_in_is_named(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    receive(world, "r1", "2025-10-03")
    pay(world, "x", "p-r1")
    for event, township in (("s1", "653123200"), ("s2", "653123101")):
        world.execute(f"INSERT INTO rosters ({COMMON}, township) VALUES ({common(event)}, '{township}')")
    _, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert outcomes["X01"].text("en") == "not enough data: township 653123101 has handed in no cash register"
    receive(world, "r9", "2025-10-03")
    _, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert outcomes["X01"].text("zh") == "命中 1 项：653123101未报送现金征缴登记台账"


def test_a_fee_year_without_a_tariff_is_named(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    receive(world, "r1", "2025-10-03")
    pay(world, "x", "p-r1")
    pay(world, "y", "p-r1", fee_year=2029)
    _, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert outcomes["X01"].text("en") == "not enough data: resident-medical 2029 has no tariff"


def test_a_failed_rule_shows_its_sql_and_stops_no_other(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    receive(world, "r1", "2025-10-03")
    pay(world, "x", "somebody")
    bad = folder.rules / "A99_broken"
    folder.write(bad)
    for name, old, new in (("rule.toml", '"X01"', '"A99"'), ("rule.sql", "c.amount_fen", "c.nothing")):
        (bad / name).write_text((bad / name).read_text("utf-8").replace(old, new), "utf-8")
    findings, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert outcomes["A99"].kind == "failed"
    assert "nothing" in outcomes["A99"].problem
    assert (bad / "rule.sql").read_text("utf-8") in outcomes["A99"].problem
    assert outcomes["X01"].count == findings.num_rows == 1


@pytest.mark.parametrize(("old", "new"), [("'high' AS", "'grave' AS"), ("AS measure", "AS size")])
def test_what_are_no_findings_is_a_failure(
    folder: Folder, world: duckdb.DuckDBPyConnection, old: str, new: str
) -> None:
    receive(world, "r1", "2025-10-03")
    pay(world, "x", "somebody")
    folder.change("rule.sql", old, new)
    findings, outcomes = run_rules(world, load(folder.rules), AS_OF, {})
    assert (findings.num_rows, outcomes["X01"].kind) == (0, "failed")


def test_a_countys_thresholds_hold_for_that_county_alone(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    world.execute("INSERT INTO county VALUES ('140827', NULL, 0)")
    for county in ("653123", "140827"):
        receive(world, f"r-{county}", "2026-01-06", county=county)
    pay(world, "x", "somebody")
    world.execute(
        "INSERT INTO threshold (county, rule, name, value, who, why, valid_from) "
        "VALUES ('653123', 'X01', 'days', 9, 'a', 'b', '2025-01-01'), "
        "('653123', 'X01', 'days', 4, 'a', 'b', '2026-01-01'), ('653123', 'X01', 'days', 1, 'a', 'b', '2027-01-01'), "
        "('140827', 'X01', 'days', 5, 'a', 'b', NULL), ('140827', 'X01', 'weeks', 5, 'a', 'b', NULL)"
    )
    thresholds = thresholds_in_force(world, AS_OF)
    assert thresholds["653123"] == {"X01": {"days": 4.0}}
    findings, outcomes = run_rules(world, load(folder.rules), AS_OF, thresholds)
    assert [(row["county"], row["parameters"]) for row in findings.to_pylist()] == [("653123", '{"days":4}')]
    assert [note.en for note in outcomes["X01"].notes] == ["140827 sets weeks, which is no parameter"]


def test_a_threshold_out_of_range_is_set_aside_with_a_note(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    receive(world, "r1", "2025-10-03")
    pay(world, "x", "somebody")
    findings, outcomes = run_rules(world, load(folder.rules), AS_OF, {"653123": {"X01": {"days": 500.0}}})
    assert findings.column("parameters").to_pylist() == ['{"days":3}']
    assert [note.en for note in outcomes["X01"].notes] == ["653123 sets days=500, outside its range"]


def test_a_hundred_thousand_findings_come_in_order_within_seconds(
    folder: Folder, world: duckdb.DuckDBPyConnection
) -> None:
    pay(world, "x", "somebody")
    world.execute(
        f"INSERT INTO cash_receipts ({COMMON}, payer, fee, fee_year, amount_fen, received_on, collector_id) "
        "SELECT '653123', i, 'e' || i, 1, false, 't', TIMESTAMP '2025-01-01', 'e' || i, 'p' || i, 'resident-medical', "
        "2026, 100, DATE '2025-10-01', 'c' || (i * 7919 % 100000) FROM range(100000) AS r(i)"
    )
    before = time.process_time()
    findings, _ = run_rules(world, load(folder.rules), AS_OF, {})
    assert time.process_time() - before < 10
    subjects = [str(subject) for subject in findings.column("subject_id").to_pylist()]
    assert len(subjects) == 100_000
    assert subjects == sorted(subjects)


def test_an_explanation_shows_each_step_of_the_subject(folder: Folder, world: duckdb.DuckDBPyConnection) -> None:
    for number in range(25):
        receive(world, f"r{number:02}", "2025-10-03")
    receive(world, "other", "2025-10-03", collector="c2")
    pay(world, "x", "somebody")
    explanation = explain(world, load(folder.rules)["X01"], Subject("653123", "collector", "c1"), AS_OF, {})
    unpaid, findings = explanation.steps
    assert (unpaid.name, unpaid.restricted_to, unpaid.count, len(unpaid.rows)) == ("unpaid", "collector_id", 25, 20)
    assert (findings.name, findings.restricted_to, findings.count) == ("findings", "subject_id", 1)
    text = explanation_text(explanation)
    assert "unpaid: register lines without a payment (collector_id)  n=25" in text
    assert "... +5" in text
