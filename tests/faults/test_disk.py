"""A full disk or a home that may not be written: a clear error, exit 4, and afterwards as if nothing had happened."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.home import Home
from tests.county import contents, data_folder, payment, receipt
from tests.program import Ran, results, run, run_fresh

pytestmark = pytest.mark.xdist_group("disk")

ROWS = 4000


class Undisturbed(NamedTuple):
    """A folder taken in, projected and screened without any disturbance."""

    data: Path
    home: Path
    out: Path
    contents: set[tuple[str, int, str, bytes]]


def ledger_of(home: Path) -> set[tuple[str, int, str, bytes]]:
    """Return what the ledger says but for time, correlation and order, without the screenings."""
    opened = Home.open(home)
    found = contents(opened)
    opened.close()
    return {row for row in found if not row[0].startswith("screening:")}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    rows = [payment(f"P{n}", n % 900, collector_id="C01") for n in range(ROWS)]
    data = data_folder(folder / "data", payments=rows, cash_receipts=[receipt(f"R{n}", n) for n in range(300)])
    ran = run("screen", data, "--home", folder / "home", "--out", folder / "out", "--as-of", "2026-01-20")
    assert ran.code == 0, ran.err
    return Undisturbed(data, folder / "home", folder / "out", ledger_of(folder / "home"))


def keyed(undisturbed: Undisturbed, home: Path) -> Path:
    """Make a home with the keys of the undisturbed one."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copytree(undisturbed.home / "keys", home / "keys")
    return home


def ended_well(ran: Ran, home: Path) -> None:
    """Hold that a refused write ended with 4 and one sentence that names the place."""
    assert (ran.code, "Traceback" in ran.err) == (4, False), ran.err[-2000:]
    assert str(home) in ran.err.splitlines()[-1]
    assert " / " in ran.err.splitlines()[-1]


def whole(home: Path, undisturbed: Undisturbed) -> None:
    """Hold that what stands in the ledger are whole events of the undisturbed one."""
    if (home / "ledger.sqlite").exists() and (home / "ledger.sqlite").stat().st_size:
        assert ledger_of(home) <= undisturbed.contents


@pytest.mark.parametrize("file_bytes", [0, 200_000, 1_500_000])
def test_no_file_may_grow_further_and_later_the_same_command_ends_with_the_same_ledger(
    undisturbed: Undisturbed, tmp_path: Path, file_bytes: int
) -> None:
    home = keyed(undisturbed, tmp_path / "home")
    command = ("ingest", undisturbed.data, "--home", home)
    ended_well(run_fresh(*command, file_bytes=file_bytes), home)
    whole(home, undisturbed)
    assert run(*command).code == 0
    assert ledger_of(home) == undisturbed.contents


def test_read_models_that_find_no_space_end_with_4_and_are_the_same_afterwards(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    home = keyed(undisturbed, tmp_path / "home")
    for name in ("ledger.sqlite", "vault.sqlite"):
        shutil.copy(undisturbed.home / name, home)
    command = ("screen", "--home", home, "--out", tmp_path / "out", "--as-of", "2026-01-20")
    ended_well(run_fresh(*command, file_bytes=1_000_000), home)
    assert not (tmp_path / "out" / "run.json").exists()
    assert run(*command).code == 0
    assert (tmp_path / "out" / "suspicions.jsonl").read_bytes() == results(undisturbed.out)["suspicions.jsonl"]
    assert ledger_of(home) == undisturbed.contents


def test_results_that_find_no_space_end_with_4_and_leave_no_half_file(undisturbed: Undisturbed, tmp_path: Path) -> None:
    home = shutil.copytree(undisturbed.home, tmp_path / "home")
    out = tmp_path / "out"
    (out / "lists").mkdir(parents=True)
    out.chmod(0o500)
    ran = run_fresh("screen", "--home", home, "--out", out, bound=True)
    out.chmod(0o700)
    ended_well(ran, out)
    assert [path.name for path in out.iterdir()] == ["lists"]


@contextmanager
def unwritable(home: Path) -> Iterator[None]:
    """Take the right to write from a home while the block runs."""
    paths = [home, *home.rglob("*")]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(0o700)


@pytest.mark.parametrize("command", ["ingest", "screen"])
def test_a_home_that_may_not_be_written_ends_with_4_and_changes_nothing(
    undisturbed: Undisturbed, tmp_path: Path, command: str
) -> None:
    home = shutil.copytree(undisturbed.home, tmp_path / "home")
    more = data_folder(tmp_path / "more", payments=[payment("N1")])
    arguments: tuple[str | Path, ...] = {
        "ingest": ("ingest", more), "screen": ("screen", more, "--out", tmp_path / "out"),
    }[command]  # fmt: skip
    with unwritable(home):
        before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
        ended_well(run_fresh(*arguments, "--home", home, bound=True), home)
        assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    assert ledger_of(home) == undisturbed.contents


def tiny_disks() -> list[str]:
    """Return the sizes of the small file systems to try: none where this process may not mount any."""
    return ["3m"] if os.geteuid() == 0 and _mountable() else []


def _mountable() -> bool:
    found = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False, timeout=30
    )
    return found.returncode == 0


@contextmanager
def tiny_disk(place: Path, size: str) -> Iterator[None]:
    """Mount a file system of that size while the block runs."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "none", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_full_ends_with_4_and_with_room_again_with_the_same_ledger(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    for size in tiny_disks():
        disk = tmp_path / size
        with tiny_disk(disk, size):
            home = keyed(undisturbed, disk / "home")
            command = ("ingest", undisturbed.data, "--home", home)
            ended_well(run(*command), home)
            subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
            whole(home, undisturbed)
            assert run(*command).code == 0
            assert ledger_of(home) == undisturbed.contents
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            ended_well(run(*command), home)
