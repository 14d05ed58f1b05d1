"""The entries of the log: an event's position, stream, version, topic and stored state, byte for byte."""

from __future__ import annotations

from ledger.rows import Columns, Recorded


def entries_of(columns: Columns) -> list[bytes]:
    """Return the entries of events, given as parallel lists."""
    positions, streams, versions, topics, states = columns
    return [
        f"{position}\n{stream}\n{version}\n{topic}\n".encode() + state
        for position, stream, version, topic, state in zip(positions, streams, versions, topics, states, strict=True)
    ]


def event_of(entry: bytes) -> Recorded | None:
    """Return the event that an entry holds; None where it has not the form of one."""
    parts = entry.split(b"\n", 4)
    if len(parts) != 5 or not parts[0].isdigit() or not parts[2].isdigit():
        return None
    stream, topic = parts[1].decode(errors="replace"), parts[3].decode(errors="replace")
    return Recorded(int(parts[0]), stream, int(parts[2]), topic, parts[4])
