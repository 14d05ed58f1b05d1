"""What a lake holds: its parts by name and the ledger position that they reach, in one file that is exchanged whole."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from domain.errors import Broken, NotFound, Refused

NAME = "manifest.json"
FORMAT = 1
"""Raised when the lake's tables change: a lake of another format is exported anew into an empty folder."""


class Part(msgspec.Struct, frozen=True):
    """A Parquet file: rows of one table, county and fee year that events in a stretch of the ledger left."""

    path: str
    """Below the lake's folder."""
    table: str
    county: str
    """000000: of no county."""
    fee_year: int
    """0: of no fee year."""
    first: int = msgspec.field(name="from")
    """First position of the stretch."""
    last: int = msgspec.field(name="to")
    """Last position of the stretch."""
    rows: int = 0
    amendments: int = 0
    """Rows that are a later version of a record than its first."""
    bytes: int = 0


class Manifest(msgspec.Struct, frozen=True):
    """manifest.json: a part that it does not name is not there."""

    format: int = FORMAT
    position: int = 0
    """Ledger position up to which every event is in."""
    last_event: str = ""
    """Fingerprint of the event at the position, by which a lake knows its ledger again."""
    parts: tuple[Part, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """Return the lake's manifest. NotFound where there is none, Broken where it cannot be read, Refused of old form."""
    path = folder / NAME
    if not path.is_file():
        raise NotFound(
            f"{folder} 不是数据湖：没有 {NAME}，请先运行 mingzhang lake export --to {folder}",
            f"{folder} is no lake, it has no {NAME}: run mingzhang lake export --to {folder} first",
        )
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.DecodeError as error:
        raise Broken(
            f"{path} 无法读取（{error}）：请导出到新的空文件夹",
            f"{path} cannot be read ({error}): export into a new, empty folder",
        ) from error
    if manifest.format != FORMAT:
        raise Refused(
            f"数据湖 {folder} 的格式为 {manifest.format}，程序需要 {FORMAT}：请导出到新的空文件夹",
            f"the lake {folder} has format {manifest.format}, {FORMAT} is needed: export into a new, empty folder",
        )
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest in the place of the one before; it is there whole or not at all, also after a loss of power."""
    fresh = folder / f".{NAME}.writing"
    with fresh.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / NAME)
    keep_names(folder)


def keep_names(folder: Path) -> None:
    """Make the names in a folder last through a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
