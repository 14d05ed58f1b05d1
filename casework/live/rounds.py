"""A round of screening while records come: the rules that count, over the world as it stands, recorded nowhere."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

import duckdb
import pyarrow as pa

from casework.accounts import outcome_text
from casework.live.form import FIRST_SEEN, KEY
from casework.rule_life.standing import standing_rules
from domain.cases.rule import EVENTS
from domain.contract import RECORD_TYPES
from domain.errors import NotFound
from ledger.home import Home
from projections.as_of import build_world, last_business_day
from projections.beside import SMALL, side_by_side
from projections.projector import PROJECTED
from risk.catalogue.rule import Catalogue
from risk.screening import queries_of, run_rules
from risk.thresholds import thresholds_in_force

_FACTS = frozenset(f"{form.topic}.{kind}.v1" for form in RECORD_TYPES.values() for kind in ("Recorded", "Amended"))
_ASIDE = frozenset({"access.Recorded.v1", "pack.Exported.v1", "screening.Run.v1"})
"""Projected for pages and accounts; no rule reads who looked at what, and what was screened or handed out."""
_MOVING = (_FACTS | PROJECTED.keys() | EVENTS.keys()) - _ASIDE
"""Topics of events on which a finding may rest, or which say what rules run."""

_SPARED = "statistics_propagation,join_filter_pushdown,compressed_materialization"
"""Passes of DuckDB's planner that cost more than they save over few rows: without them a round takes a tenth less."""


class Round(NamedTuple):
    """What one round found."""

    position: int
    as_of: date
    findings: pa.Table
    """Schema risk.screening.FINDINGS."""
    outcomes: dict[str, str]
    """Rule to how it ended, as in run.json."""
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether a rule failed."""
        return any(outcome.startswith("failed") for outcome in self.outcomes.values())


def moves(topics: Collection[str]) -> bool:
    """Say whether events of these topics can change a finding: signing in and looking at things cannot."""
    return not _MOVING.isdisjoint(topics)


def run_round(
    home: Home, store: duckdb.DuckDBPyConnection, position: int, today: date, only: Collection[str] = ()
) -> Round:
    """Run the rules that count over read models that stand at a position, as `screen` would, without model and lists.

    `today`: for a ledger without business; `only`: rules that alone are run. NotFound where one of them does not count.
    """
    began = time.monotonic()
    standing = standing_rules(home)
    rules = _restricted(standing.counted, only)
    as_of = (last_business_day(store, position) or today) + timedelta(days=1)
    store.execute(f"SET disabled_optimizers = '{_SPARED if position <= SMALL else ''}'")
    with side_by_side(store, position) as beside:
        build_world(store, position, as_of, queries=queries_of(rules.running()), beside=beside)
        in_force = standing.thresholds(thresholds_in_force(store, as_of))
        findings, outcomes = run_rules(store, rules, as_of, in_force, beside=beside)
    told = {rule: outcome_text(outcome) for rule, outcome in outcomes.items()}
    return Round(position, as_of, findings, told, round(time.monotonic() - began, 3))


def since_first_seen(findings: pa.Table, before: pa.Table | None, now: datetime) -> pa.Table:
    """Return findings with when each was first seen: as `before` (schema FOUND) has it, else now."""
    known: dict[tuple[object, ...], datetime] = {}
    if before is not None:
        for key, seen in zip(keys_of(before), before.column(FIRST_SEEN).to_pylist(), strict=True):
            if seen is not None:
                known[key] = min(seen, known.get(key, seen))
    times = [known.get(key, now) for key in keys_of(findings)]
    return findings.append_column(FIRST_SEEN, pa.array(times, pa.timestamp("us", tz="UTC")))


def keys_of(findings: pa.Table) -> list[tuple[object, ...]]:
    """Return of each finding by what it is the same as one of another round."""
    return list(zip(*(findings.column(name).to_pylist() for name in KEY), strict=True))


def _restricted(rules: Catalogue, only: Collection[str]) -> Catalogue:
    if not only:
        return rules
    unknown = sorted(set(only) - {rule.id for rule in rules.rules})
    if unknown:
        named = ", ".join(unknown)
        raise NotFound(f"没有正在计入的规则 {named}", f"no rule that counts is called {named}")
    return Catalogue(rules.folder, tuple(rule for rule in rules.rules if rule.id in only))
