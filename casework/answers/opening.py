"""Opens a returned file: whether it is a workbook that can be read, whether it is ours, and the rows of its list."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePath
from typing import NamedTuple

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError

from casework.answers.binary import OLE, look_into_binary
from casework.answers.formulas import Formulas
from casework.answers.package import look_into
from casework.answers.refusals import NotTakenError, Reason
from casework.workbook import evidence_sheet, instructions_sheet, list_sheet, manifest_sheet, report_sheet
from casework.workbook.manifest import Manifest, Verify, decoded, signed_text
from domain.errors import Malformed
from intake.reading.archive import UNPACKED_BYTES
from intake.reading.rows import Row
from intake.reading.workbook import is_damage, sheet_rows

_SUFFIXES = frozenset({".xlsx", ".xls"})
_ZIP = b"PK"
_MIB = 1 << 20
_DETAIL = 120
OURS = frozenset(
    {
        list_sheet.NAME, list_sheet.CHOICES, manifest_sheet.NAME, evidence_sheet.NAME, report_sheet.NAME,
        instructions_sheet.NAME,
    }
)  # fmt: skip
"""The sheets of an issued workbook."""


class Opened(NamedTuple):
    """A returned workbook that is ours, with its list not yet read."""

    manifest: Manifest
    list: CalamineSheet
    formulas: Formulas
    """Of the list."""
    from_1904: bool
    others: tuple[str, ...]
    """Sheets that were not issued."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the list, from the first of the sheet that holds anything."""
        return sheet_rows(self.list)


def open_returned(name: str, content: bytes, verify: Verify) -> Opened:
    """Open the file of that name; NotTakenError says why it is not taken and what to do."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise NotTakenError(Reason.FORMAT, suffix=suffix or name)
    if not content:
        raise NotTakenError(Reason.EMPTY)
    if len(content) > UNPACKED_BYTES:
        raise NotTakenError(Reason.TOO_LARGE, found=len(content) // _MIB, limit=UNPACKED_BYTES // _MIB)
    formulas, from_1904 = _looked_into(content)
    book = _book(content)
    manifest = _manifest(book, verify)
    if list_sheet.NAME not in book.sheet_names:
        raise NotTakenError(Reason.NO_SHEET, sheet=list_sheet.NAME)
    others = tuple(sheet for sheet in book.sheet_names if sheet not in OURS)
    return Opened(manifest, _sheet(book, list_sheet.NAME), formulas, from_1904, others)


def _looked_into(content: bytes) -> tuple[Formulas, bool]:
    """Return the formulas of the list, and whether days count from 1904; the content says what kind of file it is."""
    if content.startswith(OLE):
        return look_into_binary(content, list_sheet.NAME)
    if content.startswith(_ZIP):
        package = look_into(content, (list_sheet.NAME, manifest_sheet.NAME))
        return package.formulas.get(list_sheet.NAME, Formulas()), package.from_1904
    raise NotTakenError(Reason.DAMAGED, detail="no workbook")


def _manifest(book: CalamineWorkbook, verify: Verify) -> Manifest:
    if manifest_sheet.NAME not in book.sheet_names:
        raise NotTakenError(Reason.NO_MANIFEST)
    rows = _sheet(book, manifest_sheet.NAME).to_python()
    sealed = manifest_sheet.sealed_in(str(row[0]) for row in rows if row)
    if sealed is None:
        raise NotTakenError(Reason.NO_MANIFEST)
    if not verify(signed_text(sealed.body), sealed.signature):
        raise NotTakenError(Reason.NOT_SIGNED)
    try:
        return decoded(sealed.body)
    except Malformed as error:
        raise NotTakenError(Reason.DAMAGED, detail=error.en[:_DETAIL]) from error


def _book(content: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except PasswordError as error:
        raise NotTakenError(Reason.PROTECTED) from error
    except BaseException as error:
        raise _refused(error) from error


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except BaseException as error:
        raise _refused(error) from error


def _refused(error: BaseException) -> BaseException:
    """Return what is told of an error of the reading library; another is not ours."""
    return NotTakenError(Reason.DAMAGED, detail=str(error)[:_DETAIL]) if is_damage(error) else error
