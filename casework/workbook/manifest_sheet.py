"""Writes the very hidden sheet 清单凭据: the signed manifest, as text that every spreadsheet program keeps."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import NamedTuple

from xlsxwriter import Workbook

from casework.workbook.columns import ISSUED
from casework.workbook.guide import Cause, choices
from casework.workbook.list_sheet import ListPage, issued_values
from casework.workbook.manifest import FORM, Manifest, ManifestItem, Sign, digits_of, encoded, signed_text

NAME = "清单凭据"
_TOLD = "本表是清单的凭据，供导入时核对。请勿改动或删除。"
_CHUNK = 8000
"""Characters in a cell: well below the 32,767 that a cell of .xls or .xlsx holds."""
_FEWEST_LINES = 3


class Sealed(NamedTuple):
    """A manifest as it stands in the sheet: its JSON, and the signature over it."""

    body: bytes
    signature: bytes


def write_manifest(book: Workbook, page: ListPage, sign: Sign) -> None:
    """Add the sheet: below a sentence the form's name, the signature, then the JSON, all but the first in base64."""
    body = encoded(manifest_of(page))
    text = b64encode(body).decode("ascii")
    sheet = book.add_worksheet(NAME)
    lines = [_TOLD, FORM, b64encode(sign(signed_text(body))).decode("ascii")]
    lines += [text[first : first + _CHUNK] for first in range(0, len(text), _CHUNK)]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line)
    sheet.very_hidden()


def manifest_of(page: ListPage) -> Manifest:
    """Return what the workbook of a page says of itself."""
    issue, township = page.issue, page.township
    causes: dict[tuple[Cause, ...], int] = {}
    items = []
    for place, item in enumerate(township.items):
        given = choices(item.rules, page.wording.guides)
        digits = digits_of(issue.list_id, item.suspicion_id, issued_values(page, place))
        kept = causes.setdefault(given, len(causes))
        items.append(ManifestItem(page.number(place), item.suspicion_id, digits, kept))
    return Manifest(
        list_id=issue.list_id,
        number=issue.number,
        version=issue.version,
        county=township.county,
        township=township.code,
        part=page.part.village if page.part else None,
        of=page.part.of if page.part else len(township.items),
        issued_on=issue.issued_on,
        due_on=issue.due_on,
        columns=tuple(column.heading for column in ISSUED),
        causes=tuple(causes),
        items=tuple(items),
    )


def sealed_in(column: Iterable[str]) -> Sealed | None:
    """Return what the first column of the sheet holds; None where it holds no manifest of this form."""
    lines = [line.strip() for line in column]
    if FORM not in lines[:_FEWEST_LINES]:
        return None
    lines = lines[lines.index(FORM) + 1 :]
    try:
        signature, body = (b64decode(text, validate=True) for text in (lines[0], "".join(lines[1:])))
    except (IndexError, ValueError):
        return None
    return Sealed(body, signature)
