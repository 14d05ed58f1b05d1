"""Whatever happens to the database or to who writes to it, an ingest ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.home import Home
from simulation.county import write_county
from tests.county import contents
from tests.servers.postgres import Server, fresh

ROUNDS = range(int(os.environ.get("MINGZHANG_SOAK_ROUNDS", "4")))
PEOPLE = 500
PLAIN = ("-m", "mingzhang")
AHEAD = (str(Path(__file__).with_name("ahead.py")),)
CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE application_name = 'mingzhang' AND pid <> pg_backend_pid()"
)
Contents = set[tuple[str, int, str, bytes]]


class World:
    """A server that may be killed, a county, and what its ledger says when nothing happens."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.server, self.data, self.keys = server, folder / "data", folder / "home" / "keys"
        write_county(self.data, PEOPLE, 3)
        home, place = folder / "home", fresh(server.url)
        assert self.ingest(home, place).wait(timeout=120) in (0, 1)
        self.contents = ledger_of(home, place)

    def home(self, folder: Path) -> Path:
        """Make a home with the keys of the undisturbed one."""
        shutil.copytree(self.keys, folder / "home" / "keys")
        return folder / "home"

    def ingest(self, home: Path, place: str, how: tuple[str, ...] = PLAIN) -> subprocess.Popen[bytes]:
        """Begin taking the county in."""
        return subprocess.Popen(
            [sys.executable, *how, "ingest", str(self.data), "--home", str(home)],
            env={**os.environ, "MINGZHANG_LEDGER": place, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip


def ledger_of(home: Path, place: str) -> Contents:
    """Return what the ledger says but for recorded_at, correlation and order; positions must have no gap."""
    opened = Home.open(home, place)
    found = contents(opened)
    positions, *_ = opened.ledger.read_columns(0, 10_000_000)
    assert positions == list(range(1, len(positions) + 1))
    opened.close()
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Server() as server:
        yield World(tmp_path_factory.mktemp("world"), server)


@pytest.fixture
def place(world: World) -> str:
    return fresh(world.server.url)


def wait_until_at_work(world: World, place: str, seed: int) -> None:
    """Return a seeded moment after an ingest has appended a seeded part of its events."""
    chosen = random.Random(seed)
    part = int(len(world.contents) * chosen.uniform(0, 0.8))
    with psycopg.connect(place, autocommit=True) as other:
        while (other.execute("SELECT to_regclass('stored_events')").fetchone() or (None,))[0] is None:
            time.sleep(0.02)
        while (other.execute("SELECT count(*) FROM stored_events").fetchone() or (0,))[0] <= part:
            time.sleep(0.02)
    time.sleep(chosen.uniform(0, 0.1))


@pytest.mark.parametrize("seed", ROUNDS)
def test_a_server_that_is_killed_and_restarted_loses_and_doubles_nothing(
    world: World, tmp_path: Path, place: str, seed: int
) -> None:
    home = world.home(tmp_path)
    ingest = world.ingest(home, place)
    wait_until_at_work(world, place, seed)
    world.server.kill()
    time.sleep(random.Random(seed).uniform(0, 2))
    world.server.start()
    assert ingest.wait(timeout=60) in (0, 1), ingest.stderr.read() if ingest.stderr else b""
    assert ledger_of(home, place) == world.contents


@pytest.mark.parametrize("how", [PLAIN, AHEAD], ids=["one process", "reading ahead"])
def test_connections_that_are_cut_again_and_again_do_not_show(
    world: World, tmp_path: Path, place: str, how: tuple[str, ...]
) -> None:
    home = world.home(tmp_path)
    ingest = world.ingest(home, place, how)
    cut = 0
    with psycopg.connect(world.server.url, autocommit=True) as other:
        while ingest.poll() is None:
            time.sleep(0.12)
            cut += (other.execute(CUT).fetchone() or (0,))[0]
    found = cut, ingest.returncode, ingest.stderr.read() if ingest.stderr else b""
    assert cut >= 2, found
    assert ingest.returncode in (0, 1), found
    assert ledger_of(home, place) == world.contents


@pytest.mark.parametrize(
    "how", [pytest.param(PLAIN, marks=pytest.mark.soak), AHEAD], ids=["one process", "reading ahead"]
)
def test_a_server_that_stays_away_ends_the_ingest_with_4_within_a_minute_and_one_sentence(
    world: World, tmp_path: Path, place: str, how: tuple[str, ...]
) -> None:
    home = world.home(tmp_path)
    ingest = world.ingest(home, place, how)
    wait_until_at_work(world, place, 1)
    world.server.kill()
    start = time.monotonic()
    try:
        _, said = ingest.communicate(timeout=60)
    finally:
        ingest.kill()
        world.server.start()
    assert (ingest.returncode, b"Traceback" in said) == (4, False), said
    assert time.monotonic() - start < 60
    assert b"run the same command again" in said.splitlines()[-1]
    assert world.ingest(home, place).wait(timeout=120) in (0, 1)
    assert ledger_of(home, place) == world.contents


@pytest.mark.parametrize("seed", ROUNDS)
def test_an_ingest_that_is_killed_ends_with_the_same_ledger_when_run_again(
    world: World, tmp_path: Path, place: str, seed: int
) -> None:
    home = world.home(tmp_path)
    ingest = world.ingest(home, place, AHEAD if seed % 2 else PLAIN)
    wait_until_at_work(world, place, seed + 100)
    ingest.kill()
    ingest.wait()
    assert world.ingest(home, place).wait(timeout=120) in (0, 1)
    assert ledger_of(home, place) == world.contents


def test_two_who_take_the_same_folder_in_at_once_give_one_ledger(world: World, tmp_path: Path, place: str) -> None:
    homes = [world.home(tmp_path / name) for name in ("one", "two")]
    both = [world.ingest(home, place) for home in homes]
    assert [each.wait(timeout=120) in (0, 1) for each in both] == [True, True]
    found = {row for row in ledger_of(homes[0], place) if not row[0].startswith("file:")}
    assert found == {row for row in world.contents if not row[0].startswith("file:")}
