"""Exports to the lake, as its manifest lists them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from domain.errors import MingzhangError
from projections.lake.manifest import read_manifest


class Export(NamedTuple):
    """One table of the lake."""

    table: str
    parts: int
    rows: int
    bytes: int
    first: int
    """First ledger position."""
    last: int


def exports(lake: Path | None) -> list[Export]:
    """Return the tables of a lake; none where there is no lake or its manifest cannot be read."""
    if lake is None:
        return []
    try:
        manifest = read_manifest(lake)
    except MingzhangError:
        return []
    found: dict[str, Export] = {}
    for part in manifest.parts:
        was = found.get(part.table, Export(part.table, 0, 0, 0, part.first, part.last))
        found[part.table] = Export(
            part.table, was.parts + 1, was.rows + part.rows, was.bytes + part.bytes, min(was.first, part.first),
            max(was.last, part.last),
        )  # fmt: skip
    return [found[name] for name in sorted(found)]
