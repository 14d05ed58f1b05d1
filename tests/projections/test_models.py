"""A command that finds the read models in use works on a copy of its own, and what it leaves behind is cleared."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import Refused, Unreachable
from ledger.home import Home
from projections import models
from projections.models import COPY, ReadModels, claimed
from projections.tables import fingerprints
from tests.county import data_folder, payment, take
from tests.program import run


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home.open(tmp_path / "home")
    take(opened, data_folder(tmp_path / "a", payments=[payment(f"P{n}", n) for n in range(30)]))
    yield opened
    opened.close()


def copies(home: Home) -> list[Path]:
    return list(home.folder.glob(f"{COPY}*"))


def test_a_second_command_works_on_a_copy_with_the_same_tables_and_throws_it_away(home: Home) -> None:
    with ReadModels(home.read_models, home.ledger) as first:
        with ReadModels(home.read_models, home.ledger) as second:
            assert (first.copied, second.copied) == (False, True)
            assert second.position == first.position == home.ledger.head()
            assert fingerprints(second.connection) == fingerprints(first.connection)
            assert len(copies(home)) == 1
        assert copies(home) == []


def test_a_copy_begins_with_the_last_snapshot_and_is_caught_up(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "SNAPSHOT_FROM", 1)
    ReadModels(home.read_models, home.ledger).close()
    at = home.ledger.head()
    assert [file.name for file in home.folder.glob("*.snapshot")] == [f"read-models.{at}.snapshot"]
    take(home, data_folder(tmp_path / "b", payments=[payment(f"Q{n}", n) for n in range(5)]))
    seen: list[int] = []
    with (
        ReadModels(home.read_models, home.ledger),
        ReadModels(home.read_models, home.ledger, progress=seen.append) as second,
    ):
        found = second.connection.execute("SELECT count(*) FROM history.payments").fetchall()
    assert found == [(35,)]
    assert seen == [home.ledger.head()]


def test_a_copy_that_is_being_made_is_cleared_away_by_nobody(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "SNAPSHOT_FROM", 1)
    ReadModels(home.read_models, home.ledger).close()
    copied = shutil.copyfile

    def meanwhile(source: Path, target: Path) -> None:
        models._clear_left_copies(home.read_models)
        copied(source, target)

    monkeypatch.setattr(shutil, "copyfile", meanwhile)
    with ReadModels(home.read_models, home.ledger, own=True) as second:
        assert (second.copied, second.position) == (True, home.ledger.head())
        assert len(copies(home)) == 1


def test_a_copy_whose_folder_was_cleared_before_it_was_claimed_is_made_elsewhere(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, folders = tempfile.mkdtemp, list[str]()

    def cleared(**where: Path | str) -> str:
        folders.append(made(prefix=COPY, dir=where["dir"]))
        if len(folders) == 1:
            Path(folders[0]).rmdir()
        return folders[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", cleared)
    with ReadModels(home.read_models, home.ledger, own=True) as second:
        assert second.position == home.ledger.head()
        assert copies(home) == [Path(folders[1])]


def test_a_snapshot_is_made_again_only_when_the_read_models_have_grown(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "SNAPSHOT_FROM", 1)
    ReadModels(home.read_models, home.ledger).close()
    first = list(home.folder.glob("*.snapshot"))
    take(home, data_folder(tmp_path / "b", payments=[payment("Q1", 1)]))
    ReadModels(home.read_models, home.ledger).close()
    assert list(home.folder.glob("*.snapshot")) == first
    take(home, data_folder(tmp_path / "c", payments=[payment(f"S{n}", n) for n in range(30)]))
    ReadModels(home.read_models, home.ledger).close()
    assert [file.name for file in home.folder.glob("*.snapshot")] == [f"read-models.{home.ledger.head()}.snapshot"]


def test_the_copy_of_a_process_that_was_killed_is_cleared_and_one_in_use_is_not(home: Home) -> None:
    left = home.folder / f"{COPY}left"
    left.mkdir()
    (left / "read-models.duckdb").write_bytes(b"half")
    first = ReadModels(home.read_models, home.ledger)
    assert not left.exists()
    with ReadModels(home.read_models, home.ledger) as second:
        first.close()
        ReadModels(home.read_models, home.ledger).close()
        assert second.connection.execute("SELECT count(*) FROM history.payments").fetchall() == [(30,)]


def test_the_command_line_answers_while_another_process_holds_the_read_models(home: Home, tmp_path: Path) -> None:
    with ReadModels(home.read_models, home.ledger):
        screened = run("screen", "--home", home.folder, "--out", tmp_path / "out")
        rebuilt = run("project", "--rebuild", "--home", home.folder)
    assert (screened.code, (tmp_path / "out" / "run.json").exists()) == (0, True), screened.err
    assert (rebuilt.code, "another process" in rebuilt.err) == (4, True), rebuilt.err
    assert copies(home) == []


def test_what_fails_while_they_are_open_leaves_no_copy_and_no_claim(home: Home) -> None:
    with (
        ReadModels(home.read_models, home.ledger),
        pytest.raises(Refused, match="999"),
        ReadModels(home.read_models, home.ledger) as second,
    ):
        second.reached(999)
    assert copies(home) == []
    claimed(home.read_models).release()


def test_a_claim_is_refused_while_it_is_held_and_given_when_it_is_not(home: Home) -> None:
    claim = claimed(home.read_models)
    with pytest.raises(Unreachable, match="another process"):
        claimed(home.read_models)
    claim.release()
    claimed(home.read_models).release()
