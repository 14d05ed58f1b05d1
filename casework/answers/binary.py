"""Looks into an .xls (BIFF8 in a compound file) for what its reader does not tell: encryption, formulas, errors."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO

from msoffcrypto import olefile

from casework.answers.formulas import Formulas
from casework.answers.refusals import NotTakenError, Reason

OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_PACKAGE = "EncryptedPackage"
_STREAMS = ("Workbook", "Book")
_BOF, _EOF, _FORMULA, _FILE_PASSWORD, _SHEET, _COUNT_FROM_1904 = 0x0809, 0x000A, 0x0006, 0x002F, 0x0085, 0x0022
_HEADER = struct.Struct("<HH")
_PLACE = struct.Struct("<HH")
_TRUTH_OR_ERROR, _IS_ERROR = 0x0205, 7
_WIDE = 1
_DETAIL = 120


def look_into_binary(content: bytes, sheet: str) -> tuple[Formulas, bool]:
    """Return where the sheet's formulas stand and whether days count from 1904.

    NotTakenError where the file is protected by a password (an encrypted .xlsx is such a compound file too) or damaged.
    """
    try:
        return _looked(_stream(content), sheet)
    except (IndexError, struct.error) as error:
        raise NotTakenError(Reason.DAMAGED, detail=str(error)[:_DETAIL]) from error


def _looked(stream: bytes, sheet: str) -> tuple[Formulas, bool]:
    start, from_1904 = None, False
    for kind, data in _records(stream, 0):
        if kind == _FILE_PASSWORD:
            raise NotTakenError(Reason.PROTECTED)
        if kind == _COUNT_FROM_1904:
            from_1904 = data[:2] == b"\x01\x00"
        elif kind == _SHEET and _name(data) == sheet:
            start = int.from_bytes(data[:4], "little")
    if start is None:
        return Formulas(), from_1904
    found = Formulas()
    for kind, data in _records(stream, start):
        if kind == _FORMULA:
            found.cells.add(_PLACE.unpack_from(data))
        elif kind == _TRUTH_OR_ERROR and data[_IS_ERROR]:
            found.errors.add(_PLACE.unpack_from(data))
    return found, from_1904


def _stream(content: bytes) -> bytes:
    try:
        with olefile.OleFileIO(BytesIO(content)) as file:
            if file.exists(_ENCRYPTED_PACKAGE):
                raise NotTakenError(Reason.PROTECTED)
            name = next((name for name in _STREAMS if file.exists(name)), None)
            if name is None:
                raise NotTakenError(Reason.DAMAGED, detail="no Workbook stream")
            return bytes(file.openstream(name).read())
    except (OSError, ValueError) as error:
        raise NotTakenError(Reason.DAMAGED, detail=str(error)[:_DETAIL]) from error


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one substream, charts and the like within it left out."""
    depth = 0
    while at + _HEADER.size <= len(stream):
        kind, size = _HEADER.unpack_from(stream, at)
        data = stream[at + _HEADER.size : at + _HEADER.size + size]
        at += _HEADER.size + size
        if len(data) < size:
            break
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, data
    raise NotTakenError(Reason.DAMAGED, detail="no end of a substream")


def _name(data: bytes) -> str:
    """Return the name in a BOUNDSHEET record: offset, state, kind, length, whether it is wide, characters."""
    length, wide = data[6], data[7] & _WIDE
    return data[8 : 8 + length * 2].decode("utf-16-le", "replace") if wide else data[8 : 8 + length].decode("latin-1")
