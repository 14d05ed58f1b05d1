"""Texts that have one form though the contract calls them strings: a month, the name of a record type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from domain.contract import RECORD_TYPES
from intake.parsing import TextParser, Unread, folded, read_date

_MONTH = re.compile(r"((?:19|20)\d\d)(?:[-/.年](0?[1-9]|1[0-2])月?份?|(0[1-9]|1[0-2]))")
_TYPE_NAMES = {name for known in RECORD_TYPES.values() for name in (known.name, known.zh)}


class FormParser(TextParser):
    """Texts of one form, as `form` reads them."""

    def __init__(self, form: Callable[[str], str | Unread]) -> None:
        super().__init__()
        self.form = form

    def column(self, texts: Iterable[str | None]) -> list[str | None]:
        """Return the texts in their one form; an empty one, and one that has another form, is None."""
        given = list(texts)
        read = [self.form(folded(text)) if text else None for text in super().column(given)]
        self.bad = {str(text): fault for text, fault in zip(given, read, strict=True) if isinstance(fault, Unread)}
        return [None if isinstance(value, Unread) else value for value in read]


def read_month(text: str) -> str | Unread:
    """Read YYYY-MM, its / . and 年月 forms, YYYYMM, or the day that a sheet makes of a month, as YYYY-MM."""
    found = _MONTH.fullmatch(text)
    if found:
        return f"{found[1]}-{int(found[2] or found[3]):02d}"
    day = read_date(text)
    return Unread.NOT_MONTH if isinstance(day, Unread) else f"{day:%Y-%m}"


def read_record_type(text: str) -> str | Unread:
    """Read the name of a record type, English or Chinese, as it is."""
    return text if text in _TYPE_NAMES or text.lower().replace("_", "-") in _TYPE_NAMES else Unread.NOT_RECORD_TYPE


FORMS: dict[str, Callable[[str], str | Unread]] = {"month": read_month, "of_type": read_record_type}
"""Field name to the reader of its texts."""
