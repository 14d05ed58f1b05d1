"""What a returned workbook gave: the answers in clear, and the problems by cell. Nothing of it may be logged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

REFUSED, WARNING, NOTE = "refused", "warning", "note"
"""The item is not taken; taken and told; nothing wrong, only told."""


class Problem(msgspec.Struct, frozen=True):
    """Something found in a returned workbook, in the clerk's words; values of persons are not shown."""

    cell: str
    """Such as N4, on the sheet 疑点清单; the name of another sheet; "" where it is about no single cell."""
    message_zh: str
    message_en: str
    item: int | None = None
    """Number in the whole list, as the workbook shows it."""
    suspicion_id: str | None = None
    weight: str = REFUSED
    """REFUSED, WARNING or NOTE."""


class AnswerGiven(msgspec.Struct, frozen=True, kw_only=True):
    """What a township wrote about one item, in clear; what is None was left empty."""

    item: int
    """Number in the whole list."""
    suspicion_id: str
    checked: bool
    method: str | None = None
    """One of domain.cases.answer.METHODS."""
    checker: str | None = None
    second_checker: str | None = None
    checked_on: date | None = None
    result: str | None = None
    """One of domain.cases.answer.RESULTS; None where it was not checked."""
    cause: str | None = None
    """Id of an innocent explanation, VIOLATION or OTHER."""
    statement: str | None = None
    measures: str | None = None
    repaid_fen: int | None = None
    repaid_on: date | None = None
    responsible: str | None = None
    village_signed: bool | None = None
    attachments: str | None = None
    cells: Mapping[str, str] = {}
    """Field to the address of the cell that holds it, of the cells that hold something."""


class ReturnedWorkbook(msgspec.Struct, frozen=True, kw_only=True):
    """A workbook that came back: issued = answers + empty + refused + missing."""

    file: str
    list_id: str
    number: str
    version: int
    part: str | None
    """Code of the village, "" for the items of no single village; None: the whole list."""
    issued: int
    """Items of this workbook as it was issued."""
    answers: tuple[AnswerGiven, ...]
    """By number of the item."""
    empty: tuple[int, ...]
    """Items whose row holds nothing yet; like the next two, by their numbers in the whole list."""
    refused: tuple[int, ...]
    missing: tuple[int, ...]
    """Items whose row is no longer there."""
    problems: tuple[Problem, ...]


class RefusedWorkbook(msgspec.Struct, frozen=True):
    """A file of which nothing was read, and what to do."""

    file: str
    message_zh: str
    message_en: str

    @property
    def problem(self) -> Problem:
        """The same as a problem without a cell."""
        return Problem("", self.message_zh, self.message_en)
