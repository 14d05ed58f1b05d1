"""Trying a value of a parameter: what is told of who would be found, whatever order the rule gives its findings in."""

from __future__ import annotations

from datetime import date

import duckdb
import msgspec
import pytest

from mingzhang.commands.rules_effect import lines
from risk.catalogue.rule import Rule, load
from risk.engine import DuckDBEngine
from risk.trying import Subject, Trial, Tried, try_value

DAY = date(2026, 1, 20)
FINDING = "('653123', 'collector', 'V01', '{township}', '{severity}', {fen})"
STRONG = FINDING.format(township="653123101", severity="critical", fen=40_000)
WEAK = FINDING.format(township="653123103", severity="watch", fen=2_000)


def rule_that_finds(*findings: str) -> Rule:
    """Return A01 with a text that finds this as soon as open_wd is not what is in force."""
    columns = "county, subject_type, subject_id, township, severity, amount_at_risk_fen"
    sql = f"SELECT {columns} FROM (VALUES {', '.join(findings)}) AS found ({columns}) WHERE $open_wd = 4"
    return msgspec.structs.replace(load()["A01"], sql=sql)


def tried(rule: Rule) -> Tried:
    with duckdb.connect(":memory:") as connection:
        return try_value(DuckDBEngine(connection), rule, "653123", {}, ("open_wd", 4.0), DAY)


@pytest.mark.parametrize("findings", [(STRONG, WEAK), (WEAK, STRONG)])
def test_a_subject_has_the_severity_and_township_of_its_strongest_finding(findings: tuple[str, str]) -> None:
    found = tried(rule_that_finds(*findings))
    assert found.gained_shown == (Subject("collector", "V01", "653123101", "critical", 42_000),)
    assert found.tried.by_township == {"653123101": 1}


def test_a_tried_value_is_told_to_the_last_digit() -> None:
    found = msgspec.structs.replace(tried(rule_that_finds(STRONG)), value=12_345_678.0)
    assert "12345678" in lines(Trial("A01", 1, "653123", DAY, 7, found))[2]
