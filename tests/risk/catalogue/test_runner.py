"""The runner of examples: what it fills in, how it compares, and that it leaves nothing behind."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from risk.catalogue.commands import failing_examples
from risk.catalogue.example_form import Rows, merged, read_examples
from risk.catalogue.examples import differences, findings_of, shared_world, try_example, try_examples
from risk.catalogue.rule import MalformedRule, read_rule

if TYPE_CHECKING:
    from tests.risk.catalogue.conftest import Folder


def test_the_examples_of_a_sound_rule_pass(folder: Folder) -> None:
    assert failing_examples(folder.rules) == []


def test_what_is_left_out_is_filled_as_a_projection_would(folder: Folder) -> None:
    example = read_examples(folder.rule)[0]
    world = shared_world()
    world.connection.execute("BEGIN")
    world.put(example)
    found = world.connection.execute(
        "SELECT county, source, version, amended, event_id, position, township, village, "
        "received_on, timed, payer_valid, persons, payer_signed, payment_id, known_on, recorded_at, "
        "village_signatory_valid FROM cash_receipts"
    ).fetchall()
    world.connection.execute("ROLLBACK")
    day = date(2025, 10, 3)
    assert found == [
        ("653123", "t", 1, False, "cash-receipts:t:R1@1", 1, "653123200", "653123200200", day, True, True,
         1, False, None, day, datetime.fromisoformat("2025-10-03 10:00"), None),
    ]  # fmt: skip


def test_an_example_leaves_nothing_behind(folder: Folder) -> None:
    rule = read_rule(folder.rule)
    for example in read_examples(folder.rule):
        assert try_example(rule, example).passed
    assert shared_world().connection.execute("SELECT count(*) FROM cash_receipts").fetchall() == [(0,)]


def test_a_finding_too_many_fails(folder: Folder) -> None:
    folder.change("rule.sql", ">= $days", ">= $days - 1")
    assert [issue.en.split(":")[0] for issue in failing_examples(folder.rules)] == [
        "the example two_days_do_not_fire differs"
    ]


def test_a_severity_above_the_card_fails(folder: Folder) -> None:
    folder.change("rule.toml", 'severity = "high"', 'severity = "low"')
    example = read_examples(folder.rule)[0]
    problems = try_example(read_rule(folder.rule), example).problems
    assert problems == ("severity high is above low, the highest that the card names",)


def test_each_expected_finding_needs_one_of_its_own() -> None:
    found: list[dict[str, object]] = [{"subject_id": "c1", "measure": 1.0}, {"subject_id": "c2", "measure": 1.0}]
    assert differences([{"measure": 1}, {"subject_id": "c1"}], found) == []
    assert differences([{"subject_id": "c1"}, {"subject_id": "c1"}], found) != []
    assert differences([{"subject_id": "c1"}], found)[0] == "1 findings expected, 2 found"


def test_a_row_of_the_base_has_its_named_columns_replaced() -> None:
    base: Rows = {"payments": [{"record_id": "P1", "fee": "x", "amount_fen": 1}]}
    own: Rows = {"payments": [{"record_id": "P1", "amount_fen": 2}, {"record_id": "P2"}]}
    assert merged(base, own) == {"payments": [{"record_id": "P1", "fee": "x", "amount_fen": 2}, {"record_id": "P2"}]}
    assert base == {"payments": [{"record_id": "P1", "fee": "x", "amount_fen": 1}]}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("cash_receipts]]", "cash_reciepts]]", "there is no table cash_reciepts"),
        ("amount_fen = 40000", "amount = 40000", "cash_receipts has no column amount"),
        ('"2025-10-03 10:00"', '"2026-10-03 10:00"', "which a rule would not see"),
        ('"2025-10-03 10:00"', '"third of October"', "table cash_receipts"),
    ],
)
def test_a_row_that_no_world_holds_is_refused(folder: Folder, old: str, new: str, problem: str) -> None:
    folder.change("examples.toml", old, new)
    rule, example = read_rule(folder.rule), read_examples(folder.rule)[0]
    with pytest.raises(MalformedRule, match=problem):
        findings_of(rule, example)
    assert shared_world().connection.execute("SELECT count(*) FROM cash_receipts").fetchall() == [(0,)]


def test_a_policy_row_replaces_the_default_of_its_key(folder: Folder) -> None:
    text = (
        '[example.rows]\ntariff = [{ fee = "resident-medical", fee_year = 2026, amount_fen = 41000 }, '
        '{ fee = "resident-pension", fee_year = 2026, amount_fen = 12000 }]\n'
        'working_day = [{ day = "2025-10-09", working = false }]\npayments = ['
    )
    folder.change("examples.toml", "[example.rows]\npayments = [", text)
    world = shared_world()
    world.connection.execute("BEGIN")
    world.put(read_examples(folder.rule)[1])
    medical = world.connection.execute(
        "SELECT kind, category, amount_fen FROM tariff WHERE fee = 'resident-medical' AND fee_year = 2026"
    ).fetchall()
    tiers = world.connection.execute(
        "SELECT count(*) FROM tariff WHERE fee = 'resident-pension' AND fee_year = 2026"
    ).fetchall()
    days = world.connection.execute(
        "SELECT ordinal - min(ordinal) OVER () FROM working_day "
        "WHERE day BETWEEN '2025-10-08' AND '2025-10-10' ORDER BY day"
    ).fetchall()
    world.connection.execute("ROLLBACK")
    assert medical == [("fixed", "all", 41000)]
    assert tiers == [(15,)]
    assert days == [(0,), (0,), (1,)]


def test_a_hundred_examples_take_seconds(folder: Folder) -> None:
    rule, examples = read_rule(folder.rule), read_examples(folder.rule)
    shared_world()
    before = time.process_time()
    for _ in range(25):
        assert all(trial.passed for trial in try_examples(rule, examples))
    assert time.process_time() - before < 10
