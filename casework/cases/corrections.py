"""Money put right after a suspicion was raised, as facts in the ledger show it: nobody's word counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from casework.cases.batch import Batch
from casework.cases.following import later, record
from casework.runs import Run
from domain.cases.moves import SUSPICION
from domain.cases.suspicion import MoneyCorrected
from domain.cases.suspicion_state import SuspicionState

_LATE = """
SELECT DISTINCT regexp_replace(event_id, '@[0-9]+$', '') AS record, CAST(max(days) AS INTEGER)
FROM line_payments WHERE days >= 1 AND NOT excused GROUP BY event_id
"""
_PUT_RIGHT = Path(__file__).with_name("corrections.sql").read_text(encoding="utf-8")
QUERIES = (_LATE, _PUT_RIGHT)
"""What is asked of a run's world here."""
_WANTED: tuple[pa.Field[pa.DataType], ...] = (
    pa.field("suspicion_id", pa.string()),
    pa.field("county", pa.string()),
    pa.field("raised_on", pa.date32()),
    pa.field("evidence", pa.string()),
)


def late_lines(world: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the register lines, without their version, that were settled after their day, with the days it took."""
    return {str(row[0]): int(row[1]) for row in world.execute(_LATE).fetchall()}


def correct(batch: Batch, run: Run, earlier: Mapping[str, Run], world: duckdb.DuckDBPyConnection) -> int:
    """Credit every suspicion that was issued with the facts of the run's world that put it right; return how many.

    A fact that was credited and no longer does (a payment voided, a record amended) is taken back, where the run knows
    more than all `earlier` ones.
    """
    wanted = [state for state in batch.states.values() if "correct" in SUSPICION.possible(state.state)]
    found = _facts(world, wanted)
    others = [each for each in earlier.values() if each.event_id != run.event_id]
    newest = all(later(run, each) for each in others)
    corrected = 0
    for state in wanted:
        facts = found.get(state.suspicion_id, {})
        known, shown = set(map(record, state.facts)), set(map(record, facts))
        fen = {fact: fen for fact, fen in facts.items() if record(fact) not in known}
        undone = {fact: fen for fact, fen in state.credited.items() if newest and " " not in fact}
        undone = {fact: fen for fact, fen in undone.items() if record(fact) not in shown}
        if fen or undone:
            event = MoneyCorrected(
                tuple(sorted({**fen, **undone})), sum(fen.values()) - sum(undone.values()), run.event_id,
                {**fen, **dict.fromkeys(undone, 0)}, envelope=batch.envelope(state.county, run.event_id),
            )  # fmt: skip
            batch.decide(state.suspicion_id, event)
            corrected += 1
    return corrected


def recovered_fen(states: Iterable[SuspicionState]) -> int:
    """Return the money recovered by the facts credited to suspicions, each fact once."""
    most: dict[str, int] = {}
    for state in states:
        for fact, fen in state.credited.items():
            most[record(fact)] = max(most.get(record(fact), 0), fen)
    return sum(most.values())


def _facts(world: duckdb.DuckDBPyConnection, states: Iterable[SuspicionState]) -> dict[str, dict[str, int]]:
    """Return per suspicion its facts with their fen."""
    rows = [
        (state.suspicion_id, state.county, state.raised_on, evidence)
        for state in states
        for evidence in state.rested
    ]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    arrays = [pa.array(cells, field.type) for cells, field in zip(columns, _WANTED, strict=True)]
    world.register("wanted_evidence", pa.table(arrays, schema=pa.schema(_WANTED)))
    try:
        found = world.execute(_PUT_RIGHT).fetchall()
    finally:
        world.unregister("wanted_evidence")
    facts: dict[str, dict[str, int]] = {}
    for identifier, fact, fen in found:
        facts.setdefault(identifier, {})[fact] = fen
    return facts
