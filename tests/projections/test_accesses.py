"""The access ledger in the read models: looks at thousands of persons, and packs by the source of their records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from domain.cases.access import OTHER, VISIT_LISTS
from domain.cases.evidence import PackExported
from domain.fact import Envelope
from ledger.access import Access, AccessLedger
from ledger.log import Ledger, StoredRow
from projections.accesses import Asked, Looked, looks
from projections.projector import Projector
from projections.store import open_store

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=8)))
MANY = tuple(f"Q{n:021}" for n in range(5_000))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with a look at many, a look at one a day later, and a pack with a record of tax-core."""
    with Ledger.open(tmp_path) as opened:
        AccessLedger(opened, lambda: NOON).record(Access("a", "核查", "name", VISIT_LISTS, MANY))
        AccessLedger(opened, lambda: NOON + timedelta(days=1)).record(Access("b", "核查", "number", OTHER, ("Qx",)))
        pack = PackExported(
            suspicion_id="S1", run="screening:1", pack={}, reason="移交", records=("payments:tax%3Acore:P1@1",),
            envelope=Envelope("mingzhang", "000000", NOON, "c", "screening:1", "1"),
        )  # fmt: skip
        opened.append([StoredRow("pack:1", 1, "pack.Exported.v1", msgspec.json.encode(pack))])
        yield opened


def asked(ledger: Ledger, wanted: Asked) -> list[Looked]:
    with closing(open_store(None)) as store:
        Projector(store, ledger).run()
        return looks(store, wanted)


def test_a_look_at_thousands_keeps_every_one_of_them(ledger: Ledger) -> None:
    first, *_ = asked(ledger, Asked())
    assert (first.actor, first.subject_count, tuple(first.subjects)) == ("a", 5_000, MANY)
    assert len(ledger.read(0, 1)[0].state) < 1_000, "the tokens stand in an object"


@pytest.mark.parametrize(
    ("wanted", "actors"),
    [
        (Asked(), "abc"),
        (Asked(actor="b"), "b"),
        (Asked(since=date(2026, 3, 2)), "b"),
        (Asked(subject=MANY[4_999]), "a"),
        (Asked(source="tax:core"), "c"),
        (Asked(source="office"), ""),
        (Asked(actor="a", subject="Qx"), ""),
    ],
)
def test_looks_are_chosen_by_what_is_asked(ledger: Ledger, wanted: Asked, actors: str) -> None:
    assert "".join(look.actor for look in asked(ledger, wanted)) == actors
