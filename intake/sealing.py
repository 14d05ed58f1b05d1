"""What the vault must keep of a chunk, without what this process has handed over before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import compress

from ledger.remembered import Seen

Entry = tuple[str, str, str]
"""Subject, kind and value of something to be sealed."""


class HandedOver:
    """Remembers entries and numbers by a hash, across the chunks and files of one process.

    The vault itself knows a repeat, so that forgetting costs time only.
    """

    def __init__(self) -> None:
        self._entries, self._numbers = Seen(), Seen()

    def fresh(self, entries: Collection[Entry]) -> list[Entry]:
        """Return the entries not handed over before, each once, in their order; and remember them."""
        once = list(dict.fromkeys(entries))
        new = self._entries.add(list(map(hash, once)))
        return list(compress(once, new.tolist()))

    def fresh_numbers(self, kind: str, texts: Iterable[str | None]) -> set[str | None]:
        """Return the numbers of a kind of paper that were not asked for before; and remember them."""
        once = [text for text in set(texts) if text is not None]
        new = self._numbers.add([hash((kind, text)) for text in once])
        return set(compress(once, new.tolist()))
