"""Projecting the ledger into read models, against DuckDB inserting the same finished rows from Arrow."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Compared, compare
from intake.ingest import Intake
from ledger.home import Home
from projections.projector import Projector
from projections.store import open_store
from projections.tables import names


def run(folder: Path, county: Path) -> Compared:
    """Compare both on the whole county; each run writes a new file."""
    home = Home.open(folder / "projected")
    Intake(home, actor="benchmark", clock=lambda: datetime.now(UTC)).take(county)
    numbers = itertools.count()
    first = open_store(folder / "finished.duckdb")
    Projector(first, home.ledger).run()
    finished = {table: first.sql(f"SELECT * FROM history.{table}").to_arrow_table() for table in names(first)}
    first.close()
    rows = sum(int(table.num_rows) for table in finished.values())

    def ours() -> None:
        store = open_store(folder / f"ours-{next(numbers)}.duckdb")
        Projector(store, home.ledger).run()
        store.close()

    def theirs() -> None:
        store = open_store(folder / f"arrow-{next(numbers)}.duckdb")
        for table, content in finished.items():
            store.register("content", content)
            store.execute(f"INSERT INTO history.{table} SELECT * FROM content")
        store.close()

    result = compare("ledger to read models", "duckdb inserting the same rows from arrow", rows, ours, theirs)
    home.close()
    return result
