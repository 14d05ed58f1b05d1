"""What happens around an inbox: half files, changing files, folders that go away, full disks, two processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from consumers.consuming import Counts
from consumers.inbox.departments import Entry, entries_of
from consumers.inbox.folders import Changing, Folder, look_of
from consumers.inbox.settling import Settling
from consumers.inbox.taking import Taking
from consumers.stopping import Stop
from domain.errors import Unreachable
from ledger.home import Home
from tests.consumers.inbox.boxes import Box, counts
from tests.county import payment
from tests.faults.test_disk import tiny_disk, tiny_disks
from tests.program import run_fresh

TAX = "税务局"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def entries(box: Box) -> list[Entry]:
    with Folder.open(box.folder / TAX) as folder:
        return entries_of(TAX, folder)[0]


def test_a_file_is_complete_when_it_has_not_changed_for_a_while(box: Box) -> None:
    now = 0.0
    settling = Settling(lambda: now, 5.0)
    path = box.drop(TAX, "payments.csv", [payment("P1")])
    assert settling.complete(entries(box)) == []
    now = 4.0
    with path.open("a") as file:
        file.write("more")
    assert settling.complete(entries(box)) == []
    now = 8.9
    assert settling.complete(entries(box)) == []
    now = 9.0
    assert [entry.name for entry in settling.complete(entries(box))] == ["payments.csv"]


def test_a_marker_says_that_a_file_is_complete_and_goes_with_it(box: Box) -> None:
    box.drop(TAX, "payments.csv", [payment("P1")])
    box.drop(TAX, "payments.csv.done", b"")
    box.drop(TAX, "payments-2.csv.done", b"")
    box.drop(TAX, "payments-3.csv", [payment("P3")])
    stop = Stop()
    threading.Timer(2, stop.ask).start()
    box.empty(settle_s=600, stop=stop, idle_s=None)
    assert box.left(TAX) == ["payments-2.csv.done", "payments-3.csv"]
    assert box.names(TAX, "done") == ["payments.csv"]


@pytest.mark.parametrize("name", ["payments.csv.part", "payments.csv.tmp", "~$payments.xlsx", ".payments.csv"])
def test_a_file_that_is_being_written_is_left_alone(box: Box, name: str) -> None:
    box.drop(TAX, name, b"record_id\n")
    inbox = box.empty()
    assert (box.left(TAX), inbox.counts, inbox.refused) == ([name], {}, 0)


def test_a_file_that_somebody_still_has_open_for_writing_is_not_taken(box: Box) -> None:
    path = box.drop(TAX, "payments.csv", [payment("P1")])
    stop = Stop()
    with path.open("a") as file:
        threading.Timer(1, stop.ask).start()
        assert box.empty(stop=stop).counts == {}
        file.write(path.read_text().splitlines()[1].replace("P1", "P2") + "\n")
    assert box.empty().counts == {"payments": Counts(2, 2)}


def test_a_file_that_changes_while_it_is_copied_is_left_whole(box: Box, tmp_path: Path) -> None:
    path = box.drop(TAX, "payments.csv", [payment("P1")])
    look = look_of(path.stat())
    path.write_text("record_id\n")
    with Folder.open(box.folder / TAX) as folder, pytest.raises(Changing):
        folder.copy("payments.csv", look, tmp_path / "copy", marked=True)
    assert not (tmp_path / "copy").exists()


def test_a_sender_who_replaces_a_file_meanwhile_loses_neither(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    path = box.drop(TAX, "payments.csv", [payment("P1")])
    first = path.read_bytes()
    original = Taking._taken_in

    def replaced(*arguments: object) -> object:
        if path.read_bytes() == first:
            path.unlink()
            box.drop(TAX, "payments.csv", [payment("P2")])
        call: Callable[..., object] = original
        return call(*arguments)

    monkeypatch.setattr(Taking, "_taken_in", replaced)
    assert box.empty().counts == {"payments": Counts(2, 2)}
    kept = [file.read_bytes() for file in (box.folder / TAX / "done").iterdir()]
    assert len(kept) == 2
    assert first in kept


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_file_or_folder_that_disappears_meanwhile_is_answered_all_the_same(
    box: Box, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    path = box.drop(TAX, "payments.csv", [payment("P1")])
    content = path.read_bytes()
    original = Taking._taken_in

    def removed(*arguments: object) -> object:
        path.unlink() if what == "file" else shutil.rmtree(box.folder / TAX)
        call: Callable[..., object] = original
        return call(*arguments)

    monkeypatch.setattr(Taking, "_taken_in", removed)
    box.empty()
    (kept,) = (box.folder / TAX / "done").iterdir()
    assert kept.read_bytes() == content
    assert counts(box.receipt(TAX)) == {"read": 1, "appended": 1}


def test_a_share_that_is_not_mounted_any_more_is_waited_for(box: Box) -> None:
    stop = Stop()
    away = box.folder.with_name("away")

    def unmount() -> None:
        box.folder.rename(away)
        box.folder.mkdir()

    def mount() -> None:
        box.folder.rmdir()
        away.rename(box.folder)
        box.drop(TAX, "payments.csv", [payment("P1")])

    steps = [(1.0, unmount), (3.0, mount), (9.0, stop.ask)]
    for seconds, step in steps:
        threading.Timer(seconds, step).start()
    inbox = box.empty(stop=stop, idle_s=None)
    assert any("check that the share is mounted" in said for said in box.said)
    assert inbox.counts == {"payments": Counts(1, 1)}


def test_two_processes_do_not_take_from_one_inbox(box: Box) -> None:
    box.drop(TAX, "payments.csv", [payment("P1")])
    stop = Stop()
    other: list[Unreachable] = []

    def second() -> None:
        try:
            box.empty()
        except Unreachable as error:
            other.append(error)
        stop.ask()

    threading.Timer(1, second).start()
    inbox = box.empty(stop=stop, idle_s=None)
    assert inbox.counts == {"payments": Counts(1, 1)}
    assert "another process" in other[0].en


def test_a_file_that_may_not_be_read_goes_back_and_a_folder_that_may_not_be_written_is_named(box: Box) -> None:
    path = box.drop(TAX, "payments.csv", [payment("P1")])
    path.chmod(0)
    other = box.drop("other", "payments.csv", [payment("P2")])
    for name in ("done", "refused", "receipts"):
        (other.parent / name).mkdir()
    other.parent.chmod(0o500)
    ran = run_fresh("--home", box.home, "consume", "--inbox", box.folder, "--until-idle", "0", bound=True)
    other.parent.chmod(0o700)
    assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err
    assert box.names(TAX, "refused") == ["payments.csv"]
    assert "may not be read" in str(box.receipt(TAX)["reason_en"])
    assert f"{other.parent} cannot be written" in ran.err
    assert other.exists()


def test_a_full_disk_is_waited_for_and_nothing_is_lost(box: Box) -> None:
    rows = [payment(f"P{n}", n % 900) for n in range(3000)]
    for size in tiny_disks():
        with tiny_disk(box.home, size):
            box.drop(TAX, "payments.csv", rows)
            process = subprocess.Popen(
                [
                    sys.executable, "-m", "mingzhang", "--home", str(box.home), "consume", "--inbox", str(box.folder),
                    "--until-idle", "1",
                ],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )  # fmt: skip
            assert process.stderr is not None
            said = b""
            while b"disk space" not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            subprocess.run(["mount", "-o", "remount,size=100m", str(box.home)], check=True)
            assert process.wait(120) == 0
            process.stderr.close()
            assert counts(box.receipt(TAX)) == {"read": 3000, "appended": 3000}
            assert len([row for row in box.ledger() if row[0].startswith("payments:")]) == 3000


@contextmanager
def running(box: Box, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = ["--home", str(box.home), "consume", "--inbox", str(box.folder), *arguments]
    process = subprocess.Popen(
        [sys.executable, "-m", "mingzhang", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "MINGZHANG_LOG": "json"},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def events(box: Box) -> int:
    if not (box.home / "ledger.sqlite").exists():
        return 0
    home = Home.open(box.home)
    found = home.ledger.head()
    home.close()
    return found


def test_asked_to_stop_it_finishes_its_chunk_and_goes_on_there_the_next_time(box: Box) -> None:
    rows = [payment(f"P{n}", n % 900) for n in range(90_000)]
    box.drop(TAX, "payments.csv", rows)
    (box.folder / TAX / "payments.csv.done").touch()
    with running(box) as process:
        deadline = time.monotonic() + 60
        while not events(box) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert 0 < events(box) < 90_000
    assert box.left(TAX) == ["payments.csv", "payments.csv.done"]
    box.empty()
    assert counts(box.receipt(TAX)) == {"read": 90_000, "appended": 90_000}
    assert box.left(TAX) == []
