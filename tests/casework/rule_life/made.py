"""A county whose three collectors each kept one line of cash, and a county's own rule X01 that finds it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from casework.cases.store import Acting, Cases
from casework.rule_life import moving
from casework.rule_life.backtesting import Asked, Backtested, backtest
from casework.rule_life.choosing import runnable
from domain.cases.backtest import TOPIC, BacktestDay, Measured, RuleBacktested
from ledger.home import Home
from ledger.log import StoredRow
from risk.catalogue.lock import accept
from risk.catalogue.rule import read_rule
from tests.county import data_folder, number, payment, receipt, take
from tests.risk.catalogue.conftest import CARD, EXAMPLES, QUERY

NOW = datetime(2026, 1, 26, 2, 0, tzinfo=UTC)
AS_OF = date(2026, 1, 25)
FIRST = date(2026, 1, 11)
"""Two weeks before: neither R2, which came in on the 20th, nor the amendment of P3 on the 15th was known."""


def rule_folder(path: Path, *, card: str = CARD) -> Path:
    """Write the folder of the rule X01: cash that nobody paid in for so many days."""
    folder = path / "X01_cash_kept"
    folder.mkdir(parents=True)
    for name, text in (("rule.toml", card), ("rule.sql", QUERY), ("examples.toml", EXAMPLES)):
        (folder / name).write_text(text, encoding="utf-8")
    accept(read_rule(folder))
    return folder


def fill(home: Home, folder: Path) -> None:
    """Take in the county: R1 is kept from the start, R2 came in late, R3 was paid until P3 was amended."""
    receipts = [
        receipt("R1", 1, collector_id="C01"),
        receipt("R2", 2, collector_id="C02", received_at="2026-01-02 10:00"),
        receipt("R3", 3, collector_id="C03"),
    ]
    data = data_folder(folder / "data", cash_receipts=receipts, payments=[payment("P3", 3), payment("P4", 4)])
    take(home, data)
    amended = payment("P3", 3, payer_id=number(5), changed_at="2026-01-15 09:00:00")
    take(home, data_folder(folder / "later", payments=[amended]))


def cases_of(home: Home, actor: str = "li") -> Cases:
    """Return the cases for somebody."""
    return Cases(home, Acting(actor, NOW))


def backtested(
    home: Home, rule: str, *, values: dict[str, float] | None = None, first: date = AS_OF, position: int | None = None
) -> Backtested:
    """Backtest a version up to AS_OF, on the days that matter."""
    asked = Asked(runnable(home, rule, values or {}), first, AS_OF, "week", position)
    return backtest(cases_of(home), asked, lambda zh, en: None)


def recorded(home: Home, name: str, outcome: str = "found 3") -> str:
    """Append the record of a backtest of a version, as a backtest of one day leaves it; return its id."""
    day = BacktestDay(AS_OF, outcome, 3, 3, 3, 3, 0, 0)
    nothing = Measured(0, 0, 0.0, 1.0)
    event = RuleBacktested(
        rule="X01", name=name, folder="0" * 64, values={}, against="", first_on=AS_OF, last_on=AS_OF, every="week",
        position=home.ledger.head(), days=(day,), workload={}, overlap={}, subjects=3, gained=3, lost=0,
        precision=nothing, recall=nothing, details=home.objects.put(b"{}"),
        envelope=cases_of(home).envelope("000000", "rules:mingzhang:X01"),
    )  # fmt: skip
    identifier = f"{name}-{outcome.partition(' ')[0].rstrip(':')}"
    home.ledger.append([StoredRow(f"backtests:mingzhang:{identifier}", 1, TOPIC, msgspec.json.encode(event))])
    return identifier


def on_trial(home: Home, folder: Path) -> str:
    """Submit X01 and put it on trial; return the version's name."""
    name = moving.submit(cases_of(home), runnable(home, str(folder), {})).name
    return moving.start_trial(cases_of(home), name)
