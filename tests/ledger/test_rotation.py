"""The master key changes without an entry being rewritten, and whatever interrupts it nothing becomes unreadable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import ledger.rotation
from domain.errors import Broken, NotFound, Unreachable
from ledger.home import Home
from ledger.keys import Keys, open_or_create
from ledger.rotation import rotate
from ledger.vault import Vault
from ledger.vault_putting import Sealed
from tests.ledger.admitting import anybody
from tests.ledger.beneath import asked, reading

PERSONS = 40
ENTRIES = [Sealed(f"p{n}", "name", f"人{n}") for n in range(PERSONS)]
KILLED = """
import os, signal, sys
from pathlib import Path
import ledger.rotation as rotation
rotation.BATCH_ROWS = 10
left = int(sys.argv[3])
def tell(done):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
rotation.rotate(Path(sys.argv[1]), sys.argv[2] or None, tell)
"""


def nothing(_: int) -> None:
    """Tell nobody."""


@pytest.fixture
def home(tmp_path: Path, place: str | None) -> Path:
    with closing(Home.open(tmp_path / "home", place)) as opened:
        opened.vault.put(ENTRIES)
    return tmp_path / "home"


def opened(home: Path, place: str | None) -> Vault:
    return Vault.open(home, open_or_create(home), place=place, admit=anybody)


def check_whole(home: Path, place: str | None) -> None:
    """Assert that every entry is read, that repeats are known, and that the home opens."""
    with closing(Home.open(home, place)) as whole:
        found = whole.vault.reveal([f"p{n}" for n in range(PERSONS)], "name", reason="test", actor="test")
        assert found == {f"p{n}": [f"人{n}"] for n in range(PERSONS)}
        assert whole.vault.put(ENTRIES).repeated == PERSONS


def test_the_secrets_are_wrapped_anew_and_the_entries_stay_as_they_are(home: Path, place: str | None) -> None:
    old = open_or_create(home)
    with closing(opened(home, place)) as vault:
        before = asked(vault, "SELECT subject, value FROM sealed ORDER BY subject")
        wrapped = {row[0] for row in asked(vault, "SELECT wrapped FROM sealed")}
        identity = vault.identity
    assert rotate(home, place, nothing) == PERSONS
    new = open_or_create(home)
    assert (new.token_key, new.former_key) == (old.token_key, None)
    assert new.master_key != old.master_key
    check_whole(home, place)
    with closing(opened(home, place)) as vault:
        assert asked(vault, "SELECT subject, value FROM sealed ORDER BY subject") == before
        assert wrapped.isdisjoint({row[0] for row in asked(vault, "SELECT wrapped FROM sealed")})
        assert vault.identity == identity
        vault.put([Sealed("p0", "phone", "139"), Sealed("fresh", "name", "新")])
    assert rotate(home, place, nothing) == PERSONS + 1, "and once more"
    check_whole(home, place)
    with pytest.raises(Broken):
        Vault.open(home, old, place=place)


def test_who_has_the_vault_open_under_the_old_key_is_told_to_begin_again(home: Path, place: str | None) -> None:
    with closing(opened(home, place)) as late:
        rotate(home, place, nothing)
        with pytest.raises(Unreachable, match="changed meanwhile"):
            late.put([Sealed("late", "name", "迟")])
        with pytest.raises(Unreachable, match="changed meanwhile"):
            late.reveal(["p1"], "name", reason="test", actor="test")
    check_whole(home, place)


@pytest.mark.parametrize("step", ["replace_keys", "_take_over", "_rewrap", "after"])
def test_a_change_that_was_interrupted_is_ended_by_the_next(
    home: Path, place: str | None, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        if step == "after":
            broken.setattr(Vault, "close", stopped)
        else:
            broken.setattr(ledger.rotation, step, stopped)
        with pytest.raises(KeyboardInterrupt):
            rotate(home, place, nothing)
    interrupted = open_or_create(home)
    check_whole(home, place)
    rotate(home, place, nothing)
    ended = open_or_create(home)
    if interrupted.former_key is not None:
        assert ended.master_key == interrupted.master_key
    assert ended.former_key is None
    check_whole(home, place)


@pytest.mark.parametrize("batches", [1, 3])
def test_a_killed_change_leaves_everything_readable(home: Path, place: str | None, batches: int) -> None:
    arguments = [sys.executable, "-c", KILLED, str(home), place or "", str(batches)]
    killed = subprocess.run(arguments, check=False, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})
    assert killed.returncode == -signal.SIGKILL
    assert open_or_create(home).former_key is not None
    check_whole(home, place)
    left = rotate(home, place, nothing)
    assert 0 < left < PERSONS
    assert open_or_create(home).former_key is None
    check_whole(home, place)


def test_the_old_key_stays_until_no_trace_of_what_it_wrapped_is_left(tmp_path: Path) -> None:
    with closing(Home.open(tmp_path)) as whole:
        whole.vault.put(ENTRIES)
        with closing(Vault.open(tmp_path, whole.keys, wait=1)) as other, reading(other) as ask:
            assert ask("SELECT count(*) FROM sealed") == PERSONS
            with pytest.raises(Unreachable):
                rotate(tmp_path, None, nothing, wait=1)
    assert open_or_create(tmp_path).former_key is not None
    assert rotate(tmp_path, None, nothing) == 0
    assert open_or_create(tmp_path).former_key is None


def test_no_keys_are_made_where_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        rotate(tmp_path / "none", None, nothing)
    assert not (tmp_path / "none").exists()


def test_another_master_key_for_the_vault_is_broken(home: Path, place: str | None) -> None:
    with pytest.raises(Broken):
        Vault.open(home, Keys(b"t" * 32, b"x" * 32, former_key=b"y" * 32), place=place)
