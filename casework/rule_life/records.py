"""The backtests that a home has recorded."""

from __future__ import annotations

from domain.cases.backtest import KIND, RuleBacktested
from domain.errors import NotFound
from ledger.home import Home


def backtest_named(home: Home, identifier: str) -> RuleBacktested:
    """Return a recorded backtest; NotFound."""
    stream = f"{KIND}:mingzhang:{identifier}"
    for recorded in home.ledger.versions([stream]).get(stream, []):
        event = home.ledger.event(recorded)
        if isinstance(event, RuleBacktested):
            return event
    raise NotFound(
        f"没有回测记录 {identifier}：请先运行 mingzhang rules backtest",
        f"there is no backtest {identifier}: run mingzhang rules backtest first",
    )


def backtests(home: Home) -> dict[str, RuleBacktested]:
    """Return the recorded backtests by id, in the order in which they were made."""
    found = {}
    for recorded in home.ledger.of_type(KIND):
        event = home.ledger.event(recorded)
        if isinstance(event, RuleBacktested):
            found[recorded.stream.rpartition(":")[2]] = event
    return found
