"""Names and account numbers in the one form that tokens are taken of."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_DOTS = dict.fromkeys(map(ord, "•・‧∙⋅●᛫⸱˙▪◦"), "·")
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x00AD))
_NAME_TABLE = _DOTS | _INVISIBLE
_ACCOUNT_TABLE = _INVISIBLE | dict.fromkeys(map(ord, "-‐‑‒–—−"))
_POINT_IN_HAN = re.compile(r"(?<=[㐀-鿿])\.+(?=[㐀-鿿])")
_DOT_RUN = re.compile(r"·{2,}")
_MASKED_DIGITS = re.compile(r"([0-9]*)(?:[*•●#]+|[X]{2,})([0-9]*)")
_MASK_RUN = re.compile(r"[*•●]+")
_CARD_DIGITS = range(13, 20)
_LAST4_FROM = 8
"""An all-digit account shorter than this does not show its last four."""


def plain_name(name: str) -> str:
    """Return a name without inner blanks, in NFKC and capitals, every kind of middle dot as ·."""
    text = name if name.isascii() else unicodedata.normalize("NFKC", name).translate(_NAME_TABLE)
    text = "".join(text.split()).upper()
    if "." in text:
        text = _POINT_IN_HAN.sub("·", text)
    return _DOT_RUN.sub("·", text)


class AccountRead(NamedTuple):
    """An account, wallet or card number as read."""

    number: str
    """Its normal form; a run of mask characters stands as one *."""
    masked: bool
    weak: str | None
    """First six and last four digits of a card, where both show."""
    last4: str | None


def read_account(text: str) -> AccountRead:
    """Read an account: blanks and hyphens dropped, NFKC, capitals; masked numbers keep only what they show."""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    number = "".join(folded.translate(_ACCOUNT_TABLE).split()).upper()
    if number.isascii() and number.isdigit():
        weak = number[:6] + number[-4:] if len(number) in _CARD_DIGITS else None
        return AccountRead(number, masked=False, weak=weak, last4=number[-4:] if len(number) >= _LAST4_FROM else None)
    shown = _MASKED_DIGITS.fullmatch(number)
    if shown is not None:
        head, tail = shown.groups()
        weak = head[:6] + tail[-4:] if len(head) >= 6 and len(tail) >= 4 else None
        return AccountRead(f"{head}*{tail}", masked=True, weak=weak, last4=tail[-4:] if len(tail) >= 4 else None)
    covered = _MASK_RUN.sub("*", number)
    return AccountRead(covered, masked="*" in covered, weak=None, last4=None)
