"""A model over a county's own records: what rests on named records falls with them, and other counties do not count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from intake.ingest import Intake
from ledger.home import Home
from projections.as_of import build_world, last_business_day
from projections.models import ReadModels
from risk.anomaly.features import feature_table, grains
from risk.anomaly.fitting import fit
from risk.anomaly.model import LEAST_ROWS, AnomalyModel
from risk.anomaly.peers import Normalised
from risk.anomaly.reasons import Explained, explain, with_evidence
from risk.anomaly.rows import rows_of
from risk.anomaly.subjects import judge
from risk.engine import DuckDBEngine
from simulation.county import write_county
from tests.risk.anomaly.model.planted import Planted, planted
from tests.screening.test_other_rows import fact_tables

PEOPLE, SEED = 6_000, 41
COUNTY, OTHER = "653123", "653199"
TOP, PLANTED = 12, 12
FAR_OUT = 95.0
EVERY = 1_000_000
"""Records of a reason: all of them, not only those that a person is shown."""
KNOWN = {grain.id: grain for grain in grains()}


class Read(NamedTuple):
    """Read models of a made-up county, everybody's rows in them, and a model trained on these."""

    store: duckdb.DuckDBPyConnection
    position: int
    as_of: date
    rows: dict[str, Normalised]
    model: AnomalyModel
    subjects: pa.Table


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    folder = tmp_path_factory.mktemp("model")
    write_county(folder / "data", PEOPLE, SEED)
    home = Home.open(folder / "home")
    Intake(home, actor="test", clock=lambda: datetime.now(UTC)).take(folder / "data")
    models = ReadModels(home.read_models, home.ledger)
    store, position = models.connection, models.position
    last = last_business_day(store, position)
    assert last is not None
    as_of = last + timedelta(days=1)
    rows = rows_now(store, position, as_of)
    model = fit(rows, 7)
    yield Read(store, position, as_of, rows, model, judge(model, model.score(rows)))
    models.close()
    home.close()


def rows_now(store: duckdb.DuckDBPyConnection, position: int, as_of: date) -> dict[str, Normalised]:
    build_world(store, position, as_of)
    return rows_of(DuckDBEngine(store), as_of)


def top(subjects: pa.Table) -> pa.Table:
    """Return the most unusual subjects of the county."""
    return (
        subjects.filter(pc.field("percentile") >= 0.0)
        .sort_by([("percentile", "descending"), ("row_percentile", "descending"), ("score", "descending")])
        .slice(0, TOP)
    )


def test_enough_is_judged_for_the_comparisons_to_mean_something(read: Read) -> None:
    assert len(read.model.grains) >= 3
    judged = read.subjects.filter(pc.field("percentile") >= 0.0)
    assert judged.num_rows >= 50
    assert pc.count_distinct(judged.column("subject_type")).as_py() >= 2


def test_a_subject_of_whom_there_is_too_little_has_no_percentile(read: Read) -> None:
    little = read.subjects.filter(pc.field("too_little_data"))
    assert little.num_rows > 0
    assert little.column("percentile").null_count == little.num_rows


@pytest.fixture(scope="module")
def told(read: Read) -> list[Explained]:
    """Why the most unusual subjects stand out, with the records."""
    build_world(read.store, read.position, read.as_of)
    explained = explain(read.model, read.rows, KNOWN, top(read.subjects))
    return with_evidence(DuckDBEngine(read.store), KNOWN, explained, read.as_of)


def test_nearly_every_reason_has_records_and_nearly_every_subject_that_stands_out_a_reason(
    told: list[Explained],
) -> None:
    assert sum(bool(one.reasons) for one in told) >= 0.9 * len(told)
    reasons = [reason for one in told for reason in one.reasons]
    assert sum(bool(reason.evidence) for reason in reasons) >= 0.9 * len(reasons)


def test_without_the_named_facts_a_row_is_no_longer_among_the_most_unusual(read: Read, told: list[Explained]) -> None:
    """Each row by itself: the named features are put to the peers' median, the model stays as it is."""
    left = []
    for one, row in zip(told, top(read.subjects).column("row").to_numpy().tolist(), strict=True):
        normal = read.rows[one.grain]
        matrix = normal.matrix.copy()
        matrix[row, [normal.names.index(reason.feature) for reason in one.reasons]] = 0.0
        scored = read.model.score({one.grain: normal._replace(matrix=matrix)})
        left.append(float(scored.column("percentile").to_numpy()[row]))
    assert sum(percentile < FAR_OUT for percentile in left) >= 0.8 * len(left), left


def test_without_the_named_records_nearly_every_subject_leaves_the_list(read: Read) -> None:
    """All records behind the reasons are taken out of the ledger's tables; the model stays as it is."""
    build_world(read.store, read.position, read.as_of)
    listed = read.subjects.filter(pc.field("percentile") >= FAR_OUT)
    told = with_evidence(
        DuckDBEngine(read.store), KNOWN, explain(read.model, read.rows, KNOWN, listed), read.as_of, EVERY
    )
    events = sorted({event for one in told for reason in one.reasons for event in reason.evidence})
    read.store.execute("BEGIN")
    for name, _ in fact_tables(read.store):
        read.store.execute(f"DELETE FROM history.{name} WHERE event_id IN (SELECT unnest(?))", [events])
    scored = read.model.score(rows_now(read.store, read.position, read.as_of))
    read.store.execute("ROLLBACK")
    rows = {(row["grain"], row["subject_id"], row["period"]): row["percentile"] or 0.0 for row in scored.to_pylist()}
    subjects = {
        (row["subject_type"], row["subject_id"]): row["percentile"] or 0.0
        for row in judge(read.model, scored).to_pylist()
    }
    rows_left = [rows.get((one.grain, one.subject_id, one.period), 0.0) for one in told]
    subjects_left = [subjects.get((one.subject_type, one.subject_id), 0.0) for one in told]
    assert len(told) >= 5
    assert sum(percentile < FAR_OUT for percentile in rows_left) >= 0.8 * len(told), rows_left
    assert sum(percentile < FAR_OUT for percentile in subjects_left) >= 0.8 * len(told), subjects_left


@pytest.fixture(scope="module")
def with_causes(read: Read) -> dict[str, Planted]:
    """By grain the county's rows, a dozen ordinary ones with two causes planted in each."""
    build_world(read.store, read.position, read.as_of)
    engine = DuckDBEngine(read.store)
    tables = {name: feature_table(engine, grain, read.as_of) for name, grain in KNOWN.items()}
    found = {
        name: planted(table, KNOWN[name], PLANTED, seed)
        for seed, (name, table) in enumerate(tables.items())
        if table.num_rows >= LEAST_ROWS
    }
    return {name: one for name, one in found.items() if one.causes}


def rows_told(model: AnomalyModel, one: Planted, name: str) -> list[Explained]:
    """Return why the planted rows stand out."""
    scored = model.score({name: one.rows}).take(pa.array(sorted(one.causes)))
    return explain(model, {name: one.rows}, KNOWN, scored)


def test_of_two_planted_causes_both_are_named_first(with_causes: dict[str, Planted]) -> None:
    both, first = [], []
    for name, one in with_causes.items():
        told = rows_told(fit({name: one.rows}, 7), one, name)
        for why, row in zip(told, sorted(one.causes), strict=True):
            named = [reason.feature for reason in why.reasons]
            both.append(set(named[:2]) == one.causes[row])
            first.append(bool(named) and named[0] in one.causes[row])
    assert len(both) >= 30
    assert np.mean(both) >= 0.85
    assert np.mean(first) >= 0.90


def test_the_first_reason_of_a_planted_row_is_the_same_over_five_seeds(with_causes: dict[str, Planted]) -> None:
    same = []
    for name, one in with_causes.items():
        models = [fit({name: one.rows}, seed) for seed in range(5)]
        firsts = [[why.reasons[0].feature if why.reasons else "" for why in rows_told(m, one, name)] for m in models]
        same += [len(set(features)) == 1 for features in zip(*firsts, strict=True)]
    assert np.mean(same) >= 0.90


def test_with_the_named_facts_at_the_peers_median_a_planted_row_leaves_the_list(
    with_causes: dict[str, Planted],
) -> None:
    left = []
    for name, one in with_causes.items():
        model = fit({name: one.rows}, 7)
        matrix = one.rows.matrix.copy()
        listed = [why.percentile >= FAR_OUT for why in rows_told(model, one, name)]
        for why, row in zip(rows_told(model, one, name), sorted(one.causes), strict=True):
            matrix[row, [one.rows.names.index(reason.feature) for reason in why.reasons]] = 0.0
        scored = model.score({name: one.rows._replace(matrix=matrix)}).column("percentile").to_numpy()
        left += [scored[row] for row, far in zip(sorted(one.causes), listed, strict=True) if far]
    assert len(left) >= 10
    assert np.mean(np.array(left) < FAR_OUT) >= 0.8, left


def _who(subjects: pa.Table) -> set[tuple[str, str]]:
    return {(row["subject_type"], row["subject_id"]) for row in subjects.to_pylist()}


def test_the_records_of_another_county_change_no_score_of_a_stored_model(read: Read) -> None:
    read.store.execute("BEGIN")
    for name, columns in fact_tables(read.store):
        other = ", ".join(f"'{OTHER}'" if column == "county" else column for column in columns)
        read.store.execute(f"INSERT INTO history.{name} SELECT {other} FROM history.{name} WHERE md5(event_id) < 'c'")
    both = read.model.score(rows_now(read.store, read.position, read.as_of))
    read.store.execute("ROLLBACK")
    assert both.filter(pc.field("county") == OTHER).num_rows > 0
    mine = both.filter(pc.field("county") == COUNTY).drop_columns("row")
    assert mine.equals(read.model.score(read.rows).drop_columns("row"))


def test_the_records_in_another_order_give_the_same_model(read: Read) -> None:
    read.store.execute("BEGIN")
    for name, _ in fact_tables(read.store):
        read.store.execute(f"CREATE TEMP TABLE mixed AS SELECT * FROM history.{name} ORDER BY md5(event_id)")
        read.store.execute(f"DELETE FROM history.{name}")
        read.store.execute(f"INSERT INTO history.{name} SELECT * FROM mixed")
        read.store.execute("DROP TABLE mixed")
    rows = rows_now(read.store, read.position, read.as_of)
    read.store.execute("ROLLBACK")
    assert fit(rows, 7).score(rows).equals(read.model.score(read.rows))
