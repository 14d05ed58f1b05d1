"""How a workbook asks for what tokens stand for: masked always, in clear only for the encrypted list of visits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol

MaskedKind = Literal["name", "number", "account"]
ClearKind = Literal["name", "number", "account", "text"]
"""`text` is sealed text: a phone number, a village group."""
ERASED, RESTRICTED = "（已删除）", "（已限制）"
WITHHELD = frozenset({ERASED, RESTRICTED})
"""What stands in the place of an erased or restricted person's name and number."""


class Names(Protocol):
    """The vault as a workbook sees it; tokens without an entry are left out, a withheld person's get their word."""

    def masked(self, tokens: Collection[str], kind: MaskedKind) -> dict[str, str]:
        """Return token to what domain.masking leaves of it."""

    def withheld(self, persons: Collection[str]) -> dict[str, str]:
        """Return the person to the word where the data are withheld; nobody is looked up."""

    def clear(self, tokens: Collection[str], kind: ClearKind) -> dict[str, str]:
        """Return token to the full text; the caller has logged the reason."""
