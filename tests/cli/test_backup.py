"""A backup taken while others write comes back whole, and one that was touched does not come back at all."""

from __future__ import annotations

import shutil
import threading
from contextlib import closing
from pathlib import Path

import pytest

from domain.errors import Refused
from ledger.backup import back_up, bring_back
from ledger.home import Home
from tests.county import data_folder, number, payment, take
from tests.ledger.merkle.sealed import SIZES, Kept, build, entries, row
from tests.program import run


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return build(tmp_path_factory.mktemp("backup"))


def test_a_restored_home_has_the_same_ledger_and_goes_on(built: Kept, tmp_path: Path) -> None:
    assert run("--home", built.home, "backup", "--to", tmp_path / "backup", "--with-keys").code == 0
    ended = run("--home", tmp_path / "new", "restore", tmp_path / "backup", "--since", built.checkpoints)
    assert ended.code == 0, ended.err
    assert "已证明" in ended.out
    assert entries(tmp_path / "new") == entries(built.home)
    with closing(Home.open(tmp_path / "new")) as home:
        home.ledger.append([row(9000)])
    assert run("--home", tmp_path / "new", "verify", "--since", built.checkpoints, "--key", built.key).code == 0


def test_names_can_be_revealed_from_a_restored_home(tmp_path: Path) -> None:
    with closing(Home.open(tmp_path / "home")) as home:
        take(home, data_folder(tmp_path / "data", payments=[payment("P1")]))
        token = home.tokens.identity(number(1))
    assert run("--home", tmp_path / "home", "backup", "--to", tmp_path / "backup").code == 0
    assert not (tmp_path / "backup" / "keys").exists()
    restore = ("--home", tmp_path / "new", "restore", tmp_path / "backup")
    assert run(*restore).code == 2
    assert run(*restore, "--keys", tmp_path / "home" / "keys").code == 0
    with closing(Home.open(tmp_path / "new")) as home:
        assert home.vault.reveal([token], "number", reason="drill", actor="tester") == {token: [number(1)]}


def test_a_backup_is_whole_while_others_append(built: Kept, tmp_path: Path) -> None:
    folder, stop = shutil.copytree(built.home, tmp_path / "home"), threading.Event()

    def write() -> None:
        with closing(Home.open(folder)) as home:
            at = 10_000
            while not stop.is_set():
                home.ledger.append([row(n) for n in range(at, at + 300)])
                at += 300
                assert home.sealer is not None
                home.sealer.seal()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        targets = [tmp_path / f"backup-{turn}" for turn in range(2)]
        codes = [run("--home", folder, "backup", "--to", target, "--with-keys").code for target in targets]
    finally:
        stop.set()
        writer.join()
    assert codes == [0, 0]
    for turn in range(2):
        ended = run("--home", tmp_path / f"new-{turn}", "restore", tmp_path / f"backup-{turn}",
                    "--since", built.checkpoints)  # fmt: skip
        assert ended.code == 0, ended.err
        assert len(entries(tmp_path / f"new-{turn}")) >= SIZES[-1]


def test_a_backup_that_was_touched_is_not_restored(built: Kept, tmp_path: Path) -> None:
    run("--home", built.home, "backup", "--to", tmp_path / "backup", "--with-keys")
    tile = tmp_path / "backup" / "log" / "tile" / "0" / "001"
    tile.write_bytes(bytes(8192))
    ended = run("--home", tmp_path / "new", "restore", tmp_path / "backup")
    assert ended.code == 3
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("last", ["ledger.sqlite", "vault.sqlite"])
def test_a_restore_that_died_leaves_no_half_home_and_is_taken_up_again(
    built: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    run("--home", built.home, "backup", "--to", tmp_path / "backup", "--with-keys")
    copy = shutil.copyfile

    def dying(source: Path, target: Path) -> Path:
        if target.name == last:
            raise KeyboardInterrupt
        return copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", dying)
    with pytest.raises(KeyboardInterrupt):
        bring_back(tmp_path / "backup", tmp_path / "new", None)
    monkeypatch.undo()
    with pytest.raises(Refused, match="run mingzhang restore again"):
        Home.open(tmp_path / "new")
    assert run("--home", tmp_path / "new", "restore", tmp_path / "backup", "--since", built.checkpoints).code == 0
    assert entries(tmp_path / "new") == entries(built.home)


def test_two_backups_to_one_folder_do_not_mix(built: Kept, tmp_path: Path) -> None:
    told: list[int] = []

    def another(zh: str, en: str) -> None:
        told.append(run("--home", built.home, "backup", "--to", tmp_path / "backup").code)

    back_up(built.home, tmp_path / "backup", another, keys=True)
    assert set(told) == {2}
    assert run("--home", tmp_path / "new", "restore", tmp_path / "backup").code == 0


def test_nothing_is_replaced(built: Kept, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    assert run("--home", built.home, "backup", "--to", tmp_path / "there").code == 2
    run("--home", built.home, "backup", "--to", tmp_path / "backup", "--with-keys")
    assert run("--home", built.home, "restore", tmp_path / "backup").code == 2
    assert run("--home", tmp_path / "new", "restore", tmp_path / "there").code == 2
