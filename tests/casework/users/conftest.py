"""A home on SQLite and one on PostgreSQL, with a few accounts; the clock is an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from casework.users.accounts import Place, add
from casework.users.passwords import set_own
from casework.users.writing import By
from ledger.home import Home
from tests.casework.users.sample import GOOD, NOON, SARKAN


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """Give a home without accounts."""
    place: str | None = None
    if request.param == "postgresql":
        made: Callable[[], str] = request.getfixturevalue("postgres_place")
        place = made()
    with Home.open(tmp_path / "home", place) as opened:
        yield opened


@pytest.fixture
def by() -> By:
    return By("admin", NOON)


@pytest.fixture
def staffed(home: Home, by: By) -> Home:
    """Give a home with an administrator, an analyst who has a password, and a clerk."""
    add(home, "admin", Place("sysadmin"), by)
    add(home, "ana", Place("analyst"), by)
    add(home, "clerk-103", Place("clerk", SARKAN), by)
    set_own(home, "ana", GOOD, by)
    return home


