"""Which word about a suspicion counts: a check that does not rest on the township stands above its answer."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa
import pytest

from projections.cases import build_cases
from projections.store import open_store
from risk.anomaly.learning.heard import heard
from risk.anomaly.outcomes import KNOWN, labels_of, recorded

Said = tuple[str, str, int] | tuple[str, str, int, float]
"""Source, outcome, day of January, selection probability."""


def told(*said: Said) -> dict[str, object]:
    """Return what is known of one suspicion of which this was said."""
    store = open_store(None, threads=1)
    write(store, "S1", "C01", *said)
    build_cases(store, 100, date(2026, 1, 31))
    (row,) = recorded(store).to_pylist()
    store.close()
    return {name: row[name] for name in ("answer", "checked", "probability")}


def write(store: duckdb.DuckDBPyConnection, suspicion: str, subject: str, *said: Said) -> None:
    for position, (source, outcome, day, *probability) in enumerate(said, start=1):
        about = ("653123", position, f"outcomes:{source}:{suspicion}@{position}", suspicion)
        row = (*about, "pocketed-cash", "collector", subject, "653123101", outcome, None, source, date(2026, 1, day))
        values = [*row, probability[0] if probability else None, 40000]
        store.execute(f"INSERT INTO history.outcomes VALUES ({', '.join('?' * len(values))})", values)


@pytest.mark.parametrize(
    ("said", "answer", "checked", "probability"),
    [
        ([("self-check", "cleared", 5)], "denied", None, None),
        ([("self-check", "partly", 5)], "confirmed", None, None),
        ([("self-check", "undecidable", 5)], None, None, None),
        ([("self-check", "cleared", 5), ("self-check", "confirmed", 9)], "confirmed", None, None),
        ([("self-check", "confirmed", 9), ("self-check", "cleared", 5)], "confirmed", None, None),
        ([("self-check", "cleared", 5), ("self-check", "confirmed", 5)], "confirmed", None, None),
        ([("self-check", "cleared", 5), ("review", "confirmed", 7)], "confirmed", None, None),
        ([("self-check", "confirmed", 5), ("review", "undecidable", 7)], "confirmed", None, None),
        ([("self-check", "cleared", 5), ("spot-check", "confirmed", 9, 0.2)], "denied", "wrong", 0.2),
        ([("spot-check", "cleared", 9, 0.2), ("inspection", "confirmed", 12)], None, "wrong", None),
        ([("spot-check", "undecidable", 9, 0.2)], None, None, None),
    ],
)
def test_the_latest_word_of_the_best_source_counts(
    said: list[Said], answer: str | None, checked: str | None, probability: float | None
) -> None:
    assert told(*said) == {"answer": answer, "checked": checked, "probability": probability}


def test_rows_are_labelled_by_their_subject() -> None:
    store = open_store(None, threads=1)
    write(store, "S1", "C01", ("self-check", "cleared", 5))
    write(store, "S2", "C02", ("self-check", "confirmed", 5))
    write(store, "S3", "C03", ("self-check", "cleared", 5), ("spot-check", "cleared", 8, 0.25))
    write(store, "S4", "C04", ("self-check", "confirmed", 5), ("inspection", "cleared", 8))
    write(store, "S5", "C03", ("self-check", "cleared", 5))
    build_cases(store, 100, date(2026, 1, 31))
    ids = ["C01", "C02", "C03", "C04", "C05", "C02"]
    rows = pa.table({"county": ["653123"] * 6, "subject_type": ["collector"] * 6, "subject_id": ids})
    labels = labels_of(rows, recorded(store))
    assert labels.positive.tolist() == [False, True, False, False, False, True]
    assert labels.negative.tolist() == [False, False, True, True, False, False]
    assert labels.denied.tolist() == [True, False, False, False, False, False]
    assert labels.known.tolist() == [True, True, True, True, False, True]
    assert labels.township.tolist() == [0, 0, 0, 0, -1, 0]
    assert labels.probability[2] == 0.25
    store.close()


def test_what_was_found_about_a_card_is_known_of_the_account_with_its_token() -> None:
    said = dict.fromkeys(KNOWN.names) | {
        "county": "653123", "suspicion_id": "S1", "subject_type": "card", "subject_id": "T1", "answer": "confirmed",
    }  # fmt: skip
    account = pa.table({"county": ["653123"] * 2, "subject_type": ["account"] * 2, "subject_id": ["T1", "T2"]})
    labels = labels_of(account, pa.Table.from_pylist([said], schema=KNOWN))
    assert labels.positive.tolist() == [True, False]


def test_decisions_after_the_day_are_counted_and_not_heard() -> None:
    store = open_store(None, threads=1)
    write(store, "S1", "C01", ("self-check", "cleared", 5), ("spot-check", "confirmed", 9, 0.2))
    write(store, "S2", "C02", ("self-check", "confirmed", 20))
    build_cases(store, 100, date(2026, 1, 10))
    told = heard(store, 100, date(2026, 1, 10))
    assert (dict(told.by_source), told.later, told.known.num_rows) == ({"self-check": 1, "spot-check": 1}, 1, 1)
    store.close()
