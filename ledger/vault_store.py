"""What keeps the vault's rows: one interface whatever the database; rows are sealed before they come here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol, TypeVar
from zlib import crc32

Row = tuple[int, str, bytes | None, bytes, bytes]
"""Bucket, subject, wrapped secret (in a subject's first row), marks of its entries, nonce with ciphertext and tag."""
LOOK_UP_CHUNK = 20_000
"""Subjects looked up by one statement."""
Result = TypeVar("Result")


class VaultRows(Protocol):
    """The rows inside one transaction."""

    def of_subjects(self, subjects: list[str]) -> Iterator[Row]:
        """Yield all rows of the subjects, each subject's oldest first."""

    def count(self) -> int:
        """Return how many rows there are."""

    def between(self, low: int, high: int) -> list[Row]:
        """Return the rows whose bucket is from `low` up to, and without, `high`, each subject's oldest first."""

    def tombstones(self) -> set[str]:
        """Return every subject that was erased."""

    def erased(self, subjects: Collection[str]) -> set[str]:
        """Return those of the subjects that were erased."""

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows behind all others."""

    def erase(self, bucket: int, subject: str) -> int:
        """Delete a subject's rows and leave its tombstone; return how many rows there were."""

    def rewrap(self, secrets: Sequence[tuple[bytes, int, str]]) -> None:
        """Put wrapped secrets in the place of those that stand: new secret, bucket and subject of each."""

    def set_check_value(self, new: bytes) -> None:
        """Put a value in the place of the one by which the vault knows its master key."""

    def check_value(self, new: bytes) -> bytes:
        """Return the value by which the vault knows its master key; `new`, which is kept, in a new vault."""


class VaultStore(Protocol):
    """A vault's database; safe for threads, and for several processes at once."""

    @property
    def name(self) -> str:
        """What messages call it."""

    def write(self, work: Callable[[VaultRows], Result]) -> Result:
        """Return what the work returns, once its transaction is on disk; one writer at a time. Unreachable, Broken.

        Where the database came back after it was lost the work is done again; doing it twice must be harmless.
        """

    def read(self, work: Callable[[VaultRows], Result]) -> Result:
        """Return what the work finds, beside other readers and writers; Unreachable, Broken."""

    def purge(self) -> bool:
        """Remove from all files what was erased; False where others are in the way."""

    def close(self) -> None:
        """Close the connections; the store cannot be used afterwards."""


def bucket_of(subject: str) -> int:
    """Return a small number to look subjects up by: an index of four bytes stays an eighth of one of tokens."""
    return crc32(subject.encode())
