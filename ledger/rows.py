"""A stored event as a row: before it has its position, and after."""

from __future__ import annotations

from typing import NamedTuple


class StoredRow(NamedTuple):
    """An event to be appended, its state already encoded."""

    stream: str
    version: int
    """1 for a stream's first event, then without gaps."""
    topic: str
    state: bytes


class Recorded(NamedTuple):
    """An event as it stands in the ledger."""

    position: int
    """Its number in the ledger's one order: 1, 2, 3 ..."""
    stream: str
    version: int
    topic: str
    state: bytes
    """As stored; `Ledger.content` gives the content of a state that was too large for a row."""


Columns = tuple[list[int], list[str], list[int], list[str], list[bytes]]
"""Recorded rows as parallel lists: positions, streams, versions, topics, states."""

Stored = tuple[int, str, int, str, bytes]
"""A recorded row as the database gives it."""
