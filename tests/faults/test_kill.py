"""Killed at any moment and run again, every command ends as if it had never been disturbed."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from ledger.home import Home
from projections.store import open_store
from projections.tables import fingerprints
from simulation.county import write_county
from tests.county import contents
from tests.program import run, run_by, run_killed

CHILD = "tests.faults.child"
SEEDS = range(30)
PEOPLE = 200


class Undisturbed:
    """A county taken in and projected without any disturbance, with the seconds that each command took."""

    def __init__(self, folder: Path) -> None:
        self.data, self.home = folder / "data", folder / "home"
        write_county(self.data, PEOPLE, 3)
        self.seconds = {
            "ingest": self._timed(["ingest", str(self.data), "--home", str(self.home)]),
            "project": self._timed(["project", "--home", str(self.home)]),
            "rebuild": self._timed(["project", "--rebuild", "--home", str(self.home)]),
        }
        self.contents = ledger_of(self.home)
        self.tables = tables_of(self.home)

    def _timed(self, arguments: list[str]) -> float:
        assert run(arguments[0], "--help").code == 0  # loads the command
        start = time.perf_counter()
        assert run(*arguments).code in (0, 1)
        return time.perf_counter() - start

    def copy(self, target: Path, *names: str) -> Path:
        """Copy parts of the home: keys always."""
        target.mkdir(mode=0o700)
        for name in ("keys", *names):
            source = self.home / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target / name)
        return target


def ledger_of(home: Path) -> set[tuple[str, int, str, bytes]]:
    """Return what the ledger says but for recorded_at, correlation and order."""
    opened = Home.open(home)
    found = contents(opened)
    opened.close()
    return found


def tables_of(home: Path) -> dict[str, tuple[int, str]]:
    """Return the fingerprints of the read tables but for place and time of recording."""
    store = open_store(home / "read-models.duckdb")
    found = fingerprints(store, without=("position", "recorded_at", "known_on"))
    store.close()
    return found


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return Undisturbed(tmp_path_factory.mktemp("undisturbed"))


def moment(seconds: float, seed: int) -> float:
    """Return a seeded moment between the start of the work and its end."""
    return random.Random(seed).uniform(0.02, 1.05) * seconds


@pytest.mark.parametrize("seed", SEEDS)
def test_an_ingest_killed_at_any_moment_ends_with_the_same_ledger(
    undisturbed: Undisturbed, tmp_path: Path, seed: int
) -> None:
    home = undisturbed.copy(tmp_path / "home")
    command = ["ingest", str(undisturbed.data), "--home", str(home)]
    run_killed(*command, after_s=moment(undisturbed.seconds["ingest"], seed))
    assert run(*command).code in (0, 1)
    assert ledger_of(home) == undisturbed.contents


@pytest.mark.parametrize("command", ["project", "rebuild"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_projection_killed_at_any_moment_ends_with_the_same_tables(
    undisturbed: Undisturbed, tmp_path: Path, seed: int, command: str
) -> None:
    names = ("ledger.sqlite", "vault.sqlite") + (("read-models.duckdb",) if command == "rebuild" else ())
    home = undisturbed.copy(tmp_path / "home", *names)
    arguments = ["project", "--home", str(home)] + (["--rebuild"] if command == "rebuild" else [])
    run_killed(*arguments, after_s=moment(undisturbed.seconds[command], seed))
    assert run(*arguments).code == 0
    assert tables_of(home) == undisturbed.tables


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("count", [1, 7, 20])
@pytest.mark.parametrize("step", ["vault", "ledger"])
def test_an_ingest_killed_at_each_step_of_writing_ends_with_the_same_ledger(
    undisturbed: Undisturbed, tmp_path: Path, step: str, count: int, when: str
) -> None:
    home = undisturbed.copy(tmp_path / "home")
    command = ["ingest", str(undisturbed.data), "--home", str(home)]
    assert run_by(CHILD, step, when, count, *command) == -signal.SIGKILL
    assert run(*command).code in (0, 1)
    assert ledger_of(home) == undisturbed.contents


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["projection", "rows"])
def test_a_projection_killed_at_each_step_ends_with_the_same_tables(
    undisturbed: Undisturbed, tmp_path: Path, step: str, when: str
) -> None:
    home = undisturbed.copy(tmp_path / "home", "ledger.sqlite", "vault.sqlite")
    arguments = ["project", "--home", str(home)]
    assert run_by(CHILD, step, when, 1, *arguments) == -signal.SIGKILL
    assert run(*arguments).code == 0
    assert tables_of(home) == undisturbed.tables
