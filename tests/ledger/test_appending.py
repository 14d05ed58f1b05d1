"""What appending promises: one order without gaps, all or nothing, every version once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from eventsourcing.persistence import IntegrityError

from domain.errors import Malformed, Refused
from ledger.log import AlreadyThere, Ledger, StoredRow
from ledger.recorder import LOOK_UP_CHUNK
from tests.ledger.beneath import reading

Rows = Callable[..., list[StoredRow]]


def test_an_empty_ledger_has_head_zero_and_reads_nothing(ledger: Ledger) -> None:
    assert ledger.head() == 0
    assert ledger.append([]) == 0
    assert ledger.read(0, 10) == []
    assert ledger.read_columns(0, 10) == ([], [], [], [], [])
    assert ledger.versions(["payments:a:1"]) == {}


def test_positions_are_contiguous_in_the_order_of_the_rows(ledger: Ledger, rows: Rows) -> None:
    assert ledger.append(rows("b", 3)) == 3
    assert ledger.append(rows("a", 2)) == 5
    found = ledger.read(0, 100)
    assert [row.position for row in found] == [1, 2, 3, 4, 5]
    assert [row.stream for row in found] == [row.stream for row in rows("b", 3) + rows("a", 2)]


def test_reading_goes_on_behind_a_position_and_columns_are_the_same_rows(ledger: Ledger, rows: Rows) -> None:
    ledger.append(rows("a", 25))
    assert [row.position for row in ledger.read(10, 7)] == list(range(11, 18))
    assert [tuple(row) for row in ledger.read(10, 7)] == list(zip(*ledger.read_columns(10, 7), strict=True))
    assert ledger.read(25, 7) == []


def test_a_version_that_stands_already_refuses_the_whole_batch(ledger: Ledger, rows: Rows) -> None:
    ledger.append(rows("a", 3))
    with pytest.raises(AlreadyThere) as refused:
        ledger.append([*rows("b", 5), rows("a", 2)[1]])
    assert (refused.value.stream, refused.value.version) == ("payments:a:000001", 1)
    assert isinstance(refused.value, Refused)
    assert isinstance(refused.value, IntegrityError)
    assert ledger.head() == 3
    assert ledger.append(rows("b", 5)) == 8


def test_a_version_twice_in_one_batch_refuses_the_batch(ledger: Ledger, rows: Rows) -> None:
    with pytest.raises(AlreadyThere) as refused:
        ledger.append(rows("a", 2) + rows("a", 1))
    assert refused.value.stream == "payments:a:000000"
    assert ledger.head() == 0


def test_versions_come_sorted_for_many_streams_at_once(ledger: Ledger) -> None:
    count = LOOK_UP_CHUNK + 10
    ledger.append([StoredRow(f"s:{i}", v, "payment.Recorded.v1", b"%d" % v) for v in (2, 1) for i in range(count)])
    found = ledger.versions([*(f"s:{i}" for i in range(count)), "s:none", "s:0"])
    assert len(found) == count
    assert {tuple(row.version for row in versions) for versions in found.values()} == {(1, 2)}
    assert found["s:3"][1].state == b"2"


@pytest.mark.parametrize("stream", ["", "a\nb", "a\x00", "a\x7f", "中\x85文", "a\ud800"])
def test_a_stream_that_cannot_stand_in_an_entry_is_refused(ledger: Ledger, rows: Rows, stream: str) -> None:
    with pytest.raises(Malformed):
        ledger.append([*rows("a", 2), StoredRow(stream, 1, "payment.Recorded.v1", b"{}")])
    assert ledger.head() == 0


@pytest.mark.parametrize("topic", ["", "payment\n.Recorded.v1"])
def test_a_topic_that_cannot_stand_in_an_entry_is_refused(ledger: Ledger, topic: str) -> None:
    with pytest.raises(Malformed):
        ledger.append([StoredRow("payments:a:1", 1, topic, b"{}")])


def test_threads_of_one_process_append_whole_batches(ledger: Ledger, rows: Rows) -> None:
    threads = [Thread(target=ledger.append, args=(rows(f"t{i}", 500),)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = ledger.read(0, 10_000)
    assert [row.position for row in found] == list(range(1, 4001))
    for start in range(0, 4000, 500):
        assert len({row.stream.split(":")[1] for row in found[start : start + 500]}) == 1


def test_a_reader_in_the_middle_neither_blocks_nor_sees_a_later_append(
    ledger: Ledger, rows: Rows, place: str | None, tmp_path: Path
) -> None:
    ledger.append(rows("a", 10))
    with reading(ledger) as ask:
        before = ask("SELECT count(*) FROM stored_events")
        with Ledger.open(tmp_path / "home", wait=1, place=place) as other:
            assert other.append(rows("b", 10)) == 20
        assert ask("SELECT count(*) FROM stored_events") == before == 10


def test_the_ledger_stands_in_the_home_and_is_reopened_by_home_or_file(tmp_path: Path, rows: Rows) -> None:
    with Ledger.open(tmp_path / "new" / "home") as made:
        made.append(rows("a", 2))
    file = tmp_path / "new" / "home" / "ledger.sqlite"
    assert file.stat().st_mode & 0o777 == 0o600
    with Ledger.open(file) as again:
        assert again.head() == 2


def test_variables_of_the_process_do_not_redirect_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSISTENCE_MODULE", "eventsourcing.popo")
    monkeypatch.setenv("LEDGER_SQLITE_DBNAME", str(tmp_path / "elsewhere.sqlite"))
    with Ledger.open(tmp_path / "home"):
        assert (tmp_path / "home" / "ledger.sqlite").exists()
    assert not (tmp_path / "elsewhere.sqlite").exists()
