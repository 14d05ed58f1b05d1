"""A county without fraud, full of innocent look-alikes, is left in peace: a rule that is not cannot stand alone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake.ingest import Intake
from ledger.home import Home
from projections.as_of import build_world, last_business_day
from projections.models import ReadModels
from risk.catalogue.rule import load
from risk.screening import run_rules
from simulation.county import write_county

PEOPLE, SEED = 6_000, 29
MOST_PER_1000 = 1


def test_no_rule_that_stands_alone_flags_more_than_one_in_a_thousand_honest_households(tmp_path: Path) -> None:
    write_county(tmp_path / "data", PEOPLE, SEED, honest=True)
    home = Home.open(tmp_path / "home")
    Intake(home, actor="test", clock=lambda: datetime.now(UTC)).take(tmp_path / "data")
    models = ReadModels(home.read_models, home.ledger)
    last = last_business_day(models.connection, models.position)
    assert last is not None
    as_of = last + timedelta(days=1)
    build_world(models.connection, models.position, as_of)
    findings, outcomes = run_rules(models.connection, load(), as_of, {})
    (households,) = models.connection.execute("SELECT count(DISTINCT household_no) FROM households").fetchone() or (0,)
    models.close()
    home.close()
    assert [rule for rule, outcome in outcomes.items() if outcome.kind == "failed"] == []
    assert households >= 1_500
    flags = Counter(row["rule"] for row in findings.to_pylist() if row["alone"] and row["severity"] != "watch")
    assert {rule: count for rule, count in flags.items() if count * 1_000 > MOST_PER_1000 * households} == {}
