"""How a refused value is shown: masked where it is personal, by its field or by where its row puts it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from domain.form import ACCOUNT, IDENTITY, NAME, PLAIN, Field, RecordType
from domain.identity import read_resident
from domain.masking import masked_account, masked_name, masked_number

LONGEST = 200
_NUMBERS = re.compile(r"(?<![0-9])(?:[0-9]{15,19}[Xx]?|1[3-9][0-9]{9})(?![0-9])")
"""Identity, card and phone numbers; codes of places and dates are shorter."""
_DOTTED = re.compile(r"[\u3400-\u9fff]+(?:[·•・‧][\u3400-\u9fff]+)+")
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,}")
_RESIDENT = re.compile(r"[0-9]{17}[0-9Xx]")
_WORDLESS = frozenset({"money", "integer", "date", "datetime", "bool"})
"""Types in which more than a sign such as 元 or 月 has no business: what stands there may be a name."""
_LEAST = 2


def shown(value: str, field: Field | None) -> str:
    """Return the value as a page or export may show it, at most 200 characters; a row without a field shows nothing."""
    if field is None:
        return ""
    if not field.personal:
        text = _NUMBERS.sub(lambda match: masked_number(match[0]), value)
        names = _CHINESE if field.type in _WORDLESS else _DOTTED
        return names.sub(lambda match: masked_name(match[0]), text)[:LONGEST]
    if field.stands == IDENTITY:
        return masked_number(value)
    if field.stands == NAME:
        return masked_name(value)
    return masked_account(value) if field.stands == ACCOUNT else "*" * min(len(value), 8)


def shown_of_row(value: str, field: Field | None, row: Mapping[str, str], record_type: RecordType) -> str:
    """Return the same for a value of a row: nothing of a displaced one, and no name that its own row holds."""
    if field is not None and not field.personal and value:
        if _is_displaced(row, record_type):
            return "*" * min(len(value), 8)
        for name, text in row.items():
            if len(text) >= _LEAST and _is_personal(name, record_type):
                value = value.replace(text, masked_name(text))
    return shown(value, field)


def shown_id(record_id: str) -> str:
    """Return a record id as it is written, at most 200 characters, but for a resident's number in its place."""
    found = _RESIDENT.findall(record_id)
    for number in found:
        if read_resident(number).valid:
            record_id = record_id.replace(number, masked_number(number))
    return record_id[:LONGEST]


def _is_displaced(row: Mapping[str, str], record_type: RecordType) -> bool:
    """Say whether a resident's number stands in a column of other things: the cells of the row stand elsewhere."""
    plain = (field.name for field in record_type.fields if field.stands == PLAIN and field.name in row)
    return any(
        _RESIDENT.fullmatch(cell) and read_resident(cell).valid for cell in (row[name].strip() for name in plain)
    )


def _is_personal(name: str, record_type: RecordType) -> bool:
    return any(field.name == name and field.personal for field in record_type.fields)
