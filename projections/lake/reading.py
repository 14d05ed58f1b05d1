"""Reading lakes: which counties they hold, where the parts of a table are, and a county's history back in tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from domain.errors import Broken, Refused
from projections.lake.manifest import Manifest, Part, read_manifest
from projections.lake.tables import DERIVED, FACTS, NO_COUNTY, SCREENED


class Lake(NamedTuple):
    """One lake: a ledger's."""

    folder: Path
    manifest: Manifest


class Lakes:
    """One or more lakes, read together: each county stands in one of them only."""

    def __init__(self, lakes: Sequence[Lake]) -> None:
        self.lakes = tuple(lakes)
        self.position = max(lake.manifest.position for lake in lakes)
        """The furthest position of any: each lake ends with its own."""
        self._parts: dict[str, list[tuple[str, str, Part]]] = {}
        self._rows: dict[str, int] = {}
        for lake in lakes:
            for part in lake.manifest.parts:
                if part.table in SCREENED:
                    self._parts.setdefault(part.table, []).append((part.county, str(lake.folder / part.path), part))
                    self._rows[part.county] = self._rows.get(part.county, 0) + part.rows

    @property
    def counties(self) -> dict[str, int]:
        """Return the rows of every county, by its code."""
        return dict(sorted(self._rows.items()))

    def files(self, table: str, counties: Collection[str] | None = None) -> list[str]:
        """Return the paths of a table's parts, of all counties or of some; none where there is no row."""
        parts = self._parts.get(table, [])
        return [path for county, path, _ in parts if counties is None or county in counties]

    def amended(self, table: str) -> bool:
        """Say whether any record of a table has more than one version."""
        return any(part.amendments for _, _, part in self._parts.get(table, []))

    def payments(self) -> int:
        """Return how many payments, every version, the lakes hold."""
        return sum(part.rows for _, _, part in self._parts.get("payments", []))

    def batches(self, rows: int) -> Iterator[tuple[str, ...]]:
        """Yield the counties in groups of up to so many rows; a county of more is a group of its own."""
        group: list[str] = []
        held = 0
        for county, own in self.counties.items():
            if group and held + own > rows:
                yield tuple(group)
                group, held = [], 0
            group.append(county)
            held += own
        if group:
            yield tuple(group)


def open_lakes(folders: Sequence[Path]) -> Lakes:
    """Return the lakes of some folders. NotFound, Refused where two hold one county or none holds any, Broken."""
    lakes = [Lake(folder, read_manifest(folder)) for folder in folders]
    seen: dict[str, Path] = {}
    for lake in lakes:
        for county in sorted({part.county for part in lake.manifest.parts} - {NO_COUNTY}):
            if county in seen:
                raise Refused(
                    f"县 {county} 在 {seen[county]} 和 {lake.folder} 中都有：每个县只能在一个数据湖中",
                    f"county {county} is in {seen[county]} and in {lake.folder}: a county may stand in one lake only",
                )
            seen[county] = lake.folder
        _check_files(lake)
    if not seen:
        raise Refused(
            "数据湖中没有记录：请先用 mingzhang lake export 导出",
            "the lakes hold no records: export some first (mingzhang lake export)",
        )
    return Lakes(lakes)


def _check_files(lake: Lake) -> None:
    """Raise Broken where a part that the manifest names is missing or has another size."""
    for part in lake.manifest.parts:
        path = lake.folder / part.path
        found = path.stat().st_size if path.is_file() else -1
        if found != part.bytes:
            state = ("缺失", "missing") if found < 0 else (f"为 {found} 字节", f"of {found} bytes")
            raise Broken(
                f"数据湖的 {path} {state[0]}，清单记为 {part.bytes} 字节：请导出到新的空文件夹",
                f"{path} of the lake is {state[1]}, the manifest says {part.bytes}: export into a new, empty folder",
            )


def paths_sql(paths: Sequence[str]) -> str:
    """Return the SQL that reads Parquet files; what their folders are called adds no column."""
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def load_history(connection: duckdb.DuckDBPyConnection, lakes: Lakes, counties: Collection[str]) -> int:
    """Fill the empty read tables of a connection with the history of some counties; return how many rows."""
    rows = 0
    for table in SCREENED:
        paths = lakes.files(table, counties)
        if paths:
            done = connection.execute(_insert(connection, table, paths_sql(paths))).fetchone()
            rows += int(done[0]) if done is not None else 0
    return rows


def _insert(connection: duckdb.DuckDBPyConnection, table: str, source: str) -> str:
    """Return the INSERT of a table's rows; a fact is marked as amended where another version of it is there."""
    names = [
        str(row[0])
        for row in connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'history' AND table_name = ? "
            "ORDER BY column_index",
            [table],
        ).fetchall()
    ]
    if table not in FACTS:
        return f"INSERT INTO history.{table} ({', '.join(names)}) SELECT {', '.join(names)} FROM {source}"
    selected = ", ".join("a.record_id IS NOT NULL" if name == DERIVED else f"x.{name}" for name in names)
    return (
        f"INSERT INTO history.{table} ({', '.join(names)}) SELECT {selected} FROM {source} AS x LEFT JOIN "
        f"(SELECT DISTINCT county, source, record_id FROM {source} WHERE version > 1) AS a "
        "ON a.county = x.county AND a.source = x.source AND a.record_id = x.record_id"
    )
