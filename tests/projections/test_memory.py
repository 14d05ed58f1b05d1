"""How much memory there is: the machine's, or the container's where that is less."""

from __future__ import annotations

from pathlib import Path

import pytest

from projections.memory import machine_mb

NOWHERE = Path("/nowhere/memory.max")


@pytest.mark.parametrize(("said", "mb"), [("2147483648\n", 2048), ("536870912", 512)])
def test_a_containers_limit_holds(said: str, mb: int, tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(said)
    assert machine_mb([NOWHERE, limit]) == mb


@pytest.mark.parametrize("said", ["max\n", "9223372036854771712\n"])
def test_without_a_limit_it_is_the_machines(said: str, tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(said)
    assert machine_mb([limit]) == machine_mb([NOWHERE]) > 0
