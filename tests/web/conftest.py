"""A county that tests only look at, once per file, and one that a test may change; both are copies of one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.county import County, county_in, make_county


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the county."""
    folder = tmp_path_factory.mktemp("original")
    make_county(folder)
    return folder


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, original: Path) -> Iterator[County]:
    """Give a county that nobody changes."""
    made = county_in(tmp_path_factory.mktemp("county"), original)
    yield made
    made.home.close()


@pytest.fixture
def own_county(tmp_path: Path, original: Path) -> Iterator[County]:
    """Give a county of the test's own."""
    made = county_in(tmp_path, original)
    yield made
    made.home.close()
