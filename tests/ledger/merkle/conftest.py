"""One sealed home for all tests of a module, and a copy of it for each test that changes something."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ledger.merkle.sealed import Kept, build


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return build(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def kept(untouched: Kept, tmp_path: Path) -> Kept:
    home = shutil.copytree(untouched.home, tmp_path / "home")
    return untouched._replace(home=home)
