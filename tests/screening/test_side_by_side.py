"""Findings do not depend on how a world is made: by one connection or two, of views or tables, of text or codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa
import pytest

from ledger.home import Home
from projections import as_of as worlds
from projections.as_of import build_world, last_business_day
from projections.beside import side_by_side
from projections.codes import TYPES, codes_held
from projections.projector import Projector
from projections.store import open_store
from risk.catalogue.rule import load
from risk.outcome import Outcome
from risk.screening import queries_of, run_rules
from risk.thresholds import thresholds_in_force
from simulation.county import write_county
from tests.county import take

pytestmark = pytest.mark.xdist_group("side-by-side")
PEOPLE, SEED = 300, 11
CODED = ", ".join(f"typeof({column})" for column in TYPES if column != "category")


class Found(NamedTuple):
    """What the rules found in a world."""

    findings: pa.Table
    outcomes: dict[str, Outcome]
    temporary: set[str]
    """Tables of the connection alone."""
    kinds: set[str]
    """What the columns of a view hold that have codes where there are any."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("side-by-side")
    write_county(folder / "data", PEOPLE, SEED)
    connection = open_store(folder / "read-models.duckdb", threads=2)
    with Home.open(folder / "home") as home:
        take(home, folder / "data")
        Projector(connection, home.ledger).run()
    yield connection
    connection.close()


def found(store: duckdb.DuckDBPyConnection, *, alone: bool, codes: bool = False) -> Found:
    position = store.execute("SELECT position FROM projection.reached").fetchall()[0][0]
    last = last_business_day(store, position)
    assert last is not None
    day, rules = last + timedelta(days=1), load()
    with nullcontext() if alone else side_by_side(store, position) as beside:
        queries, held = queries_of(rules.running()), codes_held(store) if codes else None
        build_world(store, position, day, queries=queries, beside=beside, codes=held)
        findings, outcomes = run_rules(store, rules, day, thresholds_in_force(store, day), beside=beside)
        tables = store.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
        kinds = store.execute(f"SELECT DISTINCT {CODED} FROM standing_payments").fetchall()
    timeless = {rule: msgspec.structs.replace(outcome, seconds=0.0) for rule, outcome in outcomes.items()}
    return Found(findings, timeless, {row[0] for row in tables}, {kind.split("(")[0] for row in kinds for kind in row})


@pytest.fixture(scope="module")
def by_one(store: duckdb.DuckDBPyConnection) -> Found:
    one = found(store, alone=True)
    assert len(set(one.findings.column("rule").to_pylist())) > 20
    assert {"payments", "settlement", "tariff"} <= one.temporary
    return one


def test_two_connections_find_what_one_finds(store: duckdb.DuckDBPyConnection, by_one: Found) -> None:
    two = found(store, alone=False)
    assert two.findings.equals(by_one.findings)
    assert list(two.outcomes.items()) == list(by_one.outcomes.items())
    assert two.temporary == set()


@pytest.mark.parametrize("alone", [True, False])
def test_codes_find_what_text_finds(store: duckdb.DuckDBPyConnection, by_one: Found, *, alone: bool) -> None:
    with_codes = found(store, alone=alone, codes=True)
    assert (by_one.kinds, with_codes.kinds) == ({"VARCHAR"}, {"ENUM"})
    assert with_codes.findings.equals(by_one.findings)
    assert with_codes.outcomes == by_one.outcomes


def test_record_types_as_views_show_what_tables_of_them_show(
    store: duckdb.DuckDBPyConnection, by_one: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds, "FEW", -1)
    views = found(store, alone=True)
    assert "payments" not in views.temporary
    assert views.findings.equals(by_one.findings)
    assert views.outcomes == by_one.outcomes


def test_a_record_type_that_few_queries_read_stays_a_view(store: duckdb.DuckDBPyConnection) -> None:
    for queries, is_table in ((["SELECT 1 FROM refunds"] * 2, False), (["SELECT 1 FROM refunds"] * 3, True)):
        build_world(store, 1_000_000, date(2026, 4, 1), queries=queries)
        held = store.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
        assert (("refunds",) in held) == is_table
        store.execute(queries[0])
