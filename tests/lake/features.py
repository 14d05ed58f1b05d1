"""What every grain gives, over its examples in one world, each example in a county of its own."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from risk.anomaly.feature_examples import examples_of
from risk.anomaly.features import EVIDENCE_COLUMNS, Grain, grains, measured, queries_of
from risk.catalogue.card import Scalar
from risk.catalogue.side_by_side import moved
from risk.catalogue.world import SharedView, shared_views, views_read
from risk.engine import Arguments, DuckDBEngine, Engine
from tests.lake.example_world import world_of

MOST = 3
"""Records of a row and feature: fewer than there are of some, so that the order by which they are chosen counts."""


def views_of_grains() -> tuple[SharedView, ...]:
    """Return the shared views that the grains read."""
    return views_read("\n".join(queries_of(grains())), shared_views())


def grain_world() -> DuckDBEngine:
    """Return DuckDB with the examples of all grains and the views over them."""
    examples = [example for grain in grains() for example in examples_of(grain)]
    return world_of(list(moved(examples).values()), views_of_grains())


def days_of(grain: Grain) -> list[date]:
    """Return the days as of which the grain's examples are read."""
    return sorted({example.as_of for example in examples_of(grain)})


def measures(engine: Engine) -> dict[str, pa.Table]:
    """Return, by grain and day, the features and their counts as measured, and the records behind every row."""
    found = {}
    for grain in grains():
        for day in days_of(grain):
            rows = measured(engine, grain, day)
            found[f"{grain.id} {day} features"] = rows.combine_chunks()
            found[f"{grain.id} {day} evidence"] = evidence(engine, grain, rows, day)
    return found


def evidence(engine: Engine, grain: Grain, rows: pa.Table, day: date) -> pa.Table:
    """Return the records behind every row and feature, at most MOST of each, sorted."""
    found = engine.run(grain.evidence_sql, evidence_arguments(rows, day))
    return found.sort_by([(name, "ascending") for name in EVIDENCE_COLUMNS]).combine_chunks()


def evidence_arguments(rows: pa.Table, day: date) -> Arguments:
    """Return what evidence.sql is asked for: every row of a feature table once."""
    names = ("county", "subject_id", "period")
    keys = rows.select(list(names)).group_by(list(names)).aggregate([]).sort_by([(name, "ascending") for name in names])
    asked: list[list[Scalar]] = [[str(value) for value in keys.column(name).to_pylist()] for name in names]
    counties, subjects, periods = asked
    return {"counties": counties, "subjects": subjects, "periods": periods, "as_of": day, "most": MOST}
