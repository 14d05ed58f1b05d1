"""Servers that tests share: started when the first test of a process asks, never skipped where they are missing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.servers.postgres import Server, fresh


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the address of a PostgreSQL that tests may use: MINGZHANG_TEST_POSTGRES, or one of their own."""
    given = os.environ.get("MINGZHANG_TEST_POSTGRES")
    if given:
        yield given
        return
    with Server() as server:
        yield server.url


@pytest.fixture
def postgres_place(postgres: str) -> Callable[[], str]:
    """Make addresses under which neither a ledger nor a vault stands yet."""
    return lambda: fresh(postgres)
