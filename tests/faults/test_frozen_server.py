"""An ingest whose database is frozen (SIGSTOP) goes on when it thaws, or ends with 4 within a minute."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.test_database import World, ledger_of, wait_until_at_work
from tests.servers.postgres import Server, fresh

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Server() as server:
        yield World(tmp_path_factory.mktemp("frozen"), server)


def test_a_server_that_stays_frozen_ends_the_ingest_with_4_within_a_minute(world: World, tmp_path: Path) -> None:
    home, place = world.home(tmp_path), fresh(world.server.url)
    ingest = world.ingest(home, place)
    wait_until_at_work(world, place, 1)
    world.server.freeze()
    start = time.monotonic()
    try:
        _, said = ingest.communicate(timeout=90)
    finally:
        ingest.kill()
        world.server.thaw()
    took = time.monotonic() - start
    assert (ingest.returncode, b"Traceback" in said) == (4, False), said
    assert took < 60
    assert b"run the same command again" in said.splitlines()[-1]
    assert world.ingest(home, place).wait(timeout=120) in (0, 1)
    assert ledger_of(home, place) == world.contents


def test_a_server_that_thaws_is_gone_on_with_and_nothing_is_lost_or_doubled(world: World, tmp_path: Path) -> None:
    home, place = world.home(tmp_path), fresh(world.server.url)
    ingest = world.ingest(home, place)
    wait_until_at_work(world, place, 1)
    world.server.freeze()
    try:
        time.sleep(20)
        assert ingest.poll() is None
    finally:
        world.server.thaw()
    assert ingest.wait(timeout=60) in (0, 1), ingest.stderr.read() if ingest.stderr else b""
    assert ledger_of(home, place) == world.contents
