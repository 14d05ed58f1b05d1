"""How a workbook asks for what tokens stand for: masked always, in clear only for the encrypted list of visits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol

MaskedKind = Literal["name", "number", "account"]
ClearKind = Literal["name", "number", "account", "text"]
"""`text` is sealed text: a phone number, a village group."""


class Names(Protocol):
    """The vault as a workbook sees it; a token without an entry (an erased person) is left out of the answer."""

    def masked(self, tokens: Collection[str], kind: MaskedKind) -> dict[str, str]:
        """Return token to what domain.masking leaves of it."""

    def clear(self, tokens: Collection[str], kind: ClearKind) -> dict[str, str]:
        """Return token to the full text; the caller has logged the reason."""
