"""Rules over a world of several counties: each finds in a county what it would find there alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from functools import partial

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from domain.contract import RECORD_TYPES
from risk.catalogue.card import Bilingual
from risk.catalogue.needs import record_type_of
from risk.catalogue.rule import Rule
from risk.engine import Engine
from risk.engines.world import World
from risk.outcome import Outcome
from risk.screening import FINDINGS, run_rule, words_of
from risk.sufficiency import Sufficiency


class RuleRun(msgspec.Struct, frozen=True):
    """How a rule ended over some counties; the four numbers of counties add up to all."""

    findings: int = 0
    found: int = 0
    """Counties in which it found something."""
    none: int = 0
    """Counties in which it found nothing."""
    lacking: int = 0
    """Counties without the records, cases or policy that it needs."""
    failed: int = 0
    """Counties of a world in which it failed."""
    problem: str = ""
    """Of the first failure: the whole SQL and the engine's error."""
    notes: tuple[Bilingual, ...] = ()
    """What it could not judge, and thresholds set aside."""
    seconds: float = 0.0

    def with_more(self, other: RuleRun) -> RuleRun:
        """Return this run and that over further counties together."""
        counts = ("findings", "found", "none", "lacking", "failed")
        added = {name: getattr(self, name) + getattr(other, name) for name in counts}
        return RuleRun(
            **added,
            problem=self.problem or other.problem,
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
            seconds=self.seconds + other.seconds,
        )


class Able:
    """Which counties of a world have rows in a table; each table is asked once."""

    def __init__(self, engine: Engine, counties: Sequence[str]) -> None:
        self._engine, self._counties = engine, counties
        self._holding: dict[str, frozenset[str]] = {}

    def counties(self, rule: Rule) -> tuple[str, ...]:
        """Return the counties that have all that the rule needs."""
        return self.having(tuple(map(record_type_of, rule.card.needs)), (*rule.card.cases, *rule.card.policy))

    def having(self, needs: Sequence[str], others: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the counties that have records of all the types `needs`, and rows in all `others` (tables)."""
        tables = [RECORD_TYPES[name].table for name in needs] + list(others)
        return tuple(county for county in self._counties if all(county in self._holders(table) for table in tables))

    def _holders(self, table: str) -> frozenset[str]:
        if table not in self._holding:
            found = self._engine.run(f"SELECT county FROM {table} GROUP BY county", {})
            self._holding[table] = frozenset(str(county) for county in found.column("county").to_pylist())
        return self._holding[table]


def run_in_world(world: World, rules: Sequence[Rule], as_of: date) -> tuple[pa.Table, dict[str, RuleRun]]:
    """Run the rules over a world; return the findings (schema FINDINGS, in no order) and each rule's end.

    A rule that fails does not stop the others. Errors: OutOfMemory.
    """
    run = partial(_ran, world, Sufficiency(world.engine), Able(world.engine, world.counties), as_of)
    ran = list(map(run, rules)) if world.beside is None else world.beside.each(run, rules, words_of)
    found = pa.concat_tables([FINDINGS.empty_table(), *(table for table, _ in ran)])
    return found, {rule.id: ended for rule, (_, ended) in zip(rules, ran, strict=True)}


def _ran(world: World, sufficiency: Sufficiency, able: Able, as_of: date, rule: Rule) -> tuple[pa.Table, RuleRun]:
    """Run one rule; return what it found in counties that have all that it needs."""
    start = time.perf_counter()
    table, outcome = run_rule(world.engine, sufficiency, rule, as_of, world.thresholds)
    kept = () if outcome.kind == "failed" else able.counties(rule)
    if kept != world.counties:
        table = table.filter(pc.is_in(table.column("county"), pa.array(kept, pa.string())))
    return table, _run(world, table, outcome, len(kept), round(time.perf_counter() - start, 3))


def _run(world: World, table: pa.Table, outcome: Outcome, able: int, seconds: float) -> RuleRun:
    everywhere = len(world.counties)
    if outcome.kind == "failed":
        return RuleRun(failed=everywhere, problem=outcome.problem, notes=outcome.notes, seconds=seconds)
    found = len(pc.unique(table.column("county")))
    return RuleRun(
        findings=table.num_rows,
        found=found,
        none=able - found,
        lacking=everywhere - able,
        notes=(*outcome.missing, *outcome.notes),
        seconds=seconds,
    )
