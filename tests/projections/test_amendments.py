"""Amendments as rules see them: each beside the version before it in the source's order, up to a position and a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.home import Home
from projections.as_of import build_world
from projections.projector import Projector
from projections.store import open_store
from tests.county import data_folder, number, payment, receipt, take

LATE = date(2026, 1, 20)
Row = dict[str, object]


def seen(home: Home, position: int, as_of: date, *, as_known: bool = False) -> list[Row]:
    """Return the amendments as a rule sees them at a position and a day, by record and new event."""
    store = open_store(None, threads=1)
    Projector(store, home.ledger).run()
    build_world(store, position, as_of, as_known=as_known)
    found = store.execute("SELECT * FROM amendments ORDER BY record_id, event_id")
    names = [column[0] for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    store.close()
    return rows


def pairs(rows: list[Row]) -> list[tuple[str, object, object]]:
    """Return of each amendment the new event, and the amount before and after."""
    return [
        (str(row["event_id"]).split(":", 2)[2], row["old_amount_fen"], row["amount_fen"])
        for row in rows
        if row["amount_changed"]
    ]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home.open(tmp_path / "home")
    yield opened
    opened.close()


def test_an_amendment_stands_beside_the_version_before_it_in_the_sources_own_order(home: Home, tmp_path: Path) -> None:
    take(home, data_folder(tmp_path / "a", payments=[payment("P1", amount=400), payment("P2", 2)]))
    take(home, data_folder(tmp_path / "b", payments=[payment("P1", amount=200, changed_at="2025-11-20 09:00:00")]))
    take(home, data_folder(tmp_path / "c", payments=[payment("P1", amount=300, changed_at="2025-11-10 09:00:00")]))
    assert pairs(seen(home, home.ledger.head(), LATE)) == [("P1@2", 30000, 20000), ("P1@3", 40000, 30000)]


def test_what_came_later_or_was_changed_later_is_not_seen(home: Home, tmp_path: Path) -> None:
    take(home, data_folder(tmp_path / "a", payments=[payment("P1", amount=400)]))
    before = home.ledger.head()
    take(home, data_folder(tmp_path / "b", payments=[payment("P1", amount=200, changed_at="2025-11-20 09:00:00")]))
    after = home.ledger.head()
    assert seen(home, before, LATE) == []
    assert seen(home, after, date(2025, 11, 19)) == []
    assert seen(home, after, date(2025, 11, 19), as_known=True) == []
    assert pairs(seen(home, after, date(2025, 11, 20))) == [("P1@2", 40000, 20000)]


def test_the_day_of_settlement_is_the_former_versions_and_not_one_that_lies_ahead(home: Home, tmp_path: Path) -> None:
    posted = payment("P1", amount=400, posted_on="2025-11-05")
    take(home, data_folder(tmp_path / "a", payments=[posted]))
    changed = payment("P1", amount=200, posted_on="2025-11-25", changed_at="2025-11-04 09:00:00")
    take(home, data_folder(tmp_path / "b", payments=[changed]))
    (early,) = seen(home, home.ledger.head(), date(2025, 11, 4))
    (late,) = seen(home, home.ledger.head(), LATE)
    assert (early["settled_on"], late["settled_on"]) == (None, date(2025, 11, 5))


def test_what_leaves_payer_amount_and_date_as_they_were_is_none(home: Home, tmp_path: Path) -> None:
    take(home, data_folder(tmp_path / "a", payments=[payment("P1", posted_on="")]))
    take(home, data_folder(tmp_path / "b", payments=[payment("P1", posted_on="2025-11-05")]))
    assert seen(home, home.ledger.head(), LATE) == []


def test_a_register_line_says_what_changed_and_whether_it_is_the_same_person(home: Home, tmp_path: Path) -> None:
    wrong = number(1)[:16] + ("1" if number(1)[16] != "1" else "2") + number(1)[17]
    take(home, data_folder(tmp_path / "a", cash_receipts=[receipt("R1", payer_id=wrong), receipt("R2", 2)]))
    mended = [
        receipt("R1", changed_at="2025-11-10 09:00"),
        receipt("R2", 2, received_at="2025-11-04 10:00", changed_at="2025-11-10 09:00"),
    ]
    take(home, data_folder(tmp_path / "b", cash_receipts=mended))
    first, second = seen(home, home.ledger.head(), LATE)
    changed = ("payer_changed", "amount_changed", "date_changed", "near_id")
    assert [first[name] for name in changed] == [True, False, False, True]
    assert [second[name] for name in changed] == [False, False, True, True]
    assert (second["type"], second["collector_id"], second["township"]) == ("cash-receipts", "C01", "653123100")
    assert (second["old_dated_on"], second["dated_on"]) == (date(2025, 11, 3), date(2025, 11, 4))
