"""Rounds of screening while records come: the rules that count, over the world as it stands, recorded nowhere."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import NamedTuple

import duckdb
import pyarrow as pa

from casework.accounts import outcome_text
from casework.incremental import engine_of, started, world_of
from casework.live.form import FIRST_SEEN, KEY
from casework.rule_life.standing import Standing, standing_rules
from domain.cases.rule import EVENTS as RULE_EVENTS
from domain.contract import RECORD_TYPES
from domain.errors import NotFound
from ledger.home import Home
from projections.as_of import build_world, last_business_day
from projections.beside import EVENTS, SMALL, Beside, side_by_side
from projections.codes import codes_held
from projections.kept.world import KeptWorld
from projections.projector import PROJECTED
from risk.catalogue.rule import Catalogue
from risk.outcome import Outcome
from risk.screening import queries_of, run_rules
from risk.thresholds import thresholds_in_force

_FACTS = frozenset(f"{form.topic}.{kind}.v1" for form in RECORD_TYPES.values() for kind in ("Recorded", "Amended"))
_ASIDE = frozenset({"access.Recorded.v1", "pack.Exported.v1", "screening.Run.v1"})
"""Projected for pages and accounts; no rule reads who looked at what, and what was screened or handed out."""
_MOVING = (_FACTS | PROJECTED.keys() | RULE_EVENTS.keys()) - _ASIDE
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


class Rounds:
    """The rounds of one process over its read models, of which the later take over what no new event can change."""

    def __init__(self, home: Home, store: duckdb.DuckDBPyConnection, only: Collection[str] = ()) -> None:
        """`only`: rules that alone are run. NotFound (at a round) where one of them does not count."""
        self._home, self._store, self._only = home, store, tuple(only)
        self._world: tuple[duckdb.DuckDBPyConnection, Beside | None, KeptWorld] | None = None
        self._opened = ExitStack()
        self._size = (False, False)
        self._codes: dict[str, frozenset[str]] = {}
        self._coded = -1
        """Position up to which the codes are those of all records."""

    def run(self, position: int, today: date) -> Round:
        """Run the rules that count over read models at a position, as `screen` would, without model and lists.

        `today`: for a ledger without business. The first round takes some seconds more: it reads all queries.
        """
        began = time.monotonic()
        standing = standing_rules(self._home)
        rules = _restricted(standing.counted, self._only)
        as_of = (last_business_day(self._store, position) or today) + timedelta(days=1)
        self._store.execute(f"SET disabled_optimizers = '{_SPARED if position <= SMALL else ''}'")
        try:
            findings, outcomes = self._screened(standing, rules, position, as_of)
        except BaseException:
            self.close()
            raise
        told = {rule: outcome_text(outcome) for rule, outcome in outcomes.items()}
        return Round(position, as_of, findings, told, round(time.monotonic() - began, 3))

    def close(self) -> None:
        """Let go of what is kept from one round to the next."""
        self._world = None
        self._opened.close()

    def _screened(
        self, standing: Standing, rules: Catalogue, position: int, as_of: date
    ) -> tuple[pa.Table, dict[str, Outcome]]:
        queries = tuple(queries_of(rules.running()))
        store, beside, world = self._world_at(position)
        kept = started(self._home, world, position, as_of, self._codes, queries)
        build_world(store, position, as_of, queries=queries, kept=world, beside=beside, codes=self._codes)
        in_force = standing.thresholds(thresholds_in_force(store, as_of))
        found = run_rules(store, rules, as_of, in_force, engine_of(store, kept, beside), beside)
        kept.finish()
        return found

    def _world_at(self, position: int) -> tuple[duckdb.DuckDBPyConnection, Beside | None, KeptWorld]:
        """Return the world of the last round; a new one where what has come makes that one unfit."""
        size = (position > SMALL, position > EVENTS)
        if self._with_codes(position) or self._size != size:
            self.close()
        if self._world is None:
            with ExitStack() as opened:
                store = self._store.cursor()
                opened.callback(store.close)
                beside = opened.enter_context(side_by_side(store, position))
                kept = world_of((store,) if beside is None else beside.connections)
                opened.callback(kept.close)
                self._world, self._opened, self._size = (store, beside, kept), opened.pop_all(), size
        return self._world

    def _with_codes(self, position: int) -> bool:
        """Look for values that have no code yet; say whether there are any, so that all columns are coded anew."""
        found = codes_held(self._store, self._coded)
        codes = {name: self._codes.get(name, frozenset()) | values for name, values in found.items()}
        more, self._codes, self._coded = codes != self._codes, codes, position
        return more


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
        raise NotFound(
            f"没有正在计入的规则 {named}；有哪些见 mingzhang rules list",
            f"no rule that counts is called {named}; mingzhang rules list shows which there are",
        )
    return Catalogue(rules.folder, tuple(rule for rule in rules.rules if rule.id in only))
