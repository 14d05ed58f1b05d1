"""A ledger that moves to another database is the same there, to the byte, and takes nothing any more where it was."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from domain.errors import Broken, Refused
from ledger.home import Home
from ledger.log import AlreadyThere, Ledger, StoredRow
from ledger.moving import TABLES, Moved, Rows, Side, Table, move
from ledger.postgres.side import PostgresSide
from ledger.sqlite.side import SqliteSide
from ledger.vault import Vault
from ledger.vault_putting import Sealed
from tests.ledger.admitting import anybody
from tests.ledger.beneath import Value, asked

MakeRows = Callable[..., list[StoredRow]]


def nothing() -> None:
    """Settle nothing."""


def moved(source: Side, target: Side) -> dict[str, Moved]:
    return {each.table: each for each in move(source, target, nothing, lambda table, rows: None)}


@pytest.fixture
def url(postgres_place: Callable[[], str]) -> str:
    return postgres_place()


@pytest.fixture
def home(tmp_path: Path, rows: MakeRows) -> Path:
    """A home with events, sealed entries and an erasure."""
    folder = tmp_path / "home"
    with closing(Home.open(folder)) as opened:
        opened.ledger.append(rows("a", 30))
        opened.ledger.append([rows("a", 1)[0]._replace(version=2, state="改".encode())])
        opened.vault.put([Sealed(f"p{i}", "name", f"人{i}") for i in range(20)])
        opened.vault.put([Sealed("p1", "phone", "13900000000")])
        opened.vault.erase("p2")
    return folder


def all_rows(ledger: Ledger, vault: Vault) -> dict[str, list[tuple[Value, ...]]]:
    return {
        table.name: asked(
            ledger if table.name == "stored_events" else vault,
            f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {table.key}",
        )
        for table in TABLES
    }


def test_there_and_back_every_row_is_the_same_with_its_number(home: Path, url: str) -> None:
    with closing(Home.open(home)) as opened:
        before = all_rows(opened.ledger, opened.vault)
        keys = opened.keys
    there = moved(SqliteSide(home, 5), PostgresSide(url, 5))
    with Ledger.open(home, place=url) as ledger, closing(Vault.open(home, keys, place=url, admit=anybody)) as vault:
        assert all_rows(ledger, vault) == before
        assert ledger.append([StoredRow("probe", 1, "payment.Recorded.v1", b"{}")]) == 32
        assert vault.reveal(["p1"], "phone", reason="核查", actor="a") == {"p1": ["13900000000"]}
        grown = all_rows(ledger, vault)
    for name in ("ledger.sqlite", "vault.sqlite"):
        (home / name).rename(home / f"old-{name}")
    back = moved(PostgresSide(url, 5), SqliteSide(home, 5))
    with closing(Home.open(home)) as opened:
        assert all_rows(opened.ledger, opened.vault) == grown
        assert opened.ledger.append([StoredRow("probe", 2, "payment.Recorded.v1", b"{}")]) == 33
    assert (there["sealed"], there["erased"], there["master"]) == (back["sealed"], back["erased"], back["master"])
    assert (there["stored_events"].rows, back["stored_events"].rows) == (31, 32)
    assert len({each.sha256 for each in (*there.values(), *back.values())}) == 5


def test_the_source_refuses_readers_and_writers_even_those_that_had_it_open(
    home: Path, url: str, rows: MakeRows
) -> None:
    with Ledger.open(home) as writer:
        moved(SqliteSide(home, 5), PostgresSide(url, 5))
        with pytest.raises(Refused, match="moved elsewhere"):
            writer.append(rows("late", 2))
        assert writer.head() == 31
    with pytest.raises(Refused, match="moved elsewhere"):
        Ledger.open(home)
    for name in ("ledger.sqlite", "vault.sqlite"):
        (home / name).unlink()
    with Ledger.open(home, place=url) as writer:
        moved(PostgresSide(url, 5), SqliteSide(home, 5))
        with pytest.raises(Refused, match="moved elsewhere") as refused:
            writer.append(rows("late", 2))
        assert not isinstance(refused.value, AlreadyThere)
        assert writer.head() == 31
    with pytest.raises(Refused, match="moved elsewhere"):
        Ledger.open(home, place=url)


def test_a_target_with_other_content_is_refused_and_both_sides_stay_as_they_were(
    home: Path, url: str, rows: MakeRows
) -> None:
    with Ledger.open(home, place=url) as other:
        other.append(rows("other", 3))
    with pytest.raises(Refused, match="holds 3 rows of something else"):
        moved(SqliteSide(home, 5), PostgresSide(url, 5))
    with closing(Home.open(home)) as opened, Ledger.open(home, place=url) as other:
        assert opened.ledger.append(rows("b", 1)) == 32
        assert other.append(rows("b", 1)) == 4
        assert asked(other, "SELECT count(*) FROM sealed") == [(0,)]


class Dying(SqliteSide):
    """A source whose process dies at one step."""

    def __init__(self, home: Path, step: str) -> None:
        super().__init__(home, 5)
        self.step = step

    def close_for_good(self, position: int) -> None:
        if self.step == "before closing":
            raise KeyboardInterrupt
        super().close_for_good(position)

    def after(self, table: Table, key: int | str | bytes | None) -> Rows:
        if self.step == table.name:
            raise KeyboardInterrupt
        return super().after(table, key)


@pytest.mark.parametrize("step", ["erased", "stored_events", "before closing"])
def test_a_move_that_was_interrupted_ends_as_if_it_had_not_been(home: Path, url: str, step: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        moved(Dying(home, step), PostgresSide(url, 5))
    if step != "before closing":
        with Ledger.open(home, place=url) as target:
            assert target.head() == 0
            assert asked(target, "SELECT count(*) FROM sealed") == [(0,)]
    found = moved(SqliteSide(home, 5), PostgresSide(url, 5))
    assert found["stored_events"].rows == 31
    assert found == moved(SqliteSide(home, 5), PostgresSide(url, 5))
    with Ledger.open(home, place=url) as ledger:
        assert ledger.head() == 31


class Forgetful(PostgresSide):
    """A target that loses a byte of one event."""

    def add(self, table: Table, rows: Rows) -> None:
        if table.name == "stored_events":
            rows = [(*row[:-1], b"[]") if row[0] == 7 else row for row in rows]
        super().add(table, rows)


def test_a_copy_that_differs_in_one_byte_is_broken_and_nothing_of_it_is_kept(home: Path, url: str) -> None:
    with pytest.raises(Broken, match="stored_events differs"):
        moved(SqliteSide(home, 5), Forgetful(url, 5))
    with Ledger.open(home, place=url) as target, Ledger.open(home) as source:
        assert (target.head(), source.head()) == (0, 31)
