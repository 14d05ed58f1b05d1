"""Exporting: what the ledger took since the last export, as further parts; written aside, then named, then listed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec

from domain.errors import Broken, NotFound, Refused, Unreachable
from projections.lake.manifest import NAME, Manifest, Part, keep_names, read_manifest, write_manifest
from projections.lake.tables import LakeTable, lake_tables
from projections.models import Claim
from projections.projector import Events, last_fingerprint

ASIDE = ".writing"
"""Folder inside the lake in which parts are written before they get their names."""


class Exported(NamedTuple):
    """What an export did."""

    since: int
    """Position that the lake had reached before."""
    position: int
    parts: int
    """Files written."""
    rows: int
    removed: int
    """Files found that the manifest did not name: left by an export that did not come to its end, or replaced."""


class Exporter:
    """Brings a lake up to a position of read models that have reached it."""

    def __init__(self, store: duckdb.DuckDBPyConnection, events: Events, folder: Path) -> None:
        self._store, self._events, self._folder = store, events, folder

    def run(self, upto: int, progress: Callable[[str, int, int], None] | None = None) -> Exported:
        """Write what is missing up to a position.

        Broken where the lake is another ledger's, Refused where it is ahead, Unreachable where another is exporting.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        claim = Claim(self._folder)
        if not claim.take():
            claim.release()
            raise Unreachable(
                f"另一进程正在向 {self._folder} 导出：请待其结束后重试",
                f"another process is exporting to {self._folder}: try again when it has ended",
            )
        try:
            return self._run(upto, progress)
        finally:
            claim.release()

    def _run(self, upto: int, progress: Callable[[str, int, int], None] | None) -> Exported:
        before = self._before(upto)
        removed = clear_strays(self._folder, before)
        if upto == before.position:
            return Exported(upto, upto, 0, 0, removed)
        tables = lake_tables(self._store)
        fresh: list[Part] = []
        for place, table in enumerate(tables):
            if progress is not None:
                progress(table.name, place, len(tables))
            fresh += self._write(table, before.position, upto)
        replaced = {table.name for table in tables if table.whole}
        kept = tuple(part for part in before.parts if part.table not in replaced)
        self.list_parts(Manifest(position=upto, last_event=self._fingerprint(upto), parts=(*kept, *fresh)))
        return Exported(before.position, upto, len(fresh), sum(part.rows for part in fresh), removed)

    def _before(self, upto: int) -> Manifest:
        """Return what the lake holds; Broken unless the ledger still has the event that it ended with."""
        try:
            manifest = read_manifest(self._folder)
        except NotFound:
            return Manifest()
        if manifest.position > upto:
            raise Refused(
                f"数据湖已到第 {manifest.position} 号，账本只到第 {upto} 号",
                f"the lake has reached position {manifest.position}, the ledger ends at {upto}",
            )
        if manifest.position and self._fingerprint(manifest.position) != manifest.last_event:
            raise Broken(
                f"账本第 {manifest.position} 号事件与 {self._folder} 所记的不同：数据湖属于另一账本，或账本被改动",
                f"event {manifest.position} of the ledger is not the one that {self._folder} ended with: "
                "the lake is another ledger's, or the ledger was changed",
            )
        return manifest

    def _fingerprint(self, position: int) -> str:
        columns = self._events.read_columns(position - 1, 1)
        return last_fingerprint(columns) if columns[0] else ""

    def _write(self, table: LakeTable, after: int, upto: int) -> list[Part]:
        """Write the table's rows of the stretch, a part for each county and fee year."""
        chosen = table.select(after, upto)
        groups = self._store.execute(
            f"SELECT county, lake_year, count(*), {table.amendments} FROM ({chosen}) "
            "GROUP BY county, lake_year ORDER BY county, lake_year"
        ).fetchall()
        first = 1 if table.whole else after + 1
        return [
            self._part(
                table, chosen, Part("", table.name, county, year, first, upto, rows=rows, amendments=amendments)
            )
            for county, year, rows, amendments in groups
        ]  # fmt: skip

    def _part(self, table: LakeTable, chosen: str, part: Part) -> Part:
        """Write a part and return it with its path and size."""
        path = Path(
            f"type={part.table}/county={part.county}/fee_year={part.fee_year}/"
            f"part-{part.first:012d}-{part.last:012d}.parquet"
        )
        aside = self._folder / ASIDE / path.parent / path.name
        aside.parent.mkdir(parents=True, exist_ok=True)
        names = ", ".join(column.name for column in table.columns)
        quoted = str(aside).replace("'", "''")
        written = self._store.execute(
            f"COPY (SELECT {names} FROM ({chosen}) WHERE county = $county AND lake_year = $year ORDER BY position) "
            f"TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)",
            {"county": part.county, "year": part.fee_year},
        ).fetchone()
        if written is None or written[0] != part.rows:
            raise Broken(
                f"{path} 应有 {part.rows} 行，写出 {written[0] if written else 0} 行",
                f"{path} should have {part.rows} rows, {written[0] if written else 0} were written",
            )
        self.name_part(aside, self._folder / path)
        return msgspec.structs.replace(part, path=str(path), bytes=(self._folder / path).stat().st_size)

    def name_part(self, aside: Path, path: Path) -> None:
        """Give a part that is written whole its name, so that both last through a loss of power."""
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(path)
        for folder in path.parents:
            keep_names(folder)
            if folder == self._folder:
                break

    def list_parts(self, manifest: Manifest) -> None:
        """Put the manifest in place: from now on the parts are there. What was written aside is empty by then."""
        write_manifest(self._folder, manifest)
        shutil.rmtree(self._folder / ASIDE, ignore_errors=True)


def clear_strays(folder: Path, manifest: Manifest) -> int:
    """Remove the parts that the manifest does not name, and what was written aside; return how many files."""
    named = {part.path for part in manifest.parts}
    parts = folder.glob("type=*/county=*/fee_year=*/part-*.parquet")
    strays = [path for path in parts if str(path.relative_to(folder)) not in named]
    strays += [path for path in (folder / ASIDE).rglob("*") if path.is_file()]
    for path in strays:
        path.unlink()
    shutil.rmtree(folder / ASIDE, ignore_errors=True)
    (folder / f".{NAME}.writing").unlink(missing_ok=True)
    return len(strays)
