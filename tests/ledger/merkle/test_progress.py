"""A verification that was killed goes on, and believes of its own file only what the sealed tree confirms."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from domain.errors import Malformed, Refused
from ledger.log import Ledger
from ledger.merkle.differences import Difference
from ledger.merkle.frontier import WIDTH
from ledger.merkle.given import older_checkpoints, read_key, read_signed
from ledger.merkle.notes import ED25519, VerifierKey
from ledger.merkle.progress import ProgressFile
from ledger.merkle.sources import LedgerEntries
from ledger.merkle.tiles import Tiles
from ledger.merkle.verifying import Named, Proved, Verification
from tests.ledger.merkle.sealed import SIZES, Kept, append, attack, row

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 2, 1, 4, 0, tzinfo=UTC)
MOMENTS = [
    (step, when, count)
    for step, most in (("batch", 5), ("keep", 4), ("take-up", 1), ("forget", 1))
    for when in ("before", "after")
    for count in range(1, most + 1)
]


class Counted(LedgerEntries):
    """Entries of a ledger that remember which were read."""

    first: int | None = None

    def read(self, start: int, count: int) -> list[bytes]:
        """Return the entries, and remember the first one ever read."""
        self.first = start if self.first is None else self.first
        return super().read(start, count)


def killed(kept: Kept, step: str, when: str, count: int) -> None:
    """Verify in a process that dies of kill -9 at a step."""
    arguments = [str(kept.home.parent), step, when, str(count)]
    ended = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("verify_child.py")), *arguments],
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == -9, ended.stderr.decode()


def gone_on(kept: Kept, *, since: bool = True) -> tuple[Proved, int | None]:
    """Verify from the progress file; return what is proved and the index of the first entry that was read."""
    key, folder = read_key(kept.key), kept.home / "log"
    current = Named("current", read_signed(folder / "checkpoint", key).checkpoint)
    older = older_checkpoints([str(kept.checkpoints)] if since else [], key)
    own = ProgressFile(kept.home.parent / "progress", key, lambda: NOON)
    with Ledger.open(kept.home) as ledger:
        entries = Counted(ledger)
        return Verification(entries, Tiles(folder), current, older, own).run(), entries.first


def stopped(kept: Kept) -> Path:
    """Leave a progress file of the first 512 events, and return it."""
    killed(kept, "batch", "before", 3)
    return kept.home.parent / "progress"


@pytest.mark.parametrize("seed", range(6))
def test_a_killed_verification_goes_on_from_what_it_kept(kept: Kept, seed: int) -> None:
    moment = random.Random(seed).choice(MOMENTS)
    killed(kept, *moment)
    file = kept.home.parent / "progress"
    size = msgspec.json.decode(file.read_bytes())["size"] if file.exists() else 0
    proved, first = gone_on(kept)
    assert proved.checkpoint.size == SIZES[-1]
    assert [older.checkpoint.size for older in proved.older] == list(SIZES)
    assert first == size, moment
    assert (proved.earlier.size if proved.earlier is not None else 0) == size
    assert not file.exists()


def test_killed_again_and_again_it_comes_to_its_end(kept: Kept) -> None:
    sizes = []
    for _ in range(3):
        killed(kept, "keep", "after", 1)
        sizes.append(msgspec.json.decode((kept.home.parent / "progress").read_bytes())["size"])
    assert sizes == [WIDTH, 2 * WIDTH, 3 * WIDTH]
    proved, first = gone_on(kept)
    assert proved.earlier is not None
    assert (proved.earlier.size, first) == (768, 768)


def test_it_goes_on_where_the_log_has_grown_meanwhile(kept: Kept) -> None:
    stopped(kept)
    append(kept.home, [row(number) for number in range(2000, 2700)])
    proved, first = gone_on(kept)
    assert (proved.checkpoint.size, first) == (1800, 512)


def test_a_change_behind_what_was_read_is_found_at_the_event(kept: Kept) -> None:
    stopped(kept)
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 600", (b"{}",)))
    with pytest.raises(Difference) as found:
        gone_on(kept)
    assert (found.value.kind, found.value.first) == ("event", 600)


def test_a_change_before_what_was_read_is_left_to_the_next_whole_run_which_the_proof_says(kept: Kept) -> None:
    stopped(kept)
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 100", (b"{}",)))
    proved, _ = gone_on(kept)
    assert proved.earlier is not None
    assert proved.earlier.size == 512
    with pytest.raises(Difference) as found:
        gone_on(kept)
    assert (found.value.kind, found.value.first) == ("event", 100)


def test_a_log_made_anew_meanwhile_is_found_by_the_progress_alone(kept: Kept) -> None:
    stopped(kept)
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 100", (b"{}",)))
    shutil.rmtree(kept.home / "log")
    append(kept.home, [row(5000)])
    with pytest.raises(Difference) as found:
        gone_on(kept, since=False)
    assert (found.value.kind, found.value.first, found.value.last) == ("root", 1, 512)


def test_a_ledger_that_is_shorter_than_what_was_read_is_found(kept: Kept) -> None:
    stopped(kept)
    attack(kept.home, ("DELETE FROM stored_events WHERE position > 300", ()))
    shutil.rmtree(kept.home / "log")
    append(kept.home, [row(5000)])
    with pytest.raises(Difference) as found:
        gone_on(kept, since=False)
    assert (found.value.kind, found.value.first, found.value.last) == ("cut-off", 302, 512)


@pytest.mark.parametrize("number", [0, 1])
def test_a_changed_hash_in_the_file_is_found(kept: Kept, number: int) -> None:
    file = stopped(kept)
    stored = msgspec.json.decode(file.read_bytes())
    stored["levels"][1][number] = "A" * 43 + "="
    file.write_bytes(msgspec.json.encode(stored))
    with pytest.raises(Difference) as found:
        gone_on(kept)
    assert (found.value.kind, found.value.last) == ("root", 512)


@pytest.mark.parametrize("change", [{"size": 768}, {"size": 0}, {"levels": []}, {"levels": [["AAAA"]]}, {"more": 1}])
def test_a_file_without_the_form_of_progress_is_not_believed(kept: Kept, change: dict[str, object]) -> None:
    file = stopped(kept)
    file.write_bytes(msgspec.json.encode(msgspec.json.decode(file.read_bytes()) | change))
    with pytest.raises(Malformed):
        gone_on(kept)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]"])
def test_a_damaged_file_is_not_believed(kept: Kept, content: bytes) -> None:
    stopped(kept).write_bytes(content)
    with pytest.raises(Malformed):
        gone_on(kept)


def test_the_progress_of_another_log_is_refused(kept: Kept) -> None:
    file = stopped(kept)
    with pytest.raises(Refused, match="another log"):
        ProgressFile(file, VerifierKey("another", ED25519, bytes(32)), lambda: NOON)
