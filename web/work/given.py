"""Files that are handed in for taking in, each under a plain name that says its record type."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from domain.contract import RECORD_TYPES
from domain.errors import Malformed
from intake.reading.files import READERS, type_of

_PLAIN = re.compile(r"[^\w.-]+")
_LONGEST = 80


def named_files(files: Iterable[tuple[str, BinaryIO]], record_type: str) -> dict[str, BinaryIO]:
    """Return files under the names with which `ingest` knows them; `record_type`: of all, "" where names say it.

    Malformed: none, one name twice, a name that says no type, or a format that is not read.
    """
    found: dict[str, BinaryIO] = {}
    for called, content in files:
        name = _name(called, record_type)
        if name in found:
            raise Malformed(f"有两个文件都叫 {called}：请改名后再交", f"two files are called {called}: rename one")
        found[name] = content
    if not found:
        raise Malformed("没有选择文件", "no file was chosen")
    return found


def _name(called: str, record_type: str) -> str:
    path = Path(called.replace("\\", "/"))
    suffix, stem = path.suffix.lower(), _PLAIN.sub("_", path.stem).lstrip(".")[:_LONGEST]
    if suffix not in READERS:
        raise Malformed(
            f"{called} 不是能读的格式；可以是：{'、'.join(READERS)}",
            f"{called} is of no format that is read; these are: {', '.join(READERS)}",
        )
    if record_type and record_type not in RECORD_TYPES:
        raise Malformed(f"没有记录类型 {record_type}", f"there is no record type {record_type}")
    plain = Path(f"{stem}{suffix}")
    told = type_of(plain)
    if record_type and told != record_type:
        return f"{record_type}-{plain.name}"
    if not told:
        raise Malformed(
            f"{called} 的文件名看不出记录类型：请选择类型，或改名如 payments-3月.xlsx",
            f"the name {called} says no record type: choose one, or rename it, as payments-march.xlsx",
        )
    return plain.name
