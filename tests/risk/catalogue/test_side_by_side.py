"""Examples side by side: they find what each finds by itself, do not reach one another, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from risk.catalogue.example_form import read_examples
from risk.catalogue.examples import findings_of, found_side_by_side, shared_world, try_examples
from risk.catalogue.rule import RULES, read_rule, rule_folders
from risk.catalogue.side_by_side import movable, moved, moved_back
from risk.catalogue.world import COUNTY, policy_tables

if TYPE_CHECKING:
    from tests.risk.catalogue.conftest import Folder

COMPARED = ("A06", "C10", "D01", "E03", "F05", "H02")
"""Rules about persons, terminals, accounts, villages, collectors and offices, some with places in their findings."""


def _counties() -> dict[str, list[str]]:
    world = shared_world().connection
    return {
        table: [str(county) for (county,) in world.execute(f"SELECT DISTINCT county FROM {table}").fetchall()]
        for table in (*policy_tables(), "cash_receipts", "payments")
    }


@pytest.mark.parametrize("folder", [path for path in rule_folders(RULES) if path.name[:3] in COMPARED])
def test_side_by_side_an_example_finds_what_it_finds_by_itself(folder: Path) -> None:
    rule, examples = read_rule(folder), read_examples(folder)[:6]
    beside = found_side_by_side(rule, examples)
    assert beside == [findings_of(rule, example) for example in examples]
    assert any(beside)


def test_a_rule_that_mixes_counties_is_told_by_the_examples_beside(folder: Folder) -> None:
    folder.change("rule.sql", "ON p.county = c.county AND p.payer", "ON p.payer")
    rule, examples = read_rule(folder.rule), read_examples(folder.rule)
    assert findings_of(rule, examples[0]) != []
    trial = try_examples(rule, examples)[0]
    assert "counties are mixed" in trial.problems[0]
    assert "1 findings expected, 0 found" in trial.problems


def test_an_example_that_fails_beside_others_is_told_as_it_fails_by_itself(folder: Folder) -> None:
    folder.change("examples.toml", "amount_at_risk_fen = 40000", "amount_at_risk_fen = 40001")
    first, *others = try_examples(read_rule(folder.rule), read_examples(folder.rule))
    assert first.problems[0].endswith("amount_at_risk_fen: 40001 expected, 40000 found")
    assert [trial.problems for trial in others] == [(), (), ()]


def test_rows_that_no_world_holds_fail_their_own_example_alone(folder: Folder) -> None:
    folder.change("examples.toml", 'payments = [{ record_id = "P1"', 'payments = [{ no_such = 1, record_id = "P1"')
    trials = try_examples(read_rule(folder.rule), read_examples(folder.rule))
    assert [trial.passed for trial in trials] == [True, False, True, True]
    assert "payments has no column no_such" in trials[1].problems[0]


def test_examples_side_by_side_leave_nothing_behind(folder: Folder) -> None:
    before = _counties()
    rule, examples = read_rule(folder.rule), read_examples(folder.rule)
    assert all(trial.passed for trial in try_examples(rule, examples))
    broken = msgspec.structs.replace(rule, sql="SELECT nothing FROM cash_receipts")
    assert not any(trial.passed for trial in try_examples(broken, examples))
    assert _counties() == before
    assert before["cash_receipts"] == before["payments"] == []


def test_only_the_codes_of_the_county_s_own_divisions_move(folder: Folder) -> None:
    example = read_examples(folder.rule)[0]
    rows = {"divisions": [{"record_id": f"{COUNTY}200200", "name": f"{COUNTY}12", "parent": "653122100"}]}
    ((county, other),) = moved([msgspec.structs.replace(example, rows=rows)]).items()
    assert other.rows["divisions"] == [
        {"record_id": f"{county}200200", "name": f"{COUNTY}12", "parent": "653122100", "county": county}
    ]
    assert moved_back({"batch": f"township {county}200", "lines": 1}, county) == {
        "batch": f"township {COUNTY}200",
        "lines": 1,
    }


def test_an_example_of_two_counties_stays_where_it_is(folder: Folder) -> None:
    folder.change("examples.toml", 'received_at = "2026-01-08', 'county = "653124", received_at = "2026-01-08')
    rule, examples = read_rule(folder.rule), read_examples(folder.rule)
    assert [movable(example) for example in examples] == [True, True, True, False]
    assert found_side_by_side(rule, examples) == [findings_of(rule, example) for example in examples]

