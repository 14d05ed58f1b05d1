from pathlib import Path

import pytest

from simulation.county import Counts, write_county


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Counts]:
    """A county of 10,000 people, made once for all tests."""
    out = tmp_path_factory.mktemp("county")
    return out, write_county(out, 10_000, 1)
