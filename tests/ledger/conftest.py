"""A fresh home for each test, and limits that make writing fail."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from ledger.keys import Keys
from ledger.log import Ledger, StoredRow
from ledger.vault import Vault
from tests.ledger.admitting import anybody
from tests.servers.postgres import fresh

ROOT = Path(__file__).resolve().parents[2]
Started = Callable[..., "subprocess.Popen[str]"]
Rows = Callable[..., list[StoredRow]]
Places = Callable[[], str | None]
Limit = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def keys() -> Keys:
    return Keys.in_memory(b"t" * 32)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest) -> Places:
    """Make places for ledger and vault where nothing stands: None for files in a home, or an address."""
    if request.param == "sqlite":
        return lambda: None
    url: str = request.getfixturevalue("postgres")
    return lambda: fresh(url)


@pytest.fixture
def place(places: Places) -> str | None:
    return places()


@pytest.fixture
def ledger(tmp_path: Path, place: str | None) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "home", place=place) as opened:
        yield opened


@pytest.fixture
def vault(tmp_path: Path, keys: Keys, place: str | None) -> Iterator[Vault]:
    opened = Vault.open(tmp_path / "home", keys, place=place, admit=anybody)
    yield opened
    opened.close()


@pytest.fixture
def rows() -> Rows:
    """Make `count` first versions of streams that begin with `name`."""

    def made(name: str, count: int, state: bytes = b'{"a":1}') -> list[StoredRow]:
        return [StoredRow(f"payments:{name}:{i:06}", 1, "payment.Recorded.v1", state) for i in range(count)]

    return made


@pytest.fixture
def child() -> Iterator[Started]:
    """Start tests/ledger/child.py; what it started is ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(ROOT / "tests" / "ledger" / "child.py"), *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def file_limit() -> Limit:
    """Let no file of this process grow over so many bytes: a full disk for whoever writes."""

    @contextmanager
    def limited(size: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limited
