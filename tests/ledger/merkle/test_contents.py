"""Contents that events name by hash are checked once, at the first event that names them."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from ledger.decoding import class_of
from ledger.home import Home
from ledger.log import StoredRow
from ledger.merkle.contents import NAMING, Contents
from ledger.merkle.differences import Difference
from ledger.merkle.entries import entries_of
from ledger.objects import Objects
from tests.ledger.merkle.sealed import row


def reported(number: int, scan: str | None) -> StoredRow:
    return StoredRow(f"suspicion-lists:mingzhang:L{number}", 1, "suspicion-list.Reported.v1", state_of(scan))


def state_of(scan: str | None) -> bytes:
    return msgspec.json.encode({"reported_on": "2026-02-01", "scan": scan, "leader_signed": True, "sealed": True})


def entries(folder: Path, *rows: StoredRow) -> tuple[list[bytes], Objects]:
    with closing(Home.open(folder)) as home:
        home.ledger.append(rows)
        return entries_of(home.ledger.read_columns(0, 100)), home.objects


@pytest.mark.parametrize("topic", NAMING)
def test_what_is_looked_for_is_a_field_of_the_event(topic: str) -> None:
    kind = class_of(topic)
    assert issubclass(kind, msgspec.Struct)
    assert set(NAMING[topic].__struct_fields__) <= set(kind.__struct_fields__)


def test_each_content_is_read_once_and_events_without_any_are_passed_over(tmp_path: Path) -> None:
    scan = Objects.of_home(tmp_path).put(b"scan")
    found, objects = entries(tmp_path, row(1), reported(1, scan), reported(2, scan), reported(3, None))
    contents = Contents(objects)
    contents.check(found)
    assert contents.checked == {scan}


@pytest.mark.parametrize("name", [hashlib.sha256(b"never kept").hexdigest(), "no hash"])
def test_a_content_that_is_missing_is_found_at_its_event(tmp_path: Path, name: str) -> None:
    found, objects = entries(tmp_path, row(1), reported(1, name))
    with pytest.raises(Difference) as missing:
        Contents(objects).check(found)
    assert (missing.value.kind, missing.value.first, missing.value.last) == ("content", 2, 2)


def test_a_large_state_is_compared_with_its_row(tmp_path: Path) -> None:
    large = row(1)._replace(state=b'{"note":"' + b"x" * 70_000 + b'"}')
    found, objects = entries(tmp_path, large)
    Contents(objects).check(found)
    (file,) = objects.folder.iterdir()
    file.write_bytes(file.read_bytes().replace(b"xx", b"yx", 1))
    with pytest.raises(Difference) as changed:
        Contents(objects).check(found)
    assert (changed.value.kind, changed.value.first) == ("content", 1)
