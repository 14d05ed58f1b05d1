"""A consumer whose database is frozen (SIGSTOP) waits for it, or ends with 4 within a minute where it is to end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.home import Home
from tests.county import payment
from tests.servers.postgres import Server, fresh
from tests.servers.streams import Streams, record

pytestmark = pytest.mark.soak

PAYMENTS = "collection.payments"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as started:
        yield started


def consuming(streams: Streams, home: Path, place: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a consumer whose ledger stands in the database, and give it ten payments first."""
    streams.make(PAYMENTS)
    streams.environment |= {"MINGZHANG_LEDGER": place}
    Home.open(home, place).close()
    streams.produce([record("payments", payment(f"P{number}", number)) for number in range(10)])
    process = streams.started(home, *arguments)
    until_head(home, place, 10)
    return process


def until_head(home: Path, place: str, events: int) -> None:
    deadline = time.monotonic() + 60
    with Home.open(home, place) as opened:
        opened.sealer = None
        while opened.ledger.head() < events:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def produce_more(streams: Streams) -> None:
    streams.produce([record("payments", payment(f"Q{number}", number)) for number in range(10)])


def test_where_it_is_to_end_it_ends_with_4_within_a_minute(streams: Streams, server: Server, tmp_path: Path) -> None:
    home, place = tmp_path / "home", fresh(server.url)
    process = consuming(streams, home, place, "--until-idle", "30")
    server.freeze()
    produce_more(streams)
    start = time.monotonic()
    try:
        _, said = process.communicate(timeout=90)
    finally:
        process.kill()
        server.thaw()
    assert (process.returncode, b"Traceback" in said) == (4, False), said
    assert time.monotonic() - start < 60
    process = streams.started(home, "--until-idle", "1")
    assert process.wait(timeout=60) == 0
    until_head(home, place, 20)


def test_else_it_goes_on_when_the_server_thaws(streams: Streams, server: Server, tmp_path: Path) -> None:
    home, place = tmp_path / "home", fresh(server.url)
    process = consuming(streams, home, place)
    server.freeze()
    produce_more(streams)
    try:
        time.sleep(20)
        assert process.poll() is None
    finally:
        server.thaw()
    until_head(home, place, 20)
    process.send_signal(signal.SIGTERM)
    out, said = process.communicate(timeout=30)
    assert process.returncode == os.EX_OK, said.decode()
    assert b"read 20 = appended 20 + repeated 0" in out
