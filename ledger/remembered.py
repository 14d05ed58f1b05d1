"""What a process remembers of what it has seen: tables that grow with it up to a size, and then forget, never invent.

What is forgotten is worked out or handed over again: that costs time only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from domain.fact import Identity

Hashes = NDArray[np.uint64]
Slots = NDArray[np.intp]
Key = tuple[str | None, str | None, str | None]
"""Text of a number, kind of paper, name."""
FIRST_SLOTS = 1 << 14
MOST_HASHES = 1 << 24
"""Slots of `Seen` at most, eight bytes each: 134 MB."""
MOST_IDENTITIES = 1 << 22
"""Slots of `Identities` at most, 65 bytes each: 273 MB, in a county of some millions."""
_WAYS = 8
_SHIFT = np.uint64(61)
_TOKEN = 22
_PACKED = f"S{2 * _TOKEN + 5}"


class Seen:
    """Which things were seen, by one hash of each: buckets of eight, of which a full one loses one of its hashes."""

    def __init__(self, most: int = MOST_HASHES) -> None:
        self._most, self._count = most, 0
        self._table: Hashes = np.zeros(min(FIRST_SLOTS, most), np.uint64)

    def add(self, hashes: Sequence[int]) -> NDArray[np.bool_]:
        """Remember hashes (of Python, 64 bits, signed) and return which of them were not remembered before."""
        asked = _unsigned(hashes)
        if self.short_of(len(asked)):
            standing = self._table[self._table != 0]
            self.enlarge(len(asked))
            self.place(standing)
        new: NDArray[np.bool_] = self.find(asked) < 0
        self.place(asked[new])
        return new

    @property
    def slots(self) -> int:
        """Slots of the table as it stands."""
        return len(self._table)

    def is_empty(self) -> bool:
        """Say whether nothing was ever remembered."""
        return self._count == 0

    def short_of(self, more: int) -> bool:
        """Say whether so many more would fill more than half of a table that may grow."""
        return 2 * (self._count + more) > len(self._table) < self._most

    def enlarge(self, more: int) -> None:
        """Become an empty table with room for as many as before and so many more."""
        slots = len(self._table)
        while 2 * (self._count + more) > slots < self._most:
            slots *= 2
        self._table, self._count = np.zeros(slots, np.uint64), 0

    def find(self, asked: Hashes) -> Slots:
        """Return the slot of each hash, -1 where it is not remembered."""
        buckets = self._buckets(asked)
        same = self._table.reshape(-1, _WAYS)[buckets] == asked[:, None]
        return np.where(same.any(axis=1), buckets * _WAYS + same.argmax(axis=1), -1).astype(np.intp)

    def place(self, hashes: Hashes) -> Slots:
        """Remember hashes that are not there, each once; return the slots, -1 where another took it again."""
        found = np.full(len(hashes), -1, np.intp)
        left, buckets = np.arange(len(hashes)), self._buckets(hashes)
        for _ in range(_WAYS):
            free = self._table.reshape(-1, _WAYS)[buckets[left]] == 0
            ways = np.where(free.any(axis=1), free.argmax(axis=1), (hashes[left] >> _SHIFT).astype(np.intp))
            found[left] = buckets[left] * _WAYS + ways
            self._table[found[left]] = hashes[left]
            left = left[self._table[found[left]] != hashes[left]]
            if not len(left):
                break
        found[self._table[found] != hashes] = -1
        self._count += len(hashes)
        return found

    def _buckets(self, hashes: Hashes) -> Slots:
        return (hashes & np.uint64(len(self._table) // _WAYS - 1)).astype(np.intp)


class Identities:
    """What the ledger keeps of numbers that hold, packed: token, year, sex, token of name and birth.

    A key is two hashes that have nothing to do with each other, 128 bits together.
    """

    def __init__(self, most: int = MOST_IDENTITIES) -> None:
        self._seen = Seen(most)
        self._rows = _empty(min(FIRST_SLOTS, most))

    def find(self, keys: Sequence[Key]) -> list[Identity | None]:
        """Return what is remembered under each key; None where nothing is."""
        if self._seen.is_empty():
            return [None] * len(keys)
        one, two = _hashed(keys)
        slots = self._seen.find(one)
        rows = self._rows[slots]
        here = (slots >= 0) & (rows["one"] == one) & (rows["two"] == two)
        return [_unpacked(packed) if hit else None for hit, packed in zip(here, rows["packed"].tolist(), strict=True)]

    def keep(self, keys: Sequence[Key], identities: Sequence[Identity]) -> None:
        """Remember identities under keys that `find` did not know; one that does not hold is not remembered."""
        pairs = [(key, each) for key, each in zip(keys, identities, strict=True) if each.valid and not each.near]
        rows = _empty(len(pairs))
        rows["one"], rows["two"] = _hashed([key for key, _ in pairs])
        rows["packed"] = [_packed(each) for _, each in pairs]
        if self._seen.short_of(len(rows)):
            standing = self._rows[self._rows["one"] != 0]
            self._seen.enlarge(len(rows))
            self._rows = _empty(self._seen.slots)
            self._put(standing)
        self._put(rows)

    def _put(self, rows: NDArray[np.void]) -> None:
        slots = self._seen.place(rows["one"])
        self._rows[slots[slots >= 0]] = rows[slots >= 0]


_ROW = np.dtype([("one", np.uint64), ("two", np.uint64), ("packed", _PACKED)])


def _empty(slots: int) -> NDArray[np.void]:
    return np.zeros(slots, _ROW)


def _hashed(keys: Sequence[Key]) -> tuple[Hashes, Hashes]:
    return _unsigned(list(map(hash, keys))), _unsigned([hash((name, text)) for text, _, name in keys])


def _unsigned(hashes: Sequence[int]) -> Hashes:
    """Return hashes as unsigned; 0, which marks an empty slot, becomes 1."""
    found = np.array(hashes, np.int64).view(np.uint64)
    found[found == 0] = 1
    return found


def _packed(identity: Identity) -> bytes:
    born = f"{identity.born:04d}" if identity.born is not None else "0000"
    return f"{identity.token}{born}{identity.sex or '-'}{identity.name_birth or ''}".encode("ascii")


def _unpacked(packed: bytes) -> Identity:
    text = packed.decode("ascii")
    born, sex = int(text[_TOKEN : _TOKEN + 4]), text[_TOKEN + 4]
    return Identity(
        text[:_TOKEN], valid=True, born=born or None, sex=None if sex == "-" else sex,
        name_birth=text[_TOKEN + 5 :] or None,
    )  # fmt: skip
