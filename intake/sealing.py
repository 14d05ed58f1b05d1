"""What the vault must keep of a chunk, without what this process has handed over before."""

from __future__ import annotations

from collections.abc import Collection, Iterable

Entry = tuple[str, str, str]
"""Subject, kind and value of something to be sealed."""
REMEMBERED = 2_000_000
"""Entries that are remembered, eight bytes each; the vault itself knows a repeat, so forgetting costs time only."""
REMEMBERED_NUMBERS = 400_000
"""Numbers that are remembered whole, of each kind of paper."""


class HandedOver:
    """Remembers entries by a 64-bit hash, and numbers as they are, across the chunks and files of one process."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._numbers: dict[str, set[str | None]] = {}

    def fresh(self, entries: Collection[Entry]) -> list[Entry]:
        """Return the entries not handed over before, each once, in their order; and remember them."""
        seen = self._seen
        new = {key: entry for key, entry in zip(map(hash, entries), entries, strict=True) if key not in seen}
        if len(seen) > REMEMBERED:
            seen.clear()
        seen.update(new)
        return list(new.values())

    def fresh_numbers(self, kind: str, texts: Iterable[str | None]) -> set[str | None]:
        """Return the numbers of a kind of paper that were not asked for before; and remember them."""
        seen = self._numbers.setdefault(kind, {None})
        new = set(texts) - seen
        if len(seen) > REMEMBERED_NUMBERS:
            seen.clear()
        seen |= new
        return new
