"""Files as nobody should send them: garbage, bombs, locked workbooks, other encodings, folders under a file's name."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook

GARBAGE_BYTES = 30_000_000
BOMB_BYTES = 600_000_000
_BLOCK = 1_000_000


def write_garbage(path: Path, heading: bytes = b"", size: int = GARBAGE_BYTES) -> None:
    """Write random bytes, the same every time."""
    chance = random.Random(4)
    with path.open("wb") as file:
        file.write(heading)
        for _ in range(size // _BLOCK):
            file.write(chance.randbytes(_BLOCK))


def write_endless_line(path: Path, heading: bytes) -> None:
    """Write a heading and one line without an end."""
    with path.open("wb") as file:
        file.write(heading)
        for _ in range(GARBAGE_BYTES // _BLOCK):
            file.write(b"x" * _BLOCK)


def write_bomb(path: Path) -> None:
    """Write a workbook of some hundred kilobytes that unpacks to 600 MB."""
    book = io.BytesIO()
    Workbook().save(book)
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            if not part.filename.endswith("sheet1.xml"):
                target.writestr(part, source.read(part))
        with target.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(BOMB_BYTES // _BLOCK):
                sheet.write(b" " * _BLOCK)


def write_locked(path: Path) -> None:
    """Write a workbook that opens with a password only."""
    book, locked = io.BytesIO(), io.BytesIO()
    Workbook().save(book)
    OOXMLFile(book).encrypt("geheim", locked)
    path.write_bytes(locked.getvalue())
