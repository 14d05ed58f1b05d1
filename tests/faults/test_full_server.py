"""A server whose disk is full: nothing half stands, and with room again the same append succeeds."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import Unreachable
from ledger.log import Ledger, StoredRow
from tests.faults.test_disk import tiny_disk, tiny_disks
from tests.servers.postgres import QUICK, Server

BATCH = 5_000
SMALL = {"max_wal_size": "32MB", "min_wal_size": "32MB", "shared_buffers": "16MB"}

pytestmark = pytest.mark.xdist_group("disk")


@pytest.fixture
def disk() -> Iterator[Path | None]:
    """A small file system that the server may enter; None where this process may not mount any."""
    if not tiny_disks():
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with tiny_disk(Path(folder) / "disk", "120m"):
            (Path(folder) / "disk").chmod(0o755)
            yield Path(folder) / "disk"


def batch(number: int) -> list[StoredRow]:
    return [StoredRow(f"payments:{number}:{i}", 1, "payment.Recorded.v1", os.urandom(1_000)) for i in range(BATCH)]


def append_until_refused(ledger: Ledger) -> int:
    """Return how many batches the server took before it had no room."""
    for number in range(100):
        try:
            ledger.append(batch(number))
        except Unreachable:
            return number
    raise AssertionError("the disk was never full")


def test_a_server_without_room_refuses_the_batch_whole_and_takes_it_with_room(
    disk: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if disk is None:
        return
    monkeypatch.setattr("ledger.postgres.database.PATIENCE_SECONDS", 5)
    with Server(QUICK | SMALL, disk) as server, Ledger.open(tmp_path, place=server.url) as ledger:
        taken = append_until_refused(ledger)
        assert taken > 0
        subprocess.run(["mount", "-o", "remount,size=600m", str(disk)], check=True)
        if not server.runs:
            server.start()
        assert ledger.head() == taken * BATCH
        assert ledger.append(batch(taken)) == (taken + 1) * BATCH
        positions, streams, *_ = ledger.read_columns(0, 1_000_000)
        assert positions == list(range(1, (taken + 1) * BATCH + 1))
        assert len(set(streams)) == len(streams)
