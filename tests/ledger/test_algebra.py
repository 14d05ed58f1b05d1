"""Whatever the batches and repeats, the ledger holds exactly the batches that were taken, in their order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.keys import Keys
from ledger.log import AlreadyThere, Ledger, StoredRow
from ledger.vault import Vault
from ledger.vault_putting import Sealed
from tests.ledger.admitting import anybody

Places = Callable[[], str | None]

ROWS = st.builds(
    StoredRow,
    st.sampled_from(["payments:a:1", "payments:a:2", "退费:b:%253A", "probe"]),
    st.integers(1, 4),
    st.sampled_from(["payment.Recorded.v1", "payment.Amended.v1"]),
    st.binary(max_size=20),
)
ENTRIES = st.builds(Sealed, st.sampled_from("abc"), st.sampled_from(["name", "phone"]), st.sampled_from(["1", "2"]))


def taken_by(model: list[StoredRow], batch: list[StoredRow]) -> bool:
    """Say whether a batch may be appended to what stands."""
    marks = [(row.stream, row.version) for row in model + batch]
    return len(set(marks)) == len(marks)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(ROWS, max_size=5), max_size=8), st.integers(0, 20), st.integers(1, 7))
def test_the_ledger_is_the_accepted_batches_in_order(
    places: Places, batches: list[list[StoredRow]], after: int, limit: int
) -> None:
    model: list[StoredRow] = []
    named: set[tuple[str, int]] = set()
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder), place=places()) as ledger:
        for batch in batches:
            try:
                last = ledger.append(batch)
            except AlreadyThere as refused:
                assert not taken_by(model, batch)
                named.add((refused.stream, refused.version))
            else:
                assert taken_by(model, batch)
                model += batch
                assert last == len(model)
        assert ledger.head() == len(model)
        assert named <= {(row.stream, row.version) for batch in batches for row in batch}
        found = ledger.read(0, 1000)
        assert [(row.position, *row[1:]) for row in found] == [(i, *row) for i, row in enumerate(model, 1)]
        assert ledger.read(after, limit) == found[after : after + limit]
        streams = {row.stream for row in model}
        expected = {
            stream: sorted((row for row in found if row.stream == stream), key=lambda row: row.version)
            for stream in streams
        }
        assert ledger.versions([*streams, "never"]) == expected


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(st.lists(ENTRIES, max_size=6), st.sampled_from("abc")), max_size=8))
def test_the_vault_is_the_set_of_what_was_put_without_who_was_erased(
    places: Places, steps: list[list[Sealed] | str]
) -> None:
    model: dict[Sealed, None] = {}
    erased: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault.open(Path(folder), Keys.in_memory(b"t" * 32), place=places(), admit=anybody)
        for step in steps:
            if isinstance(step, str):
                assert vault.erase(step) is any(entry.subject == step for entry in model)
                erased.add(step)
                model = {entry: None for entry in model if entry.subject != step}
            else:
                kept = [entry for entry in step if entry.subject not in erased]
                written = len(set(kept) - model.keys())
                model |= dict.fromkeys(kept)
                assert vault.put(step) == (written, len(kept) - written, len(step) - len(kept))
        for kind in ("name", "phone"):
            found = vault.reveal("abc", kind, reason="test", actor="tester")
            for subject in "abc":
                own = [entry.value for entry in model if (entry.subject, entry.kind) == (subject, kind)]
                assert found.get(subject, []) == own
        vault.close()
