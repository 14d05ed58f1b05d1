"""How a refused value is shown: masked where the field is personal."""

from __future__ import annotations

from domain.form import ACCOUNT, IDENTITY, NAME, Field
from domain.masking import masked_account, masked_name, masked_number

LONGEST = 200


def shown(value: str, field: Field | None) -> str:
    """Return the value as a page or export may show it, at most 200 characters."""
    if field is None or not field.personal:
        return value[:LONGEST]
    if field.stands == IDENTITY:
        return masked_number(value)
    if field.stands == NAME:
        return masked_name(value)
    return masked_account(value) if field.stands == ACCOUNT else "*" * min(len(value), 8)
