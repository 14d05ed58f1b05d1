"""What of a person, card or account may be shown without a stated reason (publicity lists never show more)."""

from __future__ import annotations


def masked_name(name: str) -> str:
    """Return the first character and one star, whatever the length: "阿*" of "阿迪力"; "" of ""."""
    return f"{name[0]}*" if name else ""


def masked_number(number: str) -> str:
    """Return the first three and last four characters of an identity number: "653***********1234"."""
    return _ends(number, 3, 4)


def masked_account(account: str) -> str:
    """Return the last four characters of a card, wallet or account: "***************0018"."""
    return _ends(account, 0, 4)


LEAST_HIDDEN = 4
"""Characters that must stay hidden; a shorter number shows nothing."""


def _ends(text: str, first: int, last: int) -> str:
    """Return stars with both ends shown; a text that would hide too little shows nothing."""
    text = text.strip()
    hidden = len(text) - first - last
    if hidden < LEAST_HIDDEN:
        return "*" * len(text)
    return f"{text[:first]}{'*' * hidden}{text[len(text) - last :]}"
