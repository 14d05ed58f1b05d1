"""The columns of a paper register that hold one insurance each: which fee a heading such as 养老 or 居民医保 names."""

from __future__ import annotations

import re

from domain.form import RecordType

AMOUNT_FIELDS = ("amount", "amount_due")
_NO_RECORD = re.compile(r"[/／\\\-－–—―一]*|[0０]+(?:[.．][0０]+)?")
_PENSION, _MEDICAL, _SUPPLEMENT = "resident-pension", "resident-medical", "resident-pension-supplementary"
_WORDS = (
    (_SUPPLEMENT, r"(?:城乡)?(?:居民)?补充养老(?:保险)?"),
    (_PENSION, r"(?:城乡)?(?:居民|城居)?(?:基本|社会)?养老(?:保险)?"),
    (_MEDICAL, r"(?:城乡)?(?:居民|城居)?(?:基本)?医(?:疗(?:保险)?|保)"),
)
_SUM = r"(?:实缴|应缴|收取|缴纳|缴费|缴)?(?:金额|数额|保费|费用|费|款|额)?"
_PATTERNS = tuple((fee, re.compile(f"{_SUM}[(:]?{word}[)]?{_SUM}")) for fee, word in _WORDS)


def amount_field(record_type: RecordType) -> str | None:
    """Return the field that takes an insurance column's amount, None where the type has no fee or no amount."""
    names = {field.name for field in record_type.fields}
    if "fee" not in names:
        return None
    return next((name for name in AMOUNT_FIELDS if name in names), None)


def fee_named(text: str, names: dict[str, str]) -> str | None:
    """Return the fee that a comparable text names.

    text: a heading or cell in comparable form. names: the contract's names of fees -> fee; its values name themselves.
    """
    if text in names:
        return names[text]
    if text in names.values():
        return text
    return next((fee for fee, pattern in _PATTERNS if pattern.fullmatch(text)), None)


def is_no_record(text: str) -> bool:
    """Say whether an insurance column's text stands for no payment: empty, a stroke, or nought."""
    return _NO_RECORD.fullmatch(text.strip()) is not None
