"""Names of files and folders as they may be shown and kept: whatever bytes a department's machine gave them."""

from __future__ import annotations

import os
from pathlib import Path

from intake.reading.files import READERS, type_of
from intake.shown import shown_id

DEPARTMENT, MAPPING = "department.yaml", "mapping.yaml"
DONE, REFUSED, RECEIPTS = "done", "refused", "receipts"
MARKER = ".done"
"""What a sender appends to a file's name, for an empty file that says: this one is complete."""
UNFINISHED = (".part", ".tmp", ".partial", ".filepart", ".crdownload")
_STEM_BYTES = 150
"""Of a kept name: a date and a digest stand before it, and a file system takes 255 bytes."""
_SUFFIX = 10
_DEPARTMENT_BYTES = 100


def clean_name(raw: str) -> str:
    """Return a file's name as text: UTF-8, else GB18030 as old Windows machines write it, resident numbers masked.

    What is not printable becomes _; the name is cut to what a file system takes with a date before it.
    """
    text = "".join(sign if sign.isprintable() else "_" for sign in _decoded(os.fsencode(raw)))
    name = Path(shown_id(text))
    return name.stem.encode()[:_STEM_BYTES].decode(errors="ignore") + name.suffix[:_SUFFIX]


def is_department(name: str) -> bool:
    """Say whether a folder's name can stand in the ledger for who handed in."""
    return name == clean_name(name) and name.strip() == name and len(name.encode()) <= _DEPARTMENT_BYTES


def is_left_alone(name: str) -> bool:
    """Say whether a name is none of a file handed in: hidden, being written, a lock file, or the folder's own."""
    return name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED) or name in (DEPARTMENT, MAPPING)


def type_named(name: str) -> str:
    """Return the record type that a clean name says, in the contract's word or in Chinese; '' where it says none."""
    return type_of(Path(name))


def is_readable(name: str) -> bool:
    """Say whether a name ends like a format that is read."""
    return Path(name).suffix.lower() in READERS


def _decoded(name: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("ascii", "backslashreplace")
